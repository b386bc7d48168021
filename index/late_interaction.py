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
from index.sentences import sentence_spans
from index.types import Hit, Span

__all__ = ["LateInteraction", "WeightedTokens", "WordWeight", "best_sentence", "maxsim"]

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


@dataclass(frozen=True, slots=True)
class _Text:
    """All that the vectors of a passage or a question depend on."""

    context: str
    words: str


class LateInteraction:
    """Compares questions with passages word piece by word piece.

    Vectors are computed when they are first needed and kept: those of passages for later
    questions, those of a question for its reader. Safe to share between threads.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._cache: OrderedDict[_Text, TokenVectors] = OrderedDict()
        self._guard = threading.Lock()

    def question(self, question: str, words: Sequence[WordWeight]) -> WeightedTokens:
        """Encode a question. Word pieces of words that carry no meaning weigh nothing."""
        [tokens] = self._tokens([_Text("", question)])
        weights = np.zeros(len(tokens.vectors), dtype=np.float32)
        for word in words:
            inside = (tokens.starts < word.span.end) & (tokens.ends > word.span.start)
            weights[inside] = word.idf
        if not weights.sum():
            weights[:] = 1.0
        return WeightedTokens(tokens.vectors.astype(np.float32), weights / weights.sum())

    def passages(self, hits: Sequence[Hit]) -> list[TokenVectors]:
        """Word pieces of each hit's passage in its context.

        Starts and ends are offsets into the passage, below 0 for word pieces of the context.
        """
        return self._tokens([_text_of(hit) for hit in hits])

    def _tokens(self, texts: Sequence[_Text]) -> list[TokenVectors]:
        with self._guard:
            held = {text: self._cache[text] for text in texts if text in self._cache}
        missing = [text for text in dict.fromkeys(texts) if text not in held]
        encoded = self._encoder.encode_tokens([text.context + text.words for text in missing])
        for text, tokens in zip(missing, encoded, strict=True):
            held[text] = tokens.halved().shifted(-len(text.context))
        with self._guard:
            for text in texts:
                self._cache[text] = held[text]
                self._cache.move_to_end(text)
            while len(self._cache) > CACHED:
                self._cache.popitem(last=False)
        return [held[text] for text in texts]


def _text_of(hit: Hit) -> _Text:
    context = context_of(hit.passage.heading, hit.metadata)
    return _Text(f"{context}\n" if context else "", hit.passage.text)


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


def best_sentence(question: WeightedTokens, hit: Hit, passage: TokenVectors) -> float:
    """The highest `maxsim` of the sentences of a passage."""
    spans = sentence_spans(hit.passage.text, language=hit.metadata.language)
    return max(maxsim(question, passage, within=span) for span in spans)
