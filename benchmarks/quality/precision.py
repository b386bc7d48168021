"""What one bit a dimension loses against the encoder's own word pieces."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.quality.asking import change_of
from benchmarks.quality.indexes import Bench
from benchmarks.quality.sets import spread
from benchmarks.recording import Figures
from index.context import context_of
from index.embedding import Encoder, TokenVectors
from index.late_interaction import LateInteraction, LateScores, WeightedTokens, compare
from index.records import Indexed
from index.search import Searcher
from index.store import Store
from index.token_codes import PackedCodes, pack, unpack
from index.token_table import codes_by_key
from index.types import Keys
from qa.judging import JudgedQuestion, Target, find_targets, places
from qa.measuring import ranking_scores
from qa.results import Measure, Result

__all__ = ["measure_precision"]

SETS = ("squad", "chunking")
QUESTIONS = 300
DEPTH = 20
PASSAGES = 60  # looked at for as many documents, as an evaluation does
TARGET = 0.012  # of Success@1
DIM = 384
WORD_PIECES = 150

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class ExactPieces(PackedCodes):
    """Word pieces in full precision, shape (t, dim), in the place of their codes."""

    vectors: Floats

    def cosines(self, vectors: Floats) -> Floats:
        products: Floats = vectors @ self.vectors.T
        return products


class ExactInteraction(LateInteraction):
    """Re-ranks the same candidates by the vectors that their codes were made from."""

    def __init__(self, encoder: Encoder, store: Store) -> None:
        super().__init__(encoder, store)
        self._exact_encoder = encoder
        self._exact_store = store
        self._exact: dict[int, Floats] = {}

    def stored(self, asked: WeightedTokens, keys: Keys) -> tuple[Keys, LateScores]:
        with self._exact_store.reading() as connection:
            kept = codes_by_key(connection, keys)
        positions = [i for i, key in enumerate(keys.tolist()) if kept.get(key)]
        found = [int(keys[i]) for i in positions]
        packed = unpack([kept[key] for key in found], dim=asked.vectors.shape[1])
        self._encode([key for key in found if key not in self._exact])
        vectors = np.concatenate([self._exact[key] for key in found])
        if len(vectors) != len(packed.scales):
            raise ValueError("the passages' word pieces are not those that the codes were made of")
        exact = ExactPieces(packed.signs, packed.scales, packed.sentences, packed.starts, vectors)
        return np.array(positions, dtype=np.int64), compare(asked, exact)

    def _encode(self, keys: Sequence[int]) -> None:
        where = np.array(sorted(keys), dtype=np.int64)
        items = list(self._exact_store.indexed(where))
        encoded = self._exact_encoder.encode_passages([_text(item) for item in items])
        for item, tokens in zip(items, encoded.tokens, strict=True):
            self._exact[item.key] = tokens.vectors


def measure_precision(bench: Bench) -> Figures:
    """Success@1 by codes and by full precision, and the size of codes.

    Raises:
        FileNotFoundError: A set of SETS is not on this machine.
    """
    found: Figures = {"bytes_of_150_word_pieces": len(pack(_pieces(), [])), "target": TARGET}
    for name in SETS:
        collection = bench.collection(name)
        questions = spread(bench.questions(name).answerable, bench.limit(QUESTIONS))
        targets = find_targets(collection.store, questions)
        coded = Searcher(collection, bench.encoder)
        exact = Searcher(collection, bench.encoder)
        exact.late_interaction = ExactInteraction(bench.encoder, collection.store)
        by_codes, by_vectors = (
            [_result(searcher, q, wanted) for q, wanted in zip(questions, targets, strict=True)]
            for searcher in (coded, exact)
        )
        found[name] = {
            measure.value: change_of(by_codes, by_vectors, measure)
            for measure in (Measure.SUCCESS_1, Measure.NDCG_10)
        }
        change = found[name][Measure.SUCCESS_1.value]
        print(f"{name}: {change['before']:.3f} exact, {change['now']:.3f} by codes", flush=True)
    return found


def _result(searcher: Searcher, question: JudgedQuestion, targets: Sequence[Target]) -> Result:
    hits = searcher.search(question.text, k=PASSAGES).hits
    scores = ranking_scores(places(hits, targets)[:DEPTH], targets=len(targets))
    return Result(question.text, question.id, True, True, None, scores, False, 0.0)


def _text(item: Indexed) -> str:
    """What the encoder read of a passage when it was ingested."""
    context = context_of(item.passage.heading, item.metadata)
    return f"{context}\n{item.passage.text}" if context else item.passage.text


def _pieces() -> TokenVectors:
    places = np.arange(WORD_PIECES, dtype=np.int32)
    return TokenVectors(np.eye(WORD_PIECES, DIM, dtype=np.float32), places, places + 1)
