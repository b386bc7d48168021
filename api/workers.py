"""A few threads for model work, and a bound on who may wait for them.

Model work on the event loop would block every other request, health checks too; unbounded
waiting would make all of them slow instead of refusing a few.
"""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from index.errors import FootnotedError

__all__ = ["Admission", "OverloadedError", "Workers"]

Result = TypeVar("Result")


class OverloadedError(FootnotedError):
    """More questions are waiting than can be answered soon."""

    def __init__(self) -> None:
        super().__init__("too many questions are waiting; ask again in a moment")


class Admission:
    """Lets so much in at once. For one event loop."""

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._admitted = 0

    @contextmanager
    def held(self) -> Iterator[None]:
        """Count as one while the block runs.

        Raises:
            OverloadedError: All places are taken.
        """
        if self._admitted >= self._bound:
            raise OverloadedError
        self._admitted += 1
        try:
            yield
        finally:
            self._admitted -= 1


class Workers:
    """Runs blocking work off the event loop.

    Args:
        threads: How many run at once.
        waiting: How many more may wait before further ones are refused.
    """

    def __init__(self, *, threads: int, waiting: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="worker")
        self._admission = Admission(threads + waiting)

    async def run(self, work: Callable[[], Result]) -> Result:
        """Wait for a free thread and do the work there.

        Raises:
            OverloadedError: Too many wait already.
        """
        with self._admission.held():
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
