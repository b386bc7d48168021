"""Graphs of vectors on disk: each in a file of its own, all of them named by one manifest."""

import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from index.files import FileFacts, write_durably
from index.manifest import Manifest
from index.repairs import set_aside

if TYPE_CHECKING:
    from index.faiss_segments import GraphSegment

__all__ = ["SegmentFiles"]

LAYOUT = 2  # another number means that the files are made anew from the store
ENDING = ".vectors"


class SegmentFiles:
    """The segments of one dense index.

    Args:
        folder: Where the files are; made when the first is written.
        store: Identity of the store that the vectors are of.
    """

    def __init__(self, folder: Path, store: str) -> None:
        self._folder = folder
        self._store = store
        self._manifest: Manifest | None = None
        self._segments: dict[str, GraphSegment] = {}
        self._swapping = threading.Lock()

    @property
    def segments(self) -> Mapping[str, "GraphSegment"]:
        """Those in memory by the names of their files, in the order of these."""
        return self._segments

    @property
    def is_stale(self) -> bool:
        """Whether another process has written a manifest since the last `load`."""
        return self._read_manifest() != self._manifest

    def load(self) -> None:
        """Bring what is in memory in step with the files; one that is not right is set aside."""
        with self._swapping:
            while not self._is_loaded():
                pass  # what another process replaced meanwhile is read as it is now

    def replace(self, gone: Iterable[str], new: Iterable["GraphSegment"]) -> None:
        """Write new segments, and drop others once those are on the disk.

        Nobody else may be writing.

        Raises:
            DiskFullError: There is no room; everything is as it was.
        """
        self._folder.mkdir(exist_ok=True)
        known = self._manifest.files if self._manifest else {}
        kept = [name for name in self._segments if name not in set(gone)]
        files: dict[str, FileFacts] = {name: known[name] for name in kept}
        segments = {name: self._segments[name] for name in kept}
        number = max((int(Path(name).stem) for name in known), default=0)
        for segment in new:
            number += 1
            name = f"{number:06}{ENDING}"
            files[name] = write_durably(self._folder / name, segment.write)
            segments[name] = segment
        manifest = Manifest(self._store, 0, LAYOUT, files)
        with self._swapping:
            manifest.write(self._folder)
            self._manifest, self._segments = manifest, segments
        self._sweep()

    def _is_loaded(self) -> bool:
        """Read what the manifest names, False where another process dropped one of the files."""
        manifest, right = self._compared()
        try:
            segments = {name: self._segments.get(name) or self._read(name) for name in right}
        except FileNotFoundError:
            return False
        self._manifest, self._segments = manifest, segments
        return True

    def _compared(self) -> tuple[Manifest | None, Mapping[str, FileFacts]]:
        """The manifest, and those of its files that are as they were written."""
        manifest = self._read_manifest()
        before = self._manifest.files if self._manifest else {}
        compared = {name: facts for name, facts in before.items() if name in self._segments}
        while manifest:
            wrong = manifest.wrong(self._folder, but=compared)
            if wrong and (later := self._read_manifest()) != manifest:
                manifest = later  # another process replaces them just now
                continue
            for name in wrong:
                set_aside(self._folder / name, wrong=[name])
            return manifest, {n: facts for n, facts in manifest.files.items() if n not in wrong}
        return None, {}

    def _read(self, name: str) -> "GraphSegment":
        from index.faiss_segments import GraphSegment  # faiss: a small collection has no graph

        with (self._folder / name).open("rb") as file:
            return GraphSegment.read(file)

    def _read_manifest(self) -> Manifest | None:
        manifest = Manifest.read(self._folder)
        is_usable = manifest and (manifest.layout, manifest.store) == (LAYOUT, self._store)
        return manifest if is_usable else None

    def _sweep(self) -> None:
        """Delete what no manifest names, such as the file of a writer that died."""
        for path in self._folder.glob(f"*{ENDING}*"):
            if path.name not in self._segments:
                path.unlink(missing_ok=True)
