"""Where a collection's files are.

A collection has a folder of its name. It may hold several builds of the same documents, such as one
for another model: one of them answers, and a small file tells which. To write that file is the
switch; everything that was opened before finds out by looking at it again.

    collections/NAME/store.sqlite …             the first build
    collections/NAME/builds/ID/store.sqlite …   others
    collections/NAME/answers                    ID of the one that answers, or "first"; where it is
                                                missing there is only the first
"""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from index.errors import (
    IndexFormatError,
    IndexMissingError,
    IndexMovedError,
    UnknownCollectionError,
)
from index.files import write_text_durably

__all__ = [
    "FIRST",
    "STORE_FILE",
    "Place",
    "collection_names",
    "folder_of",
    "is_name",
    "place_of",
    "places_in",
    "remove_build",
    "switch",
]

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
STORE_FILE = "store.sqlite"
POINTER = "answers"
BUILDS = "builds"
FIRST = "first"  # what stands for the first build, which has no id


@dataclass(frozen=True, slots=True)
class Place:
    """One build of a collection.

    Attributes:
        root: The collection's own folder.
        build: Its id; "" for the first, which lies in `root` itself.
    """

    root: Path
    build: str = ""

    @property
    def name(self) -> str:
        """Of the collection."""
        return self.root.name

    @property
    def folder(self) -> Path:
        """Of the build's files."""
        return self.root / BUILDS / self.build if self.build else self.root

    @property
    def store(self) -> Path:
        return self.folder / STORE_FILE

    def inode(self) -> int | None:
        """Of the store's file, which stays the same as long as it is open; None if it is gone."""
        try:
            return self.store.stat().st_ino
        except OSError:
            return None

    def answers(self) -> bool:
        """Whether this is the build that the collection's name stands for."""
        return _answering(self.root) == self.build

    def require_answering(self, inode: int | None) -> None:
        """Raise IndexMovedError unless this build answers with the store of `inode`."""
        if not self.answers() or self.inode() != inode:
            raise IndexMovedError(self.name)


def is_name(name: str) -> bool:
    """Whether a collection may be called so: what is safe as a folder's name anywhere."""
    return NAME.fullmatch(name) is not None


def collection_names(data: Path) -> tuple[str, ...]:
    """Collections of a data folder, by name."""
    try:
        folders = sorted(path for path in (data / "collections").iterdir() if is_name(path.name))
    except OSError:
        return ()
    return tuple(
        path.name for path in folders if (path / STORE_FILE).is_file() or (path / POINTER).is_file()
    )


def folder_of(data: Path, name: str) -> Path:
    """The collection's own folder, whether it is there or not.

    Raises:
        UnknownCollectionError: No collection can have this name.
    """
    if not is_name(name):
        raise UnknownCollectionError(name, collection_names(data))
    return data / "collections" / name


def place_of(data: Path, name: str) -> Place:
    """The build that answers.

    Raises:
        IndexMissingError: Nothing was ingested into the data folder yet.
        UnknownCollectionError: There are other collections, and none of this name.
        IndexFormatError: It cannot be told which build answers.
    """
    root = folder_of(data, name)
    known = collection_names(data)
    if name not in known:
        raise UnknownCollectionError(name, known) if known else IndexMissingError(name)
    return Place(root, _answering(root))


def places_in(root: Path) -> list[Place]:
    """All builds that a collection has, whichever answers; the first one first."""
    builds = sorted(path.name for path in (root / BUILDS).glob("*") if is_name(path.name))
    return [place for place in (Place(root), *(Place(root, b) for b in builds)) if place.inode()]


def switch(place: Place) -> None:
    """Make a build the one that answers, at once and for good. It must be there, and whole."""
    write_text_durably(place.root / POINTER, f"{place.build or FIRST}\n")


def remove_build(place: Place) -> None:
    """Remove the files of a build that does not answer any more; other builds stay."""
    if place.build:
        shutil.rmtree(place.folder, ignore_errors=True)
        return
    for path in place.root.iterdir():
        if path.is_dir() and path.name != BUILDS:
            shutil.rmtree(path, ignore_errors=True)
        elif path.is_file() and path.name != POINTER:
            path.unlink(missing_ok=True)


def _answering(root: Path) -> str:
    try:
        build = (root / POINTER).read_bytes().decode("ascii", "replace").strip()
    except FileNotFoundError:
        return ""
    # Never the first build instead: it may be of another model, or years old.
    place = Place(root, "" if build == FIRST else build)
    if not (is_name(build) and place.store.is_file()):
        raise IndexFormatError(
            f"the file {POINTER!r} of collection {root.name!r} is damaged, so that it cannot be "
            "told which of its builds answers; restore a snapshot with `footnoted restore FILE`"
        )
    return place.build
