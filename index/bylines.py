"""Title, publisher, author and date that stand in the first lines of a text."""

import re
from dataclasses import dataclass
from datetime import date

from index.dates import parse_date
from index.types import AsideKind

__all__ = ["FrontLine", "read_front_line"]

BY = re.compile(
    r"^(?:(?:written|reported|posted|published|story|words|text)\s+)?by[:\s]\s*(?P<names>.+)$"
    r"|^(?:authors?|por|par|von|autor|auteur)\s*:\s*(?P<named>.+)$",
    re.IGNORECASE,
)
DATE_LABEL = re.compile(
    r"^(?:(?:first\s+)?published|posted|date|publication date|publicado|publié|veröffentlicht)"
    r"(?:\s+(?:on|at|el|le|am))?\s*:?\s+",
    re.IGNORECASE,
)
UPDATE_LABEL = re.compile(
    r"^(?:last\s+)?(?:updated|modified|revised)(?:\s+(?:on|at))?\s*:?\s+", re.I
)
WEEKDAY = re.compile(r"^(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+", re.IGNORECASE)
NAME = re.compile(r"[^\W\d_][\w.'’-]*")
PARTICLES = frozenset(
    {"de", "da", "del", "di", "la", "le", "van", "von", "der", "den", "ten", "bin", "al", "el"}
    | {"and", "und", "y", "et", "&"}
)
MOST_NAMES = 8
PARTS = re.compile(r"\s*[|·•–—]\s*|\s+-\s+")
SUFFIX = re.compile(r"^\s*[|·•–—-]?\s*(?P<name>\S+(?:\s+\S+){0,3})$")


@dataclass(frozen=True, slots=True)
class FrontLine:
    """What one of the first lines states. `kind` is the reason why it stands in no passage."""

    kind: AsideKind
    author: str | None = None
    published: date | None = None
    publisher: str | None = None


def read_front_line(line: str, *, title: str | None) -> FrontLine | None:
    """Read a line near the top of a text as byline, date or repetition of the title.

    Args:
        line: The line without white space around it.
        title: The title as far as it is known, to recognise it as a page title: the same words,
            with or without the publisher's name behind them.

    Returns:
        None where the line is none of these, so that it is text.
    """
    if title and line.casefold().startswith(title.casefold()):
        rest = line[len(title) :]
        if not rest.strip():
            return FrontLine(AsideKind.TITLE_REPEATED)
        if (suffix := SUFFIX.match(rest)) and len(rest) <= 40 and suffix["name"][0].isupper():
            return FrontLine(AsideKind.TITLE_REPEATED, publisher=suffix["name"])
    found: list[FrontLine] = []
    for part in filter(None, PARTS.split(line)):
        if (fact := _read_part(part)) is None:
            return None
        found.append(fact)
    if not found:
        return None
    return FrontLine(
        found[0].kind,
        author=next((fact.author for fact in found if fact.author), None),
        published=next((fact.published for fact in found if fact.published), None),
    )


def _read_part(part: str) -> FrontLine | None:
    if byline := BY.match(part):
        names = (byline["names"] or byline["named"]).strip().rstrip(".,")
        return FrontLine(AsideKind.AUTHOR, author=names) if _is_name(names) else None
    if update := UPDATE_LABEL.match(part):
        # The day of a correction is not the day of publication, so it is read and not kept.
        return FrontLine(AsideKind.DATE) if parse_date(part[update.end() :]) else None
    day = WEEKDAY.sub("", DATE_LABEL.sub("", part))
    published = parse_date(day)
    return FrontLine(AsideKind.DATE, published=published) if published else None


def _is_name(text: str) -> bool:
    """Whether every word is a name's: a sentence such as "By Sunday it had rained" is none."""
    words = [word for word in re.split(r"[\s,]+", text) if word not in PARTICLES]
    fits = len(text) <= 80 and len(words) <= MOST_NAMES
    return (
        fits and bool(words) and all(NAME.fullmatch(word) and word[0].isupper() for word in words)
    )
