"""A question's way through the index: both legs, fused, re-ranked, with the passages behind."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np

from index.abbreviations import expansions
from index.candidates import Candidates, Part, fused, only
from index.collection import Collection, Snapshot
from index.embedding import Encoder
from index.late_interaction import LateInteraction, WordWeight
from index.ranking import Fusion, Ranking, keys_of_either, standardized
from index.store import Corpus
from index.types import Filters, Hit, Keys, Leg, Mode, Vectors

__all__ = ["Found", "RankingPolicy", "Searcher"]


@dataclass(frozen=True, slots=True)
class RankingPolicy:
    """How passages are ranked. Defaults: benchmarks/README.md, "How the weights were chosen".

    Attributes:
        fusion: How the scores of the two legs become one.
        dense_share: Weight of the dense leg in the fused score, in [0, 1].
        rerank: How many of the first passages are re-ranked by late interaction; 0 for none.
        passage_weight: Of the passage's z-scored late-interaction score beside the fused score.
        sentence_weight: The same for the passage's best sentence.
        depth: Candidates that each leg brings for the first hits; twice as many for later ones.
    """

    fusion: Fusion = Fusion.ZSCORE
    dense_share: float = 0.5
    rerank: int = 30
    passage_weight: float = 1.0
    sentence_weight: float = 1.0
    depth: int = 100


@dataclass(frozen=True, slots=True)
class Found:
    """What a search brought.

    Attributes:
        hits: Best first.
        more: Whether further hits follow those returned.
        corpus: Figures of the index at the state that they were read from.
        question: As it was read: words that no document has may be corrected.
        words: Those of the question that carry meaning, with their weights.
        filtered_out: How many passages the filters left out.
        timings_ms: By stage.
    """

    hits: tuple[Hit, ...]
    more: bool
    corpus: Corpus
    question: str
    words: Sequence[WordWeight] = ()
    filtered_out: int = 0
    timings_ms: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Asked:
    question: str
    words: Sequence[WordWeight]
    query: Vectors | None
    among: Keys | None
    filters: Filters
    mode: Mode
    also: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Legs:
    dense: Ranking
    lexical: Ranking


class Searcher:
    """Ranks the passages of one collection for a question.

    Raises:
        ModelMismatchError: The collection's vectors are not those of `encoder`.
    """

    def __init__(
        self, collection: Collection, encoder: Encoder, *, policy: RankingPolicy | None = None
    ) -> None:
        collection.store.require_model(encoder.identity)
        self._collection = collection
        self._encoder = encoder
        self._policy = policy or RankingPolicy()
        self.late_interaction = LateInteraction(encoder, collection.store)

    def search(
        self,
        question: str,
        *,
        k: int,
        filters: Filters | None = None,
        mode: Mode = Mode.HYBRID,
        snapshot: Snapshot | None = None,
    ) -> Found:
        """Find the passages that answer a question best.

        Filters apply before ranking in both legs, so k hits come back whenever that many pass.

        Args:
            question: Not blank.
            k: Most hits to return, at least 1.
            filters: Which documents may be answered from.
            mode: Which legs rank.
            snapshot: The state to search; None for the present one.

        Returns:
            Hits best first. Equal scores are broken by document id, then by span start, so that
            equal input gives equal output.
        """
        stage = _Stages()
        snapshot = snapshot or self._collection.snapshot()
        with stage("lexical"):
            question = snapshot.lexical.read_as(question, is_word=self._is_word)
            also = self._other_words(snapshot, question)
            words = snapshot.lexical.word_weights(question)
        asked = _Asked(question, words, None, None, filters or Filters(), mode, also)
        if mode is not Mode.LEXICAL:
            with stage("embed"):
                [query] = self.late_interaction.question(question).vectors
                asked = replace(asked, query=query)
        if filters:
            with stage("filter"):
                asked = replace(asked, among=self._collection.store.admitted(filters))
        hits = self._ranked(snapshot, asked, k + 1, stage)
        return Found(
            tuple(hits[:k]),
            len(hits) > k,
            snapshot.corpus,
            question,
            words,
            0 if asked.among is None else snapshot.corpus.passages - len(asked.among),
            stage.timings,
        )

    def _is_word(self, written: str) -> bool:
        """What the encoder has a token of its own for is a common word."""
        return self._encoder.count_tokens([written]) == [1]

    def _other_words(self, snapshot: Snapshot, question: str) -> list[str]:
        with self._collection.store.reading() as connection:
            return expansions(connection, question, words=snapshot.lexical.words(question))

    def _ranked(
        self, snapshot: Snapshot, asked: _Asked, wanted: int, stage: "_Stages"
    ) -> list[Hit]:
        """At least `wanted` hits if there are as many.

        What is deeper in both legs comes behind all that is not, whatever its score, so that a
        longer list begins with the shorter one: pages join without a gap or a repetition.
        """
        hits: list[Hit] = []
        seen = np.empty(0, dtype=np.int64)
        depth = self._policy.depth
        while True:
            legs = self._run_legs(snapshot, asked, depth, stage)
            with stage("fuse"):
                candidates = self._fused(snapshot, legs, asked).without(seen)
            if not len(seen) and asked.mode is Mode.HYBRID and self._policy.rerank:
                with stage("rerank"):
                    candidates = self._reranked(snapshot, asked, candidates)
            with stage("fetch"):
                hits += self._hits(candidates.first(wanted - len(hits)))
            is_all = max(len(legs.dense), len(legs.lexical)) < depth
            if len(hits) >= wanted or is_all:
                return hits
            seen = np.concatenate([seen, candidates.keys])
            depth *= 2

    def _run_legs(self, snapshot: Snapshot, asked: _Asked, depth: int, stage: "_Stages") -> _Legs:
        dense = Ranking.empty()
        if asked.query is not None:
            with stage("dense"):
                dense = snapshot.dense.nearest(asked.query, k=depth, among=asked.among)
        with stage("lexical"):
            lexical = snapshot.lexical.search(
                asked.question, k=depth, filters=asked.filters, also=asked.also
            )
        return _Legs(dense, lexical)

    def _fused(self, snapshot: Snapshot, legs: _Legs, asked: _Asked) -> Candidates:
        if asked.query is None:
            return only(Leg.LEXICAL, legs.lexical)
        if asked.mode is Mode.DENSE:
            return only(Leg.DENSE, legs.dense)
        keys = keys_of_either(legs.dense, legs.lexical)
        return fused(
            legs.dense,
            legs.lexical,
            snapshot.dense.cosines(asked.query, keys).astype(np.float64),
            dense_share=self._policy.dense_share,
            fusion=self._policy.fusion,
        )

    def _reranked(self, snapshot: Snapshot, asked: _Asked, candidates: Candidates) -> Candidates:
        first = candidates.whole(self._policy.rerank)
        weighed = self.late_interaction.weighed(asked.question, asked.words)
        positions, scores = self.late_interaction.stored(weighed, candidates.keys[:first])
        weights = {
            Leg.MAXSIM: (self._policy.passage_weight, scores.passages),
            Leg.SENTENCE: (self._policy.sentence_weight, scores.best),
        }
        parts = [
            _part(leg, weight, len(candidates), positions, values)
            for leg, (weight, values) in weights.items()
        ]
        return candidates.reranked(parts, first=first)

    def _hits(self, candidates: Candidates) -> list[Hit]:
        places = dict(zip(candidates.keys.tolist(), candidates.totals.tolist(), strict=True))
        found = self._collection.store.hits(candidates.keys.tolist(), candidates.scores())
        ordered = sorted(
            found.items(),
            key=lambda item: (
                -places[item[0]],
                item[1].passage.document_id,
                item[1].passage.span.start,
            ),
        )
        return [hit for _, hit in ordered]


def _part(leg: Leg, weight: float, count: int, positions: Keys, values: Vectors) -> Part:
    """Scores of some of `count` candidates; those without one get what an average one would."""
    scores, normalized = np.full(count, np.nan), np.zeros(count)
    scores[positions] = values
    normalized[positions] = standardized(values.astype(np.float64))
    return Part(leg, weight, scores, normalized, np.zeros(count, dtype=np.int64))


class _Stages:
    """Adds up the wall time of each stage, in milliseconds."""

    def __init__(self) -> None:
        self.timings: dict[str, float] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        spent = self.timings.get(name, 0.0) + (time.perf_counter() - start) * 1000
        self.timings[name] = round(spent, 2)
