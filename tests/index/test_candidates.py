"""How the scorings of two legs become one order, and how re-ranking changes it."""

import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.candidates import Candidates, Part, fused, only
from index.ranking import Fusion, Ranking
from index.types import Leg

SCORES = st.lists(st.integers(-50, 50).map(float), min_size=1, max_size=12)


def ranking(scores: list[float]) -> Ranking:
    """Passages 0, 1, 2 …, best first."""
    keys = np.arange(len(scores), dtype=np.int64)
    return Ranking(keys, np.array(scores, dtype=np.float64)).sorted()


def merged(
    dense: list[float],
    lexical: list[float],
    *,
    dense_share: float = 0.5,
    fusion: Fusion = Fusion.ZSCORE,
) -> Candidates:
    cosines = np.array(dense, dtype=np.float64)
    return fused(
        ranking(dense),
        ranking(lexical),
        cosines,
        dense_share=dense_share,
        fusion=fusion,
    )


def part(leg: Leg, scores: list[float], *, weight: float = 1.0) -> Part:
    values = np.array(scores)
    return Part(leg, weight, values, values, np.zeros(len(scores), dtype=np.int64))


def order(candidates: Candidates) -> list[int]:
    return candidates.keys.tolist()


@given(SCORES, st.integers(-9, 9), st.sampled_from([0.25, 1.0, 4.0]))
def test_the_scale_of_a_leg_does_not_matter(scores: list[float], shift: int, scale: float) -> None:
    moved = [score * scale + shift for score in scores]

    before, after = merged(scores, sorted(scores)), merged(moved, sorted(scores))

    assert after.totals == pytest.approx(before.totals, abs=1e-6)


@given(SCORES, st.floats(0, 1), st.data())
def test_the_order_is_that_of_the_formula_written_out(
    dense: list[float], share: float, data: st.DataObject
) -> None:
    lexical = data.draw(st.permutations(dense))

    found = merged(dense, lexical, dense_share=share)

    def z(scores: list[float], i: int) -> float:
        deviation = statistics.pstdev(scores)
        return (scores[i] - statistics.fmean(scores)) / deviation if deviation else 0.0

    totals = [share * z(dense, i) + (1 - share) * z(lexical, i) for i in range(len(dense))]
    assert found.totals == pytest.approx([totals[key] for key in order(found)], abs=1e-5)
    assert found.totals == pytest.approx(sorted(totals, reverse=True), abs=1e-5)


def test_a_passage_found_by_both_legs_beats_one_found_by_either() -> None:
    dense, lexical = [0.9, 0.9, 0.0], [0.0, 7.0, 7.0]

    assert order(merged(dense, lexical))[0] == 1
    assert order(merged(dense, lexical, fusion=Fusion.RECIPROCAL_RANK))[0] == 1


def test_the_share_decides_between_the_legs() -> None:
    assert order(merged([1.0, 0.0], [0.0, 1.0], dense_share=0.6)) == [0, 1]
    assert order(merged([1.0, 0.0], [0.0, 1.0], dense_share=0.4)) == [1, 0]


def test_equal_totals_come_by_key() -> None:
    assert order(merged([1.0, 1.0, 1.0], [0.0] * 3)) == [0, 1, 2]


def test_reciprocal_ranks_do_not_look_at_how_far_scores_are_apart() -> None:
    near, far = [0.9, 0.8, 0.7], [0.9, 0.1, 0.0]
    words, by_rank = [1.0, 2.0, 3.0], Fusion.RECIPROCAL_RANK

    assert order(merged(near, words, fusion=by_rank)) == order(merged(far, words, fusion=by_rank))


def test_a_passage_that_a_leg_did_not_bring_has_no_score_there() -> None:
    dense, lexical = ranking([0.9, 0.5]), Ranking(np.array([1]), np.array([3.0]))

    both = fused(dense, lexical, np.array([0.9, 0.5]), dense_share=0.5)

    scores = dict(zip(order(both), both.scores(), strict=True))
    assert (scores[0].dense, scores[0].lexical, scores[0].lexical_rank) == (0.9, None, None)
    assert (scores[1].lexical, scores[1].lexical_rank, scores[1].dense_rank) == (3.0, 1, 2)


@given(SCORES, st.data())
def test_the_parts_of_a_score_add_up_to_its_total(scores: list[float], data: st.DataObject) -> None:
    lexical = data.draw(st.permutations(scores))

    told = merged(scores, lexical, dense_share=0.3).scores()

    sums = [sum(p.weight * p.normalized for p in one.parts) for one in told]
    assert sums == pytest.approx([one.fused for one in told], abs=1e-6)


def test_re_ranking_moves_the_first_among_themselves() -> None:
    plain = merged([4.0, 3.0, 2.0, 1.0], [0.0] * 4)

    moved = plain.reranked([part(Leg.MAXSIM, [0.0, 9.0, 99.0, 99.0])], first=2)

    assert order(moved) == [1, 0, 2, 3]
    assert (np.diff(moved.totals) <= 0).all()


def test_re_ranking_keeps_what_it_did_not_look_at_behind() -> None:
    plain = merged([4.0, 3.9, 3.8], [0.0] * 3)

    moved = plain.reranked([part(Leg.MAXSIM, [-99.0, 0.0, 0.0])], first=2)

    assert order(moved) == [1, 0, 2]


def test_all_that_tie_with_the_last_come_along() -> None:
    tied = merged([2.0, 1.0, 1.0, 1.0, 0.0], [0.0] * 5)

    assert order(tied.first(2)) == [0, 1, 2, 3]
    assert order(tied.first(9)) == [0, 1, 2, 3, 4]


def test_one_leg_alone_keeps_its_own_scores_and_ranks() -> None:
    alone = only(Leg.DENSE, ranking([0.2, 0.8]))

    assert [(one.fused, one.dense, one.dense_rank) for one in alone.scores()] == [
        (0.8, 0.8, 1),
        (0.2, 0.2, 2),
    ]


def test_candidates_that_were_shown_can_be_taken_out() -> None:
    assert order(merged([3.0, 2.0, 1.0], [0.0] * 3).without(np.array([1]))) == [0, 2]


@pytest.mark.parametrize(
    ("scores", "wanted", "whole"),
    [
        ([9, 8, 8, 7], 1, 1),
        ([9, 8, 8, 7], 2, 3),
        ([9, 8, 8, 7], 3, 3),
        ([9, 8, 8, 7], 20, 4),
        ([9, 7, 7, 7, 7, 7], 2, 1),  # five more would more than double them
        ([7, 7, 7, 7, 7, 7], 2, 6),
    ],
)
def test_a_tie_at_a_cut_is_taken_as_a_whole_or_left_out(
    scores: list[float], wanted: int, whole: int
) -> None:
    assert only(Leg.LEXICAL, ranking(scores)).whole(wanted) == whole
