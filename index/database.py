"""The store's file: its format, its model, its connections. The only door to SQLite."""

import sqlite3
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from sqlite3 import Connection
from weakref import WeakSet

from index.embedding import EncoderIdentity
from index.errors import IndexFormatError, ModelMismatchError

__all__ = ["Connection", "Database"]

FORMAT = "2"
UPGRADES = {"1": "format_2.sql"}  # from a format to the next
BUSY_S = 10.0


class _Held:
    """A thread's connection, closed with the thread.

    A server's worker threads come and go; without this each would leave an open file behind.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def __del__(self) -> None:
        self.connection.close()


class Database:
    """One SQLite file. Each thread has a connection of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._held: WeakSet[_Held] = WeakSet()
        self._guard = threading.Lock()

    @classmethod
    def create(cls, path: Path, model: EncoderIdentity) -> "Database":
        """Make an empty store for vectors of `model`, or open the one that is there.

        Raises:
            IndexFormatError: The file that is there is not a store that this version reads.
            ModelMismatchError: The store that is there belongs to another model.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        # The format is asked first, because the journal mode is written into the file.
        database = cls.open(path) if path.stat().st_size else cls(path)
        with database._closed_on_error():
            database.connection.execute("PRAGMA journal_mode=WAL")
            with database.changing() as connection:
                if not connection.execute("SELECT 1 FROM sqlite_schema").fetchone():
                    _lay_out(connection, model)
            database.require_model(model)
        return database

    @classmethod
    def open(cls, path: Path) -> "Database":
        """Open a store for reading and writing.

        Raises:
            IndexFormatError: The file is not a store that this version reads.
        """
        database = cls(path)
        with database._closed_on_error():
            database._require_format()
        return database

    @property
    def connection(self) -> Connection:
        """The calling thread's own."""
        held: _Held | None = getattr(self._local, "held", None)
        return held.connection if held else self._connect()

    @property
    def model(self) -> EncoderIdentity:
        """The encoder whose vectors the store holds."""
        return EncoderIdentity(
            self._meta("model"), self._meta("model_sha256"), self._meta("model_prefixes")
        )

    @property
    def identity(self) -> str:
        """Of this store, as no other has it; what is derived from it tells by this whose it is."""
        return self._meta("identity")

    def require_model(self, model: EncoderIdentity) -> None:
        """Raise ModelMismatchError unless the store's vectors are those of `model`."""
        held = self.model
        if held == model:
            return
        if held.name != model.name:
            raise ModelMismatchError(held.name, model.name)
        raise ModelMismatchError(_described(held), _described(model))

    def generation(self) -> int:
        """Number of the last committed change; 0 for an empty store."""
        return int(self._meta("generation"))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent state for several reads; nested calls share it."""
        connection = self.connection
        if connection.in_transaction:
            yield connection
            return
        connection.execute("BEGIN")
        try:
            yield connection
        finally:
            connection.execute("COMMIT")

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        """One durable change: all of it, or nothing if the block is left by an error."""
        connection = self.connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def close(self) -> None:
        """Close every thread's connection."""
        with self._guard:
            for held in list(self._held):
                held.connection.close()
            self._held.clear()
            self._local = threading.local()

    def _connect(self) -> Connection:
        connection = sqlite3.connect(
            # A missing file is an error and no new store: it was there when this was opened.
            f"{self._path.absolute().as_uri()}?mode=rw",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=BUSY_S,
        )
        connection.row_factory = sqlite3.Row
        # FULL, because NORMAL loses acknowledged writes in a power cut.
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        held = self._local.held = _Held(connection)
        with self._guard:
            self._held.add(held)
        return connection

    @contextmanager
    def _closed_on_error(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self.close()
            raise

    def _require_format(self) -> None:
        try:
            found = self._meta("format")
        except (sqlite3.DatabaseError, KeyError) as error:
            raise IndexFormatError(
                "the index file is damaged or was not made by footnoted; it is left as it is. "
                "Ingest into another folder with --data"
            ) from error
        if found in UPGRADES:
            self._upgrade(found)
        elif found != FORMAT:
            raise IndexFormatError(
                f"the index has format {found}, this version reads format {FORMAT}; it is left "
                "as it is. Use the version of footnoted that made it, or ingest into another "
                "folder with --data"
            )

    def _upgrade(self, found: str) -> None:
        """Bring an older file to this version's format: all of it, or nothing."""
        with self.changing() as connection:
            if self._meta("format") == found:
                _execute(connection, UPGRADES[found])
                connection.execute("UPDATE meta SET value = ? WHERE name = 'format'", (FORMAT,))

    def _meta(self, name: str) -> str:
        found = self.connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        if found is None:
            raise KeyError(name)
        return str(found[0])


def _lay_out(connection: Connection, model: EncoderIdentity) -> None:
    _execute(connection, "schema.sql")
    _execute(connection, "format_2.sql")
    facts = {
        "format": FORMAT,
        "identity": uuid.uuid4().hex,
        "generation": "0",
        "model": model.name,
        "model_sha256": model.sha256,
        "model_prefixes": model.prefixes,
    }
    connection.executemany("INSERT INTO meta VALUES (?, ?)", list(facts.items()))


def _execute(connection: Connection, file: str) -> None:
    # One by one, because executescript would end the transaction.
    for statement in files("index").joinpath(file).read_text("utf-8").split(";\n"):
        connection.execute(statement)


def _described(model: EncoderIdentity) -> str:
    prefixes = f", prefixes {model.prefixes}" if model.prefixes else ""
    return f"{model.name} (weights {model.sha256[:12]}{prefixes})"
