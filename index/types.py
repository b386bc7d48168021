"""The words of the domain: documents, passages, hits and what surrounds them."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = [
    "Aside",
    "AsideKind",
    "Block",
    "BlockKind",
    "Document",
    "Draft",
    "Filters",
    "Hit",
    "Keys",
    "Leg",
    "Metadata",
    "Mode",
    "Passage",
    "Provenance",
    "Reading",
    "ScorePart",
    "Scores",
    "Span",
    "Stored",
    "StoredVectors",
    "Vectors",
]

Vectors = npt.NDArray[np.float32]
"""Embeddings, shape (n, dim), float32, rows of L2 norm 1."""
Keys = npt.NDArray[np.int64]
"""Passage keys, shape (n,), as the store numbers them."""


class StoredVectors(NamedTuple):
    """Vectors as the store has them, shape (n, dim), and whose they are: ascending keys."""

    keys: Keys
    vectors: Vectors


Stored = Callable[[Keys], StoredVectors]
"""Gives the vectors of those of some passages, ascending, that the store still has."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range [start, end) of code points in a document's text."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"span must satisfy 0 <= start < end, got [{self.start}, {self.end})")

    def of(self, text: str) -> str:
        """The characters of `text` that this span covers."""
        return text[self.start : self.end]


class Provenance(StrEnum):
    """Where a piece of metadata was read."""

    METADATA = "metadata"
    BYLINE = "byline"
    TEXT = "text"
    URL = "url"
    FILE = "file"
    DETECTED = "detected"
    OPENING_WORDS = "opening words"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known about a document besides its words.

    `provenance` tells for each field that has a value where the value was read; a field that
    nothing was found for is None and has no entry.
    """

    title: str | None = None
    publisher: str | None = None
    author: str | None = None
    published: dt.date | None = None
    url: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    provenance: Mapping[str, Provenance] = field(default_factory=dict)


class BlockKind(StrEnum):
    """What a stretch of text is for a reader of the page."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    ASIDE = "aside"


class AsideKind(StrEnum):
    """Why a stretch of text stands in no passage."""

    TITLE = "title"
    TITLE_REPEATED = "title repeated"
    HEADING = "heading"
    AUTHOR = "author"
    DATE = "date"
    NEWSLETTER = "newsletter prompt"
    FORM = "form message"
    SHARE = "share link"
    NAVIGATION = "navigation"
    COOKIES = "cookie notice"
    ADVERTISEMENT = "advertisement"
    COPYRIGHT = "copyright notice"
    PAGE_MARGIN = "page header or footer"
    SEPARATOR = "separator"


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading or aside, in the order of the text.

    `level` counts from 1 for headings whose rank the format tells, 0 where it does not.
    """

    span: Span
    kind: BlockKind
    level: int = 0
    aside: AsideKind | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a format's reader understood of some bytes.

    Attributes:
        text: The words, decoded, lines ended by a newline.
        blocks: The layout where the format tells it, in order and disjoint; None for plain text,
            where it is inferred.
        metadata: What the format itself states.
        page_starts: Offset of each page's first character, for formats that have pages.
    """

    text: str
    blocks: tuple[Block, ...] | None = None
    metadata: Metadata = Metadata()
    page_starts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """One source text before its paragraphs become passages.

    Attributes:
        source: Name of the source for people: a path relative to what was ingested.
        origin: Where the source is read again: an absolute path, a URL or `upload:NAME`. It may
            name folders of this machine, so it never leaves it.
        source_sha256: Of the bytes that the reading was made from.
        document_id: The caller's id, or one derived from where the document comes from.
    """

    source: str
    origin: str
    source_sha256: str
    reading: Reading
    document_id: str


@dataclass(frozen=True, slots=True)
class Aside:
    """A range of a document's text that stands in no passage, and why."""

    span: Span
    kind: AsideKind


@dataclass(frozen=True, slots=True)
class Document:
    """A source text as it is stored.

    Attributes:
        title: The stated title, else the opening words of the text (see `metadata.provenance`).
        content_sha256: Of `text` in UTF-8.
    """

    id: str
    source: str
    origin: str
    text: str
    title: str
    metadata: Metadata
    asides: tuple[Aside, ...]
    source_sha256: str
    content_sha256: str


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph of a document: `document.text[span.start:span.end] == text`.

    `heading` holds the headings above it from the outermost in, joined by " › ", or "".
    `page` counts from 1, None where the format has no pages.
    """

    id: str
    document_id: str
    ordinal: int
    span: Span
    text: str
    heading: str = ""
    page: int | None = None


class Mode(StrEnum):
    """Which legs rank the passages."""

    HYBRID = "hybrid"
    DENSE = "dense"
    LEXICAL = "lexical"


class Leg(StrEnum):
    """One part of a ranking: the first two find passages, the others re-rank the first few."""

    DENSE = "dense"
    LEXICAL = "lexical"
    MAXSIM = "maxsim"
    SENTENCE = "sentence"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents may be answered from; an empty field lets every document through.

    `published_from` is inclusive, `published_before` exclusive; a document without a date passes
    neither. Values within a field are alternatives, fields must all hold.
    """

    published_from: dt.date | None = None
    published_before: dt.date | None = None
    publisher: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    document_id: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != Filters()


@dataclass(frozen=True, slots=True)
class ScorePart:
    """What one leg adds to a passage's place: `weight` times `normalized`.

    `rank` counts from 1, None where the leg did not bring the passage or does not rank by itself.
    """

    leg: Leg
    rank: int | None
    score: float
    normalized: float
    weight: float


@dataclass(frozen=True, slots=True)
class Scores:
    """How one passage did in each leg. Scales differ: compare only within a leg and question.

    `dense` is a cosine, `lexical` a BM25 score, `fused` a weighted sum of their z-scores; `maxsim`
    and `sentence` are late-interaction scores of the passage and of its best sentence, for those
    passages that were re-ranked. Ranks count from 1. A value is None where the leg did not bring
    the passage.
    """

    fused: float
    dense: float | None = None
    lexical: float | None = None
    dense_rank: int | None = None
    lexical_rank: int | None = None
    maxsim: float | None = None
    sentence: float | None = None
    parts: tuple[ScorePart, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with its document's metadata and its scores for one question."""

    passage: Passage
    title: str
    metadata: Metadata
    source: str
    content_sha256: str
    scores: Scores
