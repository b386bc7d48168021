"""A few threads for model work, and a bound on who may wait for them.

Model work on the event loop would block every other request, health checks too; unbounded
waiting would make all of them slow instead of refusing a few.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from api.errors import OverloadedError

__all__ = ["Workers"]

Result = TypeVar("Result")


class Workers:
    """Runs blocking work off the event loop.

    Args:
        threads: How many run at once.
        waiting: How many more may wait before further ones are refused.
    """

    def __init__(self, *, threads: int, waiting: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="worker")
        self._bound = threads + waiting
        self._admitted = 0

    async def run(self, work: Callable[[], Result]) -> Result:
        """Wait for a free thread and do the work there.

        Raises:
            OverloadedError: Too many wait already.
        """
        if self._admitted >= self._bound:
            raise OverloadedError
        self._admitted += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._admitted -= 1

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
