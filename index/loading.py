"""From files and folders to drafts: finds sources, picks the format's reader, reports failures."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from stat import S_ISREG

from pathspec import GitIgnoreSpec
from pathspec.patterns.gitignore import GitIgnorePatternError

from index.errors import (
    EmptySourceError,
    InvalidDocumentError,
    OversizedSourceError,
    SourceError,
    UnreadableSourceError,
    UnsupportedFormatError,
)
from index.limits import Limits
from index.types import Draft, Reading

__all__ = [
    "FORMATS",
    "IGNORE_FILE",
    "Source",
    "check_reading",
    "derived_id",
    "draft_of",
    "find_sources",
    "load",
    "real_path",
]

DEFAULT_LIMITS = Limits()
FORMATS = {
    ".txt": "plain",
    ".text": "plain",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".jsonl": "jsonlines",
    ".ndjson": "jsonlines",
}
IGNORE_FILE = ".footnotedignore"  # gitignore syntax, for the folder it lies in and below


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read.

    Attributes:
        name: For people: the path below the folder that was named, or the file's own name.
        path: Absolute.
        error: Why it cannot be read at all, where that is known already.
    """

    name: str
    path: Path
    error: SourceError | None = None

    @property
    def origin(self) -> str:
        return str(self.path)


@dataclass(frozen=True, slots=True)
class _Ignored:
    folder: Path
    patterns: GitIgnoreSpec

    def names(self, path: Path) -> bool:
        relative = path.relative_to(self.folder).as_posix()
        return self.patterns.match_file(f"{relative}/" if _is_folder(path) else relative)


def find_sources(path: Path) -> Iterator[Source]:
    """The files that a path stands for, by name.

    A file that is named is taken whatever its name, so that it is reported if it cannot be read.
    In a folder and below it, files whose format is known are taken; hidden ones and those that a
    `.footnotedignore` names are passed over.
    """
    path = real_path(path)
    if _is_folder(path):
        yield from _walk(path, path, [], set())
    else:
        yield Source(path.name, path)


def real_path(path: Path) -> Path:
    """The one name of a file or folder, however it was named.

    Links on the way to a file are followed, the file itself may be a link: its own name tells
    its format.
    """
    path = Path(path).absolute()
    return path.resolve() if _is_folder(path) else path.parent.resolve() / path.name


def _walk(folder: Path, root: Path, outer: list[_Ignored], walked: set[Path]) -> Iterator[Source]:
    name = str(folder.relative_to(root)) if folder != root else folder.name
    walked.add(folder.resolve())
    try:
        children = sorted(folder.iterdir())
        ignored = [*outer, *_read_ignore_file(folder)]
    except OSError as error:
        yield Source(name, folder, UnreadableSourceError(_reason(error, "folder")))
        return
    except GitIgnorePatternError as error:
        reason = f"{IGNORE_FILE} in this folder cannot be understood: {error}"
        yield Source(name, folder, UnreadableSourceError(reason))
        return
    for child in children:
        if child.name.startswith(".") or any(rule.names(child) for rule in ignored):
            continue
        if not _is_folder(child):
            if child.suffix.lower() in FORMATS:
                yield Source(str(child.relative_to(root)), child)
        elif child.resolve() not in walked:  # a link may lead back to a folder above it
            yield from _walk(child, root, ignored, walked)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _read_ignore_file(folder: Path) -> Iterator[_Ignored]:
    file = folder / IGNORE_FILE
    if file.is_file():
        lines = file.read_text("utf-8", errors="replace").splitlines()
        yield _Ignored(folder, GitIgnoreSpec.from_lines(lines))


def load(source: Source, *, limits: Limits = DEFAULT_LIMITS) -> Iterator[Draft | SourceError]:
    """Read one file.

    Yields:
        One draft for each document in it (JSON Lines hold many), or the reason why there is none.
        A broken line of JSON Lines gives an error in its place.
    """
    if source.error:
        yield source.error
        return
    try:
        facts = source.path.stat()
        size = facts.st_size
        if not S_ISREG(facts.st_mode):  # to read a pipe would wait for ever
            raise UnreadableSourceError("this is no file; name a file or a folder")
        if size > limits.file_bytes:
            raise OversizedSourceError(
                size, limits.file_bytes, unit="bytes", setting="FOOTNOTED_MAX_FILE_BYTES"
            )
        content = source.path.read_bytes()
    except OSError as error:
        yield UnreadableSourceError(_reason(error, "file"))
        return
    except SourceError as error:
        yield error
        return
    yield from draft_of(content, name=source.name, origin=source.origin, limits=limits)


def draft_of(
    content: bytes,
    *,
    name: str,
    origin: str,
    limits: Limits = DEFAULT_LIMITS,
) -> Iterator[Draft | SourceError]:
    """Read bytes as the format that their file name tells."""
    try:
        if not content.strip():
            raise EmptySourceError("there are no words in it")
        format_name = FORMATS.get(Path(name).suffix.lower())
        if format_name is None:
            raise UnsupportedFormatError(Path(name).suffix or name, tuple(FORMATS))
        if format_name == "jsonlines":
            yield from _rows(content, name, origin, limits)
            return
        reader = import_module(f"index.formats.{format_name}")
        reading = check_reading(reader.read(content), limits)
        sha256 = hashlib.sha256(content).hexdigest()
        yield Draft(name, origin, sha256, reading, derived_id(Path(name).stem, origin))
    except SourceError as error:
        yield error


def _rows(content: bytes, name: str, origin: str, limits: Limits) -> Iterator[Draft | SourceError]:
    from index.formats.jsonlines import read_rows

    for row in read_rows(content):
        try:
            if row.error or row.reading is None:
                raise row.error or EmptySourceError(f"line {row.line} holds no document")
            reading = check_reading(row.reading, limits)
        except SourceError as error:
            yield _at_line(row.line, error)
            continue
        source = f"{name}:{row.line}"
        # Not the line's number: a line put in above must not make new documents of all below.
        basis = f"{origin} {reading.metadata.url or row.raw_sha256}"
        document_id = row.document_id or derived_id(Path(name).stem, basis)
        yield Draft(source, origin, row.raw_sha256, reading, document_id)


def _at_line(line: int, error: SourceError) -> InvalidDocumentError:
    problems = error.problems if isinstance(error, InvalidDocumentError) else (("", str(error)),)
    return InvalidDocumentError(
        tuple(
            (place if place.startswith("line ") else f"line {line}{place}", detail)
            for place, detail in problems
        )
    )


def derived_id(name: str, basis: str) -> str:
    """An id for a document whose sender gave none.

    Args:
        name: Makes the id readable.
        basis: Makes it unique and stable: where the document comes from.
    """
    readable = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:40].rstrip("-")
    return f"{readable or 'text'}-{hashlib.sha256(basis.encode()).hexdigest()[:12]}"


def check_reading(reading: Reading, limits: Limits) -> Reading:
    """The reading, if it holds words and not too many.

    Raises:
        EmptySourceError: There are none.
        OversizedSourceError: There are too many.
    """
    if not reading.text.strip():
        raise EmptySourceError("there are no words in it")
    if len(reading.text) > limits.text_characters:
        raise OversizedSourceError(
            len(reading.text),
            limits.text_characters,
            unit="characters",
            setting="FOOTNOTED_MAX_TEXT_CHARACTERS",
        )
    return reading


def _reason(error: OSError, kind: str) -> str:
    if isinstance(error, PermissionError):
        return f"no permission to read this {kind}"
    if isinstance(error, FileNotFoundError):
        return f"there is no such {kind}"
    return f"this {kind} cannot be read: {error.strerror or type(error).__name__}"
