"""Does a quote still stand where a citation says?"""

import unicodedata

from index.types import Span
from qa.types import Verification, Verified

__all__ = ["verify"]

PLAIN_MARKS = str.maketrans("‘’‚‛“”„‟«»–—−‐‑", '\'\'\'\'""""""-----')


def verify(text: str, quote: str, claimed: Span | None = None) -> Verified:
    """Compare a quote with a document's text.

    Args:
        text: The document as it is stored now.
        quote: Words that were cited, not blank.
        claimed: Where they are said to stand, if that is known.

    Returns:
        `exact` where the words stand at the claimed place, or anywhere if none is claimed;
        `moved` where they stand verbatim at another place, the one nearest to the claimed;
        `normalized` where they stand apart from white space, capitals, and the shape of quotation
        marks, dashes and accented characters; else `not_found`.
    """
    if claimed is not None and claimed.of(text) == quote:
        return Verified(Verification.EXACT, claimed, quote)
    places = _places(text, quote)
    if places:
        start = min(places, key=lambda place: abs(place - claimed.start) if claimed else place)
        kind = Verification.MOVED if claimed else Verification.EXACT
        return Verified(kind, Span(start, start + len(quote)), quote)
    span = _find_normalized(text, quote, near=claimed.start if claimed else 0)
    if span is None:
        return Verified(Verification.NOT_FOUND)
    return Verified(Verification.NORMALIZED, span, span.of(text))


def _places(text: str, quote: str) -> list[int]:
    places = []
    start = text.find(quote)
    while start >= 0:
        places.append(start)
        start = text.find(quote, start + 1)
    return places


def _find_normalized(text: str, quote: str, *, near: int) -> Span | None:
    folded, origins = _folded(text)
    wanted, _ = _folded(quote)
    wanted = wanted.strip()
    places = [
        place
        for place in (_places(folded, wanted) if wanted else [])
        if _is_whole(origins, place, place + len(wanted))
    ]
    if not places:
        return None
    place = min(places, key=lambda place: abs(origins[place] - near))
    end = origins[place + len(wanted) - 1] + 1
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return Span(origins[place], end)


def _is_whole(origins: list[int], start: int, end: int) -> bool:
    """Whether a range of a folded text cuts no character in two, such as the ligature ﬁ."""
    return (start == 0 or origins[start - 1] < origins[start]) and (
        end == len(origins) or origins[end - 1] < origins[end]
    )


def _folded(text: str) -> tuple[str, list[int]]:
    """A text with differences of form taken out, and where each character came from."""
    characters: list[str] = []
    origins: list[int] = []
    for position, character in enumerate(text):
        form = unicodedata.normalize("NFKC", character).translate(PLAIN_MARKS).casefold()
        form = "".join(
            c for c in unicodedata.normalize("NFD", form) if not unicodedata.combining(c)
        )
        for part in form:
            if part.isspace():
                part = " "
                if characters and characters[-1] == " ":
                    continue
            characters.append(part)
            origins.append(position)
    return "".join(characters), origins
