"""Questions and replies: an answer with its citations, or the reason why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from index.store import Corpus
from index.types import Filters, Hit, Metadata, Mode, ScorePart, Span

__all__ = [
    "Abstention",
    "AbstentionReason",
    "Answer",
    "AnswerKind",
    "AnswerSpan",
    "Citation",
    "Explanation",
    "Finding",
    "Grouping",
    "Highlight",
    "HighlightKind",
    "Question",
    "RankedPassage",
    "Readout",
    "Reply",
    "Status",
    "Story",
    "Verification",
    "Verified",
]


class AnswerKind(StrEnum):
    """What a reply holds besides passages."""

    EXTRACTIVE = "extractive"
    NONE = "none"


class Grouping(StrEnum):
    """Whether passages that tell the same in nearly the same words are shown once."""

    STORY = "story"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, of which documents, and how much is wanted back.

    `max_error_rate` is the share of wrong answers that whoever asks puts up with; None for the
    service's own. Above it there is no answer.
    """

    text: str
    top_k: int = 5
    filters: Filters = field(default_factory=Filters)
    mode: Mode = Mode.HYBRID
    answer: AnswerKind = AnswerKind.EXTRACTIVE
    group: Grouping = Grouping.STORY
    explain: bool = False
    max_error_rate: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """The sentence that answers, and the words in it that do.

    Attributes:
        hit: The passage that it stands in.
        span: Its place in the passage.
        words: Place of the words in the passage, inside `span`; None where it is all of them.
    """

    hit: Hit
    span: Span
    words: Span | None = None


@dataclass(frozen=True, slots=True)
class Readout:
    """What reading the first passages of a ranking brought.

    Attributes:
        findings: Lists of findings that say the same, the best first; each of another document.
        is_enough: Whether to answer with them.
        confidence: Probability that the first is right; None where the reader gives none.
        relevance: Probability that a passage is one to show, for those that were read, in the
            ranking's order; empty where the reader gives none.
        order: Places in the ranking of those that were read, from 0, the one to show first in
            front; empty where the reader puts none before another.
    """

    findings: tuple[tuple[Finding, ...], ...]
    is_enough: bool
    confidence: float | None = None
    relevance: tuple[float, ...] = ()
    order: tuple[int, ...] = ()


class HighlightKind(StrEnum):
    ANSWER = "answer"
    TERM = "term"


@dataclass(frozen=True, slots=True)
class Highlight:
    """A range of a passage's text to be marked, and why."""

    span: Span
    kind: HighlightKind


class Verification(StrEnum):
    """How a quote compares with the stored text."""

    EXACT = "exact"
    NORMALIZED = "normalized"
    MOVED = "moved"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Verified:
    """What became of a quote, and where it stands now; None where it is not found."""

    verification: Verification
    span: Span | None = None
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """Everything a reader needs to check a quote without trusting us.

    `span` counts code points of the document's stored text, and the quote stands there verbatim;
    `prefix` and `suffix` are the words around it.
    """

    number: int
    document_id: str
    passage_id: str
    quote: str
    span: Span
    prefix: str
    suffix: str
    content_sha256: str
    title: str
    heading: str
    metadata: Metadata
    source: str
    page: int | None
    link: str
    verification: Verification


@dataclass(frozen=True, slots=True)
class Story:
    """Copies of a passage in other documents, which are folded under it.

    `copies` counts the passage itself; `also_in` holds the other documents' ids.
    """

    id: str
    copies: int
    also_in: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a passage stands where it stands.

    Attributes:
        parts: What each leg adds to its place.
        matched_words: Words of the passage that the question has, as the passage writes them.
        sentence: The sentence that is nearest to the question, a range of the passage's text.
        summary: The same in a sentence for people.
    """

    parts: tuple[ScorePart, ...]
    matched_words: tuple[str, ...]
    sentence: Span | None
    summary: str


@dataclass(frozen=True, slots=True)
class RankedPassage:
    """A passage of a reply.

    `citation` is the number of the citation that stands in it, `relevance` the probability that it
    is one to show; None where no reader read it.
    """

    rank: int
    hit: Hit
    highlights: tuple[Highlight, ...] = ()
    citation: int | None = None
    story: Story | None = None
    explanation: Explanation | None = None
    relevance: float | None = None


@dataclass(frozen=True, slots=True)
class AnswerSpan:
    """The words of an answer that say it, a half-open range of its text, and their citations."""

    start: int
    end: int
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Sentences of the sources, a blank line between two, each with the words that answer."""

    text: str
    spans: tuple[AnswerSpan, ...]

    @property
    def citations(self) -> tuple[int, ...]:
        """Numbers of all citations."""
        return tuple(number for span in self.spans for number in span.citations)

    @property
    def words(self) -> str:
        """The words that say it best."""
        first = self.spans[0]
        return self.text[first.start : first.end]


class AbstentionReason(StrEnum):
    """Why there is no answer."""

    NO_PASSAGES = "no_passages"
    LOW_CONFIDENCE = "low_confidence"
    FILTERED_OUT = "filtered_out"


@dataclass(frozen=True, slots=True)
class Abstention:
    """The documents do not say, as far as can be told."""

    reason: AbstentionReason


class Status(StrEnum):
    ANSWERED = "answered"
    ABSTAINED = "abstained"


@dataclass(frozen=True, slots=True)
class Reply:
    """What one question gets, read from one generation of the index.

    Attributes:
        outcome: None where no answer was asked for.
        model: Name of the encoder.
        read_as: The question as it was searched for, where that is not as it was asked.
        filtered_out: Passages that the filters left out, where an explanation was asked for.
        confidence: Probability that the answer is right, or would be; None without a reader.
        reader: Name of the reader; None where the best sentence was taken without one.
    """

    question: str
    outcome: Answer | Abstention | None
    citations: tuple[Citation, ...]
    passages: tuple[RankedPassage, ...]
    corpus: Corpus
    model: str
    more: bool = False
    read_as: str | None = None
    filtered_out: int | None = None
    confidence: float | None = None
    reader: str | None = None
    timings_ms: Mapping[str, float] = field(default_factory=dict)
