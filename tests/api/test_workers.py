"""Model work runs beside the event loop, and only so much of it may wait."""

import asyncio
import inspect
import threading

import pytest

from api.app import create_app
from api.limits import require_json
from api.settings import Settings
from api.workers import OverloadedError, Workers


def run(scenario, *, threads=1, waiting=1):
    """Run a scenario with workers that are closed afterwards, and a gate that work waits at."""
    workers, gate = Workers(threads=threads, waiting=waiting), threading.Event()

    async def timed():
        try:
            return await asyncio.wait_for(scenario(workers, gate), 10)
        finally:
            gate.set()
            workers.close()

    return asyncio.run(timed())


def test_what_the_work_returns_comes_back():
    async def scenario(workers, gate):
        return await workers.run(lambda: 6 * 7)

    assert run(scenario) == 42


def test_an_error_of_the_work_comes_back():
    async def scenario(workers, gate):
        await workers.run(lambda: 1 // 0)

    with pytest.raises(ZeroDivisionError, match="by zero"):
        run(scenario)


def test_the_event_loop_goes_on_while_work_blocks():
    async def scenario(workers, gate):
        blocked = asyncio.create_task(workers.run(gate.wait))
        await asyncio.sleep(0.01)
        was_done = blocked.done()
        gate.set()
        return was_done, await blocked

    assert run(scenario) == (False, True)


def test_one_more_than_may_run_and_wait_is_refused():
    async def scenario(workers, gate):
        held = [asyncio.create_task(workers.run(gate.wait)) for _ in range(3)]
        await asyncio.sleep(0.01)
        with pytest.raises(OverloadedError, match="ask again"):
            await workers.run(lambda: None)
        gate.set()
        return await asyncio.gather(*held)

    assert run(scenario, threads=2, waiting=1) == [True, True, True]


def test_work_is_admitted_again_when_some_is_done():
    async def scenario(workers, gate):
        gate.set()
        return [await workers.run(gate.is_set) for _ in range(5)]

    assert run(scenario, waiting=0) == [True] * 5


def test_work_that_failed_no_longer_counts():
    async def scenario(workers, gate):
        await asyncio.gather(workers.run(lambda: 1 // 0), return_exceptions=True)
        return await workers.run(lambda: "admitted")

    assert run(scenario, waiting=0) == "admitted"


def test_no_request_is_handed_to_a_thread_for_what_needs_none(tmp_path):
    """FastAPI runs a dependency without `async` in a worker thread: a step there and back each."""
    app = create_app(Settings(data=tmp_path))
    routers = [
        app.router,
        *(r.original_router for r in app.routes if hasattr(r, "original_router")),
    ]
    routes = [each for router in routers for each in router.routes if hasattr(each, "dependant")]

    asked_of = [each.dependency for router in routers for each in router.dependencies]
    asked_of += [each.call for route in routes for each in route.dependant.dependencies]

    assert require_json in asked_of
    assert [call for call in asked_of if not inspect.iscoroutinefunction(call)] == []
