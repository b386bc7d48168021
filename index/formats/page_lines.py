"""Paragraphs, headings and margins, told from the lines of printed pages."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.formats.composing import Piece, clean
from index.types import AsideKind, BlockKind

__all__ = ["find_pieces"]

MARGIN_LINES = 2  # at each end of a page
MARGIN_PAGES = 3  # fewer pages do not tell a repeated line from a coincidence
FULL = 0.85  # of the text width; a line that reaches it was wrapped
SHORT = 0.75  # of the text width; a heading is no longer
ROW = 0.6  # of the text width; a shorter line that ends no sentence stands for itself
HEADING_CHARACTERS = 90
HEADING_WORDS = 14
LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)
ROMAN = r"(?-i:(?=[ivx])x{0,3}(?:ix|iv|v?i{0,3}))"
PAGE_NUMBER = re.compile(
    rf"(?:(?:page|seite|página|pagina|p\.)\s*)?[-–—]?\s*(?:\d{{1,4}}|{ROMAN})\s*[-–—]?"
    r"(?:\s*(?:/|of|von|de|di|sur)\s*\d{1,4})?",
    re.IGNORECASE,
)
EDGE_NUMBER = re.compile(r"^\d{1,4}\b|\b\d{1,4}$", re.ASCII)
SENTENCE_END = re.compile(r"[.!?:…。！？][\"'”’»)\]\d]{0,4}$")
NO_HEADING_END = re.compile(r"[.,;:!…。，；\-–—]$")
ITEM = re.compile(r"[•▪◦‣·●○*–—-]\s|\(?(\d{1,3}|[a-z])[.)]\s")
NUMBERED_HEADING = re.compile(r"\d{1,2}(\.\d{1,2})*\.?\s+[^\W\d_]")
PARTED = re.compile(r"([^\W\d_]+)[-‐\u00ad]$")
COMPOUND = re.compile(r"[^\W\d_]+-[^\W\d_]+")


def find_pieces(pages: Sequence[str]) -> list[list[Piece]]:
    """Lay out pages whose text is known line by line.

    A paragraph ends at an empty line, before a heading or list item, and after a sentence that
    ends clearly short of the text width. Lines repeated at the top or bottom of most of at least
    three pages, and page numbers, become margins. No paragraph reaches over the end of a page.

    Args:
        pages: The text of each page, a newline after each printed line.

    Returns:
        For each page its pieces in order, together all visible characters but the hyphens of
        words parted at a line's end.
    """
    lined = [_lines(page) for page in pages]
    repeated = _repeated(lined)
    marked = [_mark_margins(lines, page, repeated) for page, lines in enumerate(lined)]
    if all(line.is_margin for page in marked for line in page if line.text):
        marked = [[_Line(line, is_margin=False) for line in lines] for lines in lined]
    body = [line.text for page in marked for line in page if not line.is_margin and line.text]
    layout = _Layout(
        width=_text_width(body),
        compounds=frozenset(word for line in body for word in COMPOUND.findall(line.lower())),
    )
    return [_page_pieces(page, layout) for page in marked]


@dataclass(frozen=True, slots=True)
class _Key:
    """Equal for the margins of pages: words, or words around a number `offset` from the page's."""

    words: str
    offset: int | None = None


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    is_margin: bool


@dataclass(frozen=True, slots=True)
class _Layout:
    """What the whole text tells about one line: how long lines get, which words have hyphens."""

    width: int
    compounds: frozenset[str]


def _lines(page: str) -> list[str]:
    words = clean(page).translate(LIGATURES)
    return [" ".join(line.split()) for line in words.strip().split("\n")]


def _keys(line: str, page: int) -> list[_Key]:
    """What two margins have in common: the words, or the words around a number of the page."""
    keys = [_Key(line.casefold())]
    if match := EDGE_NUMBER.search(line):
        around = (line[: match.start()] + "#" + line[match.end() :]).casefold()
        keys.append(_Key(around, offset=int(match[0]) - page))
    return keys


def _ends(lines: Sequence[str]) -> tuple[list[int], list[int]]:
    """Positions of the lines that may be margins, at the top and at the bottom."""
    filled = [position for position, line in enumerate(lines) if line]
    return filled[:MARGIN_LINES], filled[-MARGIN_LINES:]


def _repeated(pages: Sequence[Sequence[str]]) -> frozenset[_Key]:
    """Words at the same end of more than half of the pages; around page numbers, of a few."""
    counts: Counter[tuple[int, _Key]] = Counter()
    for page, lines in enumerate(pages):
        for end, places in enumerate(_ends(lines)):
            counts.update({(end, key) for place in places for key in _keys(lines[place], page)})
    most = max(MARGIN_PAGES, len(pages) // 2 + 1)
    return frozenset(
        key
        for (_, key), count in counts.items()
        if count >= (most if key.offset is None else MARGIN_PAGES)
    )


def _mark_margins(lines: Sequence[str], page: int, repeated: frozenset[_Key]) -> list[_Line]:
    top, bottom = _ends(lines)
    margins = {
        place for place in {*top, *bottom} if repeated.intersection(_keys(lines[place], page))
    }
    left = [place for place, line in enumerate(lines) if line and place not in margins]
    outer = [left[0], left[-1]] if len(left) > 1 or (margins and left) else []
    margins.update(place for place in outer if PAGE_NUMBER.fullmatch(lines[place]))
    return [_Line(line, place in margins) for place, line in enumerate(lines)]


def _text_width(lines: Sequence[str]) -> int:
    """A length that one line in ten reaches: single overlong lines do not set the width."""
    lengths = sorted(map(len, lines), reverse=True)
    return lengths[len(lengths) // 10] if lengths else 0


def _page_pieces(page: Sequence[_Line], layout: _Layout) -> list[Piece]:
    pieces: list[Piece] = []
    body: list[str] = []
    for line in (*page, None):
        if line is not None and not line.is_margin:
            body.append(line.text)
            continue
        pieces.extend(_body_pieces(body, layout))
        body = []
        if line is not None:
            pieces.append(Piece(line.text, BlockKind.ASIDE, aside=AsideKind.PAGE_MARGIN))
    return pieces


def _body_pieces(lines: Sequence[str], layout: _Layout) -> Iterable[Piece]:
    paragraph = ""
    is_open = False  # whether the sentence of the line before goes on
    for position, line in enumerate(lines):
        if not is_open and _is_heading(lines, position, layout):
            yield Piece(paragraph)
            yield Piece(line, BlockKind.HEADING)
            paragraph = ""
            continue
        if not line or not is_open or ITEM.match(line):
            yield Piece(paragraph)
            paragraph = line
        else:
            paragraph = _joined(paragraph, line, lines[position - 1], layout)
        is_open = bool(line) and not _ends_paragraph(line, layout)
    yield Piece(paragraph)


def _ends_paragraph(line: str, layout: _Layout) -> bool:
    return len(line) < FULL * layout.width and bool(SENTENCE_END.search(line))


def _is_heading(lines: Sequence[str], position: int, layout: _Layout) -> bool:
    """Whether a line looks like a heading and prose follows it, at most one heading between."""
    if not _looks_like_heading(lines[position], layout):
        return False
    below = [line for line in lines[position + 1 :] if line][:2]
    if len(below) == 2 and _looks_like_heading(below[0], layout):
        below = below[1:]
    return bool(below) and not below[0][0].islower() and _is_prose(below[0], layout)


def _looks_like_heading(line: str, layout: _Layout) -> bool:
    is_short = len(line) <= min(HEADING_CHARACTERS, SHORT * layout.width)
    is_short = is_short and len(line.split()) <= HEADING_WORDS
    starts = line[:1].isupper() or bool(NUMBERED_HEADING.match(line))
    is_item = bool(ITEM.match(line)) and not NUMBERED_HEADING.match(line)
    return is_short and starts and not is_item and not NO_HEADING_END.search(line)


def _is_prose(line: str, layout: _Layout) -> bool:
    is_long = len(line) >= ROW * layout.width
    return (is_long or bool(SENTENCE_END.search(line))) and not _looks_like_heading(line, layout)


def _joined(paragraph: str, line: str, before: str, layout: _Layout) -> str:
    """A paragraph with one more line, `before` being the line that it ends with."""
    if (parted := PARTED.search(paragraph)) and line[:1].islower():
        rest = re.match(r"[^\W\d_]*", line)
        compound = f"{parted[1]}-{rest[0] if rest else ''}".lower()
        keeps_hyphen = compound in layout.compounds
        return f"{paragraph if keeps_hyphen else paragraph[:-1]}{line}"
    is_row = len(before) < ROW * layout.width and not line[:1].islower()
    return f"{paragraph}\n{line}" if is_row else f"{paragraph} {line}"
