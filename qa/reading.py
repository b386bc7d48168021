"""The sentence that answers: of the first passages, the one whose words match the question best."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.embedding import TokenVectors
from index.late_interaction import LateInteraction, WeightedTokens, WordWeight, maxsim
from index.sentences import sentence_spans
from index.types import Hit, Span
from qa.types import Finding

__all__ = ["SentenceReader"]

# What a sentence owes to the passage around it, beside its own score. What these choices give is
# `answer_in_right_passage` in benchmarks/results/ranking.json.
WHOLE_PASSAGE = 0.5


@dataclass(frozen=True, slots=True)
class _Candidate:
    hit: Hit
    span: Span
    score: float


class SentenceReader:
    """Reads the first passages of a ranking and points at one sentence.

    Args:
        late_interaction: The searcher's own, so that nothing is encoded twice.
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
        asked = self._late_interaction.question(question, words)
        first = hits[: self._passages]
        tokens = self._late_interaction.passages(first)
        candidates = [
            candidate
            for rank, (hit, pieces) in enumerate(zip(first, tokens, strict=True))
            for candidate in self._candidates(asked, hit, pieces, rank)
        ]
        best = max(candidates, key=lambda candidate: candidate.score)
        support = max(maxsim(asked, pieces) for pieces in tokens)
        return Finding(best.hit, best.span, support)

    def _candidates(
        self, asked: WeightedTokens, hit: Hit, pieces: TokenVectors, rank: int
    ) -> list[_Candidate]:
        sentences = sentence_spans(hit.passage.text, language=hit.metadata.language)
        whole = maxsim(asked, pieces)
        return [
            _Candidate(
                hit,
                sentence,
                WHOLE_PASSAGE * whole + maxsim(asked, pieces, within=sentence) - self._step * rank,
            )
            for sentence in sentences
        ]
