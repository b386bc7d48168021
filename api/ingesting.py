"""Ingesting from the command line: sources in, reports out, a progress bar on a terminal."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from api.service import Service
from index.collection import Collection
from index.errors import IndexLockedError, SourceError
from index.ingest import Arrival, Ingester, Report
from index.ingest import Progress as Step
from index.loading import Source, find_sources, load
from index.reports import Status
from index.types import Draft

__all__ = ["ingest_paths"]


def ingest_paths(
    service: Service, paths: Sequence[Path], *, prune: bool, dry_run: bool
) -> Iterator[Report]:
    """Ingest files and folders into the service's collection, or tell what would happen.

    Args:
        service: Its settings name the collection; it is made if there is none.
        paths: Files and folders.
        prune: Remove documents that came from `paths` and are no longer there.
        dry_run: Store nothing.
    """
    name = service.settings.collection
    sources = [source for path in paths for source in find_sources(path)]
    if dry_run:
        with _previewer(service) as previewer:
            preview = previewer.preview(_arrivals(service, sources))
            yield from (report for report, _ in preview)
        return
    reports: list[Report] = []
    with _bar(sources) as on_progress:
        ingester = service.ingester(name, make=True, on_progress=on_progress)
        for report in ingester.ingest(_arrivals(service, sources)):
            reports.append(report)
            yield report
    if prune:
        yield from ingester.prune(paths, seen=reports)
    if any(report.status is not Status.UNCHANGED for report in reports):
        _compact(service, name)


def _compact(service: Service, name: str) -> None:
    """Put many new vectors into graphs now: nobody else may come to do it."""
    console = Console(stderr=True)
    text = "building the graph of nearest passages"
    shown = console.status(text) if console.is_terminal else nullcontext()
    with shown, suppress(IndexLockedError):  # where the service that runs here is at it
        service.collection(name).compact(service.settings.compaction())


@contextmanager
def _previewer(service: Service) -> Iterator[Ingester]:
    """What compares with the collection, or with an empty one that is thrown away."""
    name = service.settings.collection
    if name in service.collections():
        yield service.ingester(name)
        return
    with TemporaryDirectory() as folder:
        nothing = Collection.create(Path(folder), name, service.encoder.identity)
        yield Ingester(nothing, service.encoder)
        nothing.close()


def _arrivals(service: Service, sources: Sequence[Source]) -> Iterator[Arrival]:
    limits = service.settings.limits()
    for source in sources:
        left = _size(source)
        *outcomes, last = load(source, limits=limits)
        for outcome in outcomes:
            size = min(left, _characters(outcome))
            left -= size
            yield Arrival(_name(source, outcome), source.origin, outcome, size)
        yield Arrival(_name(source, last), source.origin, last, left)


def _name(source: Source, outcome: Draft | SourceError) -> str:
    """What a person looks for: the file, with the line where it holds many documents."""
    return outcome.source if isinstance(outcome, Draft) else source.name


def _characters(outcome: Draft | SourceError) -> int:
    return len(outcome.reading.text) if isinstance(outcome, Draft) else 0


def _size(source: Source) -> int:
    try:
        return source.path.stat().st_size
    except OSError:
        return 0


@contextmanager
def _bar(sources: Sequence[Source]) -> Iterator[Callable[[Step], None] | None]:
    console = Console(stderr=True)
    if not (sys.stderr.isatty() and console.is_terminal):
        yield None
        return
    progress = Progress(
        TextColumn("{task.fields[source]}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )
    with progress:
        total = sum(map(_size, sources)) or 1
        task = progress.add_task("ingest", total=total, source="loading the model", rate="")
        yield _Shown(progress, task)


class _Shown:
    """Adds up how far the sources are and shows it."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task
        self._done: dict[str, int] = {}

    def __call__(self, step: Step) -> None:
        self._done[step.source] = max(step.done, self._done.get(step.source, 0))
        elapsed = self._progress.tasks[0].elapsed or 0.0
        rate = f"{step.passages / elapsed:.0f} passages/s" if elapsed and step.passages else ""
        self._progress.update(
            self._task,
            completed=sum(self._done.values()),
            source=step.source[-40:],
            rate=rate,
        )
