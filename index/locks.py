"""Who may write: one at a time, against other threads and other processes."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import IndexLockedError

if TYPE_CHECKING:
    from filelock import FileLock

__all__ = ["WriterLock"]

WRITER_WAIT_S = 2.0  # a reader that catches up after a crash holds the lock for a moment, too


class WriterLock:
    """The right to write into one folder.

    The operating system holds the lock and lets go of it when a process ends, however it ends, so
    a lock is never stale. The note beside it only tells people who has it.

    Args:
        folder: Where lock and note are.
        name: Of the right; a folder may have several.
        check: Raises where there is nothing to write to any more. Called before, because the
            lock's file would make the folder again, and after, because it may have taken a while.
    """

    def __init__(
        self, folder: Path, *, name: str = "writer", check: Callable[[], None] | None = None
    ) -> None:
        self._check = check or (lambda: None)
        self._path = folder / f"{name}.lock"
        self._note = folder / f"{name}.txt"
        self._threads = threading.Lock()

    @cached_property
    def _file(self) -> "FileLock":
        from filelock import FileLock  # 10 ms that a reader need not spend

        return FileLock(self._path, thread_local=False)

    @contextmanager
    def held(self, *, wait: bool = True) -> Iterator[None]:
        """Hold the right until the block is left.

        Args:
            wait: For other threads until they are done, for other processes a moment.

        Raises:
            IndexLockedError: Somebody else has it.
        """
        self._check()
        if not self._threads.acquire(blocking=wait):
            raise IndexLockedError("this process")
        try:
            self._acquire(timeout=WRITER_WAIT_S if wait else 0)
            try:
                self._check()
                self._note.write_text(f"process {os.getpid()} on {socket.gethostname()}")
                yield
            finally:
                self._file.release()
        finally:
            self._threads.release()

    @property
    def holder(self) -> str:
        """Who had it last, for people."""
        try:
            return self._note.read_text()
        except OSError:
            return "another process"

    def _acquire(self, *, timeout: float) -> None:
        from filelock import Timeout

        try:
            self._file.acquire(timeout=timeout)
        except Timeout:
            raise IndexLockedError(self.holder) from None
