"""Word pieces of passages, small enough to keep: one bit a dimension.

Only the sign of every component is stored, with the factor that makes the product with an exact
vector an estimate of their cosine (Gao & Long, "RaBitQ", SIGMOD 2024, without its rotation, which
changed nothing measurable here). 384 dimensions take 51 bytes a word piece, 7.5 KiB a passage of
150, where full precision takes 225. What that costs: benchmarks/README.md, "Token codes".
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.embedding import TokenVectors
from index.integer_product import integer_product
from index.types import Span

__all__ = ["PackedCodes", "pack", "unpack"]

CONTEXT = 255  # in place of a sentence's number: the title or heading in front of the passage
LAST_SENTENCE = 254  # sentences from here on are taken for one
STEPS = 127  # of a question's component, up or down


@dataclass(frozen=True, slots=True)
class PackedCodes:
    """Word pieces of several passages, one after another.

    Attributes:
        signs: Shape (t, dim), 0 or 1.
        scales: Shape (t,).
        sentences: Number of the sentence within its passage, shape (t,); CONTEXT for none.
        starts: Where each passage begins, shape (n,); each has a word piece at least.
    """

    signs: npt.NDArray[np.uint8]
    scales: npt.NDArray[np.float32]
    sentences: npt.NDArray[np.uint8]
    starts: npt.NDArray[np.intp]

    def cosines(self, vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Estimated cosines with some unit vectors, shape (len(vectors), t).

        The vectors are rounded to whole steps, 127 up to the largest component of each, which moves
        a cosine by .0004 in the mean, and by .0032 at most among eight million random pairs.
        """
        sizes = np.maximum(np.abs(vectors).max(axis=1, keepdims=True), 1e-12) / STEPS
        steps = np.rint(vectors / sizes).astype(np.int8)
        # With signs s in {0, 1} the product with ±1 is 2·(v·s) - sum(v).
        products = np.ascontiguousarray(integer_product(self.signs, steps.T).T)
        products *= 2
        products -= steps.sum(axis=1, keepdims=True, dtype=np.int32)
        cosines: npt.NDArray[np.float32] = products * sizes
        cosines *= self.scales
        return cosines


def pack(tokens: TokenVectors, sentences: Sequence[Span]) -> bytes:
    """Codes of one passage.

    Args:
        tokens: Its word pieces in the order of the text, places counted in the passage; those of
            a context in front of it are below 0.
        sentences: Of the passage, in order.

    Returns:
        One record a word piece: scale (half precision), sentence, sign bits. A passage without
        word pieces has one that is at a right angle to everything.
    """
    if not len(tokens.vectors):
        return np.zeros(1, dtype=_record(tokens.vectors.shape[1])).tobytes()
    vectors = tokens.vectors
    records = np.empty(len(vectors), dtype=_record(vectors.shape[1]))
    # signs·x·scale is then 1 for the vector itself.
    records["scale"] = 1 / np.maximum(np.abs(vectors).sum(axis=1), 1e-6)
    starts = [sentence.start for sentence in sentences]
    numbers = np.searchsorted(starts, tokens.starts, side="right") - 1
    numbers = np.clip(numbers, 0, LAST_SENTENCE)
    records["sentence"] = np.where(tokens.starts < 0, CONTEXT, numbers)
    records["signs"] = np.packbits(vectors > 0, axis=1)
    return records.tobytes()


def unpack(codes: Sequence[bytes], *, dim: int) -> PackedCodes:
    """Codes of several passages whose vectors have `dim` dimensions."""
    record = _record(dim)
    records = np.frombuffer(bytearray().join(codes), dtype=record)
    lengths = np.array([len(one) // record.itemsize for one in codes], dtype=np.intp)
    return PackedCodes(
        np.unpackbits(records["signs"], axis=1, count=dim),
        records["scale"].astype(np.float32),
        records["sentence"],
        np.cumsum(lengths) - lengths,
    )


def _record(dim: int) -> np.dtype[np.void]:
    return np.dtype([("scale", "<f2"), ("sentence", "u1"), ("signs", "u1", ((dim + 7) // 8,))])
