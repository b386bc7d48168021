"""Files that are there as a whole or not at all, and that are known by their bytes."""

import errno
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from index.errors import DiskFullError

__all__ = ["FileFacts", "facts_of", "sync_folder", "write_durably", "write_text_durably"]

BLOCK = 1 << 20
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a file is known by: its length in bytes and its SHA-256 in hexadecimal."""

    length: int
    sha256: str


def write_durably(path: Path, write: Callable[[BinaryIO], object]) -> FileFacts:
    """Write a file that survives a power cut, or leave what is there as it is.

    Written beside, brought to the disk, renamed, and the folder brought to the disk: a library
    that writes to a path itself can leave a part of a file, and some do so without an error.

    Args:
        path: The file's last name and place.
        write: Puts the bytes into an open file.

    Raises:
        DiskFullError: There is no room for it.
        OSError: The folder cannot be written to.
    """
    fresh = path.with_name(f"{path.name}.new")
    try:
        with fresh.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        facts = facts_of(fresh)
        fresh.replace(path)
    except BaseException as error:
        fresh.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            raise DiskFullError from error
        raise
    sync_folder(path.parent)
    return facts


def write_text_durably(path: Path, text: str) -> FileFacts:
    """The same for a text, in UTF-8."""
    return write_durably(path, lambda file: file.write(text.encode()))


def facts_of(path: Path) -> FileFacts:
    """Read a whole file. Raises OSError where there is none."""
    digest, length = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
            length += len(block)
    return FileFacts(length, digest.hexdigest())


def sync_folder(folder: Path) -> None:
    """Bring a folder's list of names to the disk, where the system can do that."""
    if os.name == "nt":  # folders cannot be opened there, and renames are written through
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
