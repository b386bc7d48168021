"""Makes a store's rows agree with each other where that can be done without its documents."""

from index.connections import Connection, rows_of
from index.facets import facets_of
from index.rows import DIMENSION_BYTES, metadata_of

__all__ = ["OWNED", "code_bytes", "last_generation", "tidy", "vector_bytes"]

# Tables whose rows belong to a document or a passage: the column that names it, and its table.
OWNED = {
    "passages": ("document_key", "documents"),
    "asides": ("document_key", "documents"),
    "facets": ("document_key", "documents"),
    "bands": ("document_key", "documents"),
    "abbreviations": ("document_key", "documents"),
    "token_codes": ("passage_key", "passages"),
}
CODE_OVERHEAD = 3  # bytes of a word piece beside its signs: scale and sentence


def last_generation(connection: Connection) -> int:
    """Of the last change that a row tells of."""
    [(last,)] = connection.execute(
        "SELECT max(coalesce((SELECT max(generation) FROM passages), 0), "
        "coalesce((SELECT max(generation) FROM removals), 0))"
    )
    return int(last)


def vector_bytes(connection: Connection) -> int:
    """Length of nearly all vectors, 0 where there are none."""
    row = connection.execute(
        "SELECT length(vector) FROM passages GROUP BY 1 ORDER BY count(*) DESC, 1 DESC LIMIT 1"
    ).fetchone()
    return int(row[0]) if row else 0


def code_bytes(vector_length: int) -> int:
    """Length of the codes of one word piece."""
    dimensions = vector_length // DIMENSION_BYTES
    return CODE_OVERHEAD + (dimensions + 7) // 8


def tidy(connection: Connection, generation: int) -> None:
    """Remove rows without an owner and codes that are cut off; write the filter values anew.

    Args:
        connection: Within a change.
        generation: Of that change, so that derived indexes learn which passages went.
    """
    connection.execute("DELETE FROM removals WHERE passage_key IN (SELECT key FROM passages)")
    connection.execute(
        "INSERT OR REPLACE INTO removals SELECT key, ? FROM passages "
        "WHERE document_key NOT IN (SELECT key FROM documents)",
        (generation,),
    )
    for table, (column, owners) in OWNED.items():
        connection.execute(f"DELETE FROM {table} WHERE {column} NOT IN (SELECT key FROM {owners})")
    connection.execute(
        "DELETE FROM token_codes WHERE length(codes) = 0 OR length(codes) % ? <> 0",
        (code_bytes(vector_bytes(connection)),),
    )
    _write_facets(connection)


def _write_facets(connection: Connection) -> None:
    connection.execute("DELETE FROM facets")
    for row in [*rows_of(connection.execute("SELECT * FROM documents"))]:
        connection.executemany(
            "INSERT INTO facets VALUES (?, ?, ?)",
            [(f.field, f.value, row["key"]) for f in facets_of(row["id"], metadata_of(row))],
        )
