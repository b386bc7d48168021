"""Derived files that are not as they were written: kept for a look, told, and made anew."""

import logging
import shutil
from collections.abc import Sequence
from pathlib import Path

__all__ = ["DAMAGED", "set_aside"]

DAMAGED = "damaged"
SHOWN = 3  # names of files in a message

log = logging.getLogger("footnoted")


def set_aside(path: Path, *, wrong: Sequence[str]) -> None:
    """Move a file or folder to `damaged/` beside it, in the place of an earlier one of its name.

    Args:
        path: Within the collection's folder.
        wrong: Names of the files that are missing or changed, for the message.
    """
    kept = path.parent / DAMAGED / path.name
    kept.parent.mkdir(exist_ok=True)
    if kept.is_dir():
        shutil.rmtree(kept)
    if path.exists():
        path.replace(kept)
    names = ", ".join(wrong[:SHOWN]) + (f" and {len(wrong) - SHOWN} more" * (len(wrong) > SHOWN))
    log.warning(
        "%s was not as it was written (%s); it is kept in %s/ and made again from the store",
        path.name,
        names or "no manifest",
        DAMAGED,
    )
