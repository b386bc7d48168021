"""The store's file: its format, its model, its transactions."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from index.connections import (
    CHECKPOINT_RESTART,
    NO_STORE,
    Connection,
    Connections,
    add_checksums,
    copy_pages,
    is_checked,
    reserve_checksums,
    translated,
)
from index.embedding import EncoderIdentity
from index.errors import IndexDamagedError, IndexFormatError, ModelMismatchError
from index.rows import in_half

__all__ = ["Connection", "Database"]

FORMAT = "4"
LAYOUT = (
    "schema.sql",
    "format_2.sql",
    "format_3.sql",
)  # of a new store; later ones change rows only
UPGRADES = {"1": "2", "2": "3", "3": "4"}  # from a format to the next, by the file named after that
CHECKED_SINCE = "3"
LONG_LOG = 64_000_000  # bytes
REMOVALS_KEPT = 1_000  # changes; who is further behind begins anew


class Database:
    """One SQLite file. Each thread has a connection of its own."""

    def __init__(self, path: Path) -> None:
        self._connections = Connections(path)

    @classmethod
    def create(cls, path: Path, model: EncoderIdentity) -> "Database":
        """Make an empty store for vectors of `model`, or open the one that is there.

        Raises:
            IndexFormatError: The file that is there is not a store that this version reads.
            IndexDamagedError: It is one, and its bytes are not those that were written.
            ModelMismatchError: The store that is there belongs to another model.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        # The format is asked first, because the journal mode is written into the file.
        database = cls.open(path) if path.stat().st_size else cls(path)
        with database._closed_on_error():
            database._lay_out(model)
            database.require_model(model)
        return database

    @classmethod
    def open(cls, path: Path) -> "Database":
        """Open a store for reading and writing.

        Raises:
            IndexFormatError: The file is not a store that this version reads.
            IndexDamagedError: It is one, and its bytes are not those that were written.
        """
        database = cls(path)
        with database._closed_on_error():
            database._require_format()
        return database

    @property
    def model(self) -> EncoderIdentity:
        """The encoder whose vectors the store holds."""
        with self.reading():
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

    def removals_from(self) -> int:
        """Which passages were removed is known for the changes after this one."""
        return int(self._meta("removals_from"))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent state for several reads; nested calls share it.

        Raises:
            IndexDamagedError: A page that is read is not as it was written.
        """
        connection = self._connections.own
        if connection.in_transaction:
            yield connection
            return
        with translated():
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                _end(connection, "COMMIT")

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        """One durable change: all of it, or nothing if the block is left by an error.

        Raises:
            DiskFullError: There is no room for it.
        """
        connection = self._connections.own
        with translated():
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                _end(connection, "ROLLBACK")
                raise

    def tidy(self) -> None:
        """Bring a long write-ahead log into the file, and forget removals of long ago.

        While questions overlap without a pause the log is never taken up by itself.
        """
        if self._connections.log_bytes() > LONG_LOG:
            with translated():
                self._connections.own.wal_checkpoint(mode=CHECKPOINT_RESTART)
        upto = self.generation() - REMOVALS_KEPT
        if upto > self.removals_from() + REMOVALS_KEPT:
            with self.changing() as connection:
                connection.execute("DELETE FROM removals WHERE generation <= ?", (upto,))
                _set_meta(connection, "removals_from", str(upto))

    def require_undamaged(self) -> None:
        """Read every page. Raises IndexDamagedError where one is not as it was written."""
        with self.reading() as connection:
            if connection.pragma("integrity_check") != "ok":
                raise IndexDamagedError

    def copy_to(self, path: Path) -> None:
        """Write a copy of one state to a new file, while others read and write.

        Raises:
            DiskFullError: There is no room for it.
        """
        with translated():
            copy_pages(self._connections.own, path)

    def renew_identity(self) -> None:
        """Be another store than the one that this is a copy of."""
        with self.changing() as connection:
            _set_meta(connection, "identity", uuid.uuid4().hex)

    def close(self) -> None:
        """Close every thread's connection."""
        self._connections.close()

    @contextmanager
    def _closed_on_error(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self.close()
            raise

    def _lay_out(self, model: EncoderIdentity) -> None:
        connection = self._connections.own
        if not connection.execute("SELECT 1 FROM sqlite_schema").fetchone():
            reserve_checksums(connection)
        connection.pragma("journal_mode", "wal")
        with self.changing():
            if not connection.execute("SELECT 1 FROM sqlite_schema").fetchone():
                _write_layout(connection, model)

    def _require_format(self) -> None:
        found = self._found_format()
        if found not in (*UPGRADES, FORMAT):
            raise IndexFormatError(
                f"the index has format {found}, this version reads format {FORMAT}; it is left "
                "as it is. Use the version of footnoted that made it, or ingest into another "
                "folder with --data"
            )
        if found != FORMAT:
            self._upgrade(found)
        elif not is_checked(self._connections.own):
            raise IndexDamagedError  # somebody switched them off

    def _found_format(self) -> str:
        try:
            return self._meta("format")
        except (IndexDamagedError, *NO_STORE, KeyError) as error:
            raise IndexFormatError(
                "the index file is damaged or was not made by footnoted; it is left as it is. "
                "Restore a snapshot, or ingest into another folder with --data"
            ) from error

    def _upgrade(self, found: str) -> None:
        """Bring an older file to this version's format, a format at a time.

        Each step is done as a whole or not at all, so an upgrade that was ended goes on here.
        """
        own = self._connections.own
        own.create_scalar_function("in_half", in_half, 1)  # type: ignore[arg-type]  # any values
        while found in UPGRADES:
            following = UPGRADES[found]
            if following == CHECKED_SINCE and not is_checked(own):
                with translated():
                    add_checksums(own)
            own.pragma("journal_mode", "wal")
            with self.changing() as connection:
                if self._meta("format") == found:
                    _execute(connection, f"format_{following}.sql")
                    _set_meta(connection, "format", following)
            found = self._meta("format")
        with translated():
            own.execute("VACUUM")  # the room of what became shorter

    def _meta(self, name: str) -> str:
        with self.reading() as connection:
            found = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        if found is None:
            raise KeyError(name)
        return str(found[0])


def _end(connection: Connection, statement: str) -> None:
    if connection.in_transaction:  # an error of SQLite's ends it, too
        connection.execute(statement)


def _write_layout(connection: Connection, model: EncoderIdentity) -> None:
    for file in LAYOUT:
        _execute(connection, file)
    facts = {
        "format": FORMAT,
        "identity": uuid.uuid4().hex,
        "generation": "0",
        "model": model.name,
        "model_sha256": model.sha256,
        "model_prefixes": model.prefixes,
    }
    for name, value in facts.items():
        _set_meta(connection, name, value)


def _set_meta(connection: Connection, name: str, value: str) -> None:
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))


def _execute(connection: Connection, file: str) -> None:
    connection.execute(files("index").joinpath(file).read_text("utf-8"))


def _described(model: EncoderIdentity) -> str:
    prefixes = f", prefixes {model.prefixes}" if model.prefixes else ""
    return f"{model.name} (weights {model.sha256[:12]}{prefixes})"
