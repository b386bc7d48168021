"""Requests of the public contract, checked once and turned into domain types."""

import datetime as dt
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from index.types import Filters, Mode
from qa.types import AnswerKind, Grouping, Question

__all__ = ["AskQuery", "AskRequest", "BatchRequest", "SearchRequest", "VerifyRequest"]


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
ErrorRate = Annotated[
    float | None,
    Field(
        ge=0,
        le=1,
        description="Share of wrong answers to put up with: there is no answer where those that "
        "are as sure as it were wrong more often. Default: the service's own, 0.3.",
    ),
]
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
    explain: bool = Field(
        False, description="Tell of each passage which legs found it and why it stands there."
    )


class AskRequest(_Asking):
    """A question in JSON."""

    question: QuestionText
    top_k: int = Field(5, ge=1, le=100)
    filters: FiltersModel = FiltersModel()
    answer: AnswerKind = AnswerKind.EXTRACTIVE
    max_error_rate: ErrorRate = None

    def domain(self) -> Question:
        return Question(
            self.question,
            self.top_k,
            self.filters.domain(),
            self.mode,
            self.answer,
            self.group,
            self.explain,
            self.max_error_rate,
        )


class AskQuery(_Asking):
    """A question in query parameters; the same fields, those of `filters` among them."""

    q: QuestionText = Field(description="The question.")
    top_k: int = Field(5, ge=1, le=100)
    answer: AnswerKind = AnswerKind.EXTRACTIVE
    max_error_rate: ErrorRate = None
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
            self.explain,
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
