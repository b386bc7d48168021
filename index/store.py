"""The truth on disk: documents, passages and vectors in SQLite. The only door to sqlite3."""

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np

from index.embedding import EncoderIdentity
from index.errors import IndexFormatError, ModelMismatchError, UnknownDocumentError
from index.facets import facets_of, wanted_facets
from index.rows import (
    DOCUMENT_COLUMNS,
    PASSAGE_COLUMNS,
    aside_of,
    document_of,
    document_row,
    metadata_of,
    passage_of,
)
from index.types import Document, Filters, Hit, Keys, Metadata, Passage, Scores, Vectors

__all__ = ["Changes", "Corpus", "Entry", "Fingerprint", "Indexed", "Store", "Writer"]

FORMAT = "1"
BUSY_MS = 10_000
ENTRIES = (
    f"SELECT {DOCUMENT_COLUMNS}, d.ingested_at, "
    "(SELECT count(*) FROM passages p WHERE p.document_key = d.key) AS passages FROM documents d"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list of documents."""

    document_id: str
    source: str
    title: str
    metadata: Metadata
    passages: int
    content_sha256: str
    ingested_at: str


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What tells whether a document is the same as before, and what was made of it."""

    source_sha256: str
    recipe: str
    passages: int
    cleaned: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Indexed:
    """A passage as the derived indexes take it: its key, words, context and filter values."""

    key: int
    passage: Passage
    title: str
    metadata: Metadata


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened to passages after one generation, up to and with another."""

    generation: int
    added: Keys
    removed: Keys


@dataclass(frozen=True, slots=True)
class Corpus:
    """Figures of the whole store at one generation."""

    generation: int
    documents: int
    passages: int
    newest_published: str | None


class Store:
    """All documents of one collection. Any number of threads and processes may read it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._guard = threading.Lock()

    @classmethod
    def create(cls, path: Path, model: EncoderIdentity) -> "Store":
        """Make an empty store for vectors of `model`, or open the one that is there.

        Raises:
            ModelMismatchError: The store that is there belongs to another model.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        store = cls(path)
        connection = store._connection()
        connection.execute("PRAGMA journal_mode=WAL")
        with store._immediate(connection):
            if not connection.execute("SELECT 1 FROM sqlite_schema").fetchone():
                for statement in files("index").joinpath("schema.sql").read_text().split(";"):
                    connection.execute(statement)
                connection.executemany(
                    "INSERT INTO meta VALUES (?, ?)",
                    [
                        ("format", FORMAT),
                        ("generation", "0"),
                        ("model", model.name),
                        ("model_sha256", model.sha256),
                        ("model_prefixes", model.prefixes),
                    ],
                )
        store.require_format()
        store.require_model(model)
        return store

    @classmethod
    def open(cls, path: Path) -> "Store":
        """Open a store for reading and writing.

        Raises:
            IndexFormatError: The file is not a store that this version reads.
        """
        store = cls(path)
        store.require_format()
        return store

    def require_format(self) -> None:
        """Raise IndexFormatError unless the file is a store of this version's format."""
        try:
            found = self._meta("format")
        except (sqlite3.DatabaseError, KeyError) as error:
            raise IndexFormatError(
                "the index file is damaged or was not made by footnoted; it is left as it is. "
                "Ingest into another folder with --data"
            ) from error
        if found != FORMAT:
            raise IndexFormatError(
                f"the index has format {found}, this version reads format {FORMAT}; it is left "
                "as it is. Use the version of footnoted that made it, or ingest into another "
                "folder with --data"
            )

    @property
    def model(self) -> EncoderIdentity:
        """The encoder whose vectors the store holds."""
        return EncoderIdentity(
            self._meta("model"), self._meta("model_sha256"), self._meta("model_prefixes")
        )

    def require_model(self, model: EncoderIdentity) -> None:
        """Raise ModelMismatchError unless the store's vectors are those of `model`."""
        if (held := self.model) != model:
            names = (held.name, model.name)
            if held.name == model.name:
                names = (_described(held), _described(model))
            raise ModelMismatchError(*names)

    def generation(self) -> int:
        """Number of the last committed change; 0 for an empty store."""
        return int(self._meta("generation"))

    def corpus(self) -> Corpus:
        """Figures of the whole store."""
        with self.reading() as connection:
            documents, newest = connection.execute(
                "SELECT count(*), max(published) FROM documents"
            ).fetchone()
            (passages,) = connection.execute("SELECT count(*) FROM passages").fetchone()
            return Corpus(self.generation(), documents, passages, newest)

    def changes_since(self, generation: int) -> Changes:
        """Keys added and removed after `generation`, ascending; added and gone again is neither."""
        with self.reading() as connection:
            return Changes(
                self.generation(),
                _keys(
                    connection,
                    "SELECT key FROM passages WHERE generation > ? ORDER BY key",
                    generation,
                ),
                _keys(
                    connection,
                    "SELECT passage_key FROM removals WHERE generation > ? ORDER BY 1",
                    generation,
                ),
            )

    def vectors(self, keys: Keys) -> Vectors:
        """Vectors of passages, in the order of `keys`, which must ascend.

        Returns:
            Shape (len(keys), dim).
        """
        rows = self._connection().execute(
            "SELECT vector FROM passages WHERE key IN (SELECT value FROM json_each(?)) "
            "ORDER BY key",
            (json.dumps(keys.tolist()),),
        )
        buffer = b"".join(vector for (vector,) in rows)
        return np.frombuffer(buffer, dtype=np.float32).reshape(len(keys), -1)

    def indexed(self, keys: Keys) -> Iterator[Indexed]:
        """Passages for the derived indexes, by ascending key."""
        rows = self._connection().execute(
            f"SELECT p.key, {PASSAGE_COLUMNS}, {DOCUMENT_COLUMNS} FROM passages p "
            "JOIN documents d ON d.key = p.document_key "
            "WHERE p.key IN (SELECT value FROM json_each(?)) ORDER BY p.key",
            (json.dumps(keys.tolist()),),
        )
        for row in rows:
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
        return _keys(
            self._connection(),
            "SELECT p.key FROM passages p JOIN documents d ON d.key = p.document_key "
            f"WHERE {' AND '.join(conditions)} ORDER BY p.key",
            *values,
        )

    def hits(self, keys: Sequence[int], scores: Sequence[Scores]) -> list[Hit]:
        """The passages of `keys` in that order; one that was removed meanwhile is left out."""
        rows = self._connection().execute(
            f"SELECT p.key, {PASSAGE_COLUMNS}, {DOCUMENT_COLUMNS} FROM passages p "
            "JOIN documents d ON d.key = p.document_key "
            "WHERE p.key IN (SELECT value FROM json_each(?))",
            (json.dumps([int(key) for key in keys]),),
        )
        found = {row["key"]: row for row in rows}
        return [
            Hit(
                passage_of(found[key]),
                found[key]["title"],
                metadata_of(found[key]),
                found[key]["source"],
                found[key]["content_sha256"],
                score,
            )
            for key, score in zip(keys, scores, strict=True)
            if key in found
        ]

    def document(self, document_id: str) -> Document:
        """Raises UnknownDocumentError where there is none of this id."""
        with self.reading() as connection:
            row = connection.execute(
                f"SELECT d.key, d.text AS document_text, {DOCUMENT_COLUMNS} FROM documents d "
                "WHERE d.id = ?",
                (document_id,),
            ).fetchone()
            if row is None:
                raise UnknownDocumentError(document_id)
            asides = connection.execute(
                'SELECT start, "end", kind FROM asides WHERE document_key = ? ORDER BY start',
                (row["key"],),
            )
            return document_of(row, tuple(aside_of(aside) for aside in asides))

    def passages(self, document_id: str) -> tuple[Passage, ...]:
        """Passages of one document in the order of its text."""
        rows = self._connection().execute(
            f"SELECT {PASSAGE_COLUMNS}, d.id AS document_id FROM passages p "
            "JOIN documents d ON d.key = p.document_key WHERE d.id = ? ORDER BY p.ordinal",
            (document_id,),
        )
        return tuple(passage_of(row) for row in rows)

    def excerpt(self, document_id: str, start: int, end: int) -> str:
        """Characters [start, end) of a document's text, cut where the text ends; "" if unknown."""
        start = max(start, 0)
        row = (
            self._connection()
            .execute(
                "SELECT substr(text, ?, ?) FROM documents WHERE id = ?",
                (start + 1, end - start, document_id),
            )
            .fetchone()
        )
        return row[0] if row else ""

    def entries(self, *, after: str = "", limit: int = 1_000_000) -> list[Entry]:
        """Documents by id, those behind `after` first."""
        rows = self._connection().execute(
            f"{ENTRIES} WHERE d.id > ? ORDER BY d.id LIMIT ?", (after, limit)
        )
        return [_entry(row) for row in rows]

    def entries_from(self, origin: str) -> list[Entry]:
        """Documents that were read from a file, or from any file below a folder."""
        inside = origin.rstrip("/") + "/"
        rows = self._connection().execute(
            f"{ENTRIES} WHERE d.origin = ? OR substr(d.origin, 1, ?) = ? ORDER BY d.id",
            (origin, len(inside), inside),
        )
        return [_entry(row) for row in rows]

    def fingerprint(self, document_id: str) -> Fingerprint | None:
        """What tells whether a document is the same as before; None if it is not stored."""
        with self.reading() as connection:
            row = connection.execute(
                "SELECT key, source_sha256, recipe, "
                "(SELECT count(*) FROM passages p WHERE p.document_key = d.key) AS passages "
                "FROM documents d WHERE id = ?",
                (document_id,),
            ).fetchone()
            if row is None:
                return None
            cleaned = connection.execute(
                "SELECT kind, count(*) FROM asides WHERE document_key = ? GROUP BY kind",
                (row["key"],),
            )
            return Fingerprint(
                row["source_sha256"],
                row["recipe"],
                row["passages"],
                {kind: number for kind, number in cleaned},
            )

    def same_text(self, content_sha256: str, *, but: str) -> str | None:
        """Id of a document with exactly this text, other than `but`; the first by id."""
        row = (
            self._connection()
            .execute(
                "SELECT min(id) FROM documents WHERE content_sha256 = ? AND id <> ?",
                (content_sha256, but),
            )
            .fetchone()
        )
        return row[0] if row else None

    def sharing_bands(self, bands: Sequence[int], *, but: str) -> list[tuple[str, list[int]]]:
        """Documents other than `but` that have a band in common, each with all its bands."""
        rows = self._connection().execute(
            "SELECT d.id, b.band FROM bands b JOIN documents d ON d.key = b.document_key "
            "WHERE d.id <> ? AND d.key IN (SELECT document_key FROM bands WHERE band IN "
            "(SELECT value FROM json_each(?))) ORDER BY d.id",
            (but, json.dumps(list(bands))),
        )
        found: dict[str, list[int]] = {}
        for document_id, band in rows:
            found.setdefault(document_id, []).append(band)
        return list(found.items())

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One consistent state for several reads; nested calls share it."""
        connection = self._connection()
        if connection.in_transaction:
            yield connection
            return
        connection.execute("BEGIN")
        try:
            yield connection
        finally:
            connection.execute("COMMIT")

    @contextmanager
    def writing(self) -> Iterator["Writer"]:
        """One durable change: all of it or nothing. The generation grows if anything changed."""
        connection = self._connection()
        with self._immediate(connection):
            writer = Writer(connection, self.generation() + 1)
            yield writer
            if writer.changed:
                connection.execute(
                    "UPDATE meta SET value = ? WHERE name = 'generation'",
                    (str(writer.generation),),
                )

    def close(self) -> None:
        """Close every thread's connection."""
        with self._guard:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
            self._local = threading.local()

    def _meta(self, name: str) -> str:
        row = self._connection().execute("SELECT value FROM meta WHERE name = ?", (name,))
        found = row.fetchone()
        if found is None:
            raise KeyError(name)
        return str(found[0])

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                self._path, isolation_level=None, check_same_thread=False, timeout=BUSY_MS / 1000
            )
            connection.row_factory = sqlite3.Row
            # FULL, because NORMAL loses acknowledged writes in a power cut.
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA foreign_keys=ON")
            self._local.connection = connection
            with self._guard:
                self._connections.append(connection)
        return connection

    @contextmanager
    def _immediate(self, connection: sqlite3.Connection) -> Iterator[None]:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


class Writer:
    """Changes within one transaction of a store."""

    def __init__(self, connection: sqlite3.Connection, generation: int) -> None:
        self._connection = connection
        self.generation = generation
        self.changed = False

    def put(
        self,
        document: Document,
        passages: Sequence[Passage],
        vectors: Vectors,
        *,
        recipe: str,
        ingested_at: str,
        bands: Sequence[int] = (),
    ) -> None:
        """Add a document, or put it in the place of the one with its id.

        Args:
            document: The text and its metadata.
            passages: In the order of the text.
            vectors: Shape (len(passages), dim).
            recipe: Names the rules that made the passages, so that a later version can tell.
            ingested_at: UTC time, ISO 8601.
            bands: Of the near-duplicate fingerprint.
        """
        self.remove(document.id)
        row = document_row(document, recipe, ingested_at)
        cursor = self._connection.execute(
            f"INSERT INTO documents ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
            tuple(row.values()),
        )
        key = cursor.lastrowid
        self._connection.executemany(
            "INSERT INTO asides VALUES (?, ?, ?, ?)",
            [(key, a.span.start, a.span.end, a.kind.value) for a in document.asides],
        )
        self._connection.executemany(
            "INSERT INTO facets VALUES (?, ?, ?)",
            [(f.field, f.value, key) for f in facets_of(document.id, document.metadata)],
        )
        self._connection.executemany(
            "INSERT INTO bands VALUES (?, ?)", [(band, key) for band in sorted(set(bands))]
        )
        self._connection.executemany(
            'INSERT INTO passages (id, document_key, ordinal, start, "end", text, heading, page, '
            "generation, vector) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    p.id,
                    key,
                    p.ordinal,
                    p.span.start,
                    p.span.end,
                    p.text,
                    p.heading,
                    p.page,
                    self.generation,
                    vector.astype(np.float32).tobytes(),
                )
                for p, vector in zip(passages, vectors, strict=True)
            ],
        )
        self.changed = True

    def remove(self, document_id: str) -> bool:
        """Remove a document with its passages. Tells whether there was one."""
        row = self._connection.execute(
            "SELECT key FROM documents WHERE id = ?", (document_id,)
        ).fetchone()
        if row is None:
            return False
        self._connection.execute(
            "INSERT INTO removals SELECT key, ? FROM passages WHERE document_key = ?",
            (self.generation, row["key"]),
        )
        self._connection.execute("DELETE FROM documents WHERE key = ?", (row["key"],))
        self.changed = True
        return True


def _keys(connection: sqlite3.Connection, query: str, *values: object) -> Keys:
    return np.fromiter((row[0] for row in connection.execute(query, values)), dtype=np.int64)


def _entry(row: sqlite3.Row) -> Entry:
    return Entry(
        row["document_id"],
        row["source"],
        row["title"],
        metadata_of(row),
        row["passages"],
        row["content_sha256"],
        row["ingested_at"],
    )


def _described(model: EncoderIdentity) -> str:
    prefixes = f", prefixes {model.prefixes!r}" if model.prefixes else ""
    return f"{model.name} (weights {model.sha256[:12]}{prefixes})"
