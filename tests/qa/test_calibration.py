"""Numbers of a reader become probabilities, and a budget of errors a demand on them."""

import numpy as np
import pytest

from qa.calibration import SIGNALS, Calibration, Linear, Risk, probability


def calibration(**changed):
    weights = tuple(float(n) for n in range(len(SIGNALS)))
    values = {
        "id": "abc",
        "choice": Linear(weights, 0.0),
        "answer": Linear(weights, -1.0),
        "relevance": Linear(weights, 0.5),
        "behind": 0.5,
        "slope": 2.0,
        "offset": -1.0,
        "risks": (Risk(0.2, 0.5), Risk(0.6, 0.2), Risk(0.9, 0.05)),
        "questions": 100,
    }
    return Calibration(**values | changed)


def test_log_odds_are_a_weighted_sum():
    rows = np.eye(len(SIGNALS))

    assert calibration().answer.log_odds(rows).tolist() == [-1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0]


def test_relevance_falls_from_the_passage_that_is_chosen():
    rows = np.eye(len(SIGNALS))[[3, 5, 1]]  # chosen by 3, 5 and 1; the second tells 5.5

    found = calibration().relevances(rows)

    assert found == pytest.approx(probability(np.array([4.5, 5.5, 3.5])))


@pytest.mark.parametrize(("odds", "expected"), [(0.5, 0.5), (1e6, 1.0), (-1e6, 0.0)])
def test_confidence_is_a_probability(odds, expected):
    assert calibration().confidence(odds) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("max_error_rate", "least"),
    [(1.0, 0.0), (0.5, 0.2), (0.49, 0.6), (0.2, 0.6), (0.1, 0.9), (0.05, 0.9)],
)
def test_the_fewer_errors_the_more_confidence_is_wanted(max_error_rate, least):
    assert calibration().least_confidence(max_error_rate) == least


def test_where_no_answer_was_right_often_enough_nothing_is_answered():
    assert calibration().least_confidence(0.01) > 1


def test_what_was_written_is_read(tmp_path):
    file = tmp_path / "calibration.json"
    file.write_text(calibration().written())

    assert Calibration.read(file) == calibration()


def test_probabilities_do_not_overflow():
    assert probability(np.array([-1e9, 0.0, 1e9])).tolist() == [0.0, 0.5, 1.0]
