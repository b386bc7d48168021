"""Measures of small rankings, by hand and against the formulas written out."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.measuring import ranking_scores
from qa.results import Measure

NOTHING = [None] * 20


@st.composite
def rankings(draw):
    """Places of some of a few targets among wrong ones, and the number of targets."""
    targets = draw(st.integers(1, 6))
    found = draw(st.lists(st.sampled_from(range(targets)), unique=True))
    wrong = draw(st.integers(0, 25))
    return draw(st.permutations([*found, *[None] * wrong])), targets


def dcg(gains):
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains[:10], start=1))


def test_one_target_at_rank_two():
    scores = ranking_scores([None, 0, None], targets=1)

    assert scores[Measure.SUCCESS_1] == scores[Measure.RECALL_1] == 0
    assert scores[Measure.SUCCESS_3] == scores[Measure.RECALL_5] == 1
    assert scores[Measure.MRR_10] == 0.5
    assert scores[Measure.NDCG_10] == pytest.approx(1 / math.log2(3))


def test_recall_is_the_share_of_all_targets_and_success_needs_one():
    scores = ranking_scores([2, None, 0], targets=4)

    assert (scores[Measure.RECALL_1], scores[Measure.RECALL_5]) == (0.25, 0.5)
    assert (scores[Measure.SUCCESS_1], scores[Measure.SUCCESS_5]) == (1, 1)


def test_what_stands_behind_the_cut_does_not_count():
    scores = ranking_scores([*NOTHING[:10], 0], targets=1)

    assert (scores[Measure.MRR_10], scores[Measure.NDCG_10]) == (0, 0)
    assert (scores[Measure.SUCCESS_5], scores[Measure.RECALL_20]) == (0, 1)


@pytest.mark.parametrize("found", [[], NOTHING])
def test_where_nothing_is_found_every_measure_is_zero(found):
    scores = ranking_scores(found, targets=2)

    assert set(scores.values()) == {0.0}
    assert len(scores) == 8


@given(rankings())
def test_the_measures_agree_with_their_formulas(ranking):
    found, targets = ranking
    gains = [float(target is not None) for target in found]

    scores = ranking_scores(found, targets=targets)

    first = next((rank for rank, gain in enumerate(gains[:10], start=1) if gain), None)
    assert scores[Measure.NDCG_10] == pytest.approx(dcg(gains) / dcg([1.0] * targets))
    assert scores[Measure.MRR_10] == pytest.approx(1 / first if first else 0)
    assert scores[Measure.RECALL_5] == pytest.approx(sum(gains[:5]) / targets)
    assert scores[Measure.SUCCESS_3] == float(any(gains[:3]))
