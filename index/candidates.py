"""The passages that may be shown for a question, and how each part of the ranking scored them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from index.ranking import (
    Fusion,
    Ranking,
    Values,
    keys_of_either,
    reciprocal_ranks,
    standardized,
)
from index.types import Keys, Leg, ScorePart, Scores

__all__ = ["Candidates", "Part", "fused", "only"]

SAME = 6  # decimals; what differs behind them differs by rounding only, and is a tie


@dataclass(frozen=True, slots=True)
class Part:
    """One scoring of the candidates.

    Attributes:
        leg: What scored.
        weight: Of the normalized score in the total.
        scores: As the leg gave them, shape (n,); NaN where it did not score the passage.
        normalized: Comparable with other parts, shape (n,); 0 where there is no score.
        ranks: From 1, shape (n,); 0 where the leg did not bring the passage.
    """

    leg: Leg
    weight: float
    scores: Values
    normalized: Values
    ranks: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages best first.

    Attributes:
        keys: Distinct, shape (n,).
        totals: What orders them, falling, shape (n,).
        parts: What the totals consist of.
        fused: The total before re-ranking, shape (n,).
    """

    keys: Keys
    totals: Values
    parts: tuple[Part, ...]
    fused: Values

    def __len__(self) -> int:
        return len(self.keys)

    def without(self, keys: Keys) -> "Candidates":
        """The rest, in the order as it stands."""
        return self._at(np.flatnonzero(~np.isin(self.keys, keys)))

    def first(self, k: int) -> "Candidates":
        """The k best and all that are equal to the last of them, so that ties break as a whole."""
        return self if len(self) <= k else self._at(np.arange(self._equal_to(k - 1)[1]))

    def whole(self, k: int) -> int:
        """How many the k best are without a tie that is cut: with all that are equal to the last
        of them, or with none, if those would more than double the number."""
        if len(self) <= k:
            return len(self)
        start, end = self._equal_to(k - 1)
        return end if end <= 2 * k or not start else start

    def reranked(self, parts: Sequence[Part], *, first: int) -> "Candidates":
        """The same with the first few in the order of their totals with further parts.

        Args:
            parts: Scores of all candidates.
            first: How many change places among themselves.
        """
        totals = self.fused + sum(part.weight * part.normalized for part in parts)
        totals[first:] = self.fused[first:]
        if first < len(self):
            # What was not re-ranked stays behind what was, at its own distances.
            behind = totals[:first].min() - totals[first:].max() - 1
            totals[first:] += min(behind, 0.0)
        changed = replace(self, totals=np.round(totals, SAME), parts=(*self.parts, *parts))
        return changed._at(np.lexsort((self.keys, -changed.totals)))

    def _equal_to(self, position: int) -> tuple[int, int]:
        """Where those begin and end whose totals are that of one of them."""
        total = -self.totals[position]
        start, end = (np.searchsorted(-self.totals, total, side=side) for side in ("left", "right"))
        return int(start), int(end)

    def scores(self) -> list[Scores]:
        """What is told of each candidate."""
        return [self._scores(i) for i in range(len(self))]

    def _scores(self, i: int) -> Scores:
        parts = tuple(
            ScorePart(
                part.leg,
                int(part.ranks[i]) or None,
                float(part.scores[i]),
                float(part.normalized[i]),
                part.weight,
            )
            for part in self.parts
            if not np.isnan(part.scores[i])
        )
        found = {part.leg: part for part in parts}
        scores = {leg: found[leg].score if leg in found else None for leg in Leg}
        ranks = {leg: found[leg].rank if leg in found else None for leg in Leg}
        return Scores(
            fused=float(self.fused[i]),
            dense=scores[Leg.DENSE],
            lexical=scores[Leg.LEXICAL],
            dense_rank=ranks[Leg.DENSE],
            lexical_rank=ranks[Leg.LEXICAL],
            maxsim=scores[Leg.MAXSIM],
            sentence=scores[Leg.SENTENCE],
            parts=parts,
        )

    def _at(self, positions: npt.NDArray[np.int64]) -> "Candidates":
        parts = tuple(
            replace(
                part,
                scores=part.scores[positions],
                normalized=part.normalized[positions],
                ranks=part.ranks[positions],
            )
            for part in self.parts
        )
        return Candidates(
            self.keys[positions], self.totals[positions], parts, self.fused[positions]
        )


def only(leg: Leg, ranking: Ranking) -> Candidates:
    """Candidates of one leg alone, ordered by its own scores."""
    part = Part(leg, 1.0, ranking.scores, ranking.scores, ranking.ranks())
    return Candidates(ranking.keys, ranking.scores, (part,), ranking.scores)


def fused(
    dense: Ranking,
    lexical: Ranking,
    cosines: Values,
    *,
    dense_share: float,
    fusion: Fusion = Fusion.ZSCORE,
) -> Candidates:
    """Merge two legs.

    Z-scores of this one question's candidates make cosines and BM25 scores comparable; a passage
    that shares no word with the question has the BM25 score 0. Reciprocal ranks throw the scores
    away and are weaker on most sets of questions that were measured.

    Args:
        dense: Best first.
        lexical: Best first.
        cosines: Of all keys of either leg, in ascending order of key.
        dense_share: Weight of the dense leg in [0, 1]; the lexical leg has the rest.
        fusion: Which scores are summed.

    Returns:
        The keys of either leg; equal totals by ascending key.
    """
    keys = keys_of_either(dense, lexical)
    words = np.zeros(len(keys))
    words[np.searchsorted(keys, lexical.keys)] = lexical.scores
    ranks = {Leg.DENSE: _ranks_at(keys, dense), Leg.LEXICAL: _ranks_at(keys, lexical)}
    normalized = {Leg.DENSE: standardized(cosines), Leg.LEXICAL: standardized(words)}
    if fusion is Fusion.RECIPROCAL_RANK:
        normalized = {leg: reciprocal_ranks(ranks[leg]) for leg in ranks}
    weights = {Leg.DENSE: dense_share, Leg.LEXICAL: 1 - dense_share}
    shown = {Leg.DENSE: cosines, Leg.LEXICAL: np.where(ranks[Leg.LEXICAL] > 0, words, np.nan)}
    parts = tuple(
        Part(leg, weights[leg], shown[leg], normalized[leg], ranks[leg]) for leg in weights
    )
    totals = sum((part.weight * part.normalized for part in parts), start=np.zeros(len(keys)))
    if fusion is Fusion.RECIPROCAL_RANK:
        totals = standardized(totals)
    totals = np.round(totals, SAME)
    return Candidates(keys, totals, parts, totals)._at(np.lexsort((keys, -totals)))


def _ranks_at(keys: Keys, ranking: Ranking) -> npt.NDArray[np.int64]:
    ranks = np.zeros(len(keys), dtype=np.int64)
    ranks[np.searchsorted(keys, ranking.keys)] = ranking.ranks()
    return ranks
