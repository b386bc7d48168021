"""Where questions are worked on: in threads of the serving process, or in processes of their own.

A question holds Python's lock for about a third of its time, so threads answer no more than some
three questions at once, however many cores there are. Processes do, each with models and vectors
of its own; they only read. The serving process listens, lets requests in, and writes.
"""

import asyncio
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Protocol, TypeVar

from api.logs import configure_logging
from api.service import Service
from api.settings import Settings
from api.upkeep import Upkeep
from api.workers import Admission, Workers
from index.errors import FootnotedError

__all__ = ["ProcessesEndedError", "QuestionPool", "QuestionProcesses", "QuestionThreads"]

log = logging.getLogger("footnoted")

Result = TypeVar("Result")
Work = Callable[[Service], Result]


class ProcessesEndedError(FootnotedError):
    """The processes that answer were ended from outside, and once more when they were replaced."""

    def __init__(self, processes: int) -> None:
        super().__init__(
            f"the {processes} processes that answer questions were ended, perhaps for want of "
            "memory; they are started anew, and fewer of them (setting 'processes') take less"
        )


class QuestionPool(Protocol):
    """Works on questions off the event loop."""

    async def run(self, work: Work[Result]) -> Result:
        """Do the work, which gets the service that answers.

        Raises:
            OverloadedError: Too many wait already.
        """
        ...

    def warm(self) -> None:
        """Load what the first question needs, and wait for it."""
        ...

    def close(self) -> None: ...


class QuestionThreads:
    """Works in the serving process.

    Args:
        service: What answers.
        workers: Threads, shared with other requests; whoever made them closes them.
    """

    def __init__(self, service: Service, workers: Workers) -> None:
        self._service = service
        self._workers = workers

    async def run(self, work: Work[Result]) -> Result:
        return await self._workers.run(lambda: work(self._service))

    def warm(self) -> None:
        self._service.warm()

    def close(self) -> None:
        pass


class QuestionProcesses:
    """Works in processes that follow what the serving one writes, one question each at a time.

    Work, what it returns and what it raises are pickled. Should a process end, which takes the
    others with it, all are replaced, and what they were at is done again once.

    Args:
        settings: Of the serving process.
        processes: How many.
        waiting: How many more questions may wait before further ones are refused.
    """

    def __init__(self, settings: Settings, *, processes: int, waiting: int) -> None:
        self._settings = settings
        self._processes = processes
        self._admission = Admission(processes + waiting)
        self._replacing = threading.Lock()
        self._pool = self._started()

    async def run(self, work: Work[Result]) -> Result:
        """See `QuestionPool`.

        Raises:
            ProcessesEndedError: They were ended, and those that replaced them, too.
        """
        with self._admission.held():
            for _ in range(2):
                pool = self._pool
                try:
                    return await asyncio.get_running_loop().run_in_executor(pool, _do, work)
                except BrokenProcessPool:
                    self._replace(pool)
            raise ProcessesEndedError(self._processes)

    def warm(self) -> None:
        self._start_all(self._pool)

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _replace(self, broken: ProcessPoolExecutor) -> None:
        with self._replacing:
            if self._pool is broken:
                log.warning("a process that answers questions has ended; all are started anew")
                self._pool = self._started()

    def _started(self) -> ProcessPoolExecutor:
        # Forked, they would have locks that threads of this process hold.
        return ProcessPoolExecutor(
            self._processes,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(self._settings,),
        )

    def _start_all(self, pool: ProcessPoolExecutor) -> None:
        for begun in [pool.submit(_do, _nothing) for _ in range(self._processes)]:
            begun.result()


_service: Service  # of a process that answers


def _begin(settings: Settings) -> None:
    """In the new process: load everything, and end when the serving process does."""
    global _service
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the serving process's business
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    configure_logging()
    _service = Service(settings)
    _service.warm()
    Upkeep(_service.opened).start()


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
    os._exit(1)


def _do(work: Work[Result]) -> Result:
    return work(_service)


def _nothing(service: Service) -> None:
    pass
