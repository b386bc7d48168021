"""Vectors of a fixed set of passages, searchable by inner product."""

from enum import StrEnum
from typing import Protocol

import numpy as np
import numpy.typing as npt

from index.ranking import Ranking
from index.types import Keys, Vectors

__all__ = [
    "ROUNDING",
    "FlatSegment",
    "Mask",
    "Memory",
    "Segment",
    "best_of",
    "exact_segment",
    "products",
]

Mask = npt.NDArray[np.bool_]

# More than two ways of adding up 384 products of numbers below 1 differ by, in single precision.
ROUNDING = 1e-5
FEW = 2_000  # vectors that numpy multiplies in the time that it takes to call faiss


class Memory(StrEnum):
    """How vectors of a large collection are kept in memory.

    FULL: as they are, two bytes a dimension. LOW: one byte a dimension; the best candidates are
    compared once more by the vectors on disk.
    """

    FULL = "full"
    LOW = "low"


class Segment(Protocol):
    """Passage vectors that never change. A passage that was removed is masked by who holds this.

    Attributes:
        keys: Ascending passage keys, shape (n,).
        is_graph: Whether it is searched along a graph, and not by looking at every vector.
        memory: How the vectors are kept.
    """

    keys: Keys

    @property
    def is_graph(self) -> bool: ...

    @property
    def memory(self) -> Memory: ...

    def __len__(self) -> int: ...

    def nearest(self, query: Vectors, *, k: int, admitted: Mask | None = None) -> Ranking:
        """The passages nearest to one question: all of the best if flat, nearly all if a graph.

        Args:
            query: Shape (dim,), L2 norm 1.
            k: Most passages to return.
            admitted: Which may be returned, shape (n,); None for all.

        Returns:
            At most k, best first, scored by inner product; by quantised vectors where these are.
        """

    def vectors(self, rows: npt.NDArray[np.int64]) -> Vectors:
        """Vectors by their rows, shape (len(rows), dim); as they are kept."""


class FlatSegment:
    """Searched by looking at every vector, without faiss: for so few that it is not worth loading.

    Args:
        keys: Ascending passage keys, shape (n,).
        vectors: Shape (n, dim), rows of L2 norm 1.
    """

    is_graph = False
    memory = Memory.FULL

    def __init__(self, keys: Keys, vectors: Vectors) -> None:
        self.keys = keys
        self._vectors = vectors

    def __len__(self) -> int:
        return len(self.keys)

    def nearest(self, query: Vectors, *, k: int, admitted: Mask | None = None) -> Ranking:
        """As `Segment` has it; equal vectors have equal scores wherever they stand."""
        if k < 1:
            return Ranking.empty()
        rows = self._nearest_among(query, k, admitted)
        best = best_of(self.keys[rows], self._vectors[rows], query)
        return Ranking(best.keys[:k], best.scores[:k])

    def _nearest_among(
        self, query: Vectors, k: int, admitted: Mask | None
    ) -> npt.NDArray[np.int64]:
        rows = np.arange(len(self)) if admitted is None else np.flatnonzero(admitted)
        if k >= len(rows):
            return rows
        about = self._vectors @ query
        about = about if admitted is None else about[rows]
        # What a product of the whole matrix makes equal or not depends on where a row stands.
        least = np.partition(about, len(rows) - k)[len(rows) - k] - ROUNDING
        near: npt.NDArray[np.int64] = rows[about >= least]
        return near

    def vectors(self, rows: npt.NDArray[np.int64]) -> Vectors:
        """As `Segment` has it."""
        return self._vectors[rows]


def exact_segment(keys: Keys, vectors: Vectors) -> Segment:
    """One that is searched by looking at every vector.

    Args:
        keys: Ascending passage keys, shape (n,).
        vectors: Shape (n, dim), rows of L2 norm 1; the two bytes a dimension that the store keeps.
    """
    if len(keys) <= FEW:
        return FlatSegment(keys, vectors)
    from index.faiss_segments import ScannedSegment

    return ScannedSegment(keys, vectors)


def best_of(keys: Keys, vectors: Vectors, query: Vectors) -> Ranking:
    """Some passages and their vectors as a ranking, best first."""
    return Ranking(keys, products(vectors, query).astype(np.float64)).sorted()


def products(vectors: Vectors, query: Vectors) -> Vectors:
    """Inner products of rows with a query, shape (len(vectors),), each as if it were alone."""
    alone: Vectors = (vectors * query).sum(axis=1)
    return alone
