"""A document's way in: draft, layout, passages, vectors, store."""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from pathlib import Path

import numpy as np

from index.collection import Collection
from index.context import context_of
from index.dates import date_in_name, date_in_url
from index.duplicates import SIMILAR, bands_of, signature_of, similarity
from index.embedding import Encoder
from index.errors import EmptySourceError, SourceError
from index.languages import detect_language
from index.layout import arrange
from index.splitting import divide
from index.types import Document, Draft, Metadata, Passage, Provenance, Vectors

__all__ = ["Arrival", "Ingester", "Progress", "Report", "Similar", "Status"]

# Names the rules from bytes to passages: a change of them makes documents new, not `unchanged`.
RECIPE = "1"
CONTEXT_TOKENS = 48  # of the encoder's window, kept free for title and headings
OPENING_WORDS = 90  # characters of an untitled text that stand for its title
BATCH = 256  # passages that are embedded and committed together


class Status(StrEnum):
    """What became of one document."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate_of"
    REJECTED = "rejected"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Similar:
    """Another document in nearly the same words."""

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
    """

    source: str
    status: Status
    document_id: str | None = None
    passages: int = 0
    cleaned: Mapping[str, int] = field(default_factory=dict)
    reason: str | None = None
    duplicate_of: str | None = None
    similar: Similar | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """One document, or the reason why there is none, from a source of some size."""

    source: str
    origin: str
    outcome: Draft | SourceError
    size: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one source is: `done` of its size, `passages` embedded by now in all."""

    source: str
    done: int
    passages: int


@dataclass(frozen=True, slots=True)
class _Prepared:
    arrival: Arrival
    document: Document
    passages: tuple[Passage, ...]
    contexts: tuple[str, ...]
    bands: tuple[int, ...]
    report: Report


class Ingester:
    """Puts documents into one collection.

    Args:
        collection: Where to.
        encoder: The collection's own.
        on_progress: Called as sources are read and embedded.
    """

    def __init__(
        self,
        collection: Collection,
        encoder: Encoder,
        *,
        on_progress: Callable[[Progress], None] = lambda progress: None,
    ) -> None:
        self._collection = collection
        self._encoder = encoder
        self.on_progress = on_progress
        self._embedded = 0

    def ingest(self, arrivals: Iterable[Arrival]) -> Iterator[Report]:
        """Take documents in, in their order.

        A report that is yielded is durable, and what it tells of can be asked about. Whatever
        cannot be taken is reported as rejected and leaves what was stored before as it was.
        """
        batch: list[_Prepared | Report] = []
        waiting = 0
        for arrival in arrivals:
            prepared = self._prepare(arrival, batch)
            batch.append(prepared)
            waiting += len(prepared.passages) if isinstance(prepared, _Prepared) else 0
            if waiting >= BATCH or not waiting:
                yield from self._commit(batch)
                batch, waiting = [], 0
        yield from self._commit(batch)

    def preview(self, arrivals: Iterable[Arrival]) -> Iterator[tuple[Report, Document | None]]:
        """What `ingest` would do, without embedding or storing anything."""
        for arrival in arrivals:
            prepared = self._prepare(arrival, [])
            if isinstance(prepared, _Prepared):
                yield prepared.report, prepared.document
            else:
                yield prepared, None

    def prune(self, roots: Iterable[Path], *, seen: Iterable[Report]) -> Iterator[Report]:
        """Remove documents that came from `roots` and are no longer there.

        Args:
            roots: Files and folders as they were ingested.
            seen: Reports of that ingest. A source that could not be read this time keeps its
                documents.
        """
        reports = list(seen)
        present = {report.document_id for report in reports}
        failed = {report.source for report in reports if report.status is Status.REJECTED}
        for origin in (str(Path(root).absolute()) for root in roots):
            for entry in self._collection.store.entries_from(origin):
                if entry.document_id in present or entry.source.partition(":")[0] in failed:
                    continue
                with self._collection.writing() as writer:
                    writer.remove(entry.document_id)
                yield Report(entry.source, Status.REMOVED, entry.document_id, entry.passages)

    @cached_property
    def _recipe(self) -> str:
        return f"{RECIPE}/{self._encoder.identity.sha256[:12]}"

    def _prepare(
        self, arrival: Arrival, batch: Sequence["_Prepared | Report"]
    ) -> _Prepared | Report:
        if isinstance(arrival.outcome, SourceError):
            self._advance(arrival, arrival.size)
            return Report(arrival.source, Status.REJECTED, reason=str(arrival.outcome))
        draft = arrival.outcome
        held = self._collection.store.fingerprint(draft.document_id)
        if held and (held.source_sha256, held.recipe) == (draft.source_sha256, self._recipe):
            self._advance(arrival, arrival.size)
            return Report(
                draft.source, Status.UNCHANGED, draft.document_id, held.passages, held.cleaned
            )
        try:
            return self._divide(arrival, draft, batch, replaces=held is not None)
        except SourceError as error:
            return Report(arrival.source, Status.REJECTED, draft.document_id, reason=str(error))

    def _divide(
        self,
        arrival: Arrival,
        draft: Draft,
        batch: Sequence["_Prepared | Report"],
        *,
        replaces: bool,
    ) -> _Prepared:
        layout = arrange(draft.reading)
        text = draft.reading.text
        metadata = _completed(layout.metadata, draft)
        division = divide(
            text,
            layout.blocks,
            document_id=draft.document_id,
            count_tokens=self._encoder.count_tokens,
            window=self._encoder.window - CONTEXT_TOKENS,
            language=metadata.language,
            page_starts=draft.reading.page_starts,
        )
        if not division.passages:
            raise EmptySourceError(
                "there are no paragraphs in it, only headings and page furniture"
            )
        title = metadata.title or _opening_words(division.passages[0].text)
        if not metadata.title:
            metadata = replace(
                metadata,
                provenance={**metadata.provenance, "title": Provenance.OPENING_WORDS},
            )
        document = Document(
            id=draft.document_id,
            source=draft.source,
            origin=draft.origin,
            text=text,
            title=title,
            metadata=metadata,
            asides=division.asides,
            source_sha256=draft.source_sha256,
            content_sha256=hashlib.sha256(text.encode()).hexdigest(),
        )
        bands = tuple(bands_of(signature_of(text)))
        return _Prepared(
            arrival,
            document,
            division.passages,
            self._contexts(document, division.passages),
            bands,
            self._report(document, division.passages, bands, batch, replaces=replaces),
        )

    def _report(
        self,
        document: Document,
        passages: Sequence[Passage],
        bands: Sequence[int],
        batch: Sequence["_Prepared | Report"],
        *,
        replaces: bool,
    ) -> Report:
        waiting = [item for item in batch if isinstance(item, _Prepared)]
        same = self._collection.store.same_text(document.content_sha256, but=document.id) or next(
            (
                w.document.id
                for w in waiting
                if w.document.content_sha256 == document.content_sha256
            ),
            None,
        )
        near = [
            Similar(other, round(similarity(bands, theirs), 2))
            for other, theirs in [
                *self._collection.store.sharing_bands(bands, but=document.id),
                *((w.document.id, w.bands) for w in waiting),
            ]
        ]
        nearest = max(
            near, key=lambda similar: (similar.similarity, similar.document_id), default=None
        )
        status = Status.DUPLICATE if same else Status.UPDATED if replaces else Status.ADDED
        return Report(
            document.source,
            status,
            document.id,
            len(passages),
            Counter(aside.kind.value for aside in document.asides),
            duplicate_of=same,
            similar=nearest if nearest and not same and nearest.similarity >= SIMILAR else None,
        )

    def _contexts(self, document: Document, passages: Sequence[Passage]) -> tuple[str, ...]:
        """What stands in front of each passage for the encoder, where it fits in the window."""
        contexts = [context_of(passage.heading, document.metadata) for passage in passages]
        distinct = list(dict.fromkeys(contexts))
        counts = self._encoder.count_tokens(distinct)
        fitting = {
            text for text, count in zip(distinct, counts, strict=True) if count < CONTEXT_TOKENS
        }
        return tuple(context if context in fitting else "" for context in contexts)

    def _commit(self, batch: Sequence["_Prepared | Report"]) -> Iterator[Report]:
        prepared = [item for item in batch if isinstance(item, _Prepared)]
        if prepared:
            vectors = [self._embed(item) for item in prepared]
            now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
            with self._collection.writing() as writer:
                for item, embedded in zip(prepared, vectors, strict=True):
                    writer.put(
                        item.document,
                        item.passages,
                        embedded,
                        recipe=self._recipe,
                        ingested_at=now,
                        bands=item.bands,
                    )
        yield from (item.report if isinstance(item, _Prepared) else item for item in batch)

    def _embed(self, item: _Prepared) -> Vectors:
        texts = [
            f"{context}\n{passage.text}" if context else passage.text
            for context, passage in zip(item.contexts, item.passages, strict=True)
        ]
        parts: list[Vectors] = []
        for start in range(0, len(texts), BATCH):
            parts.append(self._encoder.encode_passages(texts[start : start + BATCH]))
            self._embedded += len(parts[-1])
            self._advance(item.arrival, item.arrival.size * (start + len(parts[-1])) // len(texts))
        return np.concatenate(parts)

    def _advance(self, arrival: Arrival, done: int) -> None:
        self.on_progress(Progress(arrival.source, done, self._embedded))


def _completed(metadata: Metadata, draft: Draft) -> Metadata:
    """Fill in what neither the format nor the first lines state, and tell where it came from."""
    provenance = dict(metadata.provenance)
    published, language = metadata.published, metadata.language
    if published is None and metadata.url and (published := date_in_url(metadata.url)):
        provenance["published"] = Provenance.URL
    if published is None and (published := date_in_name(Path(draft.source).name)):
        provenance["published"] = Provenance.FILE
    if language is None and (language := detect_language(draft.reading.text)):
        provenance["language"] = Provenance.DETECTED
    return replace(metadata, published=published, language=language, provenance=provenance)


def _opening_words(text: str) -> str:
    words = " ".join(text.split())
    if len(words) <= OPENING_WORDS:
        return words.rstrip(".")
    return words[:OPENING_WORDS].rsplit(" ", 1)[0].rstrip(",;:") + "…"
