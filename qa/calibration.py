"""From signals to probabilities, and from a share of errors to the least probability for it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from index.errors import FootnotedError

__all__ = [
    "OF_THE_ENCODER",
    "SIGNALS",
    "Calibration",
    "CalibrationError",
    "Linear",
    "Risk",
    "probability",
]

Values = npt.NDArray[np.float64]

CERTAIN = 1e-9  # distance of a probability from 0 and 1, at most

SIGNALS = ("answerable", "margin", "relevant", "coverage", "coverage_gap", "said", "place")
"""What is known of one passage for one question, in the order of a row of signals.

The reader's three log-odds; how well the passage covers the question's words, how much worse than
the best covered one, and how well the sentence that would be quoted does; and its place in the
ranking, the logarithm of its rank.
"""

OF_THE_ENCODER = ("coverage", "coverage_gap", "said")
"""Signals whose scale is that of an encoder's cosines, and means nothing for another one."""


class CalibrationError(FootnotedError):
    """Nothing can be learnt from some questions; the text tells why."""


@dataclass(frozen=True, slots=True)
class Linear:
    """A logistic model: log-odds are a weighted sum."""

    weights: tuple[float, ...]
    bias: float

    def log_odds(self, signals: Values) -> Values:
        """Shape (n,) for signals of shape (n, len(weights))."""
        found: Values = signals @ np.array(self.weights) + self.bias
        return found


@dataclass(frozen=True, slots=True)
class Risk:
    """The share of wrong answers among those of at least some probability, as it was measured."""

    confidence: float
    error_rate: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a reader's numbers mean, learnt from questions whose answers are known.

    Attributes:
        id: What it is known by.
        choice: Which of several passages answers. Of two, the difference is the log-odds that the
            one does and not the other; by itself a number says nothing.
        answer: Whether the words of the passage that was chosen are a right answer.
        relevance: Whether the passage that was chosen is one to show.
        behind: How much less this is so of others: times the difference of their choice.
        slope, offset: Turn the log-odds of these words into those of the answer; 1 and 0, or about
            that, until they are learnt anew.
        risks: By rising confidence and falling error rate.
        questions: How many it was learnt from.
        refitted: Id of the calibration whose weights it keeps, where only slope, offset and risks
            were learnt anew; "" where all was.
    """

    id: str
    choice: Linear
    answer: Linear
    relevance: Linear
    behind: float
    slope: float
    offset: float
    risks: tuple[Risk, ...]
    questions: int
    refitted: str = ""

    def relevances(self, signals: Values) -> Values:
        """Probability that each passage is one to show, shape (n,) for signals of shape (n,
        len(SIGNALS)); the more likely it is to be chosen, the higher."""
        choice = self.choice.log_odds(signals)
        best = int(np.argmax(choice))
        first = self.relevance.log_odds(signals[best : best + 1])
        return probability(first + self.behind * (choice - choice[best]))

    def confidence(self, log_odds: float) -> float:
        """Probability that the answer is right, for the log-odds of its words."""
        return float(probability(np.array(self.slope * log_odds + self.offset)))

    def log_odds_of(self, confidence: Values) -> Values:
        """The log-odds that `confidence` made these probabilities of."""
        inside = np.clip(confidence, CERTAIN, 1 - CERTAIN)
        found: Values = (np.log(inside / (1 - inside)) - self.offset) / self.slope
        return found

    def least_confidence(self, max_error_rate: float) -> float:
        """From which probability on answers are wrong at most so often; above 1 for never, 0 for
        an error rate of 1, with which everything is answered."""
        if max_error_rate >= 1:
            return 0.0
        for risk in self.risks:
            if risk.error_rate <= max_error_rate:
                return risk.confidence
        return 2.0

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read what `write` wrote. Raises OSError, ValueError, KeyError or TypeError."""
        return cls.of(json.loads(path.read_text("utf-8")))

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:  # Any: JSON
        return cls(
            str(kept["id"]),
            _linear(kept["choice"]),
            _linear(kept["answer"]),
            _linear(kept["relevance"]),
            float(kept["behind"]),
            float(kept["slope"]),
            float(kept["offset"]),
            tuple(Risk(float(r["confidence"]), float(r["error_rate"])) for r in kept["risks"]),
            int(kept["questions"]),
            str(kept.get("refitted", "")),
        )

    @classmethod
    def nothing(cls) -> Self:
        """Knows nothing yet: everything is as likely as not."""
        unweighed = Linear((0.0,) * len(SIGNALS), 0.0)
        return cls("", unweighed, unweighed, unweighed, 0.0, 1.0, 0.0, (), 0)

    def written(self) -> str:
        """JSON."""
        return json.dumps(asdict(self), indent=1) + "\n"


def probability(log_odds: Values) -> Values:
    """Of log-odds, without overflow."""
    found: Values = 0.5 * (1.0 + np.tanh(0.5 * log_odds))
    return found


def _linear(kept: Mapping[str, Any]) -> Linear:  # Any: JSON
    return Linear(tuple(float(weight) for weight in kept["weights"]), float(kept["bias"]))
