"""The truth on disk: documents, passages and vectors, read and written by their meaning."""

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import numpy as np

from index.connections import Connection, one_row, rows_of
from index.database import Database
from index.embedding import EncoderIdentity
from index.errors import UnknownDocumentError
from index.facets import wanted_facets
from index.records import Changes, Corpus, Entry, Fingerprint, Indexed
from index.rows import (
    DOCUMENT_COLUMNS,
    PASSAGE_COLUMNS,
    aside_of,
    document_of,
    entry_of,
    metadata_of,
    passage_of,
    unpacked_vectors,
)
from index.types import Document, Filters, Hit, Keys, Passage, Scores, StoredVectors
from index.writing import Writer

__all__ = ["Changes", "Corpus", "Entry", "Fingerprint", "Indexed", "Store", "Writer"]

INDEXED = (
    f"SELECT p.key, {PASSAGE_COLUMNS}, {DOCUMENT_COLUMNS} FROM passages p "
    "JOIN documents d ON d.key = p.document_key "
    "WHERE p.key IN (SELECT value FROM json_each(?)) ORDER BY p.key"
)
ENTRIES = (
    f"SELECT {DOCUMENT_COLUMNS}, d.ingested_at, "
    "(SELECT count(*) FROM passages p WHERE p.document_key = d.key) AS passages FROM documents d"
)


class Store:
    """All documents of one collection. Any number of threads and processes may read it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def create(cls, path: Path, model: EncoderIdentity) -> "Store":
        """Make an empty store for vectors of `model`, or open the one that is there.

        Raises:
            IndexFormatError: The file that is there is not a store that this version reads.
            ModelMismatchError: The store that is there belongs to another model.
        """
        return cls(Database.create(path, model))

    @classmethod
    def open(cls, path: Path) -> "Store":
        """Open a store for reading and writing.

        Raises:
            IndexFormatError: The file is not a store that this version reads.
        """
        return cls(Database.open(path))

    @property
    def model(self) -> EncoderIdentity:
        """The encoder whose vectors the store holds."""
        return self._database.model

    @property
    def identity(self) -> str:
        """Of this store, as no other has it."""
        return self._database.identity

    def require_model(self, model: EncoderIdentity) -> None:
        """Raise ModelMismatchError unless the store's vectors are those of `model`."""
        self._database.require_model(model)

    def generation(self) -> int:
        """Number of the last committed change; 0 for an empty store."""
        return self._database.generation()

    def reading(self) -> AbstractContextManager[Connection]:
        """One consistent state for several reads; nested calls share it."""
        return self._database.reading()

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """One durable change: all of it or nothing. The generation grows if anything changed."""
        with self._database.changing() as connection:
            writer = Writer(connection, self.generation() + 1)
            yield writer
            if writer.changed:
                connection.execute(
                    "UPDATE meta SET value = ? WHERE name = 'generation'",
                    (str(writer.generation),),
                )

    def tidy(self) -> None:
        """Bring a long write-ahead log into the file, and forget removals of long ago."""
        self._database.tidy()

    def require_undamaged(self) -> None:
        """Read every page. Raises IndexDamagedError where one is not as it was written."""
        self._database.require_undamaged()

    def copy_to(self, path: Path) -> None:
        """Write a copy of one state to a new file, while others read and write.

        Raises:
            DiskFullError: There is no room for it.
        """
        self._database.copy_to(path)

    def renew_identity(self) -> None:
        """Be another store than the one that this is a copy of."""
        self._database.renew_identity()

    def close(self) -> None:
        """Close every thread's connection."""
        self._database.close()

    def corpus(self) -> Corpus:
        """Figures of the whole store."""
        with self.reading() as connection:
            [(documents, newest)] = connection.execute(
                "SELECT count(*), max(published) FROM documents"
            )
            passages = connection.execute("SELECT count(*) FROM passages").get
            return Corpus(self.generation(), documents, passages, newest)

    def keys(self) -> Keys:
        """Of all passages, ascending."""
        with self.reading() as connection:
            return _keys(connection, "SELECT key FROM passages ORDER BY key")

    def changes_since(self, generation: int) -> Changes | None:
        """Keys of passages that came and went after `generation`, ascending.

        One that came and went again is only among those removed. None where the removals after
        `generation` were forgotten; those after 0, where there was nothing, never are.
        """
        with self.reading() as connection:
            if 0 < generation < self._database.removals_from():
                return None
            # Ordered by key, SQLite would read the whole table for the few that are new.
            came = "SELECT key FROM passages WHERE generation > ? ORDER BY generation"
            went = "SELECT passage_key FROM removals WHERE generation > ? ORDER BY generation"
            return Changes(
                self.generation(),
                np.sort(_keys(connection, came, generation)),
                np.sort(_keys(connection, went, generation)),
            )

    def vectors(self, keys: Keys) -> StoredVectors:
        """Vectors of those of some passages that are there, by ascending key; of shape (0, 0)
        where none is. Whoever asks beside a change may get fewer than `keys`."""
        with self.reading() as connection:
            rows = connection.execute(
                "SELECT key, vector FROM passages WHERE key IN (SELECT value FROM json_each(?)) "
                "ORDER BY key",
                (json.dumps(keys.tolist()),),
            ).fetchall()
        if not rows:
            return StoredVectors(np.empty(0, np.int64), np.empty((0, 0), np.float32))
        there, stored = zip(*rows, strict=True)
        return StoredVectors(np.array(there), unpacked_vectors(b"".join(stored), len(rows)))

    def indexed(self, keys: Keys) -> Iterator[Indexed]:
        """Passages for the derived indexes, by ascending key."""
        with self.reading() as connection:
            for row in rows_of(connection.execute(INDEXED, (json.dumps(keys.tolist()),))):
                yield Indexed(row["key"], passage_of(row), row["title"], metadata_of(row))

    def admitted(self, filters: Filters) -> Keys:
        """Keys of all passages whose document passes `filters`, ascending."""
        conditions, values = ["1"], []
        if filters.published_from:
            conditions.append("d.published >= ?")
            values.append(filters.published_from.isoformat())
        if filters.published_before:
            conditions.append("d.published < ?")
            values.append(filters.published_before.isoformat())
        for group in wanted_facets(filters):
            conditions.append(
                "d.key IN (SELECT document_key FROM facets WHERE field = ? AND value IN "
                "(SELECT value FROM json_each(?)))"
            )
            values += [group[0].field, json.dumps([facet.value for facet in group])]
        with self.reading() as connection:
            return _keys(
                connection,
                "SELECT p.key FROM passages p JOIN documents d ON d.key = p.document_key "
                f"WHERE {' AND '.join(conditions)} ORDER BY p.key",
                *values,
            )

    def hits(self, keys: Sequence[int], scores: Sequence[Scores]) -> dict[int, Hit]:
        """The passages of `keys` in that order; one that was removed meanwhile is left out."""
        with self.reading() as connection:
            rows = connection.execute(INDEXED, (json.dumps([int(key) for key in keys]),))
            found = {row["key"]: row for row in rows_of(rows)}
        return {
            key: Hit(
                passage_of(found[key]),
                found[key]["title"],
                metadata_of(found[key]),
                found[key]["source"],
                found[key]["content_sha256"],
                score,
            )
            for key, score in zip(keys, scores, strict=True)
            if key in found
        }

    def document(self, document_id: str) -> Document:
        """Raises UnknownDocumentError where there is none of this id."""
        with self.reading() as connection:
            row = one_row(
                connection.execute(
                    f"SELECT d.key, d.text AS document_text, {DOCUMENT_COLUMNS} FROM documents d "
                    "WHERE d.id = ?",
                    (document_id,),
                )
            )
            if row is None:
                raise UnknownDocumentError(document_id)
            asides = connection.execute(
                'SELECT start, "end", kind FROM asides WHERE document_key = ? ORDER BY start',
                (row["key"],),
            )
            return document_of(row, tuple(aside_of(aside) for aside in rows_of(asides)))

    def passages(self, document_id: str) -> tuple[Passage, ...]:
        """Passages of one document in the order of its text."""
        with self.reading() as connection:
            rows = connection.execute(
                f"SELECT {PASSAGE_COLUMNS}, d.id AS document_id FROM passages p "
                "JOIN documents d ON d.key = p.document_key WHERE d.id = ? ORDER BY p.ordinal",
                (document_id,),
            )
            return tuple(passage_of(row) for row in rows_of(rows))

    def excerpt(self, document_id: str, start: int, end: int) -> str:
        """Characters [start, end) of a document's text, cut where the text ends; "" if unknown."""
        start = max(start, 0)
        with self.reading() as connection:
            row = connection.execute(
                "SELECT substr(text, ?, ?) FROM documents WHERE id = ?",
                (start + 1, max(end - start, 0), document_id),
            ).fetchone()
        return str(row[0]) if row else ""

    def entries(self, *, after: str = "", limit: int = 1_000_000) -> list[Entry]:
        """Documents by id, those behind `after` first."""
        return self._entries("d.id > ? ORDER BY d.id LIMIT ?", after, limit)

    def entries_from(self, origin: str) -> list[Entry]:
        """Documents that were read from a file, or from any file below a folder."""
        inside = origin.rstrip("/") + "/"
        return self._entries(
            "d.origin = ? OR substr(d.origin, 1, ?) = ? ORDER BY d.id", origin, len(inside), inside
        )

    def _entries(self, condition: str, *values: str | int) -> list[Entry]:
        with self.reading() as connection:
            rows = connection.execute(f"{ENTRIES} WHERE {condition}", values)
            return [entry_of(row) for row in rows_of(rows)]


def _keys(connection: Connection, query: str, *values: object) -> Keys:
    return np.fromiter((row[0] for row in connection.execute(query, values)), dtype=np.int64)
