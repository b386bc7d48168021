"""Segments that are searched along a graph. The only door to faiss, opened where it is needed."""

import struct
from typing import BinaryIO, Self, cast

import faiss
import numpy as np
import numpy.typing as npt

from index.ranking import Ranking
from index.segments import Mask, Memory
from index.types import Keys, Stored, Vectors

__all__ = ["ALL_THREADS", "GraphSegment", "nearest_rows"]

# benchmarks/README.md, "Nearest passages": recall@10 of .999 against exact search, at 100 found.
NEIGHBOURS = 32
WIDTH_OF_BUILD = 80
LEAST_WIDTH = 100
QUANTISERS = {
    Memory.FULL: faiss.ScalarQuantizer.QT_fp16,
    Memory.LOW: faiss.ScalarQuantizer.QT_8bit,
}
ADDED_TOGETHER = 50_000
TRAINED_ON = 50_000  # rows that show a quantiser the range of each dimension
# Below this share of admitted rows a walk along the graph meets too few of them.
FEW = 0.1
BLOCK = 1 << 20
ALL_THREADS = faiss.omp_get_max_threads()
MAGIC = b"footnoted vectors 1\n"
COUNT = struct.Struct("<q")


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
    def build(cls, keys: Keys, stored: Stored, *, memory: Memory = Memory.FULL) -> Self:
        """On all cores, with no more than a batch of the vectors in memory beside the graph.

        Args:
            keys: Ascending passage keys, shape (n,), n > 0.
            stored: Gives the vectors of some of them, rows of L2 norm 1.
            memory: How the graph keeps them.
        """
        faiss.omp_set_num_threads(ALL_THREADS)
        sample = stored(keys[:: max(1, len(keys) // TRAINED_ON)])
        kind = cast(faiss.ScalarQuantizer, QUANTISERS[memory])  # its stub is wrong
        index = faiss.IndexHNSWSQ(sample.shape[1], kind, NEIGHBOURS, faiss.METRIC_INNER_PRODUCT)
        index.train(sample)
        index.hnsw.efConstruction = WIDTH_OF_BUILD
        for start in range(0, len(keys), ADDED_TOGETHER):
            index.add(stored(keys[start : start + ADDED_TOGETHER]))
        return cls(keys, index)

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def memory(self) -> Memory:
        """How the vectors are kept."""
        kind = self._stored.sq.qtype
        return next(memory for memory, known in QUANTISERS.items() if known == kind)

    def nearest(self, query: Vectors, *, k: int, admitted: Mask | None = None) -> Ranking:
        """As `Segment` has it."""
        most = len(self) if admitted is None else int(np.count_nonzero(admitted))
        if not most or k < 1:
            return Ranking.empty()
        index = self._stored if most < FEW * len(self) else self._index
        _stay_on_this_thread()
        scores, positions = index.search(
            query.reshape(1, -1), min(k, most), params=_parameters(index, k, admitted)
        )
        found = positions[0] >= 0
        return Ranking(self.keys[positions[0][found]], scores[0][found].astype(np.float64))

    def vectors(self, rows: npt.NDArray[np.int64]) -> Vectors:
        """As `Segment` has it."""
        kept: Vectors = self._index.reconstruct_batch(np.asarray(rows, dtype=np.int64))
        return kept

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


def nearest_rows(vectors: Vectors, query: Vectors, *, k: int) -> npt.NDArray[np.int64]:
    """The k rows with the largest inner products, found by looking at every one where it lies.

    Args:
        vectors: Shape (n, dim).
        query: Shape (dim,).
        k: At most n.
    """
    _stay_on_this_thread()
    _, rows = faiss.knn(query.reshape(1, -1), vectors, k, metric=faiss.METRIC_INNER_PRODUCT)
    nearest: npt.NDArray[np.int64] = rows[0]
    return nearest


def _stay_on_this_thread() -> None:
    """Keep the search for one question from waking threads that find nothing to do and spin.

    OpenMP counts threads for each thread that calls it.
    """
    faiss.omp_set_num_threads(1)


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
