"""What the store knows of a document already: the same one as before, or the same words."""

import json
from collections.abc import Sequence

from index.connections import Connection, one_row
from index.records import Fingerprint

__all__ = ["fingerprint", "same_text", "sharing_bands"]


def fingerprint(connection: Connection, document_id: str) -> Fingerprint | None:
    """What tells whether a document is the same as before; None if it is not stored."""
    row = one_row(
        connection.execute(
            "SELECT key, source_sha256, recipe, "
            "(SELECT count(*) FROM passages p WHERE p.document_key = d.key) AS passages "
            "FROM documents d WHERE id = ?",
            (document_id,),
        )
    )
    if row is None:
        return None
    cleaned = connection.execute(
        "SELECT kind, count(*) FROM asides WHERE document_key = ? GROUP BY kind", (row["key"],)
    )
    return Fingerprint(row["source_sha256"], row["recipe"], row["passages"], dict(cleaned))


def same_text(connection: Connection, content_sha256: str, *, but: str) -> str | None:
    """Id of a document with exactly this text, other than `but`; the first by id."""
    found: str | None = connection.execute(
        "SELECT min(id) FROM documents WHERE content_sha256 = ? AND id <> ?",
        (content_sha256, but),
    ).get
    return found


def sharing_bands(
    connection: Connection, bands: Sequence[int], *, but: str
) -> list[tuple[str, list[int]]]:
    """Documents other than `but` that have a band in common, each with all its bands."""
    rows = connection.execute(
        "SELECT d.id, b.band FROM bands b JOIN documents d ON d.key = b.document_key "
        "WHERE d.id <> ? AND d.key IN (SELECT document_key FROM bands WHERE band IN "
        "(SELECT value FROM json_each(?))) ORDER BY d.id",
        (but, json.dumps(list(bands))),
    )
    found: dict[str, list[int]] = {}
    for document_id, band in rows:
        found.setdefault(document_id, []).append(band)
    return list(found.items())
