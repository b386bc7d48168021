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

from index.context import context_of, in_context
from index.embedding import Encoded, Encoder, TokenVectors
from index.sentences import sentence_spans
from index.store import Store
from index.token_codes import CONTEXT, LAST_SENTENCE, PackedCodes, pack, unpack
from index.token_table import codes_by_key, codes_by_passage
from index.types import Hit, Keys, Passage, Span

__all__ = [
    "LateInteraction",
    "LateScores",
    "WeightedTokens",
    "WordWeight",
    "codes_of",
    "compare",
    "sentence_of",
    "weigh",
]

Values = npt.NDArray[np.float32]
REMEMBERED = 256  # questions; about 25 KB each


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
class LateScores:
    """How well passages cover a question, each value about in [-1, 1].

    Attributes:
        passages: By passage, its context included, shape (n,).
        best: The highest of each passage's sentences, shape (n,).
        sentences: By sentence, shape (s,).
        owners: Position of each sentence's passage, ascending, shape (s,).
        numbers: Of each sentence within its passage, shape (s,).
    """

    passages: Values
    best: Values
    sentences: Values
    owners: npt.NDArray[np.intp]
    numbers: npt.NDArray[np.uint8]

    def of_sentences(self, position: int, numbers: Sequence[int]) -> float:
        """The highest of some sentences of one passage; 0 where these have no word pieces."""
        kept = np.minimum(np.array(numbers, dtype=np.intp), LAST_SENTENCE)
        values = self.sentences[(self.owners == position) & np.isin(self.numbers, kept)]
        return float(values.max()) if len(values) else 0.0


def weigh(tokens: TokenVectors, words: Sequence[WordWeight]) -> WeightedTokens:
    """Weigh a question's word pieces; those of words that carry no meaning weigh nothing."""
    weights = np.zeros(len(tokens.vectors), dtype=np.float32)
    for word in words:
        inside = (tokens.starts < word.span.end) & (tokens.ends > word.span.start)
        weights[inside] = word.idf
    if not weights.sum():
        weights[:] = 1.0
    return WeightedTokens(tokens.vectors, weights / max(float(weights.sum()), 1e-12))


def compare(question: WeightedTokens, codes: PackedCodes) -> LateScores:
    """Score passages, and the sentences of each, for one question.

    Returns:
        All 0 for a question without word pieces. A passage that has nothing but context has no
        sentence, and 0 for its best.
    """
    count = len(codes.starts)
    owners = np.repeat(np.arange(count), np.diff(codes.starts, append=len(codes.scales)))
    # A new group where the passage or the sentence changes; pieces stand in the text's order.
    first = np.ones(len(owners), dtype=bool)
    first[1:] = (np.diff(owners) != 0) | (np.diff(codes.sentences.astype(np.int16)) != 0)
    groups = np.flatnonzero(first)
    weighs = question.weights > 0  # the others, half of them all, would be compared for nothing
    if count and weighs.any():
        cosines = codes.cosines(question.vectors[weighs])
        by_group = np.maximum.reduceat(cosines, groups, axis=1)
        by_passage = np.maximum.reduceat(cosines, codes.starts, axis=1)
        weights = question.weights[weighs]
        group_scores, scores = weights @ by_group, weights @ by_passage
    else:
        group_scores, scores = np.zeros(len(groups), np.float32), np.zeros(count, np.float32)
    is_sentence = codes.sentences[groups] != CONTEXT
    sentences, owners = group_scores[is_sentence], owners[groups][is_sentence]
    best = np.full(count, -np.inf, dtype=np.float32)
    np.maximum.at(best, owners, sentences)
    best[np.isinf(best)] = 0.0
    return LateScores(scores, best, sentences, owners, codes.sentences[groups][is_sentence])


class LateInteraction:
    """Compares questions with the passages of one collection. Safe to share between threads.

    A question's encoding is kept for a while: its vector finds passages, its word pieces re-rank
    them and choose the sentence, and all of them come from one forward pass.
    """

    def __init__(self, encoder: Encoder, store: Store) -> None:
        self._encoder = encoder
        self._store = store
        self._questions: OrderedDict[str, Encoded] = OrderedDict()
        self._guard = threading.Lock()

    def question(self, question: str) -> Encoded:
        """A question's vector, shape (1, dim), and its word pieces.

        One that is all in capitals is read in small letters, as documents are written.
        """
        if question.isupper() and len(question.lower()) == len(question):
            question = question.lower()
        with self._guard:
            held = self._questions.get(question)
        if held is None:
            held = self._encoder.encode_queries([question])
        with self._guard:
            self._questions[question] = held
            self._questions.move_to_end(question)
            if len(self._questions) > REMEMBERED:
                self._questions.popitem(last=False)
        return held

    def weighed(self, question: str, words: Sequence[WordWeight]) -> WeightedTokens:
        """A question's word pieces with the weights of its words."""
        [tokens] = self.question(question).tokens
        return weigh(tokens, words)

    def stored(self, asked: WeightedTokens, keys: Keys) -> tuple[Keys, LateScores]:
        """Scores of those of some passages whose word pieces are kept.

        Returns:
            Positions in `keys` of those that were scored, ascending, and their scores.
        """
        with self._store.reading() as connection:
            kept = codes_by_key(connection, keys)
        positions = [i for i, key in enumerate(keys.tolist()) if kept.get(key)]
        codes = [kept[int(keys[i])] for i in positions]
        return np.array(positions, dtype=np.int64), _compared(asked, codes)

    def read(self, asked: WeightedTokens, hits: Sequence[Hit]) -> LateScores:
        """Scores of a few passages; those whose word pieces are not kept are encoded now."""
        with self._store.reading() as connection:
            kept = codes_by_passage(connection, [hit.passage.id for hit in hits])
        missing = [hit for hit in hits if hit.passage.id not in kept]
        texts = [
            in_context(context_of(hit.passage.heading, hit.metadata), hit.passage.text)
            for hit in missing
        ]
        for hit, text, tokens in zip(
            missing, texts, self._encoder.encode_passages(texts).tokens, strict=True
        ):
            kept[hit.passage.id] = codes_of(hit.passage, text, tokens, hit.metadata.language)
        return _compared(asked, [kept[hit.passage.id] for hit in hits])


def codes_of(passage: Passage, text: str, tokens: TokenVectors, language: str | None) -> bytes:
    """Codes of a passage from the word pieces of `text`, which ends with its words."""
    sentences = sentence_spans(passage.text, language=language)
    return pack(tokens.shifted(len(passage.text) - len(text)), sentences)


def sentence_of(hit: Hit, number: int) -> Span:
    """The sentence of a passage that has a number in `LateScores`."""
    sentences = sentence_spans(hit.passage.text, language=hit.metadata.language)
    return sentences[min(number, len(sentences) - 1)]


def _compared(asked: WeightedTokens, codes: Sequence[bytes]) -> LateScores:
    return compare(asked, unpack(codes, dim=asked.vectors.shape[1]))
