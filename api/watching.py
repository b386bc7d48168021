"""`footnoted ingest --watch`: follows folders; what is added, changed or gone there is so here.

A file is read when it has not changed for a moment, so that none is taken while it is written.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from threading import Event

from watchfiles import watch

from api.ingesting import arrivals_of, ingest_paths
from api.service import Service
from index.errors import IndexLockedError, IndexMovedError, UnreadableSourceError
from index.ingest import Report, Status
from index.loading import IGNORE_FILE, find_sources, real_path

__all__ = ["Quiet", "follow"]

QUIET_S = 1.0  # a copy over a slow network pauses less than this
TICK_MS = 200


class Quiet:
    """Paths that changed, until they have stayed as they are for a while.

    Args:
        seconds: How long.
        clock: Tells the time.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._noted: dict[Path, tuple[tuple[int, int] | None, float]] = {}

    def note(self, paths: Iterable[Path]) -> None:
        """They changed just now."""
        now = self._clock()
        self._noted |= {path: (_facts(path), now) for path in paths}

    def take(self) -> list[Path]:
        """Those that are as they were `seconds` ago, by name; they are noted no more."""
        now, ready = self._clock(), []
        for path, (facts, since) in list(self._noted.items()):
            if _facts(path) != facts:  # written to without an event, as over some networks
                self._noted[path] = (_facts(path), now)
            elif now - since >= self._seconds:
                ready.append(path)
                del self._noted[path]
        return sorted(ready)


def follow(
    service: Service, folders: Sequence[Path], *, stop: Event | None = None
) -> Iterator[Report]:
    """Bring the collection to what is in some folders, and keep it there.

    Each change is a change of its own under the collection's lock, so that a server on the same
    data folder, and whoever else writes to it, take turns with this. It does not go through the
    server: that may be one that takes documents from pages only, and embeds while it is asked.

    Args:
        service: Its settings name the collection; it is made if there is none.
        folders: A document whose file goes from there, goes.
        stop: Ends it.

    Yields:
        What became of each document, those that stayed as they are left out after the first look.

    Raises:
        UnreadableSourceError: A folder is none.
    """
    roots = [real_path(folder) for folder in folders]
    for root in roots:
        if not root.is_dir():
            raise UnreadableSourceError(f"{root.name} is no folder; --watch follows folders")
    data = real_path(service.data)
    quiet = Quiet(QUIET_S)
    is_first = True
    for changes in watch(
        *roots,
        watch_filter=lambda change, path: _is_of_interest(Path(path), roots, data),
        rust_timeout=TICK_MS,
        yield_on_timeout=True,
        ignore_permission_denied=True,
        stop_event=stop,
    ):
        if is_first:  # what changes from here on is noted
            yield from ingest_paths(service, roots, prune=True, dry_run=False)
            is_first = False
        quiet.note(Path(path) for _, path in changes)
        if ready := quiet.take():
            try:
                yield from _taken(service, roots, ready)
            except (IndexLockedError, IndexMovedError):
                quiet.note(ready)


def _taken(service: Service, roots: Sequence[Path], ready: Sequence[Path]) -> Iterator[Report]:
    """Read what is there of some paths, and remove what is not there any more."""
    # What a changed list of ignored files lets through can be anything below its folder.
    changed = [path.parent if path.name == IGNORE_FILE else path for path in ready]
    there = [root for root in roots if root.is_dir()]  # a disk that is gone takes nothing along
    sources = {
        source.path: source
        for root in there
        for source in find_sources(root)
        if any(source.path.is_relative_to(path) for path in changed)
    }
    ingester = service.ingester(service.settings.collection)
    looked_at = [path for path in changed if any(path.is_relative_to(root) for root in there)]
    # First, so that a file that was renamed is not taken for a copy of itself.
    yield from ingester.prune((path for path in looked_at if not path.exists()), seen=())
    reports = [*ingester.ingest(arrivals_of(service, [*sources.values()]))]
    yield from (report for report in reports if report.status is not Status.UNCHANGED)
    yield from ingester.prune((path for path in looked_at if path.exists()), seen=reports)


def _is_of_interest(path: Path, roots: Sequence[Path], data: Path) -> bool:
    """Whether a change of a path can be one of a document. The index's own files are none."""
    if path.is_relative_to(data):
        return False
    root = next((root for root in roots if path.is_relative_to(root)), path.parent)
    *folders, name = path.relative_to(root).parts or (path.name,)
    shown = [*folders] if name == IGNORE_FILE else [*folders, name]
    return not any(part.startswith(".") for part in shown)


def _facts(path: Path) -> tuple[int, int] | None:
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_size, facts.st_mtime_ns
