"""How far a probability tells right answers from wrong ones: risk, coverage, calibration."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa.results import Result

__all__ = ["Bin", "Selective", "area_under_roc", "calibration_error", "selective"]

Values = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

BINS = 15
RISKS = (0.05, 0.1, 0.2)
POINTS = 200  # of a curve; more would not be seen


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions of about the same confidence: its mean, and the share that was right."""

    confidence: float
    right: float
    questions: int


@dataclass(frozen=True, slots=True)
class Selective:
    """Figures of answers that were given a probability, over all questions that can be judged.

    A question that the documents do not answer counts as wrong, whatever is said to it.

    Attributes:
        aurc: Area under the risk-coverage curve, less is better; Geifman & El-Yaniv, NIPS 2017.
        auroc: How well confidence tells answerable questions from others; None without both.
        ece: Expected calibration error, 15 bins of equal width; Guo et al., ICML 2017.
        coverage: For each error rate in `RISKS`, the largest share of questions that can be
            answered without more errors than that.
        curve: Coverage and risk, by falling confidence.
        bins: By rising confidence; those without a question are left out.
    """

    questions: int
    aurc: float
    auroc: float | None
    ece: float
    coverage: tuple[tuple[float, float], ...]
    curve: tuple[tuple[float, float], ...]
    bins: tuple[Bin, ...]


def selective(results: Sequence[Result]) -> Selective | None:
    """Figures of a run; None where no answer has a probability or none can be judged."""
    judged = [r for r in results if r.confidence is not None and r.right is not None]
    if not judged:
        return None
    confidence = np.array([result.confidence for result in judged], dtype=np.float64)
    right = np.array([result.right for result in judged], dtype=bool)
    answerable = np.array([result.answerable for result in judged], dtype=bool)
    coverage, risk = _curve(confidence, right)
    kept = np.unique(np.linspace(0, len(risk) - 1, POINTS).astype(int))
    bins = _bins(confidence, right)
    return Selective(
        questions=len(judged),
        aurc=float(risk.mean()),
        auroc=area_under_roc(confidence, answerable),
        ece=calibration_error(confidence, right),
        coverage=tuple((most, _largest(coverage, risk <= most)) for most in RISKS),
        curve=tuple((float(coverage[n]), float(risk[n])) for n in kept),
        bins=bins,
    )


def area_under_roc(scores: Values, is_so: Flags) -> float | None:
    """Probability that a score of what is so is above one of what is not, ties counting half."""
    positives, negatives = scores[is_so], np.sort(scores[~is_so])
    if not len(positives) or not len(negatives):
        return None
    below = np.searchsorted(negatives, positives, side="left")
    ties = np.searchsorted(negatives, positives, side="right") - below
    return float((below + ties / 2).mean() / len(negatives))


def calibration_error(confidence: Values, right: Flags) -> float:
    """How far confidence is from the share that is right, on average over questions."""
    bins = _bins(confidence, right)
    apart = sum(each.questions * abs(each.confidence - each.right) for each in bins)
    return apart / len(confidence)


def _curve(confidence: Values, right: Flags) -> tuple[Values, Values]:
    order = np.argsort(-confidence, kind="stable")
    answered = np.arange(1, len(order) + 1)
    return answered / len(order), np.cumsum(~right[order]) / answered


def _largest(coverage: Values, is_allowed: Flags) -> float:
    return float(coverage[is_allowed].max(initial=0.0))


def _bins(confidence: Values, right: Flags) -> tuple[Bin, ...]:
    numbers = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return tuple(
        Bin(float(confidence[inside].mean()), float(right[inside].mean()), int(inside.sum()))
        for number in range(BINS)
        if (inside := numbers == number).any()
    )
