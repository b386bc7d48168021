"""Learns what a reader's numbers mean. The only door to scikit-learn."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from qa.calibration import SIGNALS, Calibration, Linear, Risk, Values

__all__ = ["Observed", "fit", "refit", "risks_of"]

Flags = npt.NDArray[np.bool_]
HARDLY_HELD = 1e6  # inverse strength of the pull towards 0, for a line through many points
POINTS = 60


@dataclass(frozen=True, slots=True)
class Observed:
    """One question that was asked, and what is known of the passages that were read.

    Attributes:
        rows: As `SIGNALS` names the columns, shape (n, len(SIGNALS)).
        right: Whether the words in each passage are a right answer, shape (n,).
        relevant: Whether each passage is one to show, shape (n,).
    """

    rows: Values
    right: Flags
    relevant: Flags


def fit(observed: Sequence[Observed], *, but: Sequence[str] = ()) -> Calibration:
    """Learn everything: what each signal counts, and how sure the best of several passages is.

    Args:
        observed: Questions that were asked.
        but: Names of signals that are to count nothing.

    Raises:
        ValueError: All answers are right, or all are wrong.
    """
    counted = np.array([name not in but for name in SIGNALS])
    rows = np.concatenate([each.rows for each in observed]) * counted
    answer = _logistic(rows, np.concatenate([each.right for each in observed]))
    relevance = _logistic(rows, np.concatenate([each.relevant for each in observed]))
    bare = Calibration("", answer, relevance, 1.0, 0.0, (), 0)
    return refit(bare, *best_of(bare, observed))


def best_of(calibration: Calibration, observed: Sequence[Observed]) -> tuple[Values, Flags]:
    """Log-odds of each question's best words, and whether they are right."""
    odds = [calibration.answer.log_odds(each.rows) for each in observed]
    best = [int(np.argmax(each)) for each in odds]
    return (
        np.array([each[n] for each, n in zip(odds, best, strict=True)]),
        np.array([each.right[n] for each, n in zip(observed, best, strict=True)]),
    )


def refit(calibration: Calibration, log_odds: Values, right: Flags) -> Calibration:
    """Learn anew how sure the best words are, and how many errors go with it.

    Args:
        calibration: Keeps what each signal counts.
        log_odds: Of each question's best words, shape (n,).
        right: Whether they are right, shape (n,).

    Raises:
        ValueError: All are right, or all are wrong.
    """
    line = _logistic(log_odds[:, np.newaxis], right, held=HARDLY_HELD)
    fitted = replace(
        calibration,
        slope=line.weights[0],
        offset=line.bias,
        questions=len(right),
        refitted=calibration.id,
        id="",
    )
    confidences = np.array([fitted.confidence(value) for value in log_odds.tolist()])
    fitted = replace(fitted, risks=risks_of(confidences))
    return replace(fitted, id=hashlib.sha256(fitted.written().encode()).hexdigest()[:12])


def risks_of(confidences: Values) -> tuple[Risk, ...]:
    """How often answers of each confidence and above are wrong, if confidence is what it says.

    So the rate is smooth and falls with rising confidence; counted errors among the surest few
    are a matter of chance.
    """
    falling = -np.sort(-confidences)
    rates = np.cumsum(1 - falling) / np.arange(1, len(falling) + 1)
    places = np.unique(np.linspace(0, len(falling) - 1, POINTS).astype(int))[::-1]
    return tuple(Risk(round(float(falling[n]), 4), round(float(rates[n]), 4)) for n in places)


def _logistic(rows: Values, is_so: Flags, *, held: float = 1.0) -> Linear:
    """Coefficients for the signals as they are; the fit sees them standardised."""
    if is_so.all() or not is_so.any():
        raise ValueError("all are right, or all are wrong: nothing to learn from")
    means, sizes = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-9)
    model = LogisticRegression(C=held, max_iter=1000).fit((rows - means) / sizes, is_so)
    weights = model.coef_[0] / sizes
    bias = float(model.intercept_[0]) - float(weights @ means)
    return Linear(tuple(round(float(weight), 6) for weight in weights), round(bias, 6))
