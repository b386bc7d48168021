"""Folders that take another's place, or go, in one step that lasts."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from index.files import sync_folder

__all__ = ["beside", "remove_folder", "rename_durably"]


def rename_durably(old: Path, new: Path) -> None:
    """Rename a file or folder within its file system; a file that is there is replaced."""
    old.rename(new)
    sync_folder(new.parent)
    if old.parent != new.parent:
        sync_folder(old.parent)


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A name beside `path`, hidden, for something that is to take its place.

    Whatever is still there under that name when the block is left is removed.
    """
    fresh = path.with_name(f".{path.name}.{uuid4().hex[:8]}")
    try:
        yield fresh
    finally:
        if fresh.is_dir():
            shutil.rmtree(fresh, ignore_errors=True)
        else:
            fresh.unlink(missing_ok=True)


def remove_folder(folder: Path) -> None:
    """Remove a folder so that none sees half of it: out of the way first, then its files."""
    with beside(folder) as gone:
        rename_durably(folder, gone)
