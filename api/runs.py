"""Run files: what an evaluation found, kept so that a later one can be compared with it."""

import json
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from index.errors import FootnotedError
from qa.results import Run

__all__ = ["RunFileError", "read_run", "write_run"]

FORMAT: Final = "footnoted run 1"
RUNS: Final = TypeAdapter(Run)


class RunFileError(FootnotedError):
    """A file is no run that can be compared with."""


def read_run(path: Path) -> Run:
    """Read what `write_run` wrote.

    Raises:
        RunFileError: The file cannot be read, is something else, or of another version's format.
    """
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise RunFileError(f"{path.name} cannot be read: {error}") from None
    if not isinstance(content, dict) or content.pop("format", None) != FORMAT:
        raise RunFileError(
            f"{path.name} is no run of this version; `footnoted eval --save` writes one"
        )
    try:
        return RUNS.validate_python(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise RunFileError(f"{path.name} is damaged: {field}: {first['msg']}") from None


def write_run(path: Path, run: Run) -> None:
    """Keep a run."""
    content = {"format": FORMAT, **RUNS.dump_python(run, mode="json")}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
