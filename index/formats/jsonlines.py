"""Documents as JSON: one object a line in a file, or one object alone."""

import datetime as dt
import difflib
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import TypeVar

from index.errors import InvalidDocumentError, SourceError
from index.formats.composing import clean
from index.formats.fields import language_code, state, web_address
from index.types import Metadata, Provenance, Reading

__all__ = ["Row", "read_record", "read_rows"]

FIELDS = ("id", "title", "text", "url", "published", "publisher", "author", "language", "tags")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
SHOWN = 200  # characters of a wrong value
ID_LIMIT = 200
ISO_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})([T ]\d{2}:\d{2}.*)?", re.ASCII)
LONE = re.compile("[\ud800-\udfff]")  # half of a character that UTF-16 writes in two

Problems = list[tuple[str, str]]
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a JSON Lines file: a document, or what is wrong with it.

    Attributes:
        line: Counts from 1, blank lines included.
        reading: None where there is an error.
        document_id: The id that the line states, None where it states none or has an error.
        raw_sha256: Of the line's bytes without the line's end.
    """

    line: int
    reading: Reading | None
    document_id: str | None
    error: SourceError | None
    raw_sha256: str


def read_rows(content: bytes) -> Iterator[Row]:
    """Read a JSON Lines file in UTF-8, in the order of its lines; blank lines are skipped.

    A line that is no document gives a row with an error, and the lines after it are read.
    """
    lines = BytesIO(content.removeprefix(BYTE_ORDER_MARK))
    for number, raw in enumerate(lines, start=1):
        if raw.strip():
            yield _row(number, raw.rstrip(b"\r\n"))


def read_record(record: object) -> tuple[Reading, str | None]:
    """Check one decoded JSON document.

    A field that is null, or a blank string, counts as absent, except for `text` and `id`. The
    text is plain: line ends become newlines and its layout is left to be inferred.

    Returns:
        The reading and the document's id, None where it has none.

    Raises:
        InvalidDocumentError: With a pair of JSON pointer (RFC 6901) and detail for each problem.
    """
    if not isinstance(record, Mapping):
        raise InvalidDocumentError((("", f"must be an object with fields, got {_shown(record)}"),))
    problems = _unknown_fields(record)
    title, publisher, author = (
        _text(record, name, problems) for name in ("title", "publisher", "author")
    )
    found = Metadata(
        title=title,
        publisher=publisher,
        author=author,
        published=_checked(record, "published", _date, "a date YYYY-MM-DD", problems),
        url=_checked(record, "url", web_address, "an http or https address", problems),
        language=_checked(record, "language", language_code, "a code such as 'en'", problems),
        tags=_tags(record, problems),
    )
    text = _required_text(record, problems)
    document_id = _id(record, problems)
    if problems:
        raise InvalidDocumentError(tuple(problems))
    return Reading(text, metadata=state(found, Provenance.METADATA)), document_id


def _row(number: int, raw: bytes) -> Row:
    raw_sha256 = hashlib.sha256(raw).hexdigest()
    try:
        reading, document_id = read_record(_load(number, raw))
    except SourceError as error:
        return Row(number, None, None, error, raw_sha256)
    return Row(number, reading, document_id, None, raw_sha256)


def _load(number: int, raw: bytes) -> object:
    try:
        text = raw.decode("utf-8")
        record: object = json.loads(
            text, object_pairs_hook=_without_doubles, parse_constant=_no_constant
        )
    except UnicodeDecodeError as error:
        raise _broken(number, error.start + 1, "not UTF-8; save the file as UTF-8") from error
    except json.JSONDecodeError as error:
        raise _broken(number, error.colno, f"not valid JSON: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise _broken(number, 1, f"not valid JSON: {error}"[:SHOWN]) from error
    return record


def _broken(line: int, column: int, detail: str) -> InvalidDocumentError:
    return InvalidDocumentError(((f"line {line}, column {column}", detail),))


def _without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    record = dict(pairs)
    if len(record) < len(pairs):
        names = [name for name, _ in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the field {_shown(double)} stands twice in one object")
    return record


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON value")


def _unknown_fields(record: Mapping[object, object]) -> Problems:
    return [
        (_pointer(str(name)), f"unknown field {_shown(name)}{_suggestion(str(name))}")
        for name in record
        if name not in FIELDS
    ]


def _suggestion(name: str) -> str:
    near = difflib.get_close_matches(name[:SHOWN].lower(), FIELDS, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(FIELDS)}"


def _pointer(*parts: str | int) -> str:
    escaped = (str(part).replace("~", "~0").replace("/", "~1") for part in parts)
    return "".join(f"/{part}" for part in escaped)


def _shown(value: object) -> str:
    return ascii(value)[:SHOWN] if _is_lone(value) else repr(value)[:SHOWN]


def _is_lone(value: object) -> bool:
    return LONE.search(str(value)) is not None


def _text(record: Mapping[object, object], name: str, problems: Problems) -> str | None:
    """One line of words, None and perhaps a problem where there is none."""
    value = record.get(name)
    if value is None:
        return None
    if problem := _string_problem(value):
        problems.append((_pointer(name), problem))
        return None
    return " ".join(clean(str(value)).split()) or None


def _string_problem(value: object) -> str | None:
    if not isinstance(value, str):
        return f"must be a string, got {_shown(value)}"
    if "\0" in value:
        return f"holds a NUL character, which no text can: {_shown(value)}"
    if _is_lone(value):
        return f"holds half of a surrogate pair, which UTF-8 cannot carry: {_shown(value)}"
    return None


def _checked(
    record: Mapping[object, object],
    name: str,
    check: Callable[[str], Value | None],
    expected: str,
    problems: Problems,
) -> Value | None:
    words = _text(record, name, problems)
    if words is None:
        return None
    value = check(words)
    if value is None:
        problems.append((_pointer(name), f"must be {expected}, got {_shown(words)}"))
    return value


def _date(value: str) -> dt.date | None:
    match = ISO_DATE.fullmatch(value)
    if not match:
        return None
    try:
        return dt.datetime.fromisoformat(value).date()
    except ValueError:
        return None


def _tags(record: Mapping[object, object], problems: Problems) -> tuple[str, ...]:
    value = record.get("tags")
    if value is None:
        return ()
    if not isinstance(value, list):
        problems.append(("/tags", f"must be a list of strings, got {_shown(value)}"))
        return ()
    wrong = [(place, _string_problem(tag)) for place, tag in enumerate(value)]
    problems.extend((_pointer("tags", place), detail) for place, detail in wrong if detail)
    words = [" ".join(clean(tag).split()) for tag in value if isinstance(tag, str)]
    return tuple(dict.fromkeys(word for word in words if word))


def _required_text(record: Mapping[object, object], problems: Problems) -> str:
    if "text" not in record:
        problems.append(("/text", "is missing; every document needs the field 'text'"))
        return ""
    value = record["text"]
    problem = _string_problem(value)
    text = "" if problem else clean(str(value))
    if problem is None and not text.strip():
        problem = "must hold words, got a blank string"
    if problem:
        problems.append(("/text", problem))
    return text


def _id(record: Mapping[object, object], problems: Problems) -> str | None:
    value = record.get("id")
    if value is None:
        return None
    is_id = isinstance(value, str) and value.isprintable() and bool(value.strip())
    if not isinstance(value, str) or not is_id or len(value) > ID_LIMIT or not value.strip("."):
        problems.append(
            (
                "/id",
                f"must be 1 to {ID_LIMIT} printable characters, not only dots or spaces, "
                f"got {_shown(value)}",
            )
        )
        return None
    return value
