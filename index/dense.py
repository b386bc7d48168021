"""Nearest passages by cosine: large old parts along graphs, what came since exactly."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from index.ranking import Ranking, with_whole_ties
from index.segments import Mask, Memory, Segment, exact_segment, products
from index.types import Keys, Stored, StoredVectors, Vectors

__all__ = ["DenseIndex"]

# A flat part of fewer rows is copied with what is added, so that many small changes do not leave
# many small parts; copying so many takes about 5 ms.
MERGED = 8_192


@dataclass(frozen=True, slots=True)
class _Part:
    """A segment, and which of its passages are still there; None for all."""

    segment: Segment
    alive: Mask | None = None

    def __len__(self) -> int:
        return len(self.segment) if self.alive is None else int(np.count_nonzero(self.alive))

    @property
    def keys(self) -> Keys:
        return self.segment.keys if self.alive is None else self.segment.keys[self.alive]

    @property
    def vectors(self) -> Vectors:
        rows = np.arange(len(self.segment)) if self.alive is None else np.flatnonzero(self.alive)
        return self.segment.vectors(rows)

    def rows(self, keys: Keys) -> tuple[Mask, Keys]:
        """Which of some keys are there, shape (len(keys),), and the rows of those."""
        rows = np.searchsorted(self.segment.keys, keys)
        there = np.zeros(len(keys), dtype=np.bool_)
        inside = rows < len(self.segment)
        there[inside] = self.segment.keys[rows[inside]] == keys[inside]
        if self.alive is not None:
            there[there] = self.alive[rows[there]]
        return there, rows[there]

    def among(self, keys: Keys) -> Mask:
        """Which rows are there and of some keys, shape (n,)."""
        mask = np.zeros(len(self.segment), dtype=np.bool_)
        mask[self.rows(keys)[1]] = True
        return mask

    def without(self, removed: Keys) -> "_Part":
        gone = self.among(removed)
        if not gone.any():
            return self
        alive = ~gone if self.alive is None else self.alive & ~gone
        part = replace(self, alive=alive)
        # A graph keeps its dead rows until it is built anew; a flat part is copied in no time.
        worth = self.segment.is_graph or 2 * len(part) > len(self.segment)
        return part if worth or not len(part) else _Part(exact_segment(part.keys, part.vectors))


class DenseIndex:
    """Inner-product search over passage vectors; never changed once it is made.

    Args:
        parts: Disjoint sets of passages.
        stored: Vectors as the store has them, for parts that keep them in one byte a dimension.
    """

    def __init__(self, parts: Sequence[_Part] = (), *, stored: Stored | None = None) -> None:
        self._parts = tuple(part for part in parts if len(part))
        self._stored = stored

    @classmethod
    def of(cls, keys: Keys, vectors: Vectors) -> "DenseIndex":
        """Exact search.

        Args:
            keys: Ascending passage keys, shape (n,).
            vectors: Shape (n, dim), rows of L2 norm 1, so that the inner product is the cosine.
        """
        return cls([_Part(exact_segment(keys, vectors))])

    @classmethod
    def over(cls, segments: Sequence[Segment], present: Keys, *, stored: Stored) -> "DenseIndex":
        """What segments hold of the passages that are there; the first that has one counts."""
        parts: list[_Part] = []
        for segment in segments:
            part = _Part(segment)
            alive = part.among(present)
            for other in parts:
                alive &= ~part.among(other.keys)
            parts.append(part if alive.all() else replace(part, alive=alive))
        return cls(parts, stored=stored)

    def __len__(self) -> int:
        return sum(map(len, self._parts))

    @property
    def keys(self) -> Keys:
        """Of all passages, ascending."""
        keys = [part.keys for part in self._parts]
        return np.sort(np.concatenate(keys)) if keys else np.empty(0, dtype=np.int64)

    @property
    def graphs(self) -> list[tuple[Segment, Keys]]:
        """Segments that are graphs, each with the ascending keys that are still there."""
        return [(part.segment, part.keys) for part in self._parts if part.segment.is_graph]

    @property
    def exact_keys(self) -> Keys:
        """Ascending keys of the passages that no graph holds."""
        keys = [part.keys for part in self._parts if not part.segment.is_graph]
        return np.sort(np.concatenate(keys)) if keys else np.empty(0, dtype=np.int64)

    @property
    def exact_count(self) -> int:
        """How many passages no graph holds."""
        return sum(len(part) for part in self._parts if not part.segment.is_graph)

    def changed(self, *, removed: Keys, added: StoredVectors) -> "DenseIndex":
        """A new index without `removed` and with `added`, whose keys are all above the old."""
        keys, vectors = added
        parts = [part.without(removed) for part in self._parts] if len(removed) else [*self._parts]
        if len(keys):
            last = parts[-1] if parts and not parts[-1].segment.is_graph else None
            if last and len(last) + len(keys) <= MERGED:
                parts.pop()
                keys = np.concatenate([last.keys, keys])
                vectors = np.concatenate([last.vectors, vectors])
            parts.append(_Part(exact_segment(keys, vectors)))
        return DenseIndex(parts, stored=self._stored)

    def nearest(self, query: Vectors, *, k: int, among: Keys | None = None) -> Ranking:
        """The passages nearest to one question.

        Args:
            query: Shape (dim,), L2 norm 1.
            k: How many are wanted.
            among: Ascending keys that may be returned; None for all.

        Returns:
            Best first, scored by cosine: k if there are as many, and all that are as near as the
            last of these. Ties are broken by key.
        """
        if k < 1:
            return Ranking.empty()
        masks = [part.alive if among is None else part.among(among) for part in self._parts]

        def search(n: int) -> Ranking:
            found = [
                self._rescored(part, query, part.segment.nearest(query, k=n, admitted=admitted))
                for part, admitted in zip(self._parts, masks, strict=True)
            ]
            return _joined(found, n)

        return with_whole_ties(search, k=k)

    def cosines(self, query: Vectors, keys: Keys) -> Vectors:
        """Cosine of one question with each of some passages that the index holds.

        Returns:
            Shape (len(keys),), in the order of `keys`.
        """
        cosines = np.empty(len(keys), dtype=np.float32)
        for part in self._parts:
            there, rows = part.rows(keys)
            if len(rows):
                cosines[there] = products(self._vectors(part, rows), query)
        return cosines

    def holds(self, keys: Keys) -> Mask:
        """Which of some keys the index holds, shape (n,)."""
        held = np.zeros(len(keys), dtype=np.bool_)
        for part in self._parts:
            held |= part.rows(keys)[0]
        return held

    def _rescored(self, part: _Part, query: Vectors, found: Ranking) -> Ranking:
        """A graph's scores as an exact search has them, so that equal vectors are equally near."""
        if not part.segment.is_graph or not len(found):
            return found
        scores = products(self._vectors(part, part.rows(found.keys)[1]), query)
        return Ranking(found.keys, scores.astype(np.float64))

    def _vectors(self, part: _Part, rows: Keys) -> Vectors:
        """In the order of `rows`, as the store has them; as the segment has them where the store
        has them no more."""
        vectors = part.segment.vectors(rows)
        if part.segment.memory is Memory.FULL or self._stored is None:
            return vectors
        order = np.argsort(rows)
        keys = part.segment.keys[rows[order]]
        there, stored = self._stored(keys)
        if len(there):
            vectors[order[np.searchsorted(keys, there)]] = stored
        return vectors


def _joined(rankings: Sequence[Ranking], n: int) -> Ranking:
    """The n best of disjoint rankings."""
    if not rankings:
        return Ranking.empty()
    best = Ranking(
        np.concatenate([ranking.keys for ranking in rankings]),
        np.concatenate([ranking.scores for ranking in rankings]),
    ).sorted()
    return Ranking(best.keys[:n], best.scores[:n])
