"""Documents that say the same in the same or nearly the same words.

MinHash signatures over word shingles, cut into bands that the store can look up: two documents
that share a band are candidates, and their estimated Jaccard similarity decides.
Source: Broder, "On the resemblance and containment of documents", 1997.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

__all__ = ["BANDS", "SIMILAR", "Signature", "bands_of", "signature_of", "similarity"]

Signature = npt.NDArray[np.uint64]
"""MinHash values of one text, shape (PERMUTATIONS,)."""

PERMUTATIONS = 64
BANDS = 16  # of 4 rows: a pair of similarity .8 shares a band with probability .9998, .3: .12
SIMILAR = 0.8
SHINGLE = 5  # words
AT_ONCE = 4096  # shingles, so that a megabyte is enough for any text

Hashes = npt.NDArray[np.uint32]


def signature_of(text: str) -> Signature:
    """MinHash signature of a text's word shingles; capitals and punctuation do not count."""
    words = re.findall(r"\w+", text.casefold())
    shingles = {" ".join(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1))}
    hashes = _mixed(_hash(shingle) for shingle in shingles)
    factors, terms = _permutations()
    signature = np.full(PERMUTATIONS, 2**32 - 1, dtype=np.uint32)
    for start in range(0, len(hashes), AT_ONCE):
        permuted = hashes[start : start + AT_ONCE, np.newaxis] * factors + terms
        np.minimum(signature, permuted.min(axis=0), out=signature)
    return signature.astype(np.uint64)


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


def _hash(shingle: str) -> int:
    return int.from_bytes(
        hashlib.sha1(shingle.encode(), usedforsecurity=False).digest()[:4], "little"
    )


def _mixed(hashes: Iterable[int]) -> Hashes:
    """MurmurHash3's finalizer: spreads hashes over all 32 bits (Appleby, public domain)."""
    mixed = np.fromiter(hashes, dtype=np.uint32)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        mixed ^= mixed >> np.uint32(shift)
        mixed *= np.uint32(factor)
    mixed ^= mixed >> np.uint32(16)
    return mixed


@cache
def _permutations() -> tuple[Hashes, Hashes]:
    """Odd factors and terms of 64 permutations of 32 bits, x -> factor * x + term.

    They are those of datasketch 2.0 for seed 1, so that older stores stay comparable.
    """
    generator = np.random.RandomState(1)
    factors = generator.randint(0, 2**31, PERMUTATIONS, dtype=np.uint32)
    terms = generator.randint(0, 2**32, PERMUTATIONS, dtype=np.uint32)
    return factors * np.uint32(2) + np.uint32(1), terms
