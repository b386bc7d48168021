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


def fit(
    observed: Sequence[Observed],
    *,
    rivalled: Sequence[Observed] | None = None,
    but: Sequence[str] = (),
) -> Calibration:
    """Learn everything: which of several passages to choose, and how sure its words are.

    Args:
        observed: Questions that were asked.
        rivalled: Questions that were asked of so many documents that the right passage has rivals,
            to learn the choice from; None for `observed`.
        but: Names of signals that are to count nothing.

    Raises:
        ValueError: All answers are right, or all are wrong.
    """
    counted = np.array([name not in but for name in SIGNALS], dtype=np.float64)
    choice = _choice(observed if rivalled is None else rivalled, counted)
    rows, right = chosen_of(choice, observed)
    answer = _logistic(rows * counted, right)
    relevance, behind = _relevance(choice, observed, counted)
    bare = Calibration("", choice, answer, relevance, behind, 1.0, 0.0, (), 0)
    return refit(bare, answer.log_odds(rows), right)


def chosen_of(choice: Linear, observed: Sequence[Observed]) -> tuple[Values, Flags]:
    """Signals of the passage that is chosen for each question, and whether its words are right."""
    places = [int(np.argmax(choice.log_odds(each.rows))) for each in observed]
    return (
        np.array([each.rows[n] for each, n in zip(observed, places, strict=True)]),
        np.array([each.right[n] for each, n in zip(observed, places, strict=True)]),
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


def _choice(observed: Sequence[Observed], counted: Values) -> Linear:
    """What sets a right passage apart from the others of its question: logistic regression over the
    differences of all such pairs (Burges et al., "Learning to Rank using Gradient Descent", ICML
    2005), where each question counts once. Of questions that have no such pair nothing is learnt.

    Raises:
        ValueError: No question has such a pair.
    """
    pairs = [
        (each.rows[each.right][:, np.newaxis] - each.rows[~each.right]).reshape(-1, len(SIGNALS))
        for each in observed
        if each.right.any() and not each.right.all()
    ]
    if not pairs:
        raise ValueError("no question has a right passage and another one: nothing to choose from")
    apart = np.concatenate(pairs) * counted
    sizes = np.maximum(apart.std(axis=0), 1e-9)
    of_each = np.concatenate([np.full(len(each), 1 / len(each)) for each in pairs])
    model = LogisticRegression(fit_intercept=False, max_iter=1000).fit(
        np.concatenate([apart, -apart]) / sizes,
        np.repeat([True, False], len(apart)),
        sample_weight=np.concatenate([of_each, of_each]),
    )
    return Linear(tuple(round(float(weight), 6) for weight in model.coef_[0] / sizes), 0.0)


def _relevance(
    choice: Linear, observed: Sequence[Observed], counted: Values
) -> tuple[Linear, float]:
    """Whether a passage is one to show, from what is known of the one that was chosen and from how
    far behind that it is."""
    rows = []
    for each in observed:
        odds = choice.log_odds(each.rows)
        best = int(np.argmax(odds))
        chosen = np.tile(each.rows[best] * counted, (len(odds), 1))
        rows.append(np.column_stack([chosen, odds - odds[best]]))
    is_so = np.concatenate([each.relevant for each in observed])
    learnt = _logistic(np.concatenate(rows), is_so)
    return Linear(learnt.weights[:-1], learnt.bias), learnt.weights[-1]


def _logistic(rows: Values, is_so: Flags, *, held: float = 1.0) -> Linear:
    """Coefficients for the signals as they are; the fit sees them standardised."""
    if is_so.all() or not is_so.any():
        raise ValueError("all are right, or all are wrong: nothing to learn from")
    means, sizes = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-9)
    model = LogisticRegression(C=held, max_iter=1000).fit((rows - means) / sizes, is_so)
    weights = model.coef_[0] / sizes
    bias = float(model.intercept_[0]) - float(weights @ means)
    return Linear(tuple(round(float(weight), 6) for weight in weights), round(bias, 6))
