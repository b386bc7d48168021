"""Compares a store with itself: every row with the rows that it belongs to."""

import hashlib
from collections.abc import Iterator

from index.connections import Connection
from index.errors import IndexDamagedError
from index.facets import facets_of
from index.faults import Fault, FaultKind, Remedy
from index.rows import norm_of
from index.store import Store
from index.tidying import OWNED, code_bytes, last_generation, vector_bytes
from index.types import Document

__all__ = ["store_faults"]

NORM_TOLERANCE = 1e-3


def store_faults(store: Store) -> Iterator[Fault]:
    """Everything that is wrong with one state of a store; every text and vector is read.

    What is found first may make the rest impossible to look at: where pages are damaged, nothing
    else is told.
    """
    with store.reading() as connection:
        try:
            store.require_undamaged()
        except IndexDamagedError as error:
            yield Fault(FaultKind.PAGES, str(error), Remedy.RESTORE)
            return
        yield from _orphans(connection)
        yield from _generation_faults(store, connection)
        usual = vector_bytes(connection)
        outside = _outside(connection)
        for document_id in outside:
            detail = f"{document_id} has passages or asides that are not within its text"
            yield Fault(FaultKind.OFFSETS, detail, Remedy.INGEST, document_id)
        for entry in store.entries():
            if entry.document_id in outside:
                continue
            document = store.document(entry.document_id)
            yield from _text_faults(store, document)
            yield from _facet_faults(connection, document)
            yield from _vector_faults(connection, document.id, usual)


def _outside(connection: Connection) -> list[str]:
    """Documents with a range that is none of their text."""
    rows = connection.execute(
        'SELECT DISTINCT d.id FROM documents d JOIN (SELECT document_key, start, "end" FROM '
        'passages UNION ALL SELECT document_key, start, "end" FROM asides) r '
        "ON r.document_key = d.key "
        'WHERE NOT (0 <= r.start AND r.start < r."end" AND r."end" <= length(d.text)) ORDER BY 1'
    )
    return [document_id for (document_id,) in rows]


def _orphans(connection: Connection) -> Iterator[Fault]:
    for table, (column, owners) in OWNED.items():
        [(count,)] = connection.execute(
            f"SELECT count(*) FROM {table} WHERE {column} NOT IN (SELECT key FROM {owners})"
        )
        if count:
            detail = f"{count} of {table} belong to none of the {owners}"
            yield Fault(FaultKind.ORPHANS, detail, Remedy.TIDY)
    [(count,)] = connection.execute(
        "SELECT count(*) FROM removals JOIN passages ON key = passage_key"
    )
    if count:
        detail = f"{count} passages are there and among the removed ones, too"
        yield Fault(FaultKind.ORPHANS, detail, Remedy.TIDY)


def _generation_faults(store: Store, connection: Connection) -> Iterator[Fault]:
    last = last_generation(connection)
    if last > store.generation():
        detail = f"the store says {store.generation()}, and has changes of {last}"
        yield Fault(FaultKind.GENERATION, detail, Remedy.TIDY)


def _text_faults(store: Store, document: Document) -> Iterator[Fault]:
    sha256 = hashlib.sha256(document.text.encode()).hexdigest()
    if sha256 != document.content_sha256:
        detail = f"{document.id} has {sha256[:12]}…, expected {document.content_sha256[:12]}…"
        yield Fault(FaultKind.CONTENT, detail, Remedy.INGEST, document.id)
    passages = store.passages(document.id)
    wrong = [passage for passage in passages if passage.span.of(document.text) != passage.text]
    for passage in wrong:
        place = f"[{passage.span.start}, {passage.span.end})"
        detail = f"{document.id}{place} does not have the words of its passage {passage.id}"
        yield Fault(FaultKind.OFFSETS, detail, Remedy.INGEST, document.id)
    if [passage.ordinal for passage in passages] != list(range(len(passages))) or not passages:
        detail = f"the {len(passages)} passages of {document.id} are not all that it had"
        yield Fault(FaultKind.OFFSETS, detail, Remedy.INGEST, document.id)


def _facet_faults(connection: Connection, document: Document) -> Iterator[Fault]:
    rows = connection.execute(
        "SELECT field, value FROM facets JOIN documents ON key = document_key WHERE id = ?",
        (document.id,),
    )
    stored = {(field, value) for field, value in rows}
    wanted = {(facet.field, facet.value) for facet in facets_of(document.id, document.metadata)}
    if stored != wanted:
        detail = f"those of {document.id} are not those of its metadata"
        yield Fault(FaultKind.FACETS, detail, Remedy.TIDY, document.id)


def _vector_faults(connection: Connection, document_id: str, usual: int) -> Iterator[Fault]:
    rows = connection.execute(
        "SELECT p.id, p.vector, length(c.codes) FROM passages p "
        "JOIN documents d ON d.key = p.document_key "
        "LEFT JOIN token_codes c ON c.passage_key = p.key WHERE d.id = ? ORDER BY p.ordinal",
        (document_id,),
    )
    for passage_id, vector, codes in rows:
        if not _is_unit(vector, usual):
            detail = f"passage {passage_id} of {document_id} has none that can be compared"
            yield Fault(FaultKind.VECTORS, detail, Remedy.EMBED, document_id)
        if codes is not None and (not codes or codes % code_bytes(usual)):
            detail = f"those of passage {passage_id} of {document_id} are cut off"
            yield Fault(FaultKind.CODES, detail, Remedy.TIDY, document_id)


def _is_unit(vector: bytes, usual: int) -> bool:
    return 0 < len(vector) == usual and abs(norm_of(vector) - 1) <= NORM_TOLERANCE  # never of a NaN
