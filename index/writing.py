"""Putting documents into the store and taking them out."""

from collections.abc import Sequence

from index.abbreviations import put_abbreviations
from index.connections import Connection
from index.facets import facets_of
from index.records import Extras
from index.rows import document_row, packed_vector
from index.tidying import last_generation, tidy
from index.token_table import put_codes
from index.types import Document, Passage, Vectors

__all__ = ["Writer"]


class Writer:
    """Changes within one transaction of a store."""

    def __init__(self, connection: Connection, generation: int) -> None:
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
        extras: Extras | None = None,
    ) -> None:
        """Add a document, or put it in the place of the one with its id.

        Args:
            document: The text and its metadata.
            passages: In the order of the text.
            vectors: Shape (len(passages), dim).
            recipe: Names the rules that made the passages, so that a later version can tell.
            ingested_at: UTC time, ISO 8601.
            extras: What else is kept of it.
        """
        extras = extras or Extras()
        self.remove(document.id)
        row = document_row(document, recipe, ingested_at)
        self._connection.execute(
            f"INSERT INTO documents ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
            tuple(row.values()),
        )
        key = self._connection.last_insert_rowid()
        self._connection.executemany(
            "INSERT INTO asides VALUES (?, ?, ?, ?)",
            [(key, a.span.start, a.span.end, a.kind.value) for a in document.asides],
        )
        self._connection.executemany(
            "INSERT INTO facets VALUES (?, ?, ?)",
            [(f.field, f.value, key) for f in facets_of(document.id, document.metadata)],
        )
        self._connection.executemany(
            "INSERT INTO bands VALUES (?, ?)", [(band, key) for band in sorted(set(extras.bands))]
        )
        self._put_passages(key, passages, vectors)
        put_codes(self._connection, passages, extras.codes)
        put_abbreviations(self._connection, key, extras.abbreviations)
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
            (self.generation, row[0]),
        )
        self._connection.execute("DELETE FROM documents WHERE key = ?", row)
        self.changed = True
        return True

    def tidy(self) -> None:
        """Remove rows that belong to nothing, and rewrite what can be told from other rows."""
        self.generation = max(self.generation, last_generation(self._connection) + 1)
        tidy(self._connection, self.generation)
        self.changed = True

    def _put_passages(
        self, document_key: int, passages: Sequence[Passage], vectors: Vectors
    ) -> None:
        rows = [
            {
                "id": passage.id,
                "document_key": document_key,
                "ordinal": passage.ordinal,
                "start": passage.span.start,
                "end": passage.span.end,
                "text": passage.text,
                "heading": passage.heading,
                "page": passage.page,
                "generation": self.generation,
                "vector": packed_vector(vector),
            }
            for passage, vector in zip(passages, vectors, strict=True)
        ]
        self._connection.executemany(
            'INSERT INTO passages (id, document_key, ordinal, start, "end", text, heading, page, '
            "generation, vector) VALUES (:id, :document_key, :ordinal, :start, :end, :text, "
            ":heading, :page, :generation, :vector)",
            rows,
        )
