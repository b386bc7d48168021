"""A document's way in: draft, layout, passages, vectors, store."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePath

from index.collection import Collection
from index.duplicates import SIMILAR, similarity
from index.embedded import embed_documents, recipe_of
from index.embedding import Encoder
from index.errors import SourceError
from index.loading import real_path
from index.preparing import Prepared, prepare
from index.recognizing import fingerprint, same_text, sharing_bands
from index.records import Entry
from index.reports import Arrival, Progress, Report, Similar, Status
from index.types import Document, Draft

__all__ = ["Arrival", "Ingester", "Progress", "Report", "Similar", "Status"]

BATCH = 256  # passages that are committed together


@dataclass(frozen=True, slots=True)
class _Likeness:
    """By what a document that is not stored yet is compared with others."""

    content_sha256: str
    bands: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Taken:
    """An arrival with its report; `prepared` is None where there is nothing to store."""

    arrival: Arrival
    report: Report
    prepared: Prepared | None = None


class Ingester:
    """Puts documents into one collection.

    Args:
        collection: Where to.
        encoder: The collection's own.
        keep_tokens: Keep what re-ranking needs, about 7.5 KiB a passage.
        on_progress: Called as sources are read and embedded.
    """

    def __init__(
        self,
        collection: Collection,
        encoder: Encoder,
        *,
        keep_tokens: bool = True,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> None:
        self._collection = collection
        self._encoder = encoder
        self._keep_tokens = keep_tokens
        self._on_progress = on_progress or (lambda progress: None)
        self._embedded = 0

    def ingest(self, arrivals: Iterable[Arrival]) -> Iterator[Report]:
        """Take documents in, in their order; of two with one id the later stays.

        A report that is yielded is durable, and what it tells of can be asked about. Whatever
        cannot be taken is reported as rejected and leaves what was stored before as it was.
        """
        batch: list[_Taken] = []
        waiting: dict[str, _Likeness] = {}
        passages = 0
        for arrival in arrivals:
            if isinstance(arrival.outcome, Draft) and arrival.outcome.document_id in waiting:
                yield from self._commit(batch)
                batch, waiting, passages = [], {}, 0
            taken = self._take(arrival, waiting)
            batch.append(taken)
            if taken.prepared:
                waiting[taken.prepared.document.id] = _likeness(taken.prepared)
                passages += len(taken.prepared.passages)
            if passages >= BATCH or not waiting:
                yield from self._commit(batch)
                batch, waiting, passages = [], {}, 0
        yield from self._commit(batch)

    def preview(self, arrivals: Iterable[Arrival]) -> Iterator[tuple[Report, Document | None]]:
        """What `ingest` would do, without embedding or storing anything."""
        waiting: dict[str, _Likeness] = {}
        for arrival in arrivals:
            taken = self._take(arrival, waiting)
            if taken.prepared:
                waiting[taken.prepared.document.id] = _likeness(taken.prepared)
            yield taken.report, taken.prepared.document if taken.prepared else None

    def prune(self, roots: Iterable[Path], *, seen: Iterable[Report]) -> Iterator[Report]:
        """Remove documents that came from `roots` and are no longer there.

        Args:
            roots: Files and folders as they were ingested.
            seen: Reports of that ingest. A source that could not be read this time keeps its
                documents, and so does all that is below a folder that could not be read.
        """
        reports = list(seen)
        present = {report.document_id for report in reports}
        failed = {report.origin for report in reports if report.status is Status.REJECTED}
        entries = {
            entry.document_id: entry
            for root in roots
            for entry in self._collection.store.entries_from(str(real_path(root)))
            if entry.document_id not in present and not _is_below(entry, failed)
        }
        with self._collection.writing() as writer:
            for document_id in entries:
                writer.remove(document_id)
        for entry in entries.values():
            yield Report(
                entry.source,
                Status.REMOVED,
                entry.document_id,
                entry.passages,
                origin=entry.origin,
            )

    @cached_property
    def _recipe(self) -> str:
        return recipe_of(self._encoder, keep_tokens=self._keep_tokens)

    def _take(self, arrival: Arrival, waiting: Mapping[str, _Likeness]) -> _Taken:
        """Prepare an arrival beside those that wait to be stored."""
        draft = arrival.outcome
        if isinstance(draft, SourceError):
            return self._rejected(arrival, arrival.source, draft)
        with self._collection.store.reading() as connection:
            held = fingerprint(connection, draft.document_id)
        if held and (held.source_sha256, held.recipe) == (draft.source_sha256, self._recipe):
            self._advance(arrival, arrival.size)
            report = Report(
                draft.source,
                Status.UNCHANGED,
                draft.document_id,
                held.passages,
                held.cleaned,
                origin=arrival.origin,
            )
            return _Taken(arrival, report)
        try:
            prepared = prepare(draft, self._encoder)
        except SourceError as error:
            return self._rejected(arrival, draft.source, error, document_id=draft.document_id)
        replaces = held is not None or draft.document_id in waiting
        return _Taken(arrival, self._report(prepared, waiting, replaces=replaces), prepared)

    def _rejected(
        self,
        arrival: Arrival,
        source: str,
        error: SourceError,
        *,
        document_id: str | None = None,
    ) -> _Taken:
        self._advance(arrival, arrival.size)
        report = Report(
            source, Status.REJECTED, document_id, reason=str(error), origin=arrival.origin
        )
        return _Taken(arrival, report)

    def _report(
        self, prepared: Prepared, waiting: Mapping[str, _Likeness], *, replaces: bool
    ) -> Report:
        document = prepared.document
        same = self._same_text(document, waiting)
        status = Status.DUPLICATE if same else Status.UPDATED if replaces else Status.ADDED
        return Report(
            document.source,
            status,
            document.id,
            len(prepared.passages),
            Counter(aside.kind.value for aside in document.asides),
            duplicate_of=same,
            similar=None if same else self._nearest(prepared, waiting),
            origin=document.origin,
        )

    def _same_text(self, document: Document, waiting: Mapping[str, _Likeness]) -> str | None:
        sha256 = document.content_sha256
        with self._collection.store.reading() as connection:
            stored = same_text(connection, sha256, but=document.id)
        new = (
            other
            for other, likeness in waiting.items()
            if likeness.content_sha256 == sha256 and other != document.id
        )
        return stored or next(new, None)

    def _nearest(self, prepared: Prepared, waiting: Mapping[str, _Likeness]) -> Similar | None:
        own = prepared.document.id
        with self._collection.store.reading() as connection:
            others = dict(sharing_bands(connection, prepared.bands, but=own))
        own_bands = set(prepared.bands)
        others |= {
            other: list(new.bands)
            for other, new in waiting.items()
            if other != own and not own_bands.isdisjoint(new.bands)
        }
        near = [
            Similar(other, round(similarity(prepared.bands, bands), 2))
            for other, bands in sorted(others.items())
        ]
        nearest = max(near, key=lambda similar: similar.similarity, default=None)
        return nearest if nearest and nearest.similarity >= SIMILAR else None

    def _commit(self, batch: Iterable[_Taken]) -> Iterator[Report]:
        batch = list(batch)
        new = [(taken.arrival, taken.prepared) for taken in batch if taken.prepared]
        if new:
            before = self._embedded
            embedded = embed_documents(
                [prepared for _, prepared in new],
                self._encoder,
                keep_tokens=self._keep_tokens,
                on_embedded=lambda count: self._advance_all(new, before=before, embedded=count),
            )
            now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
            with self._collection.writing() as writer:
                for each in embedded:
                    each.put(writer, recipe=self._recipe, ingested_at=now)
        yield from (taken.report for taken in batch)

    def _advance_all(
        self, new: Sequence[tuple[Arrival, Prepared]], *, before: int, embedded: int
    ) -> None:
        self._embedded = before + embedded
        for arrival, prepared in new:
            done = min(embedded, len(prepared.texts))
            if done <= 0:
                return
            self._advance(arrival, arrival.size * done // len(prepared.texts))
            embedded -= done

    def _advance(self, arrival: Arrival, done: int) -> None:
        self._on_progress(Progress(arrival.source, done, self._embedded))


def _likeness(prepared: Prepared) -> _Likeness:
    return _Likeness(prepared.document.content_sha256, prepared.bands)


def _is_below(entry: Entry, failed: set[str]) -> bool:
    """Whether a document's source, or a folder above it, could not be read."""
    path = PurePath(entry.origin)
    return any(str(place) in failed for place in (path, *path.parents))
