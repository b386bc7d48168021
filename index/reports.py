"""What goes into an ingest and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from index.errors import SourceError
from index.types import Draft

__all__ = ["Arrival", "Progress", "Report", "Similar", "Status"]


class Status(StrEnum):
    """What became of one document."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate_of"
    REJECTED = "rejected"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One document, or the reason why there is none, from a source of some size."""

    source: str
    origin: str
    outcome: Draft | SourceError
    size: int = 0


@dataclass(frozen=True, slots=True)
class Similar:
    """Another document in nearly the same words; the similarity is that of Jaccard, in [0, 1]."""

    document_id: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one document, and what was left out of its passages.

    Attributes:
        source: Name for people.
        document_id: None where it was rejected before it had one.
        cleaned: Number of stretches left out, by reason.
        reason: Why it was rejected.
        duplicate_of: Id of the document with exactly the same text; both are kept.
        similar: The nearest document in nearly the same words, if there is one.
        origin: As in `Draft`: it never leaves this machine.
    """

    source: str
    status: Status
    document_id: str | None = None
    passages: int = 0
    cleaned: Mapping[str, int] = field(default_factory=dict)
    reason: str | None = None
    duplicate_of: str | None = None
    similar: Similar | None = None
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one source is: `done` of its size, `passages` embedded by now in all."""

    source: str
    done: int
    passages: int
