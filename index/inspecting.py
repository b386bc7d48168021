"""Looks a whole collection over, and mends what can be mended from what is there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.collection import Collection
from index.dense_leg import FOLDER as DENSE_FOLDER
from index.embedded import embed_documents, recipe_of
from index.embedding import Encoder
from index.faults import Fault, FaultKind, Remedy
from index.folders import remove_folder
from index.index_faults import index_faults, measured_recall
from index.lexical_leg import FOLDER as LEXICAL_FOLDER
from index.preparing import prepare_stored
from index.recognizing import fingerprint
from index.store_faults import store_faults

__all__ = ["Inspection", "inspect", "mend"]


UNUSABLE = {FaultKind.PAGES, FaultKind.VECTORS, FaultKind.OFFSETS}  # for making an index of them


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found.

    Attributes:
        recall: Of the dense index over a sample, None where it could not be measured.
        faults: What is wrong, in the order that it was found.
    """

    collection: str
    generation: int
    documents: int
    passages: int
    recall: float | None
    faults: tuple[Fault, ...]


def inspect(collection: Collection) -> Inspection:
    """Compare everything with everything: every text, every vector, every key.

    Where the store's own passages are not right, the derived indexes are not looked at: they are
    made from those.

    Raises:
        IndexLockedError: Others write so often that store and indexes cannot be compared.
    """
    faults = [*store_faults(collection.store)]
    if {fault.kind for fault in faults} & UNUSABLE:
        return _inspection(collection, None, faults)
    faults += index_faults(collection)
    recall = measured_recall(collection.store, collection.snapshot())
    return _inspection(collection, recall, faults)


def mend(
    data: Path, name: str, faults: Sequence[Fault], *, encoder: Callable[[], Encoder]
) -> list[str]:
    """Do what helps against faults, as far as it can be done without the sources.

    Args:
        data: Folder of all collections.
        name: Of the collection.
        faults: That `inspect` found in it.
        encoder: Loads its model; called only where vectors are missing.

    Returns:
        What was done, for people.

    Raises:
        IndexLockedError: Somebody is writing.
        ModelMismatchError: The encoder is not the collection's.
    """
    remedies = {fault.remedy for fault in faults}
    done: list[str] = []
    if Remedy.RESTORE in remedies:
        return done  # to write into a damaged file would damage more
    collection = Collection.open(data, name)
    try:
        if Remedy.TIDY in remedies:
            with collection.writing() as writer:
                writer.tidy()
            done.append("removed rows without an owner, and wrote the filter values anew")
        if Remedy.EMBED in remedies:
            done.append(_embed_again(collection, faults, encoder()))
        _remove_derived(collection)
    finally:
        collection.close()
    _build_derived(data, name)
    done.append("built the derived indexes anew from stored vectors; nothing was embedded for them")
    return done


def _inspection(
    collection: Collection, recall: float | None, faults: Sequence[Fault]
) -> Inspection:
    if any(fault.kind is FaultKind.PAGES for fault in faults):
        return Inspection(collection.name, 0, 0, 0, recall, tuple(faults))
    corpus = collection.store.corpus()
    return Inspection(
        collection.name, corpus.generation, corpus.documents, corpus.passages, recall, tuple(faults)
    )


def _embed_again(collection: Collection, faults: Sequence[Fault], encoder: Encoder) -> str:
    """Documents with a passage whose vector is missing, each as a whole."""
    store = collection.store
    store.require_model(encoder.identity)
    found = {fault.document_id for fault in faults if fault.remedy is Remedy.EMBED}
    entries = [entry for entry in store.entries() if entry.document_id in found]
    for entry in entries:
        with store.reading() as connection:
            held = fingerprint(connection, entry.document_id)
            document, passages = (
                store.document(entry.document_id),
                store.passages(entry.document_id),
            )
        recipe = held.recipe if held else ""
        [embedded] = embed_documents(
            [prepare_stored(document, passages, encoder)],
            encoder,
            keep_tokens=recipe == recipe_of(encoder, keep_tokens=True),
        )
        with collection.writing() as writer:
            embedded.put(writer, recipe=recipe, ingested_at=entry.ingested_at)
    return f"embedded {len(entries)} documents again, because vectors were missing"


def _remove_derived(collection: Collection) -> None:
    with collection.writing():
        for folder in (LEXICAL_FOLDER, DENSE_FOLDER):
            path = collection.place.folder / folder
            if path.is_dir():
                remove_folder(path)


def _build_derived(data: Path, name: str) -> None:
    collection = Collection.open(data, name)
    try:
        collection.snapshot()
        collection.compact()
    finally:
        collection.close()
