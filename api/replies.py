"""Replies of the public contract, built from domain types."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import AwareDatetime

from api.describing import DescribedModel, ReplyModel, described
from api.explanations import PassageExplanation, ReplyExplanation
from index.types import Hit
from qa.types import (
    Abstention,
    AbstentionReason,
    Answer,
    Citation,
    HighlightKind,
    RankedPassage,
    Reply,
    Verification,
)

__all__ = ["AskReply", "SearchReply", "VerifyReply", "link_into"]


class SpanModel(ReplyModel):
    start: int
    end: int
    citations: list[int]


class AnswerModel(ReplyModel):
    text: str
    kind: Literal["extractive"] = "extractive"
    spans: list[SpanModel]


class CitationModel(DescribedModel):
    number: int
    document_id: str
    passage_id: str
    quote: str
    start: int
    end: int
    prefix: str
    suffix: str
    content_sha256: str
    heading: str
    url: str | None
    page: int | None
    link: str
    verification: Verification


class HighlightModel(ReplyModel):
    start: int
    end: int
    kind: HighlightKind


class ScoresModel(ReplyModel):
    fused: float
    dense: float | None
    lexical: float | None
    dense_rank: int | None
    lexical_rank: int | None
    maxsim: float | None
    sentence: float | None


class StoryModel(ReplyModel):
    id: str
    copies: int
    also_in: list[str]


class PassageModel(DescribedModel):
    rank: int
    id: str
    document_id: str
    heading: str
    text: str
    start: int
    end: int
    page: int | None
    citation: int | None
    relevance: float | None
    highlights: list[HighlightModel]
    scores: ScoresModel
    story: StoryModel | None
    explanation: PassageExplanation | None


class IndexModel(ReplyModel):
    collection: str
    generation: int
    model: str
    documents: int
    passages: int
    newest_published: dt.date | None
    reader: str | None
    complete: bool = True


class _Reply(ReplyModel):
    id: str
    question: str
    read_as: str | None
    explanation: ReplyExplanation | None
    created_at: AwareDatetime


class AskReply(_Reply):
    """An answer with its citations, or the reason why there is none."""

    status: Literal["answered", "abstained"]
    abstained_because: AbstentionReason | None
    confidence: float | None
    answer: AnswerModel | None
    citations: list[CitationModel]
    passages: list[PassageModel]
    index: IndexModel
    timings_ms: dict[str, float]

    @classmethod
    def of(cls, reply: Reply, *, collection: str, links_name_it: bool = False) -> Self:
        """
        Args:
            links_name_it: The service's own collection is another one, so links have to say which.
        """
        outcome = reply.outcome
        reason = outcome.reason if isinstance(outcome, Abstention) else None
        return cls(
            **_found(reply, collection),
            status="abstained" if reason else "answered",
            abstained_because=reason,
            confidence=_rounded(reply.confidence),
            answer=_answer(outcome) if isinstance(outcome, Answer) else None,
            citations=[
                _citation(citation, collection if links_name_it else "")
                for citation in reply.citations
            ],
        )


class SearchReply(_Reply):
    """Passages, page by page; `next_cursor` is null on the last page."""

    passages: list[PassageModel]
    index: IndexModel
    timings_ms: dict[str, float]
    next_cursor: str | None

    @classmethod
    def of(cls, reply: Reply, *, collection: str, next_cursor: str | None) -> Self:
        return cls(**_found(reply, collection), next_cursor=next_cursor)


class VerifyReply(ReplyModel):
    """How a quote compares with the stored text, and where it stands now."""

    document_id: str
    verification: Verification
    start: int | None
    end: int | None
    quote: str | None
    link: str | None


def _found(reply: Reply, collection: str) -> Mapping[str, Any]:
    corpus = reply.corpus
    return {
        "id": uuid.uuid4().hex,
        "question": reply.question,
        "read_as": reply.read_as,
        "explanation": ReplyExplanation.of(reply),
        "created_at": dt.datetime.now(dt.UTC),
        "passages": [_passage(passage) for passage in reply.passages],
        "index": IndexModel(
            collection=collection,
            generation=corpus.generation,
            model=reply.model,
            documents=corpus.documents,
            passages=corpus.passages,
            newest_published=_date(corpus.newest_published),
            reader=reply.reader,
        ),
        "timings_ms": dict(reply.timings_ms),
    }


def link_into(collection: str, link: str) -> str:
    """A link to a document with its collection, where one has to be named."""
    return link.replace("?", f"?collection={collection}&", 1) if collection else link


def _date(day: str | None) -> dt.date | None:
    return dt.date.fromisoformat(day) if day else None


def _answer(answer: Answer) -> AnswerModel:
    spans = [
        SpanModel(start=span.start, end=span.end, citations=list(span.citations))
        for span in answer.spans
    ]
    return AnswerModel(text=answer.text, spans=spans)


def _rounded(probability: float | None) -> float | None:
    return None if probability is None else round(probability, 4)


def _citation(citation: Citation, collection: str) -> CitationModel:
    return CitationModel(
        **described(citation.title, citation.metadata, citation.source),
        number=citation.number,
        document_id=citation.document_id,
        passage_id=citation.passage_id,
        quote=citation.quote,
        start=citation.span.start,
        end=citation.span.end,
        prefix=citation.prefix,
        suffix=citation.suffix,
        content_sha256=citation.content_sha256,
        heading=citation.heading,
        url=citation.metadata.url,
        page=citation.page,
        link=link_into(collection, citation.link),
        verification=citation.verification,
    )


def _passage(passage: RankedPassage) -> PassageModel:
    hit: Hit = passage.hit
    story = passage.story
    return PassageModel(
        **described(hit.title, hit.metadata, hit.source),
        rank=passage.rank,
        id=hit.passage.id,
        document_id=hit.passage.document_id,
        heading=hit.passage.heading,
        text=hit.passage.text,
        start=hit.passage.span.start,
        end=hit.passage.span.end,
        page=hit.passage.page,
        citation=passage.citation,
        relevance=_rounded(passage.relevance),
        highlights=[
            HighlightModel(start=mark.span.start, end=mark.span.end, kind=mark.kind)
            for mark in passage.highlights
        ],
        scores=ScoresModel(
            fused=hit.scores.fused,
            dense=hit.scores.dense,
            lexical=hit.scores.lexical,
            dense_rank=hit.scores.dense_rank,
            lexical_rank=hit.scores.lexical_rank,
            maxsim=hit.scores.maxsim,
            sentence=hit.scores.sentence,
        ),
        story=StoryModel(id=story.id, copies=story.copies, also_in=list(story.also_in))
        if story
        else None,
        explanation=PassageExplanation.of(passage),
    )
