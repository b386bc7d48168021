"""Ranked passage keys, and what makes their scores comparable."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from index.types import Keys

__all__ = [
    "Fusion",
    "Ranking",
    "Values",
    "keys_of_either",
    "reciprocal_ranks",
    "standardized",
    "with_whole_ties",
]

Values = npt.NDArray[np.float64]
RRF_OFFSET = 60  # Cormack, Clarke & Büttcher, SIGIR 2009


class Fusion(StrEnum):
    """How the scores of two legs become one."""

    ZSCORE = "zscore"
    RECIPROCAL_RANK = "rrf"


# That a search fetches behind its cut: enough for the copies of one text in most collections, and
# hardly more work.
COPIES = 8


@dataclass(frozen=True, slots=True)
class Ranking:
    """Passage keys with one score each, shapes (n,); keys are distinct."""

    keys: Keys
    scores: Values

    @classmethod
    def empty(cls) -> "Ranking":
        return cls(np.empty(0, dtype=np.int64), np.empty(0))

    def __len__(self) -> int:
        return len(self.keys)

    def ranks(self) -> npt.NDArray[np.int64]:
        """1 for the best, and so on; equal scores have one rank. They must be in order."""
        return np.searchsorted(-self.scores, -self.scores).astype(np.int64) + 1

    def sorted(self) -> "Ranking":
        """Best first; equal scores by ascending key."""
        order = np.lexsort((self.keys, -self.scores))
        return Ranking(self.keys[order], self.scores[order])


def keys_of_either(one: Ranking, other: Ranking) -> Keys:
    """Distinct and ascending, as np.union1d gives them, which imports numpy.ma: 13 ms of `ask`."""
    keys = np.sort(np.concatenate([one.keys, other.keys]))
    is_first = np.ones(len(keys), dtype=np.bool_)
    is_first[1:] = keys[1:] != keys[:-1]
    distinct: Keys = keys[is_first]
    return distinct


def with_whole_ties(search: Callable[[int], Ranking], *, k: int) -> Ranking:
    """The k best of a search that breaks a tie at its cut in no particular way.

    Args:
        search: Gives the n best for a number n, and fewer where there are no more.
        k: How many are wanted, at least 1.

    Returns:
        Best first, and equal scores by ascending key: k if there are as many, and all that are as
        good as the last of these. Keys grow with arrival, on which the result shall not depend.
    """
    fetched = k + COPIES
    found = search(fetched).sorted()
    while len(found) == fetched and found.scores[k - 1] == found.scores[-1]:
        fetched *= 2
        found = search(fetched).sorted()
    if len(found) <= k:
        return found
    whole = int(np.searchsorted(-found.scores, -found.scores[k - 1], side="right"))
    return Ranking(found.keys[:whole], found.scores[:whole])


def standardized(scores: Values) -> Values:
    """Z-scores: mean 0 and standard deviation 1; all 0 where the scores do not differ."""
    deviation = scores.std() if len(scores) else 0.0
    if deviation < 1e-12:
        return np.zeros_like(scores)
    standard: Values = (scores - scores.mean()) / deviation
    return standard


def reciprocal_ranks(ranks: npt.NDArray[np.int64]) -> Values:
    """1 / (RRF_OFFSET + rank) for ranks from 1; 0 for rank 0, which stands for none."""
    return np.where(ranks > 0, 1 / (RRF_OFFSET + np.maximum(ranks, 1)), 0.0)
