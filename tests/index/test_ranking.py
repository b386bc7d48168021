"""What makes the scores of two legs comparable, and where a list is cut."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.ranking import Ranking, keys_of_either, reciprocal_ranks, standardized, with_whole_ties

SCORES = st.lists(st.integers(-50, 50).map(float), min_size=1, max_size=12)


def ranking(scores: list[float]) -> Ranking:
    return Ranking(np.arange(len(scores), dtype=np.int64), np.array(scores, dtype=np.float64))


def order(ranked: Ranking) -> list[int]:
    return ranked.keys.tolist()


@given(SCORES)
def test_z_scores_have_mean_zero(scores: list[float]) -> None:
    assert standardized(np.array(scores)).mean() == pytest.approx(0.0, abs=1e-9)


def test_z_scores_of_equal_values_are_zero() -> None:
    assert standardized(np.array([3.0, 3.0])).tolist() == [0.0, 0.0]
    assert standardized(np.array([])).tolist() == []


def test_a_reciprocal_rank_is_nothing_where_there_is_no_rank() -> None:
    assert reciprocal_ranks(np.array([1, 0, 40])).tolist() == [1 / 61, 0.0, 0.01]


@given(st.lists(st.integers(0, 3).map(float), min_size=1, max_size=120), st.integers(1, 10))
def test_a_tie_at_the_cut_is_whole_whatever_the_search_brings_first(
    scores: list[float], k: int
) -> None:
    whole = ranking(scores)
    backwards = np.lexsort((-whole.keys, -whole.scores))

    found = with_whole_ties(
        lambda n: Ranking(whole.keys[backwards[:n]], whole.scores[backwards[:n]]), k=k
    )

    least = sorted(scores, reverse=True)[:k][-1]
    assert order(found) == [key for key in order(whole.sorted()) if scores[key] >= least]


def test_equal_scores_have_one_rank() -> None:
    assert ranking([3.0, 2.0, 2.0, 1.0]).ranks().tolist() == [1, 2, 2, 4]


@given(st.sets(st.integers(0, 30)), st.sets(st.integers(0, 30)))
def test_the_keys_of_either_ranking_are_distinct_and_ascending(
    some: set[int], others: set[int]
) -> None:
    one, other = (
        Ranking(np.array(list(keys), dtype=np.int64), np.zeros(len(keys)))
        for keys in (some, others)
    )

    assert keys_of_either(one, other).tolist() == sorted(some | others)


def test_an_empty_ranking_has_no_length() -> None:
    assert len(Ranking.empty()) == 0
