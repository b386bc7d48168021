"""The fields that stand above a Markdown text between two lines of dashes."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

import dateparser
import yaml
from frontmatter.default_handlers import YAMLHandler

from index.errors import InvalidDocumentError
from index.formats.fields import language_code, state, web_address
from index.types import Metadata, Provenance

__all__ = ["FrontMatter", "split"]

TITLE = ("title",)
PUBLISHER = ("publisher", "site", "site_name", "source_name")
AUTHOR = ("author", "authors")
PUBLISHED = ("published", "date")
URL = ("url", "link", "canonical")
LANGUAGE = ("language", "lang")
TAGS = ("tags",)
EMPTY = ("", "~", "null", "Null", "NULL")  # what YAML reads as nothing
ISO_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})([T ].*)?")
ORDERS = ("DMY", "MDY")

Fields = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What stands above a text, and the text below it."""

    metadata: Metadata
    body: str


def split(text: str) -> FrontMatter:
    """Part the fields from the text; a text without fields comes back whole.

    Names of fields are compared without case, and values stay the words that were written. A
    link that is no web address and a language that is no language tag are passed over.

    Raises:
        InvalidDocumentError: The fields are no YAML, or the date is not one.
    """
    handler = YAMLHandler()
    if not handler.detect(text):
        return FrontMatter(Metadata(), text)
    try:
        head, body = handler.split(text)
    except ValueError:  # a rule at the top of the text, and no second one
        return FrontMatter(Metadata(), text)
    loaded = _load(handler, head, first_line=text[: text.index(head)].count("\n") + 1)
    if not isinstance(loaded, dict):
        return FrontMatter(Metadata(), text) if loaded else FrontMatter(Metadata(), body)
    fields = {str(name).lower(): _values(value) for name, value in loaded.items()}
    return FrontMatter(_metadata(fields), body)


def _load(handler: YAMLHandler, head: str, *, first_line: int) -> object:
    try:
        # The base loader leaves every value the string that was written: a title 1984 is no
        # number, and a wrong date reaches the check that can name it.
        loaded: object = handler.load(head, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + (mark.line if mark else 0)
        problem = error.problem or error.context
        raise InvalidDocumentError(
            (("front matter", f"line {line} is not valid YAML: {problem}"),)
        ) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise InvalidDocumentError(
            (("front matter", f"not valid YAML from line {first_line} on: {error}"),)
        ) from error
    return loaded


def _values(value: object) -> list[str]:
    items = value if isinstance(value, list) else [value]
    words = (" ".join(item.split()) for item in items if isinstance(item, str))
    return [word for word in words if word not in EMPTY]


def _metadata(fields: Fields) -> Metadata:
    url = _joined(fields, URL)
    language = _joined(fields, LANGUAGE)
    tags = [tag.strip() for value in _first(fields, TAGS)[1] for tag in value.split(",")]
    found = Metadata(
        title=_joined(fields, TITLE),
        publisher=_joined(fields, PUBLISHER),
        author=_joined(fields, AUTHOR),
        published=_published(fields),
        url=web_address(url) if url else None,
        language=language_code(language) if language else None,
        tags=tuple(dict.fromkeys(tag for tag in tags if tag)),
    )
    return state(found, Provenance.METADATA)


def _first(fields: Fields, names: tuple[str, ...]) -> tuple[str, list[str]]:
    """Name and values of the first of `names` that says something."""
    return next(((name, fields[name]) for name in names if fields.get(name)), (names[0], []))


def _joined(fields: Fields, names: tuple[str, ...]) -> str | None:
    return ", ".join(_first(fields, names)[1]) or None


def _published(fields: Fields) -> dt.date | None:
    name, values = _first(fields, PUBLISHED)
    if not values:
        return None
    published = _date(values[0]) if len(values) == 1 else None
    if published is None:
        value = ", ".join(values)[:200]
        raise InvalidDocumentError(
            ((f"/{name}", f"{value!r} is not one certain day; write it as YYYY-MM-DD"),)
        )
    return published


def _date(value: str) -> dt.date | None:
    """The day that a value names, None unless it names day, month and year beyond doubt."""
    if match := ISO_DATE.fullmatch(value):
        try:
            return dt.date.fromisoformat(match[1])
        except ValueError:
            return None
    days = {_parse(value, order) for order in ORDERS}
    return days.pop() if len(days) == 1 else None


def _parse(value: str, order: str) -> dt.date | None:
    moment = dateparser.parse(
        value,
        settings={
            "PARSERS": ["absolute-time"],  # "yesterday" depends on when it is read
            "REQUIRE_PARTS": ["day", "month", "year"],
            "DATE_ORDER": order,
            "PREFER_LOCALE_DATE_ORDER": False,
        },
    )
    return moment.date() if moment else None
