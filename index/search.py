"""A question's way through the index: both legs, fused, with the passages behind them."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np

from index.collection import Collection, Snapshot
from index.embedding import Encoder
from index.late_interaction import LateInteraction, best_sentence, maxsim
from index.ranking import Ranking, fuse, standardized
from index.store import Corpus
from index.types import Filters, Hit, Keys, Leg, Mode, Scores, Vectors

__all__ = ["Found", "RankingPolicy", "Searcher"]


@dataclass(frozen=True, slots=True)
class RankingPolicy:
    """How passages are ranked.

    Attributes:
        dense_share: Weight of the dense leg in the fused score, in [0, 1].
        rerank: How many of the first passages are re-ranked by late interaction; 0 for none.
        passage_weight: Of the passage's z-scored late-interaction score beside the fused score.
        sentence_weight: The same for the passage's best sentence.
        depth: Candidates that each leg brings for the first hits; twice as many for later ones.
    """

    dense_share: float = 0.6  # this and the next three: benchmarks/results/ranking.json
    rerank: int = 8
    passage_weight: float = 2.0
    sentence_weight: float = 0.5
    depth: int = 100


@dataclass(frozen=True, slots=True)
class Found:
    """What a search brought.

    Attributes:
        hits: Best first.
        more: Whether further hits follow those returned.
        corpus: Figures of the index at the state that they were read from.
        timings_ms: By stage.
    """

    hits: tuple[Hit, ...]
    more: bool
    corpus: Corpus
    timings_ms: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Asked:
    question: str
    query: Vectors | None
    among: Keys | None
    filters: Filters
    mode: Mode


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
        self.late_interaction = LateInteraction(encoder)

    def search(
        self,
        question: str,
        *,
        k: int,
        filters: Filters | None = None,
        mode: Mode = Mode.HYBRID,
    ) -> Found:
        """Find the passages that answer a question best.

        Filters apply before ranking in both legs, so k hits come back whenever that many pass.

        Args:
            question: Not blank.
            k: Most hits to return, at least 1.
            filters: Which documents may be answered from.
            mode: Which legs rank.

        Returns:
            Hits best first. Equal scores are broken by document id, then by span start, so that
            equal input gives equal output.
        """
        stage = _Stages()
        snapshot = self._collection.snapshot()
        asked = _Asked(question, None, None, filters or Filters(), mode)
        if mode is not Mode.LEXICAL:
            with stage("embed"):
                [query] = self._encoder.encode_queries([question])
                asked = replace(asked, query=query)
        if filters:
            with stage("filter"):
                asked = replace(asked, among=self._collection.store.admitted(filters))
        hits = self._ranked(snapshot, asked, max(k + 1, self._policy.rerank), stage)
        if mode is Mode.HYBRID and self._policy.rerank:
            with stage("rerank"):
                hits = self._reranked(question, snapshot, hits)
        return Found(tuple(hits[:k]), len(hits) > k, snapshot.corpus, stage.timings)

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
                ranking = self._fused(snapshot, legs, asked)
            with stage("fetch"):
                deeper = ranking.without(seen)
                hits += self._hits(_first(deeper, wanted - len(hits)), legs, snapshot, asked.query)
            is_all = max(len(legs.dense), len(legs.lexical)) < depth
            if len(hits) >= wanted or is_all:
                return hits
            seen = ranking.keys
            depth *= 2

    def _run_legs(self, snapshot: Snapshot, asked: _Asked, depth: int, stage: "_Stages") -> _Legs:
        dense = Ranking.empty()
        if asked.query is not None:
            with stage("dense"):
                dense = snapshot.dense.nearest(asked.query, k=depth, among=asked.among)
        with stage("lexical"):
            lexical = snapshot.lexical.search(asked.question, k=depth, filters=asked.filters)
        return _Legs(dense, lexical)

    def _fused(self, snapshot: Snapshot, legs: _Legs, asked: _Asked) -> Ranking:
        if asked.query is None:
            return legs.lexical
        if asked.mode is Mode.DENSE:
            return legs.dense
        keys = np.union1d(legs.dense.keys, legs.lexical.keys)
        cosines = snapshot.dense.cosines(asked.query, keys).astype(np.float64)
        return fuse(
            Ranking(keys, cosines),
            Ranking(keys, _scores_at(keys, legs.lexical)),
            dense_share=self._policy.dense_share,
        )

    def _hits(
        self, ranking: Ranking, legs: _Legs, snapshot: Snapshot, query: Vectors | None
    ) -> list[Hit]:
        cosines: dict[int, float] = {}
        if query is not None:
            values = snapshot.dense.cosines(query, ranking.keys)
            cosines = dict(zip(ranking.keys.tolist(), map(float, values), strict=True))
        words = dict(zip(legs.lexical.keys.tolist(), legs.lexical.scores.tolist(), strict=True))
        ranks = {Leg.DENSE: legs.dense.ranks(), Leg.LEXICAL: legs.lexical.ranks()}
        scores = [
            Scores(
                fused=float(fused),
                dense=cosines.get(key),
                lexical=words.get(key),
                dense_rank=ranks[Leg.DENSE].get(key),
                lexical_rank=ranks[Leg.LEXICAL].get(key),
            )
            for key, fused in zip(ranking.keys.tolist(), ranking.scores, strict=True)
        ]
        hits = self._collection.store.hits(ranking.keys.tolist(), scores)
        return sorted(
            hits,
            key=lambda hit: (-hit.scores.fused, hit.passage.document_id, hit.passage.span.start),
        )

    def _reranked(self, question: str, snapshot: Snapshot, hits: list[Hit]) -> list[Hit]:
        first, rest = hits[: self._policy.rerank], hits[self._policy.rerank :]
        if len(first) < 2:
            return hits
        words = self.late_interaction.question(question, snapshot.lexical.word_weights(question))
        passages = self.late_interaction.passages(first)
        scores = np.array([maxsim(words, passage) for passage in passages])
        sentences = np.array(
            [best_sentence(words, *pair) for pair in zip(first, passages, strict=True)]
        )
        total = np.array([hit.scores.fused for hit in first])
        total += self._policy.passage_weight * standardized(scores)
        total += self._policy.sentence_weight * standardized(sentences)
        return [
            replace(first[i], scores=replace(first[i].scores, maxsim=float(scores[i])))
            for i in np.argsort(-total, kind="stable")
        ] + rest


def _scores_at(keys: Keys, ranking: Ranking) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Scores of a ranking at `keys`, 0 where the leg did not bring the key."""
    scores = np.zeros(len(keys))
    scores[np.searchsorted(keys, ranking.keys)] = ranking.scores
    return scores


def _first(ranking: Ranking, k: int) -> Ranking:
    """The k best and all that are equal to the last of them, so that a tie is broken as a whole."""
    if len(ranking) <= k:
        return ranking
    cut = int(np.searchsorted(-ranking.scores, -ranking.scores[k - 1], side="right"))
    return Ranking(ranking.keys[:cut], ranking.scores[:cut])


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
