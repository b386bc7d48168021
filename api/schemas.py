"""JSON of the public contract: requests checked once, replies built from domain types."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from index.types import Filters, Hit, Metadata, Mode, Provenance
from qa.types import (
    Abstention,
    AbstentionReason,
    Answer,
    AnswerKind,
    Citation,
    Grouping,
    HighlightKind,
    Question,
    RankedPassage,
    Reply,
    Verification,
)

__all__ = [
    "AskQuery",
    "AskReply",
    "AskRequest",
    "BatchRequest",
    "SearchReply",
    "SearchRequest",
    "VerifyReply",
    "VerifyRequest",
    "published_source",
]


def _no_control_characters(text: str) -> str:
    if "\0" in text:
        raise ValueError("a NUL character is not allowed")
    return text


NO_NUL = AfterValidator(_no_control_characters)
QuestionText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000), NO_NUL
]
QuoteText = Annotated[str, StringConstraints(min_length=1, max_length=20_000), NO_NUL]
Value = Annotated[str, StringConstraints(min_length=1, max_length=200), NO_NUL]
Values = Annotated[list[Value], Field(max_length=100)]
CollectionName = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FiltersModel(Request):
    """Which documents may be answered from; an empty field lets every document through."""

    published_from: dt.date | None = Field(None, description="First day, inclusive.")
    published_before: dt.date | None = Field(None, description="Last day, exclusive.")
    publisher: Values = Field([], description="Any of these, whatever the capitals.")
    language: Values = Field([], description="ISO 639 codes; en includes en-US.")
    document_id: Values = []
    tag: Values = []

    def domain(self) -> Filters:
        return Filters(
            self.published_from,
            self.published_before,
            tuple(self.publisher),
            tuple(self.language),
            tuple(self.document_id),
            tuple(self.tag),
        )


class _Asking(Request):
    collection: CollectionName | None = Field(None, description="Default: the service's own.")
    mode: Mode = Mode.HYBRID
    group: Grouping = Grouping.STORY
    explain: bool = Field(False, description="No explanations in this version; accepted.")


class AskRequest(_Asking):
    """A question in JSON."""

    question: QuestionText
    top_k: int = Field(5, ge=1, le=50)
    filters: FiltersModel = FiltersModel()
    answer: AnswerKind = AnswerKind.EXTRACTIVE
    max_error_rate: float = Field(
        0.1,
        ge=0,
        le=1,
        description="Needs a calibrated reader; this version has none, and abstains where the "
        "best passage does not cover the question's words.",
    )

    def domain(self) -> Question:
        return Question(
            self.question, self.top_k, self.filters.domain(), self.mode, self.answer, self.group
        )


class AskQuery(_Asking):
    """A question in query parameters; the same fields, those of `filters` among them."""

    q: QuestionText = Field(description="The question.")
    top_k: int = Field(5, ge=1, le=50)
    answer: AnswerKind = AnswerKind.EXTRACTIVE
    max_error_rate: float = Field(0.1, ge=0, le=1)
    published_from: dt.date | None = None
    published_before: dt.date | None = None
    publisher: Values = []
    language: Values = []
    document_id: Values = []
    tag: Values = []

    def request(self) -> AskRequest:
        fields = self.model_dump()
        filters = FiltersModel(**{name: fields.pop(name) for name in FiltersModel.model_fields})
        return AskRequest(question=fields.pop("q"), filters=filters, **fields)


class SearchRequest(_Asking):
    """A question whose passages are wanted and no answer, page by page."""

    question: QuestionText
    filters: FiltersModel = FiltersModel()
    limit: int = Field(10, ge=1, le=100)
    cursor: Annotated[str, StringConstraints(max_length=500)] | None = Field(
        None, description="From the reply before; opaque."
    )

    def domain(self) -> Question:
        return Question(
            self.question,
            self.limit,
            self.filters.domain(),
            self.mode,
            AnswerKind.NONE,
            self.group,
        )


class BatchRequest(Request):
    """Up to 100 questions, each a request of its own."""

    questions: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=100)]


class VerifyRequest(Request):
    """A quote that should stand in a document."""

    document_id: Value
    quote: QuoteText
    start: Annotated[int, Field(ge=0)] | None = None
    end: Annotated[int, Field(ge=1)] | None = None
    collection: CollectionName | None = None

    @model_validator(mode="after")
    def _whole_range(self) -> Self:
        if (self.start is None) != (self.end is None):
            raise ValueError("start and end are given together or not at all")
        if self.start is not None and self.end is not None and self.start >= self.end:
            raise ValueError(f"start must be below end, got [{self.start}, {self.end})")
        if not self.quote.strip():
            raise ValueError("the quote is blank")
        return self


class ReplyModel(BaseModel):
    model_config = ConfigDict(frozen=True)


class SpanModel(ReplyModel):
    start: int
    end: int
    citations: list[int]


class AnswerModel(ReplyModel):
    text: str
    kind: Literal["extractive"] = "extractive"
    spans: list[SpanModel]


class DescribedModel(ReplyModel):
    """What is known of a document, as citations, passages and lists show it."""

    title: str
    publisher: str | None
    author: str | None
    published: dt.date | None
    published_source: Literal["metadata", "byline", "url", "file", "unknown"]
    language: str | None
    source: str


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
    highlights: list[HighlightModel]
    scores: ScoresModel
    story: StoryModel | None


class IndexModel(ReplyModel):
    collection: str
    generation: int
    model: str
    documents: int
    passages: int
    newest_published: dt.date | None
    complete: bool = True


class _Found(ReplyModel):
    id: str
    question: str
    created_at: AwareDatetime
    passages: list[PassageModel]
    index: IndexModel
    timings_ms: dict[str, float]


class AskReply(_Found):
    """An answer with its citations, or the reason why there is none."""

    status: Literal["answered", "abstained"]
    abstained_because: AbstentionReason | None
    answer: AnswerModel | None
    citations: list[CitationModel]

    @classmethod
    def of(cls, reply: Reply, *, collection: str, model: str) -> Self:
        outcome = reply.outcome
        reason = outcome.reason if isinstance(outcome, Abstention) else None
        return cls(
            **_found(reply, collection, model),
            status="abstained" if reason else "answered",
            abstained_because=reason,
            answer=_answer(outcome) if isinstance(outcome, Answer) else None,
            citations=[_citation(citation) for citation in reply.citations],
        )


class SearchReply(_Found):
    """Passages, page by page; `next_cursor` is null on the last page."""

    next_cursor: str | None

    @classmethod
    def of(cls, reply: Reply, *, collection: str, model: str, next_cursor: str | None) -> Self:
        return cls(**_found(reply, collection, model), next_cursor=next_cursor)


class VerifyReply(ReplyModel):
    """How a quote compares with the stored text, and where it stands now."""

    document_id: str
    verification: Verification
    start: int | None
    end: int | None
    quote: str | None
    link: str | None


def published_source(metadata: Metadata) -> str:
    """Where the publication date was read, in the contract's words."""
    if metadata.published is None:
        return "unknown"
    read_in = metadata.provenance.get("published", Provenance.UNKNOWN).value
    return read_in if read_in in {"metadata", "byline", "url", "file"} else "unknown"


def described(title: str, metadata: Metadata, source: str) -> dict[str, Any]:
    """The fields of DescribedModel."""
    return {
        "title": title,
        "publisher": metadata.publisher,
        "author": metadata.author,
        "published": metadata.published,
        "published_source": published_source(metadata),
        "language": metadata.language,
        "source": source,
    }


def _found(reply: Reply, collection: str, model: str) -> Mapping[str, Any]:
    corpus = reply.corpus
    return {
        "id": uuid.uuid4().hex,
        "question": reply.question,
        "created_at": dt.datetime.now(dt.UTC),
        "passages": [_passage(passage) for passage in reply.passages],
        "index": IndexModel(
            collection=collection,
            generation=corpus.generation,
            model=model,
            documents=corpus.documents,
            passages=corpus.passages,
            newest_published=_date(corpus.newest_published),
        ),
        "timings_ms": dict(reply.timings_ms),
    }


def _date(day: str | None) -> dt.date | None:
    return dt.date.fromisoformat(day) if day else None


def _answer(answer: Answer) -> AnswerModel:
    span = SpanModel(start=0, end=len(answer.text), citations=list(answer.citations))
    return AnswerModel(text=answer.text, spans=[span])


def _citation(citation: Citation) -> CitationModel:
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
        link=citation.link,
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
        ),
        story=StoryModel(id=story.id, copies=story.copies, also_in=list(story.also_in))
        if story
        else None,
    )
