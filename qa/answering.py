"""A question's whole way: search, read, cite, or abstain."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.collection import Collection, Snapshot
from index.embedding import Encoder
from index.late_interaction import LateInteraction
from index.search import Found, RankingPolicy, Searcher
from qa.calibration import Calibration
from qa.composing import answer_of, order_of, ranked
from qa.explaining import explain
from qa.extracting import ExtractiveReader
from qa.grouping import Group, group_stories
from qa.passage_reader import PassageReader
from qa.reading import SentenceReader
from qa.types import (
    Abstention,
    AbstentionReason,
    Answer,
    AnswerKind,
    Citation,
    Grouping,
    Question,
    RankedPassage,
    Readout,
    Reply,
)

__all__ = ["AnswerPolicy", "Answerer", "TrainedReader"]


@dataclass(frozen=True, slots=True)
class AnswerPolicy:
    """When to answer.

    Attributes:
        max_error_rate: The share of wrong answers to put up with, where a question does not say.
            At .1 the shipped reader is silent on some of what it could answer, with less on much:
            qa/model/CARD.md.
        least_support: Without a reader: below this share of the question's words covered by the
            best passage, the documents are taken not to say; benchmarks/README.md. It tells a
            foreign subject from a known one, not a missing fact from a stated one.
    """

    max_error_rate: float = 0.1
    least_support: float = 0.5


@dataclass(frozen=True, slots=True)
class TrainedReader:
    """A reader, and what its numbers mean."""

    reader: PassageReader
    calibration: Calibration


class Answerer:
    """Answers questions from one collection.

    Args:
        collection: An open collection.
        encoder: The one that the collection's vectors came from.
        ranking: How passages are ranked.
        policy: When to answer.
        trained: Finds the words that answer; without one the best sentence is taken.
    """

    def __init__(
        self,
        collection: Collection,
        encoder: Encoder,
        *,
        ranking: RankingPolicy | None = None,
        policy: AnswerPolicy | None = None,
        trained: TrainedReader | None = None,
    ) -> None:
        self._collection = collection
        self._model = encoder.identity.name
        self._searcher = Searcher(collection, encoder, policy=ranking)
        self._reader = _reader(trained, self._searcher.late_interaction, policy or AnswerPolicy())

    @property
    def identity(self) -> str:
        """Of the collection's store: another one has another, whatever it is called."""
        return self._collection.store.identity

    @property
    def least_confidence(self) -> float:
        """Below this there is no answer to a question that does not say what it puts up with."""
        return self._reader.least_confidence()

    def answer(self, question: Question, *, offset: int = 0) -> Reply:
        """Answer a question, or say why not.

        Equal questions to an equal generation get equal replies, timings aside.

        Args:
            question: What is asked.
            offset: Passages to leave out from the top, for paging; a later page has no answer.
        """
        snapshot = self._collection.snapshot()
        # Begun after the snapshot was taken: what was removed in between is left out, and what is
        # quoted cannot change any more. A passage that is still there is of the text it was of.
        with self._collection.store.reading():
            return self._answered(question, snapshot, offset)

    def _answered(self, question: Question, snapshot: Snapshot, offset: int) -> Reply:
        wants_answer = question.answer is not AnswerKind.NONE
        # As many as are read, however few are shown: the one to show may be among them.
        stories = offset + question.top_k
        least = self._reader.passages if wants_answer else 0
        found, groups = self._search(question, snapshot, max(stories, least))
        timings = dict(found.timings_ms)
        readout = self._read(question, found, groups, timings) if wants_answer else None
        outcome, citations = self._conclude(question, found, readout)
        order = order_of(groups, readout)[offset:stories]
        passages = ranked(found.question, groups, order, readout, citations, first=offset + 1)
        if question.explain:
            passages = self._explained(found, passages)
        timings["total"] = round(sum(timings.values()), 2)
        return Reply(
            question.text,
            outcome,
            citations,
            tuple(passages),
            found.corpus,
            self._model,
            found.more or len(groups) > stories,
            read_as=found.question if found.question != question.text else None,
            filtered_out=found.filtered_out if question.explain else None,
            confidence=readout.confidence if readout else None,
            reader=self._reader.name,
            timings_ms=timings,
        )

    def _explained(self, found: Found, passages: Sequence[RankedPassage]) -> list[RankedPassage]:
        hits = [passage.hit for passage in passages]
        explanations = explain(found.question, found.words, hits, self._searcher.late_interaction)
        return [
            replace(passage, explanation=explanation)
            for passage, explanation in zip(passages, explanations, strict=True)
        ]

    def _search(
        self, question: Question, snapshot: Snapshot, stories: int
    ) -> tuple[Found, list[Group]]:
        """Enough hits for a number of stories, however many copies these have."""
        wanted = stories
        while True:
            found = self._searcher.search(
                question.text,
                k=wanted,
                filters=question.filters,
                mode=question.mode,
                snapshot=snapshot,
            )
            if question.group is Grouping.NONE:
                return found, [Group(hit) for hit in found.hits]
            groups = group_stories(found.hits)
            if len(groups) >= stories or not found.more:
                return found, groups
            wanted *= 2

    def _read(
        self,
        question: Question,
        found: Found,
        groups: Sequence[Group],
        timings: dict[str, float],
    ) -> Readout | None:
        if not groups:
            return None
        start = time.perf_counter()
        readout = self._reader.read(
            found.question,
            found.words,
            [group.hit for group in groups],
            shown=question.top_k,
            max_error_rate=question.max_error_rate,
        )
        timings["read"] = round((time.perf_counter() - start) * 1000, 2)
        return readout

    def _conclude(
        self, question: Question, found: Found, readout: Readout | None
    ) -> tuple[Answer | Abstention | None, tuple[Citation, ...]]:
        if question.answer is AnswerKind.NONE:
            return None, ()
        if readout is None:
            return Abstention(self._why_nothing(question, found)), ()
        if not readout.is_enough:
            return Abstention(AbstentionReason.LOW_CONFIDENCE), ()
        return answer_of(readout, self._collection.store)

    def _why_nothing(self, question: Question, found: Found) -> AbstentionReason:
        if not found.corpus.passages:
            return AbstentionReason.NO_PASSAGES
        if not len(self._collection.store.admitted(question.filters)):
            return AbstentionReason.FILTERED_OUT
        return AbstentionReason.LOW_CONFIDENCE


def _reader(
    trained: TrainedReader | None, late_interaction: LateInteraction, policy: AnswerPolicy
) -> SentenceReader | ExtractiveReader:
    if trained is None:
        return SentenceReader(late_interaction, least_support=policy.least_support)
    return ExtractiveReader(
        trained.reader,
        late_interaction,
        trained.calibration,
        max_error_rate=policy.max_error_rate,
    )
