"""The sentence that answers: of the first passages, the one whose words match the question best."""

from collections.abc import Sequence

import numpy as np

from index.late_interaction import LateInteraction, WordWeight, sentence_of
from index.types import Hit
from qa.types import Finding

__all__ = ["SentenceReader"]

# What a sentence owes to the passage around it, beside its own score.
WHOLE_PASSAGE = 0.5


class SentenceReader:
    """Reads the first passages of a ranking and points at one sentence.

    Args:
        late_interaction: The searcher's own, so that no question is encoded twice.
        passages: How many passages are read.
        step: What a passage's place costs its sentences, from one rank to the next.
    """

    def __init__(
        self, late_interaction: LateInteraction, *, passages: int = 3, step: float = 0.05
    ) -> None:
        self._late_interaction = late_interaction
        self._passages = passages
        self._step = step

    def read(
        self, question: str, words: Sequence[WordWeight], hits: Sequence[Hit]
    ) -> Finding | None:
        """Choose the answering sentence.

        Args:
            question: As it was asked.
            words: Its words that carry meaning, with their weights.
            hits: Best first.

        Returns:
            The best sentence; the earlier one where two are equal. None without hits.
        """
        if not hits:
            return None
        first = hits[: self._passages]
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
        return Finding(hit, span, float(found.passages.max()))
