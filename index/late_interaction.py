"""Re-ranking by late interaction: each word of the question finds its best match in a passage.

The score of a passage is the mean, over the question's word pieces, of the best cosine with a
word piece of the passage (MaxSim; Khattab & Zaharia, "ColBERT", SIGIR 2020), weighted by how rare
the word is in the collection. The word pieces' vectors are the encoder's own last layer.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.context import context_of
from index.embedding import Encoder, TokenVectors
from index.types import Hit, Span

__all__ = ["LateInteraction", "WeightedTokens", "WordWeight", "maxsim"]

Similarities = npt.NDArray[np.float32]
CACHED = 512  # passages; about 60 KB each at 150 word pieces of 384 dimensions in half precision


@dataclass(frozen=True, slots=True)
class WordWeight:
    """A word of the question that carries meaning, and how much: its idf in the collection."""

    span: Span
    idf: float


@dataclass(frozen=True, slots=True)
class WeightedTokens:
    """A question's word pieces: unit vectors, shape (t, dim), and weights, shape (t,), sum 1."""

    vectors: npt.NDArray[np.float32]
    weights: npt.NDArray[np.float32]


class LateInteraction:
    """Compares questions with passages word piece by word piece.

    Passages' vectors are computed when they are first needed and kept for later questions. Safe
    to share between threads.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._cache: OrderedDict[tuple[str, str], TokenVectors] = OrderedDict()
        self._guard = threading.Lock()

    def question(self, question: str, words: Sequence[WordWeight]) -> WeightedTokens:
        """Encode a question. Word pieces of words that carry no meaning weigh nothing."""
        [tokens] = self._encoder.encode_tokens([question])
        weights = np.zeros(len(tokens.vectors), dtype=np.float32)
        for word in words:
            inside = (tokens.starts < word.span.end) & (tokens.ends > word.span.start)
            weights[inside] = word.idf
        if not weights.sum():
            weights[:] = 1.0
        return WeightedTokens(tokens.vectors, weights / weights.sum())

    def passages(self, hits: Sequence[Hit]) -> list[TokenVectors]:
        """Word pieces of each hit's passage in its context.

        Starts and ends are offsets into the passage, below 0 for word pieces of the context.
        """
        keys = [(hit.passage.id, hit.content_sha256) for hit in hits]
        with self._guard:
            held = {key: self._cache[key] for key in keys if key in self._cache}
        missing = [hit for hit, key in zip(hits, keys, strict=True) if key not in held]
        if missing:
            held |= self._encoded(missing)
        with self._guard:
            for key in keys:
                self._cache[key] = held[key]
                self._cache.move_to_end(key)
            while len(self._cache) > CACHED:
                self._cache.popitem(last=False)
        return [held[key] for key in keys]

    def _encoded(self, hits: Sequence[Hit]) -> dict[tuple[str, str], TokenVectors]:
        contexts = [context_of(hit.passage.heading, hit.metadata) for hit in hits]
        lines = [f"{context}\n" if context else "" for context in contexts]
        encoded = self._encoder.encode_tokens(
            [line + hit.passage.text for line, hit in zip(lines, hits, strict=True)]
        )
        return {
            (hit.passage.id, hit.content_sha256): tokens.halved().shifted(-len(line))
            for hit, tokens, line in zip(hits, encoded, lines, strict=True)
        }


def maxsim(question: WeightedTokens, passage: TokenVectors, *, within: Span | None = None) -> float:
    """Weighted mean over the question's word pieces of the best cosine in the passage.

    Args:
        question: From `LateInteraction.question`.
        passage: From `LateInteraction.passages`.
        within: Look only at word pieces inside this range of the passage.

    Returns:
        A value in [-1, 1]; 0 where there are no word pieces to look at.
    """
    vectors = passage.vectors
    if within is not None:
        vectors = vectors[(passage.starts >= within.start) & (passage.ends <= within.end)]
    if not len(vectors) or not len(question.vectors):
        return 0.0
    similarities: Similarities = question.vectors @ vectors.astype(np.float32).T
    return float(question.weights @ similarities.max(axis=1))
