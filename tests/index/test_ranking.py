"""How the rankings of two legs become one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.ranking import Ranking, fuse, standardized, with_whole_ties

SCORES = st.lists(st.integers(-50, 50).map(float), min_size=1, max_size=12)


def ranking(scores: list[float]) -> Ranking:
    return Ranking(np.arange(len(scores), dtype=np.int64), np.array(scores, dtype=np.float64))


def order(fused: Ranking) -> list[int]:
    return [int(key) for key in fused.keys]


@given(SCORES, st.integers(-9, 9), st.sampled_from([0.25, 1.0, 4.0]))
def test_the_scale_of_a_leg_does_not_matter(scores: list[float], shift: int, scale: float) -> None:
    other = sorted(scores)
    moved = [score * scale + shift for score in scores]

    before = fuse(ranking(scores), ranking(other), dense_share=0.6)
    after = fuse(ranking(moved), ranking(other), dense_share=0.6)

    assert np.sort(after.scores) == pytest.approx(np.sort(before.scores), abs=1e-6)


def test_a_passage_found_by_both_legs_beats_one_found_by_either() -> None:
    dense, lexical = ranking([0.9, 0.9, 0.0]), ranking([0.0, 7.0, 7.0])

    assert order(fuse(dense, lexical, dense_share=0.5))[0] == 1


def test_the_share_decides_between_the_legs() -> None:
    dense, lexical = ranking([1.0, 0.0]), ranking([0.0, 1.0])

    assert order(fuse(dense, lexical, dense_share=0.6)) == [0, 1]
    assert order(fuse(dense, lexical, dense_share=0.4)) == [1, 0]


def test_equal_scores_come_by_key() -> None:
    assert order(fuse(ranking([1.0, 1.0, 1.0]), ranking([0.0] * 3), dense_share=0.6)) == [0, 1, 2]


def test_legs_must_score_the_same_passages() -> None:
    with pytest.raises(ValueError, match="the same passages in the same order"):
        fuse(ranking([1.0]), ranking([1.0, 2.0]), dense_share=0.5)


@given(SCORES)
def test_z_scores_have_mean_zero(scores: list[float]) -> None:
    assert standardized(np.array(scores)).mean() == pytest.approx(0.0, abs=1e-9)


def test_z_scores_of_equal_values_are_zero() -> None:
    assert standardized(np.array([3.0, 3.0])).tolist() == [0.0, 0.0]
    assert standardized(np.array([])).tolist() == []


def test_ranks_count_from_one_in_the_order_as_it_stands() -> None:
    assert ranking([1.0, 3.0]).sorted().ranks() == {1: 1, 0: 2}


def test_keys_can_be_taken_out() -> None:
    assert order(ranking([1.0, 2.0, 3.0]).without(np.array([1]))) == [0, 2]


@given(st.lists(st.integers(0, 3).map(float), min_size=1, max_size=40), st.integers(1, 10))
def test_a_tie_at_the_cut_is_broken_by_key_whatever_the_search_brings_first(
    scores: list[float], k: int
) -> None:
    whole = ranking(scores)
    backwards = np.lexsort((-whole.keys, -whole.scores))

    found = with_whole_ties(
        lambda n: Ranking(whole.keys[backwards[:n]], whole.scores[backwards[:n]]), k=k
    )

    assert order(found) == order(whole.sorted())[:k]


def test_an_empty_ranking_has_no_length() -> None:
    assert len(Ranking.empty()) == 0
