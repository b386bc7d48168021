"""Segments of many vectors, scanned or searched along a graph. The only door to faiss, opened
where it is needed."""

import math
import struct
from typing import BinaryIO, Self, cast

import faiss
import numpy as np
import numpy.typing as npt

from index.ranking import Ranking
from index.segments import ROUNDING, Mask, Memory, best_of
from index.types import Keys, Stored, Vectors

__all__ = ["ALL_THREADS", "GraphSegment", "ScannedSegment"]

# benchmarks/README.md, "Nearest passages". Near copies of one text fill each other's neighbours and
# the front of a walk, so that both are wider than texts without copies need.
NEIGHBOURS = 32
WIDTH_OF_BUILD = 160
LEAST_WIDTH = 200
QUANTISERS = {
    Memory.FULL: faiss.ScalarQuantizer.QT_fp16,
    Memory.LOW: faiss.ScalarQuantizer.QT_8bit,
}
ADDED_TOGETHER = 50_000
# Below this share of admitted rows a walk along the graph meets too few of them.
FEW = 0.1
BLOCK = 1 << 20
PRODUCT = faiss.METRIC_INNER_PRODUCT
BYTES = faiss.ScalarQuantizer.QT_8bit_direct
MIDDLE, MOST_STEPS = 128, 127
WORTH_A_LOOK = 8_192  # fewer vectors are multiplied as soon as looked at, and change more often
CANDIDATES = 3  # times as many as are wanted: of a hundred questions one needs more
ROWS_OF_A_BLOCK = 256  # more leave holes in memory when they are gone
ALL_THREADS = faiss.omp_get_max_threads()
MAGIC = b"footnoted vectors 1\n"
COUNT = struct.Struct("<q")


class ScannedSegment:
    """Searched by looking at every vector, of two bytes a dimension; exact for such vectors.

    From the second question on they are looked at in one byte a dimension first, in half the time,
    and only those that may be among the nearest as they are.

    Args:
        keys: Ascending passage keys, shape (n,).
        vectors: Shape (n, dim), rows of L2 norm 1.
    """

    is_graph = False
    memory = Memory.FULL

    def __init__(self, keys: Keys, vectors: Vectors) -> None:
        self.keys = keys
        self._index = faiss.IndexScalarQuantizer(vectors.shape[1], QUANTISERS[self.memory], PRODUCT)
        self._index.train(vectors[:1])  # nothing is learnt
        self._index.add(vectors)
        self._was_asked = False
        self._coarse: _CoarseVectors | None = None

    def __len__(self) -> int:
        return len(self.keys)

    def nearest(self, query: Vectors, *, k: int, admitted: Mask | None = None) -> Ranking:
        """As `Segment` has it; equal vectors have equal scores wherever they stand."""
        if self._coarse is None and self._was_asked and len(self) >= WORTH_A_LOOK:
            self._coarse = _CoarseVectors(self)
        self._was_asked = True
        found = self._coarse.nearest(self, query, k, admitted) if self._coarse else None
        if found is None:
            rows, _ = _search(self._index, query, k, admitted, len(self))
            found = _compared(self, rows, query)
        return Ranking(self.keys[found.keys], found.scores)

    def vectors(self, rows: npt.NDArray[np.int64]) -> Vectors:
        """As `Segment` has it."""
        return _rows_of(self._index, rows)


class _CoarseVectors:
    """A segment's vectors in whole steps of one byte, and how far these are from the vectors."""

    def __init__(self, segment: ScannedSegment) -> None:
        blocks = [
            np.arange(start, min(start + ROWS_OF_A_BLOCK, len(segment)))
            for start in range(0, len(segment), ROWS_OF_A_BLOCK)
        ]
        dim = segment.vectors(blocks[0][:1]).shape[1]
        self._step = max(np.abs(segment.vectors(rows)).max().item() for rows in blocks) / MOST_STEPS
        self._index = faiss.IndexScalarQuantizer(dim, BYTES, faiss.METRIC_L2)
        self._index.codes.resize(len(segment) * dim)  # at once; what is added grows by doubling
        self._index.ntotal = len(segment)
        codes = _codes_of(self._index)
        moved, squares = [], []
        for rows in blocks:
            vectors = segment.vectors(rows)
            steps = self._steps(vectors)
            codes[rows] = steps + MIDDLE
            moved.append(_squares(vectors - steps * self._step).max())
            squares.append(_squares(vectors).max())
        self._moved = math.sqrt(max(moved))  # a vector, at most
        self._longest = max(squares)  # squared

    def nearest(
        self, segment: ScannedSegment, query: Vectors, k: int, admitted: Mask | None
    ) -> Ranking | None:
        """The k nearest rows with their products, as a look at every vector finds them; None where
        more candidates would be needed."""
        size = self._index.ntotal
        if k < 1 or CANDIDATES * k > size:
            return None
        steps = self._steps(query)
        rows, squares = _search(self._index, steps + MIDDLE, CANDIDATES * k, admitted, size)
        first = _compared(segment, rows[:k], query)
        if len(first) == k:
            # By the triangle inequality no row is nearer than it is here less what rounding moved,
            # so from some row on none has a larger product than the last of the first k.
            moved = self._moved + math.sqrt(_squares(query - steps * self._step))
            distances = np.maximum(np.sqrt(squares) * self._step - moved, 0)
            largest = (self._longest + _squares(query) - distances**2) / 2 + ROUNDING
            near = int(np.searchsorted(-largest, -first.scores[-1], side="right"))
            if near == CANDIDATES * k:
                return None
            rows = rows[:near]
        others = _compared(segment, rows[k:], query)
        best = Ranking(
            np.concatenate([first.keys, others.keys]), np.concatenate([first.scores, others.scores])
        ).sorted()
        return Ranking(best.keys[:k], best.scores[:k])

    def _steps(self, vectors: Vectors) -> Vectors:
        steps: Vectors = np.clip(np.rint(vectors / self._step), -MOST_STEPS, MOST_STEPS)
        return steps


def _compared(segment: ScannedSegment, rows: npt.NDArray[np.int64], query: Vectors) -> Ranking:
    return best_of(rows, segment.vectors(rows), query)


def _squares(rows: Vectors) -> Vectors:
    """Squared lengths."""
    squares: Vectors = np.einsum("...d,...d->...", rows, rows)
    return squares


class GraphSegment:
    """Searched along a navigable small-world graph (HNSW), which takes time to build.

    Args:
        keys: Ascending passage keys, shape (n,).
        index: Holds their vectors in this order.
    """

    is_graph = True

    def __init__(self, keys: Keys, index: faiss.IndexHNSW) -> None:
        self.keys = keys
        self._index = index
        self._stored = cast(faiss.IndexScalarQuantizer, faiss.downcast_index(index.storage))

    @classmethod
    def build(
        cls, keys: Keys, stored: Stored, *, sample: Vectors, memory: Memory = Memory.FULL
    ) -> Self:
        """On all cores, with no more than a batch of the vectors in memory beside the graph.

        Args:
            keys: Ascending passage keys, shape (n,).
            stored: Gives their vectors, rows of L2 norm 1. Passages that went meanwhile are left
                out.
            sample: Vectors that show the range of each dimension, shape (m, dim), m > 0.
            memory: How the graph keeps them.
        """
        faiss.omp_set_num_threads(ALL_THREADS)
        kind = cast(faiss.ScalarQuantizer, QUANTISERS[memory])  # its stub is wrong
        index = faiss.IndexHNSWSQ(sample.shape[1], kind, NEIGHBOURS, PRODUCT)
        index.train(sample)
        index.hnsw.efConstruction = WIDTH_OF_BUILD
        added = [keys[:0]]
        for start in range(0, len(keys), ADDED_TOGETHER):
            there, vectors = stored(keys[start : start + ADDED_TOGETHER])
            if len(there):
                index.add(vectors)
                added.append(there)
        return cls(np.concatenate(added), index)

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def memory(self) -> Memory:
        """How the vectors are kept."""
        kind = self._stored.sq.qtype
        return next(memory for memory, known in QUANTISERS.items() if known == kind)

    def nearest(self, query: Vectors, *, k: int, admitted: Mask | None = None) -> Ranking:
        """As `Segment` has it."""
        few = admitted is not None and np.count_nonzero(admitted) < FEW * len(self)
        index = self._stored if few else self._index
        rows, scores = _search(index, query, k, admitted, len(self))
        return Ranking(self.keys[rows], scores.astype(np.float64))

    def vectors(self, rows: npt.NDArray[np.int64]) -> Vectors:
        """As `Segment` has it."""
        return _rows_of(self._stored, rows)

    def write(self, file: BinaryIO) -> None:
        """Put keys and vectors into an open file."""
        file.write(MAGIC + COUNT.pack(len(self)) + self.keys.astype("<i8").tobytes())
        writer = faiss.PyCallbackIOWriter(file.write, BLOCK)  # type: ignore[attr-defined]  # no stub
        faiss.write_index(self._index, writer)

    @classmethod
    def read(cls, file: BinaryIO) -> Self:
        """What `write` wrote. The bytes must have been compared with their manifest before:
        faiss loads a damaged file without an error."""
        if file.read(len(MAGIC)) != MAGIC:
            raise ValueError("not a file of vectors that this version writes")
        (count,) = COUNT.unpack(file.read(COUNT.size))
        keys = np.frombuffer(file.read(8 * count), dtype="<i8").astype(np.int64)
        reader = faiss.PyCallbackIOReader(file.read, BLOCK)  # type: ignore[attr-defined]  # no stub
        return cls(keys, cast(faiss.IndexHNSW, faiss.read_index(reader)))


def _search(
    index: faiss.Index, query: Vectors, k: int, admitted: Mask | None, size: int
) -> tuple[npt.NDArray[np.int64], Vectors]:
    """At most k admitted rows and their scores, best first."""
    most = size if admitted is None else int(np.count_nonzero(admitted))
    if not most or k < 1:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    # Threads that are woken for one question find nothing to do, and spin. OpenMP counts threads
    # for each thread that calls it.
    faiss.omp_set_num_threads(1)
    scores, rows = index.search(
        query.reshape(1, -1), min(k, most), params=_parameters(index, k, admitted)
    )
    found = rows[0] >= 0
    return rows[0][found], scores[0][found]


def _rows_of(index: faiss.IndexScalarQuantizer, rows: npt.NDArray[np.int64]) -> Vectors:
    """As `reconstruct_batch` gives them, in half the time."""
    kept: Vectors = index.sa_decode(_codes_of(index)[rows])
    return kept


def _codes_of(index: faiss.IndexScalarQuantizer) -> npt.NDArray[np.uint8]:
    """Rows as they are kept, shape (n, code size); not a copy."""
    size = index.code_size
    codes: npt.NDArray[np.uint8] = faiss.rev_swig_ptr(index.codes.data(), index.ntotal * size)
    return codes.reshape(-1, size)


def _parameters(index: faiss.Index, k: int, admitted: Mask | None) -> faiss.SearchParameters | None:
    selector = None
    if admitted is not None:
        bitmap = np.packbits(admitted, bitorder="little")
        selector = faiss.IDSelectorBitmap(bitmap)  # type: ignore[call-arg,arg-type]  # C++ stub
    if isinstance(index, faiss.IndexHNSW):
        width = max(LEAST_WIDTH, k)
        made = faiss.SearchParametersHNSW  # type: ignore[attr-defined]  # not in its stub
        return cast(faiss.SearchParameters, made(sel=selector, efSearch=width))
    if selector is None:
        return None
    return faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]  # C++ stub
