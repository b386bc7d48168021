"""From what was read to what is shown: an answer with its citations, and ranked passages."""

from collections.abc import Sequence

from index.store import Store
from index.terms import matched_words
from index.types import Span
from qa.citing import cite
from qa.grouping import Group
from qa.types import (
    Answer,
    AnswerSpan,
    Citation,
    Highlight,
    HighlightKind,
    RankedPassage,
    Readout,
)

__all__ = ["answer_of", "order_of", "ranked"]

PARAGRAPH = "\n\n"  # between what is said; a passage is one paragraph, so no quote has it


def answer_of(readout: Readout, store: Store) -> tuple[Answer, tuple[Citation, ...]]:
    """A paragraph for each thing that is said, and a citation for each document that says it."""
    quotes: list[str] = []
    spans: list[AnswerSpan] = []
    citations: list[Citation] = []
    for findings in readout.findings:
        begin = sum(len(quote) + len(PARAGRAPH) for quote in quotes)
        cited = [
            cite(finding, store, number=number)
            for number, finding in enumerate(findings, start=len(citations) + 1)
        ]
        first = findings[0]
        words = first.words or first.span
        start = begin + words.start - first.span.start
        numbers = tuple(citation.number for citation in cited)
        spans.append(AnswerSpan(start, start + words.end - words.start, numbers))
        quotes.append(cited[0].quote)
        citations += cited
    return Answer(PARAGRAPH.join(quotes), tuple(spans)), tuple(citations)


def order_of(groups: Sequence[Group], readout: Readout | None) -> list[int]:
    """Passages that were read as the reader puts them, then the rest as they were ranked."""
    read = readout.order if readout else ()
    return [*read, *range(len(read), len(groups))]


def ranked(
    question: str,
    groups: Sequence[Group],
    order: Sequence[int],
    readout: Readout | None,
    citations: Sequence[Citation],
    *,
    first: int,
) -> list[RankedPassage]:
    relevance = readout.relevance if readout else ()
    cited = {citation.passage_id: citation for citation in citations}
    return [
        _passage(
            question,
            groups[n],
            rank,
            cited.get(groups[n].hit.passage.id),
            relevance[n] if n < len(relevance) else None,
        )
        for rank, n in enumerate(order, start=first)
    ]


def _passage(
    question: str, group: Group, rank: int, citation: Citation | None, relevance: float | None
) -> RankedPassage:
    passage = group.hit.passage
    highlights = [
        Highlight(span, HighlightKind.TERM)
        for span in matched_words(passage.text, question, group.hit.metadata.language)
    ]
    if citation:
        start = citation.span.start - passage.span.start
        quoted = Span(start, start + len(citation.quote))
        highlights.insert(0, Highlight(quoted, HighlightKind.ANSWER))
    return RankedPassage(
        rank,
        group.hit,
        tuple(highlights),
        citation.number if citation else None,
        group.story,
        relevance=relevance,
    )
