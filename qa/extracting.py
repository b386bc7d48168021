"""The words that answer: a reader goes through the first passages and says how sure it is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.late_interaction import LateInteraction, LateScores, WordWeight
from index.sentences import sentence_spans
from index.types import Hit, Span
from qa.agreement import normalized_words
from qa.calibration import Calibration, Values
from qa.passage_reader import PassageReader, Verdict
from qa.types import Finding, Readout

__all__ = ["ExtractiveReader", "Signals", "finding_of"]

MOST_ANSWERS = 3
LARGEST = 12.0  # of a margin; beyond, more says no more
# Asks whether something is so; the answer is the sentence that settles it.
YES_OR_NO = re.compile(
    r"(?:is|isn't|are|aren't|was|wasn't|were|weren't|am|do|don't|does|doesn't|did|didn't|has|hasn't"
    r"|have|haven't|had|can|can't|cannot|could|may|might|must|shall|should|will|won't|would)\b"
    r"(?!.*\bor\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of the first passages before it is weighed.

    Attributes:
        verdicts: The reader's, of each passage.
        rows: As `SIGNALS` names the columns, shape (n, len(SIGNALS)).
    """

    verdicts: tuple[Verdict, ...]
    rows: Values


class ExtractiveReader:
    """Reads the first passages of a ranking and points at words.

    Args:
        reader: Reads one passage.
        late_interaction: The searcher's own, so that no question is encoded twice.
        calibration: What the reader's numbers mean.
        max_error_rate: Of answers, where the question does not say.
        passages: How many passages are read.
    """

    def __init__(
        self,
        reader: PassageReader,
        late_interaction: LateInteraction,
        calibration: Calibration,
        *,
        max_error_rate: float = 0.1,
        passages: int = 5,
    ) -> None:
        self._reader = reader
        self._late_interaction = late_interaction
        self._calibration = calibration
        self._max_error_rate = max_error_rate
        self._passages = passages

    @property
    def name(self) -> str:
        """Of the reader and of what its numbers were learnt to mean."""
        return f"{self._reader.name}/{self._calibration.id}"

    @property
    def passages(self) -> int:
        """How many passages are read."""
        return self._passages

    def least_confidence(self, max_error_rate: float | None = None) -> float:
        """From which confidence on there is an answer; None for the reader's own error rate."""
        allowed = self._max_error_rate if max_error_rate is None else max_error_rate
        return self._calibration.least_confidence(allowed)

    def read(
        self,
        question: str,
        words: Sequence[WordWeight],
        hits: Sequence[Hit],
        *,
        shown: int,
        max_error_rate: float | None = None,
    ) -> Readout:
        """Find the words that answer, in up to three documents.

        Args:
            question: As it was asked.
            words: Its words that carry meaning, with their weights.
            hits: Best first, at least one.
            shown: How many passages are shown; words of others are not quoted.
            max_error_rate: Of answers that are as sure as this one; None for the reader's own.
        """
        first = hits[: self._passages]
        signals = self.signals(question, words, first)
        known = self._calibration
        order = np.argsort(-known.choice.log_odds(signals.rows), kind="stable").tolist()
        odds = known.answer.log_odds(signals.rows)
        confidence = [known.confidence(value) for value in odds.tolist()]
        least = self.least_confidence(max_error_rate)
        found = {
            n: finding_of(question, first[n], words)
            for n in order[:shown]
            if (words := signals.verdicts[n].span) and (n == order[0] or confidence[n] >= least)
        }
        best = confidence[order[0]]
        is_enough = bool(found) and best >= least
        if is_enough:
            order.sort(key=lambda n: n != next(iter(found)))  # the answer's passage comes first
        return Readout(
            _grouped([*found.values()]),
            is_enough,
            best,
            tuple(known.relevances(signals.rows).tolist()),
            tuple(order),
        )

    def signals(self, question: str, words: Sequence[WordWeight], hits: Sequence[Hit]) -> Signals:
        """What is known of each passage."""
        asked = self._late_interaction.weighed(question, words)
        scores = self._late_interaction.read(asked, hits)
        coverage = scores.passages.astype(np.float64)
        verdicts = tuple(
            self._reader.read(question, hit.title, hit.passage.text, language=hit.metadata.language)
            for hit in hits
        )
        rows = [
            (
                verdict.answerable,
                min(max(verdict.margin, -LARGEST), LARGEST),
                verdict.relevant,
                coverage[n],
                coverage[n] - coverage.max(),
                _said(scores, n, hits[n], verdict.span),
                np.log(n + 1),
            )
            for n, verdict in enumerate(verdicts)
        ]
        return Signals(verdicts, np.array(rows, dtype=np.float64))


def finding_of(question: str, hit: Hit, words: Span) -> Finding:
    """The sentences that hold some words, and the words; all of it where a yes or no is asked."""
    touched = _sentences_with(words, hit).values()
    start = min([words.start, *(sentence.start for sentence in touched)])
    end = max([words.end, *(sentence.end for sentence in touched)])
    return Finding(hit, Span(start, end), None if YES_OR_NO.match(question.strip()) else words)


def _said(scores: LateScores, position: int, hit: Hit, words: Span | None) -> float:
    """How well the question's words are covered by the sentences that would be quoted; where a
    passage has no words that answer, by its best sentence."""
    if words is None:
        return float(scores.best[position])
    return scores.of_sentences(position, [*_sentences_with(words, hit)])


def _sentences_with(words: Span, hit: Hit) -> dict[int, Span]:
    """The sentences that hold some words, by their number in the passage."""
    sentences = sentence_spans(hit.passage.text, language=hit.metadata.language)
    return {
        number: sentence
        for number, sentence in enumerate(sentences)
        if sentence.start < words.end and sentence.end > words.start
    }


def _grouped(findings: Sequence[Finding]) -> tuple[tuple[Finding, ...], ...]:
    """Findings that say the same together; each document speaks once, for its best words."""
    groups: list[list[Finding]] = []
    seen: set[str] = set()
    for finding in findings:
        document = finding.hit.passage.document_id
        if document in seen or len(seen) == MOST_ANSWERS:
            continue
        seen.add(document)
        same = next((group for group in groups if _say_the_same(group[0], finding)), None)
        if same is None:
            groups.append([finding])
        else:
            same.append(finding)
    return tuple(tuple(group) for group in groups)


def _say_the_same(one: Finding, other: Finding) -> bool:
    """Whether the words of one, without articles and punctuation, stand in those of the other."""
    some, others = (
        f" {' '.join(normalized_words((f.words or f.span).of(f.hit.passage.text)))} "
        for f in (one, other)
    )
    return some in others or others in some
