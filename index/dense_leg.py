"""Keeps the dense index in step with the store, and puts its vectors into graphs by a rule."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.dense import DenseIndex
from index.locks import WriterLock
from index.segment_files import SegmentFiles
from index.segments import Memory
from index.store import Store
from index.types import Keys, StoredVectors

if TYPE_CHECKING:
    from index.faiss_segments import GraphSegment

__all__ = ["CompactionRule", "DenseLeg"]

FOLDER = "dense"
BATCH = 10_000  # vectors read from the store at a time
JOINED = 4  # small graphs
SAMPLE = 50_000  # vectors that show a graph the range of each dimension
NONE = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class CompactionRule:
    """When vectors are put into graphs. Defaults: benchmarks/README.md, "Nearest passages".

    Attributes:
        exact: Up to so many passages are searched by looking at each, in 6 ms or less.
        rows: Of a graph at most; building a larger one needs memory for two.
        small: Four graphs of fewer rows are joined, for each is walked for each question; at most
            a quarter of `rows`, so that there are fewer afterwards.
        dead: Above this share of removed rows a graph is built anew.
        memory: How graphs keep their vectors; those that keep them otherwise are built anew.
    """

    exact: int = 50_000
    rows: int = 1_000_000
    small: int = 250_000
    dead: float = 0.2
    memory: Memory = Memory.FULL


class DenseLeg:
    """The dense index of one collection.

    Args:
        folder: The collection's.
        store: What the index is derived from.
    """

    def __init__(self, folder: Path, store: Store) -> None:
        self._store = store
        self._files = SegmentFiles(folder / FOLDER, store.identity)
        self._lock = WriterLock(folder, name="compaction")

    @property
    def is_stale(self) -> bool:
        """Whether another process has put vectors into graphs since this one looked."""
        return self._files.is_stale

    def opened(self) -> DenseIndex:
        """All passages of the store's present state, none of them embedded again.

        A file that is not as it was written is set aside, and its passages are searched exactly.
        """
        self._files.load()
        present = self._store.keys()
        segments = [*self._files.segments.values()]
        held = DenseIndex.over(segments, present, stored=self._store.vectors)
        missing = self._vectors(present[~held.holds(present)])
        return held.changed(removed=NONE, added=missing)

    def followed(self, held: DenseIndex, since: int) -> DenseIndex:
        """The same at the store's present state, from the one after the change `since`."""
        changes = self._store.changes_since(since)
        graphs = {id(segment) for segment, _ in held.graphs}
        known = {id(segment) for segment in self._files.segments.values()}
        if changes is None or self._files.is_stale or graphs != known:
            return self.opened()
        return held.changed(removed=changes.removed, added=self._vectors(changes.added))

    def is_due(self, held: DenseIndex, rule: CompactionRule) -> bool:
        """Whether `compact` would do anything."""
        return held.exact_count > rule.exact or bool(self._worn(held, rule))

    def compact(self, held: DenseIndex, rule: CompactionRule) -> bool:
        """Put vectors into graphs by a rule. Questions and changes go on meanwhile.

        Returns:
            Whether anything was done; `opened` gives the index with it.

        Raises:
            IndexLockedError: Another process is at it.
            DiskFullError: There is no room for the new files; the old ones stay.
        """
        if not self.is_due(held, rule):
            return False
        with self._lock.held(wait=False):
            worn = self._worn(held, rule)
            keys = [held.exact_keys] if held.exact_count > rule.exact else [NONE]
            keys += [alive for name, alive in self._alive(held) if name in worn]
            self._files.replace(worn, self._graphs(np.sort(np.concatenate(keys)), rule))
        return True

    def _graphs(self, keys: Keys, rule: CompactionRule) -> Iterator["GraphSegment"]:
        from index.faiss_segments import GraphSegment  # faiss: a small collection has no graph

        count = -(-len(keys) // rule.rows)
        for run in np.array_split(keys, count) if count else ():
            sample = self._vectors(run[:: max(1, len(run) // SAMPLE)]).vectors
            if len(sample):
                yield GraphSegment.build(run, self._vectors, sample=sample, memory=rule.memory)

    def _worn(self, held: DenseIndex, rule: CompactionRule) -> set[str]:
        """Names of graphs to build anew: with many dead rows, of another memory, small ones."""
        alive = {name: len(keys) for name, keys in self._alive(held)}
        worn = {
            name
            for name, segment in self._files.segments.items()
            if not alive.get(name)
            or alive[name] < (1 - rule.dead) * len(segment)
            or segment.memory is not rule.memory
        }
        small = {name for name, count in alive.items() if count < rule.small}
        return worn | small if len(small) >= JOINED else worn

    def _alive(self, held: DenseIndex) -> list[tuple[str, Keys]]:
        """Files whose segments an index holds, with the keys that are still there."""
        names = {id(segment): name for name, segment in self._files.segments.items()}
        return [(names[id(s)], keys) for s, keys in held.graphs if id(s) in names]

    def _vectors(self, keys: Keys) -> StoredVectors:
        parts = [self._store.vectors(keys[i : i + BATCH]) for i in range(0, len(keys), BATCH)]
        there = [part for part in parts if len(part.keys)]
        if not there:
            return StoredVectors(NONE, np.empty((0, 0), np.float32))
        return StoredVectors(*map(np.concatenate, zip(*there, strict=True)))
