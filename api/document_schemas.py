"""JSON of documents in the public contract."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from api.describing import DescribedModel, ReplyModel, described
from index.ingest import Report
from index.store import Entry
from index.types import Document, Passage

__all__ = [
    "DocumentId",
    "DocumentList",
    "DocumentModel",
    "DocumentRequest",
    "EntryModel",
    "ReportModel",
    "document_model",
    "entry_model",
    "report_model",
]


def _possible_id(document_id: str) -> str:
    """The rule of ids in JSON (index/formats/jsonlines.py), for an id in an address."""
    if not (document_id.isprintable() and document_id.strip() and document_id.strip(".")):
        raise ValueError("must be printable characters, not only dots or spaces")
    return document_id


DocumentId = Annotated[
    str, StringConstraints(min_length=1, max_length=200), AfterValidator(_possible_id)
]


class DocumentRequest(BaseModel):
    """A document in JSON; a line of JSON Lines has the same fields."""

    model_config = ConfigDict(extra="forbid")

    id: str | None = Field(None, description="Yours; derived from url or text where it is absent.")
    text: str = Field(description="Plain text; paragraphs become passages.")
    title: str | None = None
    url: str | None = None
    published: dt.date | None = None
    publisher: str | None = None
    author: str | None = None
    language: str | None = Field(None, description="ISO 639 code; detected where it is absent.")
    tags: list[str] | None = None


class ReportModel(ReplyModel):
    """What became of a document. `cleaned` counts what stands in no passage, by reason."""

    source: str
    id: str | None
    status: Literal["added", "updated", "unchanged", "duplicate_of", "rejected", "removed"]
    passages: int
    cleaned: Mapping[str, int]
    reason: str | None
    duplicate_of: str | None
    similar_to: str | None
    similarity: float | None


class EntryModel(DescribedModel):
    """A line of the list of documents."""

    id: str
    url: str | None
    tags: list[str]
    passages: int
    content_sha256: str
    ingested_at: str


class PlaceModel(ReplyModel):
    id: str
    start: int
    end: int
    heading: str
    page: int | None


class CleanedModel(ReplyModel):
    """A stretch of the text that stands in no passage, and why."""

    start: int
    end: int
    text: str
    reason: str


class DocumentModel(DescribedModel):
    """A document as it is stored. Offsets count code points of `text`."""

    id: str
    url: str | None
    tags: list[str]
    provenance: Mapping[str, str]
    content_sha256: str
    text: str
    passages: list[PlaceModel]
    cleaned: list[CleanedModel]


class DocumentList(ReplyModel):
    """A page of documents by id; `next_cursor` is null on the last page."""

    documents: list[EntryModel]
    next_cursor: str | None


def report_model(report: Report) -> ReportModel:
    return ReportModel(
        source=report.source,
        id=report.document_id,
        status=report.status.value,
        passages=report.passages,
        cleaned=dict(report.cleaned),
        reason=report.reason,
        duplicate_of=report.duplicate_of,
        similar_to=report.similar.document_id if report.similar else None,
        similarity=report.similar.similarity if report.similar else None,
    )


def entry_model(entry: Entry) -> EntryModel:
    return EntryModel(
        **described(entry.title, entry.metadata, entry.source),
        id=entry.document_id,
        url=entry.metadata.url,
        tags=list(entry.metadata.tags),
        passages=entry.passages,
        content_sha256=entry.content_sha256,
        ingested_at=entry.ingested_at,
    )


def document_model(document: Document, passages: tuple[Passage, ...]) -> DocumentModel:
    return DocumentModel(
        **described(document.title, document.metadata, document.source),
        id=document.id,
        url=document.metadata.url,
        tags=list(document.metadata.tags),
        provenance={name: place.value for name, place in document.metadata.provenance.items()},
        content_sha256=document.content_sha256,
        text=document.text,
        passages=[
            PlaceModel(
                id=passage.id,
                start=passage.span.start,
                end=passage.span.end,
                heading=passage.heading,
                page=passage.page,
            )
            for passage in passages
        ],
        cleaned=[
            CleanedModel(
                start=aside.span.start,
                end=aside.span.end,
                text=aside.span.of(document.text),
                reason=aside.kind.value,
            )
            for aside in document.asides
        ],
    )
