"""What a reader's numbers mean is learnt from questions whose answers are known."""

from dataclasses import replace

import numpy as np
import pytest

from qa.calibration import SIGNALS, Calibration, Risk
from qa.fitting import Observed, chosen_of, fit, refit, risks_of

LOT = np.random.default_rng(7)


def observed(questions=400, passages=3):
    """Questions whose first signal tells how likely each passage is right."""
    found = []
    for _ in range(questions):
        rows = LOT.normal(size=(passages, len(SIGNALS)))
        right = LOT.random(passages) < 1 / (1 + np.exp(-3 * rows[:, 0]))
        found.append(Observed(rows, right, rows[:, 1] > 0))
    return found


def test_signals_count_as_much_as_they_tell():
    found = fit(observed())

    first, *others = np.abs(found.answer.weights)
    assert first > 5 * max(others)
    assert np.argmax(np.abs(found.choice.weights)) == 0
    assert found.behind > 0


def test_which_passage_to_choose_is_learnt_from_passages_that_are_rivals():
    tells = np.eye(len(SIGNALS))
    rivals = [Observed(tells[[3, 4]], np.array([True, False]), np.array([True, False]))] * 9

    found = fit(observed(), rivalled=rivals)

    assert found.choice.log_odds(tells[3:4]) - found.choice.log_odds(tells[4:5]) > 1
    assert found.choice.weights[0] == 0


def test_what_all_passages_of_a_question_share_says_nothing_about_which_to_choose():
    alike = [replace(each, rows=each.rows + 5 * LOT.normal()) for each in observed()]

    found = fit(observed(), rivalled=alike)

    assert found.choice.weights[0] == pytest.approx(fit(observed()).choice.weights[0], rel=0.2)


@pytest.mark.parametrize("right", [True, False])
def test_no_choice_can_be_learnt_where_no_passage_is_right_beside_a_wrong_one(right):
    alike = [replace(each, right=np.full(3, right)) for each in observed(9)]

    with pytest.raises(ValueError, match="nothing to choose from"):
        fit(observed(), rivalled=alike)


def test_confidence_is_the_share_that_is_right():
    found = fit(observed())

    rows, right = chosen_of(found.choice, observed())
    confidence = np.array([found.confidence(value) for value in found.answer.log_odds(rows)])
    assert confidence.mean() == pytest.approx(right.mean(), abs=0.05)
    sure = confidence > np.median(confidence)
    assert confidence[sure].mean() == pytest.approx(right[sure].mean(), abs=0.06)


def test_equal_questions_give_an_equal_calibration_of_its_own_name():
    some, others = observed(), observed()

    assert fit(some) == fit(some)
    assert fit(some).id != fit(others).id


def test_learning_anew_keeps_what_signals_count():
    before = fit(observed())
    rows, right = chosen_of(before.choice, observed(50))

    after = refit(before, before.answer.log_odds(rows), ~right)

    assert (after.choice, after.answer) == (before.choice, before.answer)
    assert after.slope < 0 < before.slope
    assert after.questions == 50


def test_error_rates_fall_with_rising_confidence():
    found = risks_of(np.array([0.6, 0.9, 0.8]))

    assert found == (Risk(0.6, 0.2333), Risk(0.8, 0.15), Risk(0.9, 0.1))


def test_a_demand_keeps_its_promise_on_what_it_was_learnt_from():
    confidence, chance = LOT.random(2000), LOT.random(2000)
    right = chance < confidence
    found = refit(Calibration.nothing(), np.log(confidence / (1 - confidence)), right)

    least = found.least_confidence(0.1)
    answered = np.array([found.confidence(v) for v in np.log(confidence / (1 - confidence))])

    assert (~right[answered >= least]).mean() == pytest.approx(0.1, abs=0.03)


@pytest.mark.parametrize("right", [np.ones(9, dtype=bool), np.zeros(9, dtype=bool)])
def test_nothing_can_be_learnt_where_all_are_alike(right):
    with pytest.raises(ValueError, match="all are right, or all are wrong"):
        refit(Calibration.nothing(), LOT.normal(size=9), right)
