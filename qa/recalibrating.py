"""What a reader's numbers mean on somebody's own documents, learnt from their own questions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qa.calibration import Calibration, CalibrationError, Values
from qa.fitting import Flags, refit
from qa.results import Result
from qa.selective import calibration_error

__all__ = ["LEAST", "Checked", "Recalibration", "recalibrate"]

LEAST = 40  # questions; fewer tell nothing about one error in ten
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Checked:
    """How good a calibration is on a question set.

    Attributes:
        error: Expected calibration error.
        answered: Share of the questions that it would answer.
        wrong: Share of these that are wrong; None where none is answered.
    """

    error: float
    answered: float
    wrong: float | None


@dataclass(frozen=True, slots=True)
class Recalibration:
    """A calibration that was learnt anew, beside the one before.

    Attributes:
        right: Share of the questions whose best words are right.
        before: The calibration that the questions were asked with.
        after: The new one's figures, from questions that it was not learnt from: five times
            a fifth of them is left out.
    """

    calibration: Calibration
    questions: int
    right: float
    before: Checked
    after: Checked


def recalibrate(
    calibration: Calibration, results: Sequence[Result], *, max_error_rate: float
) -> Recalibration:
    """Learn from questions that were asked.

    Args:
        calibration: The one that they were asked with; keeps what each signal counts.
        results: Of an evaluation.
        max_error_rate: That answers are to keep to.

    Raises:
        CalibrationError: Too few of them can be judged, or all are right, or none.
    """
    judged = [r for r in results if r.confidence is not None and r.right is not None]
    if len(judged) < LEAST:
        raise CalibrationError(
            f"{len(judged)} questions can be judged, at least {LEAST} are needed; `relevant` or "
            "`answers` tell what is right, an empty `relevant` that the documents do not say"
        )
    confidence = np.array([result.confidence for result in judged], dtype=np.float64)
    right = np.array([result.right for result in judged], dtype=bool)
    if right.all() or not right.any():
        state = "right" if right.all() else "wrong"
        raise CalibrationError(f"all {len(judged)} answers are {state}, which teaches nothing")
    odds = calibration.log_odds_of(confidence)
    return Recalibration(
        refit(calibration, odds, right),
        len(judged),
        float(right.mean()),
        _checked([calibration] * len(judged), odds, right, max_error_rate),
        _checked(_left_out(calibration, odds, right), odds, right, max_error_rate),
    )


def _left_out(calibration: Calibration, odds: Values, right: Flags) -> list[Calibration]:
    """For each question a calibration that was learnt without it."""
    folds = np.arange(len(odds)) % FOLDS
    # The order of a set may tell right from wrong: deal it out by confidence.
    place = np.empty(len(odds), dtype=np.int64)
    place[np.argsort(odds, kind="stable")] = folds
    learnt = []
    for fold in range(FOLDS):
        kept = place != fold
        can_be_learnt = right[kept].any() and not right[kept].all()
        learnt.append(refit(calibration, odds[kept], right[kept]) if can_be_learnt else calibration)
    return [learnt[n] for n in place.tolist()]


def _checked(
    calibrations: Sequence[Calibration], odds: Values, right: Flags, max_error_rate: float
) -> Checked:
    pairs = list(zip(calibrations, odds.tolist(), strict=True))
    confidence = np.array([each.confidence(value) for each, value in pairs])
    least = np.array([each.least_confidence(max_error_rate) for each in calibrations])
    answered = confidence >= least
    return Checked(
        calibration_error(confidence, right),
        float(answered.mean()),
        float((~right[answered]).mean()) if answered.any() else None,
    )
