"""Where questions are worked on: in threads of the serving process, or in processes of their own.

A question holds Python's lock for a third of its time and more, so threads answer hardly more than
two at once, however many cores there are. Processes do, each with models and vectors of its own;
they only read. The serving process listens, lets requests in, and writes.
"""

import asyncio
import logging
import multiprocessing
import pickle
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, NamedTuple, Protocol, TypeVar

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

ATTEMPTS = 2
# Questions that a process has at once: while it answers one, the next is there already, so that it
# does not wait for the serving process, which waits for a core.
AT_ONCE = 2
END_SECONDS = 5
READY = 0  # in place of a task's number


class ProcessesEndedError(FootnotedError):
    """A process that answers was ended from outside, and so was the one that replaced it."""

    def __init__(self, processes: int) -> None:
        super().__init__(
            f"{ATTEMPTS} processes that worked on this question were ended, perhaps for want of "
            f"memory; the setting 'processes' is {processes}, and fewer of them take less"
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
    """Works in processes that follow what the serving one writes, each at one question at a time.

    Work, what it returns and what it raises are pickled. A process that ends is replaced, and what
    it was at is done again once. They end with the serving process, however that ends.

    Args:
        settings: Of the serving process.
        processes: How many.
        waiting: How many more questions may wait before further ones are refused.
    """

    def __init__(self, settings: Settings, *, processes: int, waiting: int) -> None:
        self._settings = settings
        self._admission = Admission(processes + waiting)
        self._all = [_Process(settings) for _ in range(processes)]
        self._places = asyncio.Semaphore(processes * AT_ONCE)

    async def run(self, work: Work[Result]) -> Result:
        """See `QuestionPool`.

        Raises:
            ProcessesEndedError: One was ended, and the one that replaced it, too.
        """
        with self._admission.held():
            async with self._places:
                # The place of the one with the fewest tasks: whatever replaces it there is new.
                place = min(range(len(self._all)), key=lambda n: self._all[n].tasks())
                for _ in range(ATTEMPTS):
                    process = self._all[place]
                    try:
                        return await process.do(work)
                    except _EndedError:
                        self._replace(place, process)
                raise ProcessesEndedError(len(self._all))

    def warm(self) -> None:
        for process in self._all:
            process.wait_until_ready()

    def close(self) -> None:
        for process in self._all:
            process.close()

    def _replace(self, place: int, ended: "_Process") -> None:
        if self._all[place] is ended:  # another question may have found it so before
            log.warning("a process that answers questions has ended and is replaced")
            ended.close()
            self._all[place] = _Process(self._settings)


class _EndedError(Exception):
    """The process is no more."""


class _Outcome(NamedTuple):
    value: Any  # what the work returned
    error: Exception | None


class _Process:
    """One process that answers, one task after the other. What goes there and back is pickled, with
    the task's number; nobody may be waiting any more for the reply."""

    def __init__(self, settings: Settings) -> None:
        # Forked, it would have locks that threads of this process hold.
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_answer, args=(theirs, settings), daemon=True)
        self._process.start()
        theirs.close()  # so that the pipe ends with the process
        self._number = READY
        self._awaited: dict[int, asyncio.Future[_Outcome]] = {}

    def tasks(self) -> int:
        """How many it has."""
        return len(self._awaited)

    async def do(self, work: Work[Result]) -> Result:
        """Raises _EndedError, beside what the work raises."""
        loop = asyncio.get_running_loop()
        self._number += 1
        number = self._number
        self._awaited[number] = loop.create_future()
        try:
            loop.add_reader(self._pipe.fileno(), self._read)
            self._pipe.send_bytes(pickle.dumps((number, work)))
            outcome = await self._awaited[number]
        except OSError:
            raise _EndedError from None
        finally:
            del self._awaited[number]
        if outcome.error is not None:
            raise outcome.error
        value: Result = outcome.value
        return value

    def wait_until_ready(self) -> None:
        """Wait for its first message; if it ended instead, the first task will tell."""
        try:
            self._pipe.recv_bytes()
        except (EOFError, OSError):
            log.warning("a process that answers questions has ended before it was ready")

    def close(self) -> None:
        """Have it end when it has done what it is at. Whoever waits for that gets _EndedError."""
        self._give_up()
        self._pipe.close()
        self._process.join(END_SECONDS)
        self._process.kill()

    def _read(self) -> None:
        """Called when there is something to read, also the end."""
        try:
            number, outcome = pickle.loads(self._pipe.recv_bytes())
        except (EOFError, OSError):
            self._give_up()
            return
        reply = self._awaited.get(number)
        if reply and not reply.done():
            reply.set_result(outcome)

    def _give_up(self) -> None:
        asyncio.get_running_loop().remove_reader(self._pipe.fileno())
        for reply in self._awaited.values():
            if not reply.done():
                reply.set_exception(_EndedError())


def _answer(pipe: Connection, settings: Settings) -> None:
    """What such a process does until the pipe is closed, be it by the serving one's death."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the serving process's business
    configure_logging()
    service = Service(settings)
    service.warm()
    Upkeep(service.opened).start()
    pipe.send_bytes(pickle.dumps((READY, None)))
    while True:
        try:
            number, work = pickle.loads(pipe.recv_bytes())
            pipe.send_bytes(pickle.dumps((number, _outcome_of(work, service))))
        except (EOFError, OSError):
            return


def _outcome_of(work: Work[Any], service: Service) -> _Outcome:
    try:
        return _Outcome(work(service), None)
    except FootnotedError as error:
        return _Outcome(None, error)
    except Exception as error:  # nothing ends the process; the serving one tells of a fault of ours
        log.error("unforeseen error", exc_info=error)
        return _Outcome(None, RuntimeError(f"{type(error).__name__}: {error}"))
