"""How far confidence can be relied on."""

import numpy as np
import pytest

from qa.results import Result
from qa.selective import area_under_roc, selective


def result(confidence, *, right, answerable=True):
    return Result(
        "q", None, answerable, True, 1, {}, False, 1.0, confidence=confidence, right=right
    )


def test_the_surest_answers_come_first_on_the_curve():
    found = selective([result(0.3, right=False), result(0.9, right=True), result(0.6, right=True)])

    assert found.curve == ((1 / 3, 0.0), (2 / 3, 0.0), (1.0, pytest.approx(1 / 3)))
    assert found.aurc == pytest.approx(1 / 9)
    assert dict(found.coverage) == pytest.approx({0.05: 2 / 3, 0.1: 2 / 3, 0.2: 2 / 3})


def test_calibration_error_is_the_distance_of_confidence_from_truth():
    sure = [result(0.9, right=n < 5) for n in range(10)]
    unsure = [result(0.1, right=False) for _ in range(10)]

    found = selective([*sure, *unsure])

    assert found.ece == pytest.approx((10 * 0.4 + 10 * 0.1) / 20)
    assert [each.questions for each in found.bins] == [10, 10]


def test_auroc_is_of_answerable_questions_against_the_others():
    found = selective(
        [
            result(0.9, right=False),
            result(0.5, right=True),
            result(0.7, right=False, answerable=False),
            result(0.2, right=False, answerable=False),
        ]
    )

    assert found.auroc == pytest.approx(3 / 4)


@pytest.mark.parametrize(
    ("scores", "is_so", "expected"),
    [
        ([1.0, 1.0], [True, False], 0.5),
        ([2.0, 1.0], [True, False], 1.0),
        ([1.0, 2.0], [True, False], 0.0),
        ([1.0, 2.0], [True, True], None),
    ],
)
def test_ties_count_half(scores, is_so, expected):
    assert area_under_roc(np.array(scores), np.array(is_so)) == expected


def test_without_a_probability_there_are_no_figures():
    assert selective([result(None, right=True)]) is None
    assert selective([result(0.5, right=None)]) is None
