"""Abbreviations that a document defines itself, such as "the Terrorism Confinement Center (CECOT)".

Found by the rules of Schwartz & Hearst, "A simple algorithm for identifying abbreviation
definitions in biomedical text", PSB 2003: every letter of the short form stands in the long one,
in this order, the first at the beginning of a word. Where that fails, as with an abbreviation from
another language, a name in capitals right before one in capital letters is taken for it.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from index.connections import Connection

__all__ = ["Abbreviation", "expansions", "find_abbreviations", "put_abbreviations"]

PARENTHESIS = re.compile(r"\(([^()\n]{2,100})\)")
STOPS = "().;:!?\n"  # end what stands before a parenthesis
MOST_BEFORE = 200  # characters
SHORT = re.compile(r"(?=.*[A-ZÀ-Þ])[^\W_][\w.&/-]{1,9}")
WORD = re.compile(r"[^\W_](?:[\w'’-]*\w)?")
NAME = re.compile(
    r"(?:[A-ZÀ-Þ][\w'’-]*(?: (?:of|for|and|the|on|de|del|la|el|y))* ){1,7}[A-ZÀ-Þ][\w'’-]*$"
)
LONGEST = 8  # words of a long form


@dataclass(frozen=True, slots=True, order=True)
class Abbreviation:
    """A short form and what it stands for, both in small letters without accents."""

    short: str
    long: str


def find_abbreviations(text: str) -> list[Abbreviation]:
    """Distinct abbreviations that a text defines, in alphabetical order."""
    return sorted(set(_definitions(text)))


def put_abbreviations(
    connection: Connection, document_key: int, found: Iterable[Abbreviation]
) -> None:
    """Keep what a document defines."""
    connection.executemany(
        "INSERT INTO abbreviations VALUES (?, ?, ?)",
        [(one.short, one.long, document_key) for one in found],
    )


def expansions(connection: Connection, question: str, *, words: Sequence[str]) -> list[str]:
    """What the abbreviations of a question stand for, and the abbreviations of what it names.

    Args:
        connection: Of the store.
        question: As it was asked.
        words: Those of it that carry meaning; "it" is no abbreviation where it is none of these.
    """
    shorts = [_folded(word) for word in words]
    longs = list(_runs(_folded(question)))
    rows = connection.execute(
        "SELECT DISTINCT long AS other FROM abbreviations "
        "WHERE short IN (SELECT value FROM json_each(?)) "
        "UNION SELECT DISTINCT short FROM abbreviations "
        "WHERE long IN (SELECT value FROM json_each(?)) ORDER BY other",
        (json.dumps(shorts), json.dumps(longs)),
    )
    return [other for (other,) in rows]


def _definitions(text: str) -> Iterator[Abbreviation]:
    for match in PARENTHESIS.finditer(text):
        before, inside = _before(text, match.start()).strip(), match[1].strip()
        last = before.rpartition(" ")[2]
        if SHORT.fullmatch(inside):
            short, long = inside, _long_form(inside, before) or _name(inside, before)
        elif SHORT.fullmatch(last) and _long_form(last, inside) == inside:
            short, long = last, inside
        else:
            continue
        if long and " " in long:
            yield Abbreviation(_folded(short), _folded(long))


def _before(text: str, place: int) -> str:
    """What stands right before a place, from the last stop on."""
    first = max(place - MOST_BEFORE, 0)
    return text[max(first, *(text.rfind(stop, first, place) + 1 for stop in STOPS)) : place]


def _long_form(short: str, text: str) -> str | None:
    """The end of `text` that `short` abbreviates, None if there is none."""
    letters = [letter for letter in _folded(short) if letter.isalnum()]
    place, folded = len(text), _folded(text)
    if len(folded) != len(text):
        return None
    for position in range(len(letters) - 1, -1, -1):
        while place > 0:
            place -= 1
            begins = place == 0 or not folded[place - 1].isalnum()
            if folded[place] == letters[position] and (position > 0 or begins):
                break
        else:
            return None
    long = text[place:]
    most = min(len(letters) + 5, 2 * len(letters), LONGEST)
    return long if len(WORD.findall(long)) <= most and len(long) > len(short) else None


def _name(short: str, text: str) -> str | None:
    """The name in capitals that `text` ends with, for a short form that is all capitals."""
    name = NAME.search(text) if short.isalpha() and short.isupper() and len(short) > 2 else None
    return name[0] if name else None


def _runs(text: str) -> Iterator[str]:
    """Every run of two words and more, as it stands in the text."""
    words = list(WORD.finditer(text))
    for first in range(len(words)):
        for last in words[first + 1 : first + LONGEST]:
            yield text[words[first].start() : last.end()]


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    letters = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
