"""Connections to the store's file, with a checksum on every page. The only door to apsw.

SQLite finds damage only where it breaks a page's structure: a changed byte inside a text or a
vector it hands out as it is. The checksum VFS, which apsw brings along, keeps eight bytes at the
end of each page and compares them whenever a page is read.
"""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from weakref import WeakSet

import apsw
import apsw.sqlite_extra
from apsw import Connection

from index.errors import DiskFullError, IndexDamagedError, IndexLockedError, IndexMovedError

__all__ = [
    "CHECKPOINT_RESTART",
    "NO_STORE",
    "Connection",
    "Connections",
    "Cursor",
    "Row",
    "SqliteError",
    "add_checksums",
    "copy_pages",
    "is_checked",
    "one_row",
    "reserve_checksums",
    "rows_of",
    "translated",
]

Cursor = apsw.Cursor
CHECKPOINT_RESTART = apsw.SQLITE_CHECKPOINT_RESTART
NO_STORE = (apsw.SQLError, apsw.CantOpenError)  # what reading something else than a store raises
SqliteError = apsw.Error  # what a store whose rows are not ours may raise
Row = dict[str, Any]  # Any: the values of a row, typed by the schema

BUSY_MS = 10_000
SYNCHRONOUS = "FULL"  # NORMAL loses acknowledged writes in a power cut: `make powercut` shows it
CHECKED_VFS = "cksmvfs"
CHECKSUM_BYTES = 8  # what the VFS wants at the end of every page
BUSY = (apsw.BusyError, apsw.LockedError)
DAMAGE = (apsw.CorruptError, apsw.NotADBError)
# Where the shared memory of the WAL cannot grow, the disk is full, too.
NO_ROOM = (apsw.SQLITE_IOERR_SHMSIZE, apsw.SQLITE_IOERR_WRITE)
PAGE_IS_WRONG = apsw.SQLITE_IOERR_DATA


class Connections:
    """Connections to one file, one for each thread, closed with the thread.

    Args:
        path: A file that is there; an empty one is an empty database.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._held: WeakSet[_Held] = WeakSet()
        self._guard = threading.Lock()
        self._was_there = False

    @property
    def own(self) -> Connection:
        """The calling thread's.

        Raises:
            IndexMovedError: It was opened before, and is not there any more.
        """
        held: _Held | None = getattr(self._local, "held", None)
        return held.connection if held else self._connect()

    def log_bytes(self) -> int:
        """Length of the write-ahead log."""
        try:
            return self._path.with_name(f"{self._path.name}-wal").stat().st_size
        except OSError:
            return 0

    def close(self) -> None:
        """Close those of all threads."""
        with self._guard:
            for held in list(self._held):
                held.connection.close(True)
            self._held.clear()
            self._local = threading.local()

    def _connect(self) -> Connection:
        _register_checked_vfs()
        # A missing file is an error and no new store: it was there when this was opened.
        try:
            connection = Connection(
                str(self._path.absolute()), flags=apsw.SQLITE_OPEN_READWRITE, vfs=CHECKED_VFS
            )
        except apsw.CantOpenError:
            if self._was_there:
                raise IndexMovedError(self._path.parent.name) from None
            raise
        self._was_there = True
        connection.set_busy_timeout(BUSY_MS)
        with translated():
            connection.execute(f"PRAGMA synchronous={SYNCHRONOUS}")
            connection.execute("PRAGMA foreign_keys=ON")
        held = self._local.held = _Held(connection)
        with self._guard:
            self._held.add(held)
        return connection


class _Held:
    """A thread's connection, closed with the thread.

    A server's worker threads come and go; without this each would leave an open file behind.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def __del__(self) -> None:
        self.connection.close(True)


def is_checked(connection: Connection) -> bool:
    """Whether the pages of this file have checksums."""
    return connection.reserve_bytes() == CHECKSUM_BYTES


def reserve_checksums(connection: Connection) -> None:
    """Make room for checksums in a file that nothing was written into yet."""
    connection.reserve_bytes(reserve=CHECKSUM_BYTES)


def add_checksums(connection: Connection) -> None:
    """Give every page of a file a checksum. All of it or nothing; it must not be in a transaction.

    Leaves WAL mode, which can only be done while nobody else has the file open, and takes as much
    memory as the file is long.
    """
    reserve_checksums(connection)
    # Pages only change their layout when the file is written anew outside of WAL mode.
    connection.pragma("journal_mode", "delete")
    # The VFS begins with checksums when the first page is written. A page that leaves the cache
    # before that would have none; so none leaves it before the end, when they go in order.
    connection.pragma("cache_spill", 0)
    connection.execute("VACUUM")


def copy_pages(connection: Connection, path: Path) -> None:
    """Write one state of a file to a new one, page by page, while others read and write.

    (`VACUUM INTO` writes pages before the first one, and so without checksums.)
    """
    _register_checked_vfs()
    flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    with closing(Connection(str(path.absolute()), flags=flags, vfs=CHECKED_VFS)) as target:
        # In one step: a state that others change meanwhile would be begun anew with every step.
        with target.backup("main", connection, "main") as backup:
            backup.step(-1)
        target.pragma("journal_mode", "wal")


def rows_of(cursor: Cursor) -> Iterator[Row]:
    """Rows by the names of their columns."""
    names: tuple[str, ...] = ()
    for row in cursor:
        names = names or tuple(column[0] for column in cursor.get_description())
        yield dict(zip(names, row, strict=True))


def one_row(cursor: Cursor) -> Row | None:
    """The first row by the names of its columns, None where there is none."""
    return next(rows_of(cursor), None)


@contextmanager
def translated() -> Iterator[None]:
    """SQLite's errors that a person can do something about, as errors of ours."""
    try:
        yield
    except apsw.FullError as error:
        raise DiskFullError from error
    except BUSY as error:
        raise IndexLockedError("another process") from error
    except DAMAGE as error:
        raise IndexDamagedError from error
    except apsw.IOError as error:
        result = getattr(error, "extendedresult", 0)  # which its type does not name
        if result == PAGE_IS_WRONG:
            raise IndexDamagedError from error
        if result in NO_ROOM:
            raise DiskFullError from error
        raise


@cache
def _register_checked_vfs() -> None:
    # For the whole process, by way of any connection.
    with Connection(":memory:") as connection:
        apsw.sqlite_extra.load(connection, "cksumvfs")
