"""Rows of the store to domain types and back."""

import datetime as dt
import json

import numpy as np

from index.connections import Row
from index.records import Entry
from index.types import (
    Aside,
    AsideKind,
    Document,
    Metadata,
    Passage,
    Provenance,
    Span,
    Vectors,
)

__all__ = [
    "DIMENSION_BYTES",
    "DOCUMENT_COLUMNS",
    "PASSAGE_COLUMNS",
    "aside_of",
    "document_of",
    "document_row",
    "entry_of",
    "in_half",
    "metadata_of",
    "norm_of",
    "packed_vector",
    "passage_of",
    "unpacked_vectors",
]

PASSAGE_COLUMNS = (
    'p.id AS passage_id, p.ordinal, p.start, p."end", p.text AS passage_text, p.heading, p.page'
)
HALF = np.dtype("<f2")  # rounds a cosine by less than 1e-4
SINGLE = np.dtype("<f4")
DIMENSION_BYTES = HALF.itemsize  # of a stored vector
DOCUMENT_COLUMNS = (
    "d.id AS document_id, d.source, d.origin, d.title, d.publisher, d.author, d.published, d.url, "
    "d.language, d.tags, d.provenance, d.source_sha256, d.content_sha256"
)


def metadata_of(row: Row) -> Metadata:
    provenance = {
        field: Provenance(value) for field, value in json.loads(row["provenance"]).items()
    }
    return Metadata(
        title=row["title"],
        publisher=row["publisher"],
        author=row["author"],
        published=dt.date.fromisoformat(row["published"]) if row["published"] else None,
        url=row["url"],
        language=row["language"],
        tags=tuple(json.loads(row["tags"])),
        provenance=provenance,
    )


def passage_of(row: Row) -> Passage:
    return Passage(
        id=row["passage_id"],
        document_id=row["document_id"],
        ordinal=row["ordinal"],
        span=Span(row["start"], row["end"]),
        text=row["passage_text"],
        heading=row["heading"],
        page=row["page"],
    )


def aside_of(row: Row) -> Aside:
    return Aside(Span(row["start"], row["end"]), AsideKind(row["kind"]))


def document_of(row: Row, asides: tuple[Aside, ...]) -> Document:
    return Document(
        id=row["document_id"],
        source=row["source"],
        origin=row["origin"],
        text=row["document_text"],
        title=row["title"],
        metadata=metadata_of(row),
        asides=asides,
        source_sha256=row["source_sha256"],
        content_sha256=row["content_sha256"],
    )


def document_row(document: Document, recipe: str, ingested_at: str) -> dict[str, str | None]:
    """Column names and values of the documents table."""
    metadata = document.metadata
    return {
        "id": document.id,
        "source": document.source,
        "origin": document.origin,
        "text": document.text,
        "title": document.title,
        "publisher": metadata.publisher,
        "author": metadata.author,
        "published": metadata.published.isoformat() if metadata.published else None,
        "url": metadata.url,
        "language": metadata.language,
        "tags": json.dumps(metadata.tags),
        "provenance": json.dumps(dict(metadata.provenance)),
        "source_sha256": document.source_sha256,
        "content_sha256": document.content_sha256,
        "recipe": recipe,
        "ingested_at": ingested_at,
    }


def entry_of(row: Row) -> Entry:
    return Entry(
        document_id=row["document_id"],
        source=row["source"],
        origin=row["origin"],
        title=row["title"],
        metadata=metadata_of(row),
        passages=row["passages"],
        content_sha256=row["content_sha256"],
        ingested_at=row["ingested_at"],
    )


def packed_vector(vector: Vectors) -> bytes:
    """One vector as it is stored, two bytes a dimension."""
    return vector.astype(HALF).tobytes()


def unpacked_vectors(stored: bytes, count: int) -> Vectors:
    """So many stored vectors, one behind the other; shape (count, dim)."""
    return np.frombuffer(stored, dtype=HALF).astype(np.float32).reshape(count, -1)


def norm_of(stored: bytes) -> float:
    """L2 norm of one stored vector; NaN where its bytes are no numbers, 0 where there are none."""
    return float(np.linalg.norm(np.frombuffer(stored, dtype=HALF).astype(np.float32)))


def in_half(single: bytes) -> bytes:
    """A vector as formats before 4 stored it, four bytes a dimension, as it is stored now.

    One that was cut off comes back empty; `footnoted check` tells of it.
    """
    if len(single) % SINGLE.itemsize:
        return b""
    with np.errstate(over="ignore"):
        return packed_vector(np.frombuffer(single, dtype=SINGLE))
