"""Compares the derived indexes with the store that they are derived from."""

from collections.abc import Iterator

import numpy as np

from index.collection import Collection, Snapshot
from index.errors import IndexLockedError
from index.faults import Fault, FaultKind, Remedy
from index.store import Store
from index.types import Filters, Keys, Vectors

__all__ = ["LEAST_RECALL", "index_faults", "measured_recall", "snapshot_faults"]

LEAST_RECALL = 0.99
SAMPLE = 50  # passages whose neighbours are looked for
NEIGHBOURS = 10
BATCH = 10_000  # vectors that are compared with the sample at a time
TRIES = 20


def index_faults(collection: Collection) -> Iterator[Fault]:
    """Everything that is wrong with both derived indexes at the store's present generation.

    They are brought up to date first, and what is damaged is built anew then, as for any question.

    Raises:
        IndexLockedError: Others write so often that the two cannot be compared.
    """
    for _ in range(TRIES):
        snapshot = collection.snapshot()
        with collection.store.reading():
            if collection.store.generation() == snapshot.generation:
                yield from snapshot_faults(collection.store, snapshot)
                return
    raise IndexLockedError("another process")


def measured_recall(store: Store, snapshot: Snapshot) -> float:
    """Share of the exactly nearest passages that the dense index finds, over a sample."""
    keys = _all_keys(store)
    if not len(keys):
        return 1.0
    sample = keys[np.unique(np.linspace(0, len(keys) - 1, SAMPLE).astype(np.int64))]
    queries = store.vectors(sample).vectors
    best = _exact(store, keys, queries)
    found = 0
    for query, least in zip(queries, best[:, -1], strict=True):
        scores = snapshot.dense.nearest(query, k=best.shape[1]).scores[: best.shape[1]]
        # Counted by score and not by key: passages of the same words are equally near.
        found += int((scores >= least - 1e-5).sum())
    return min(1.0, found / best.size)


def snapshot_faults(store: Store, snapshot: Snapshot) -> Iterator[Fault]:
    """Everything that is wrong with both derived indexes, at the store's state of this moment."""
    keys = _all_keys(store)
    for kind, held in (
        (FaultKind.DENSE, np.sort(snapshot.dense.keys)),
        (FaultKind.LEXICAL, snapshot.lexical.keys()),
    ):
        if not np.array_equal(held, keys):
            missing, surplus = np.setdiff1d(keys, held), np.setdiff1d(held, keys)
            detail = (
                f"it holds {len(held)} passages, the store {len(keys)}; "
                f"{len(missing)} are missing, {len(surplus)} should not be there"
            )
            yield Fault(kind, detail, Remedy.REBUILD)
    recall = measured_recall(store, snapshot)
    if recall < LEAST_RECALL:
        detail = f"it finds {recall:.1%} of the nearest passages, expected {LEAST_RECALL:.0%}"
        yield Fault(FaultKind.RECALL, detail, Remedy.REBUILD)
    yield from _word_faults(store, snapshot, keys)


def _word_faults(store: Store, snapshot: Snapshot, keys: Keys) -> Iterator[Fault]:
    if not len(keys):
        return
    sample = keys[np.unique(np.linspace(0, len(keys) - 1, SAMPLE).astype(np.int64))]
    for item in store.indexed(sample):
        question = " ".join(item.passage.text.split()[:30])
        only = Filters(document_id=(item.passage.document_id,))
        if not snapshot.lexical.terms(question):
            continue
        found = snapshot.lexical.search(question, k=1_000, filters=only)
        if item.key not in found.keys:
            detail = f"passage {item.passage.id} is not found by its own words"
            yield Fault(FaultKind.LEXICAL, detail, Remedy.REBUILD)


def _exact(store: Store, keys: Keys, queries: Vectors) -> Vectors:
    """The best cosines of each query, descending, shape (len(queries), at most NEIGHBOURS)."""
    best = np.empty((len(queries), 0), dtype=np.float32)
    for start in range(0, len(keys), BATCH):
        scores = queries @ store.vectors(keys[start : start + BATCH]).vectors.T
        best = -np.sort(-np.concatenate([best, scores], axis=1), axis=1)[:, :NEIGHBOURS]
    return best


def _all_keys(store: Store) -> Keys:
    return store.admitted(Filters())
