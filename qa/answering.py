"""A question's whole way: search, read, cite, or abstain."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.collection import Collection, Snapshot
from index.embedding import Encoder
from index.late_interaction import WordWeight
from index.search import Found, RankingPolicy, Searcher
from index.terms import matched_words
from index.types import Hit
from qa.citing import cite
from qa.explaining import explain
from qa.grouping import Group, group_stories
from qa.reading import SentenceReader
from qa.types import (
    Abstention,
    AbstentionReason,
    Answer,
    AnswerKind,
    Citation,
    Finding,
    Grouping,
    Highlight,
    HighlightKind,
    Question,
    RankedPassage,
    Reply,
)

__all__ = ["AnswerPolicy", "Answerer"]


@dataclass(frozen=True, slots=True)
class AnswerPolicy:
    """When to answer.

    Attributes:
        least_support: Below this share of the question's words covered by the best passage, the
            documents are taken not to say; benchmarks/README.md. It tells a foreign
            subject from a known one, not a missing fact from a stated one.
    """

    least_support: float = 0.5


class Answerer:
    """Answers questions from one collection.

    Args:
        collection: An open collection.
        encoder: The one that the collection's vectors came from.
        ranking: How passages are ranked.
        policy: When to answer.
    """

    def __init__(
        self,
        collection: Collection,
        encoder: Encoder,
        *,
        ranking: RankingPolicy | None = None,
        policy: AnswerPolicy | None = None,
    ) -> None:
        self._collection = collection
        self._searcher = Searcher(collection, encoder, policy=ranking)
        self._reader = SentenceReader(self._searcher.late_interaction)
        self._policy = policy or AnswerPolicy()

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
        found, groups = self._search(question, snapshot, offset + question.top_k)
        timings = dict(found.timings_ms)
        words = snapshot.lexical.word_weights(found.question)
        finding = self._read(question, found, words, [group.hit for group in groups], timings)
        outcome, citations = self._conclude(question, found, finding)
        cited = finding if citations else None
        shown = groups[offset:][: question.top_k]
        passages = [
            _ranked(found.question, group, rank, cited)
            for rank, group in enumerate(shown, start=offset + 1)
        ]
        if question.explain:
            passages = self._explained(found, words, passages)
        timings["total"] = round(sum(timings.values()), 2)
        more = found.more or len(groups) > offset + question.top_k
        return Reply(
            question.text,
            outcome,
            citations,
            tuple(passages),
            found.corpus,
            more,
            read_as=found.question if found.question != question.text else None,
            filtered_out=found.filtered_out if question.explain else None,
            timings_ms=timings,
        )

    def _explained(
        self, found: Found, words: Sequence[WordWeight], passages: Sequence[RankedPassage]
    ) -> list[RankedPassage]:
        hits = [passage.hit for passage in passages]
        explanations = explain(found.question, words, hits, self._searcher.late_interaction)
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
        words: Sequence[WordWeight],
        hits: Sequence[Hit],
        timings: dict[str, float],
    ) -> Finding | None:
        if question.answer is AnswerKind.NONE or not hits:
            return None
        start = time.perf_counter()
        finding = self._reader.read(found.question, words, hits)
        timings["read"] = round((time.perf_counter() - start) * 1000, 2)
        return finding

    def _conclude(
        self, question: Question, found: Found, finding: Finding | None
    ) -> tuple[Answer | Abstention | None, tuple[Citation, ...]]:
        if question.answer is AnswerKind.NONE:
            return None, ()
        if finding is None:
            return Abstention(self._why_nothing(question, found)), ()
        if finding.support < self._policy.least_support:
            return Abstention(AbstentionReason.LOW_CONFIDENCE), ()
        citation = cite(finding, self._collection.store, number=1)
        return Answer(citation.quote, (citation.number,)), (citation,)

    def _why_nothing(self, question: Question, found: Found) -> AbstentionReason:
        if not found.corpus.passages:
            return AbstentionReason.NO_PASSAGES
        if not len(self._collection.store.admitted(question.filters)):
            return AbstentionReason.FILTERED_OUT
        return AbstentionReason.LOW_CONFIDENCE


def _ranked(question: str, group: Group, rank: int, finding: Finding | None) -> RankedPassage:
    text, language = group.hit.passage.text, group.hit.metadata.language
    highlights = [
        Highlight(span, HighlightKind.TERM) for span in matched_words(text, question, language)
    ]
    cited = finding is not None and finding.hit.passage.id == group.hit.passage.id
    if finding is not None and cited:
        highlights.insert(0, Highlight(finding.span, HighlightKind.ANSWER))
    return RankedPassage(rank, group.hit, tuple(highlights), 1 if cited else None, group.story)
