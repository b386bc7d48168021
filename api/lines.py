"""Styled words in lines of a certain width, for a terminal."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import click

__all__ = ["PLAIN", "Style", "Words", "lines_of"]

# Letters up to Latin with all accents, dashes, quotes and dots take a cell each.
MAY_BE_WIDE = re.compile("[^\\0-\u02ff\u2010-\u2027]")
WORD = re.compile(r"[^ \t\n]+|\n")  # a no-break space does not end a word


# Tuples with names: to make a frozen dataclass takes two milliseconds of every call of `ask`.
class Style(NamedTuple):
    """How words are shown, in the terms of `click.style`."""

    fg: str | None = None
    bg: str | None = None
    bold: bool | None = None
    dim: bool | None = None
    italic: bool | None = None

    def of(self, text: str) -> str:
        """A text with the signs that make a terminal show it so."""
        return click.style(
            text, fg=self.fg, bg=self.bg, bold=self.bold, dim=self.dim, italic=self.italic
        )


PLAIN = Style()


class Words(NamedTuple):
    """A stretch of text in one style."""

    text: str
    style: Style = PLAIN


def lines_of(words: Sequence[Words], *, width: int, colour: bool) -> list[str]:
    """Break words into lines, at blanks, or within a word that no line can hold.

    Args:
        words: What is said, in order; a newline in it ends a line.
        width: Cells of a line, at least 2; Chinese and Japanese signs take two.
        colour: Show styles.
    """
    text = "".join(part.text for part in words)
    return [_shown(words, *ends, colour=colour) for ends in _breaks(text, width)]


def _shown(words: Sequence[Words], start: int, end: int, *, colour: bool) -> str:
    shown, position = [], 0
    for part in words:
        stretch = part.text[max(start - position, 0) : max(end - position, 0)]
        styled = colour and stretch and part.style != PLAIN
        shown.append(part.style.of(stretch) if styled else stretch)
        position += len(part.text)
    return "".join(shown)


def _breaks(text: str, width: int) -> Iterator[tuple[int, int]]:
    """Where each line starts and ends."""
    start = end = 0
    for match in WORD.finditer(text):
        if match[0] == "\n":
            yield start, end
            start = end = match.end()
            continue
        if end > start and _cells(text[start : match.end()]) > width:
            yield start, end
            start = match.start()
        start = match.start() if end <= start else start
        end = match.end()
        while _cells(text[start:end]) > width:
            cut = _fitting(text[start:end], width)
            yield start, start + cut
            start += cut
    yield start, end


def _fitting(text: str, width: int) -> int:
    """How many characters fit into a line, at least one."""
    cells = 0
    for position, sign in enumerate(text):
        cells += _cells(sign)
        if cells > width:
            return max(position, 1)
    return len(text)


def _cells(text: str) -> int:
    if not MAY_BE_WIDE.search(text):
        return len(text)
    import unicodedata  # a megabyte of tables, which Latin letters and dashes do not need

    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    return len(text) + wide - sum(unicodedata.combining(sign) > 0 for sign in text)
