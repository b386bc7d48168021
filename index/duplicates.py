"""Documents that say the same in the same or nearly the same words.

MinHash signatures over word shingles, cut into bands that the store can look up: two documents
that share a band are candidates, and their estimated Jaccard similarity decides.
Source: Broder, "On the resemblance and containment of documents", 1997.
"""

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["BANDS", "SIMILAR", "Signature", "bands_of", "signature_of", "similarity"]

Signature = npt.NDArray[np.uint64]
"""MinHash values of one text, shape (PERMUTATIONS,)."""

PERMUTATIONS = 64
BANDS = 16  # of 4 rows: a pair of similarity .8 shares a band with probability .9998, .3: .12
SIMILAR = 0.8
SHINGLE = 5  # words


def signature_of(text: str) -> Signature:
    """MinHash signature of a text's word shingles; capitals and punctuation do not count."""
    from datasketch import MinHash

    words = re.findall(r"\w+", text.casefold())
    shingles = {" ".join(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1))}
    minhash = MinHash(num_perm=PERMUTATIONS, seed=1)
    minhash.update_batch([shingle.encode() for shingle in sorted(shingles)])
    return np.asarray(minhash.hashvalues, dtype=np.uint64)


def bands_of(signature: Signature) -> list[int]:
    """One number a band, each fit for a signed 64-bit column."""
    rows = signature.reshape(BANDS, -1)
    weights = np.array([1, 1_000_003, 998_244_353, 2_147_483_647], dtype=np.uint64)
    with np.errstate(over="ignore"):
        mixed = (rows * weights).sum(axis=1, dtype=np.uint64)
        mixed += np.arange(BANDS, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return [int(band) for band in mixed.view(np.int64)]


def similarity(one: Sequence[int], other: Sequence[int]) -> float:
    """Share of bands that two documents have in common, as the Jaccard similarity it stands for.

    A band of four rows agrees with probability J**4, so the share of equal bands estimates J**4.
    """
    shared = len(set(one) & set(other)) / BANDS
    return float(shared**0.25)
