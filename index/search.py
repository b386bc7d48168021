"""A question's way through the index: both legs, fused, with the passages behind them."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from index.collection import Collection, Snapshot
from index.embedding import Encoder
from index.late_interaction import LateInteraction, maxsim
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
        rerank_weight: Of the z-scored late-interaction score beside the fused score.
        depth: Candidates that each leg brings, at least.
    """

    dense_share: float = 0.6  # this and the next two: benchmarks/results/ranking.json
    rerank: int = 8
    rerank_weight: float = 1.5
    depth: int = 100


@dataclass(frozen=True, slots=True)
class Found:
    """What a search brought.

    Attributes:
        hits: Best first.
        more: Whether further hits follow those returned.
        generation: State of the index that they were read from.
        corpus: Figures of the index at that state.
        query: The question's vector, shape (dim,); None where no leg needed it.
        timings_ms: By stage.
    """

    hits: tuple[Hit, ...]
    more: bool
    corpus: Corpus
    query: Vectors | None
    timings_ms: Mapping[str, float] = field(default_factory=dict)


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
        offset: int = 0,
    ) -> Found:
        """Find the passages that answer a question best.

        Filters apply before ranking in both legs, so k hits come back whenever that many pass.

        Args:
            question: Not blank.
            k: Most hits to return, at least 1.
            filters: Which documents may be answered from.
            mode: Which legs rank.
            offset: Hits to leave out from the top, for paging.

        Returns:
            Hits best first. Equal scores are broken by document id, then by span start, so that
            equal input gives equal output.
        """
        filters = filters or Filters()
        timings: dict[str, float] = {}
        snapshot = self._collection.snapshot()
        query = None
        if mode is not Mode.LEXICAL:
            with _timed(timings, "embed"):
                [query] = self._encoder.encode_queries([question])
        depth = max(self._policy.depth, offset + k + 1)
        legs = self._run_legs(snapshot, question, query, depth, filters, timings)
        with _timed(timings, "fuse"):
            ranking = self._fused(snapshot, legs, query, mode)
        with _timed(timings, "fetch"):
            wanted = max(offset + k + 1, self._policy.rerank)
            hits = self._hits(_first(ranking, wanted), legs, snapshot, query)
        if mode is Mode.HYBRID and self._policy.rerank and offset < self._policy.rerank:
            with _timed(timings, "rerank"):
                hits = self._reranked(question, snapshot, hits)
        chosen = hits[offset : offset + k]
        return Found(tuple(chosen), len(hits) > offset + k, snapshot.corpus, query, timings)

    def _run_legs(
        self,
        snapshot: Snapshot,
        question: str,
        query: Vectors | None,
        depth: int,
        filters: Filters,
        timings: dict[str, float],
    ) -> _Legs:
        among = None
        if filters:
            with _timed(timings, "filter"):
                among = self._collection.store.admitted(filters)
        dense = Ranking.empty()
        if query is not None:
            with _timed(timings, "dense"):
                dense = snapshot.dense.nearest(query, k=depth, among=among)
        with _timed(timings, "lexical"):
            lexical = snapshot.lexical.search(question, k=depth, filters=filters)
            known = snapshot.dense.holds(lexical.keys)
            lexical = Ranking(lexical.keys[known], lexical.scores[known])
        return _Legs(dense, lexical)

    def _fused(
        self, snapshot: Snapshot, legs: _Legs, query: Vectors | None, mode: Mode
    ) -> Ranking:
        if query is None:
            return legs.lexical
        if mode is Mode.DENSE:
            return legs.dense
        keys = np.union1d(legs.dense.keys, legs.lexical.keys)
        cosines = snapshot.dense.cosines(query, keys).astype(np.float64)
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
        total = np.array([hit.scores.fused for hit in first])
        total += self._policy.rerank_weight * standardized(scores)
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


class _timed:
    """Adds the wall time of a block, in milliseconds, to a mapping."""

    def __init__(self, timings: dict[str, float], stage: str) -> None:
        self._timings = timings
        self._stage = stage

    def __enter__(self) -> None:
        self._start = time.perf_counter()

    def __exit__(self, *error: object) -> None:
        self._timings[self._stage] = round((time.perf_counter() - self._start) * 1000, 2)
