"""The sentence that answers: of the first passages, the one whose words match the question best.

This needs nothing but the encoder, and cannot tell a stated fact from a missing one; see
`qa.extracting` for the reader that can.
"""

from collections.abc import Sequence

import numpy as np

from index.late_interaction import LateInteraction, WordWeight, sentence_of
from index.types import Hit
from qa.types import Finding, Readout

__all__ = ["SentenceReader"]

# What a sentence owes to the passage around it, beside its own score.
WHOLE_PASSAGE = 0.5
MOST = 100


class SentenceReader:
    """Reads the first passages of a ranking and points at one sentence.

    Args:
        late_interaction: The searcher's own, so that no question is encoded twice.
        least_support: Below this share of the question's words covered by the best passage, the
            documents are taken not to say.
        passages: How many passages are read.
        step: What a passage's place costs its sentences, from one rank to the next.
    """

    name = None

    def __init__(
        self,
        late_interaction: LateInteraction,
        *,
        least_support: float = 0.0,
        passages: int = 3,
        step: float = 0.05,
    ) -> None:
        self._late_interaction = late_interaction
        self._least_support = least_support
        self._passages = passages
        self._step = step

    @property
    def passages(self) -> int:
        """How many passages are read."""
        return self._passages

    def least_confidence(self, max_error_rate: float | None = None) -> float:
        """Without a meaning here: there is no confidence."""
        return 0.0

    def read(
        self,
        question: str,
        words: Sequence[WordWeight],
        hits: Sequence[Hit],
        *,
        shown: int = MOST,
        max_error_rate: float | None = None,
    ) -> Readout:
        """Choose the answering sentence.

        Args:
            question: As it was asked.
            words: Its words that carry meaning, with their weights.
            hits: Best first, at least one.
            shown: How many passages are shown; others are not quoted.
            max_error_rate: Without a meaning here: nothing is known of how often it is right.

        Returns:
            The best sentence; the earlier one where two are equal.
        """
        first = hits[: min(self._passages, shown)]
        asked = self._late_interaction.weighed(question, words)
        found = self._late_interaction.read(asked, first)
        scores = (
            found.sentences
            + WHOLE_PASSAGE * found.passages[found.owners]
            - self._step * found.owners
        )
        best = int(np.argmax(np.round(scores, 6)))
        hit = first[found.owners[best]]
        span = sentence_of(hit, int(found.numbers[best]))
        support = float(found.passages.max())
        return Readout(((Finding(hit, span),),), support >= self._least_support)
