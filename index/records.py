"""What the store tells about documents besides their words."""

from collections.abc import Mapping
from dataclasses import dataclass

from index.abbreviations import Abbreviation
from index.types import Keys, Metadata, Passage

__all__ = ["Changes", "Corpus", "Entry", "Extras", "Fingerprint", "Indexed"]


@dataclass(frozen=True, slots=True)
class Extras:
    """What is kept of a document beside its text and vectors.

    Attributes:
        bands: Of the near-duplicate fingerprint.
        codes: Of each passage's word pieces; empty where they are not kept.
        abbreviations: That the document defines.
    """

    bands: tuple[int, ...] = ()
    codes: tuple[bytes, ...] = ()
    abbreviations: tuple[Abbreviation, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list of documents."""

    document_id: str
    source: str
    origin: str
    title: str
    metadata: Metadata
    passages: int
    content_sha256: str
    ingested_at: str


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What tells whether a document is the same as before, and what was made of it."""

    source_sha256: str
    recipe: str
    passages: int
    cleaned: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Indexed:
    """A passage as the derived indexes take it: its key, words, context and filter values."""

    key: int
    passage: Passage
    title: str
    metadata: Metadata


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened to passages after one generation, up to and with another."""

    generation: int
    added: Keys
    removed: Keys


@dataclass(frozen=True, slots=True)
class Corpus:
    """Figures of the whole store at one generation."""

    generation: int
    documents: int
    passages: int
    newest_published: str | None
