"""What every reply shares, and how a document is described in it."""

import datetime as dt
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from index.types import Metadata, Provenance

__all__ = ["DescribedModel", "ReplyModel", "described"]


class ReplyModel(BaseModel):
    model_config = ConfigDict(frozen=True)


class DescribedModel(ReplyModel):
    """What is known of a document, as citations, passages and lists show it."""

    title: str
    publisher: str | None
    author: str | None
    published: dt.date | None
    published_source: Literal["metadata", "byline", "url", "file", "unknown"]
    language: str | None
    source: str


def described(title: str, metadata: Metadata, source: str) -> dict[str, Any]:
    """The fields of DescribedModel."""
    return {
        "title": title,
        "publisher": metadata.publisher,
        "author": metadata.author,
        "published": metadata.published,
        "published_source": _published_source(metadata),
        "language": metadata.language,
        "source": source,
    }


def _published_source(metadata: Metadata) -> str:
    """Where the publication date was read, in the contract's words."""
    if metadata.published is None:
        return "unknown"
    read_in = metadata.provenance.get("published", Provenance.UNKNOWN).value
    return read_in if read_in in {"metadata", "byline", "url", "file"} else "unknown"
