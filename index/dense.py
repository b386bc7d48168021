"""Nearest passages by cosine. The only door to faiss."""

import faiss
import numpy as np

from index.ranking import Ranking, with_whole_ties
from index.types import Keys, Vectors

__all__ = ["DenseIndex"]


class DenseIndex:
    """Exact inner-product search over passage vectors; never changed once it is made.

    Args:
        keys: Ascending passage keys, shape (n,).
        vectors: Shape (n, dim), rows of L2 norm 1, so that the inner product is the cosine.
    """

    def __init__(self, keys: Keys, vectors: Vectors) -> None:
        self.keys = keys
        self._index = faiss.IndexFlatIP(vectors.shape[1] if vectors.size else 1)
        if len(keys):
            self._index.add(vectors)

    def __len__(self) -> int:
        return len(self.keys)

    def changed(self, *, removed: Keys, added: Keys, vectors: Vectors) -> "DenseIndex":
        """A new index without `removed` and with `added`, whose keys are all above the old."""
        kept = ~np.isin(self.keys, removed)
        if not kept.any():
            return DenseIndex(added, vectors)
        old = self._vectors()[kept]
        new = vectors.reshape(-1, old.shape[1])
        return DenseIndex(np.concatenate([self.keys[kept], added]), np.concatenate([old, new]))

    def nearest(self, query: Vectors, *, k: int, among: Keys | None = None) -> Ranking:
        """The passages nearest to one question.

        Args:
            query: Shape (dim,), L2 norm 1.
            k: Most passages to return.
            among: Ascending keys that may be returned; None for all.

        Returns:
            At most k, best first, scored by cosine. Ties are broken by key.
        """
        most = len(self.keys)
        parameters = None
        if among is not None:
            admitted = np.isin(self.keys, among, assume_unique=True)
            most = int(admitted.sum())
            bitmap = np.packbits(admitted, bitorder="little")
            selector = faiss.IDSelectorBitmap(bitmap)  # type: ignore[call-arg,arg-type]  # C++ stub
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]  # C++ stub
        if not most or k < 1:
            return Ranking.empty()

        def search(n: int) -> Ranking:
            scores, positions = self._index.search(
                query.reshape(1, -1), min(n, most), params=parameters
            )
            return Ranking(self.keys[positions[0]], scores[0].astype(np.float64))

        return with_whole_ties(search, k=k)

    def cosines(self, query: Vectors, keys: Keys) -> Vectors:
        """Cosine of one question with each of some passages that the index holds.

        Returns:
            Shape (len(keys),), in the order of `keys`.
        """
        if not len(keys):
            return np.empty(0, dtype=np.float32)
        rows = self._vectors()[np.searchsorted(self.keys, keys)]
        # Row by row: the last digits of a matrix product depend on where a row stands in it.
        cosines: Vectors = (rows * query).sum(axis=1)
        return cosines

    def holds(self, keys: Keys) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
        """Which of some keys the index holds, shape (len(keys),)."""
        return np.isin(keys, self.keys)

    def _vectors(self) -> Vectors:
        n, dim = self._index.ntotal, self._index.d
        view: Vectors = faiss.rev_swig_ptr(self._index.get_xb(), n * dim).reshape(n, dim)
        return view
