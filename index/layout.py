"""From the lines of a text to its paragraphs, headings and asides.

Formats that know their layout (HTML, DOCX, Markdown, PDF) hand over blocks; for plain text the
layout is inferred here from blank lines, line ends and capitals. Both then give up what is no
text: bylines, dates, a repeated title, and page furniture.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from index.boilerplate import boilerplate_kind
from index.bylines import FrontLine, read_front_line
from index.types import (
    AsideKind,
    Block,
    BlockKind,
    Metadata,
    Provenance,
    Reading,
    Span,
)

__all__ = ["Layout", "arrange"]

FRONT_LINES = 12  # bylines and dates stand above the text; further down they are quotations
LONGEST_TITLE = 160
LONGEST_HEADING = 120
NARROWEST_WRAP = 40  # columns; lines that are all shorter are lines on purpose
WIDEST_WRAP = 120  # longer lines were not wrapped by hand or by an editor
LIST_ITEM = re.compile(r"^(?:[-*•–‣◦]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s+")
SENTENCE_END = re.compile(r"[.!?…:;。！？؟۔।][\"'”’»)\]*]*$")
# A line that ends in one of these goes on in the next line, whatever its capitals say.
OPEN_END = frozenset(
    (  # noqa: SIM905  a column of words could not be read
        "a an and as at by for from in into including is are was were be like of on or such than "
        "that the their his her its to under until which while who whose with within without not "
        "no de del la las los el y en con por para que un una et le les des du und der die das von "
        "mit"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Layout:
    """The blocks of a text in order: every visible character is in exactly one of them."""

    blocks: tuple[Block, ...]
    metadata: Metadata


@dataclass(frozen=True, slots=True)
class _Line:
    """One visible line; `group` is equal for lines with no blank line between them."""

    span: Span
    text: str
    group: int


def arrange(reading: Reading) -> Layout:
    """Find paragraphs, headings and asides, and the metadata that the first lines state.

    What the format states wins over what the lines say.
    """
    if reading.blocks is None:
        units = [Block(line.span, BlockKind.PARAGRAPH) for line in _lines(reading.text)]
    else:
        units = list(reading.blocks)
    plain = reading.blocks is None
    title, units = _take_title(reading, units, plain=plain)
    units, metadata = _take_asides(reading.text, units, replace(reading.metadata, title=title))
    metadata = _note_title(metadata, reading)
    blocks = _group_lines(reading.text, units) if plain else units
    return Layout(tuple(blocks), metadata)


def _lines(text: str) -> list[_Line]:
    lines: list[_Line] = []
    group = 0
    for found in re.finditer(r"[^\n]*\n?", text):
        stripped = found.group().strip()
        if not stripped:
            group += 1
            continue
        start = found.start() + found.group().index(stripped[0])
        lines.append(_Line(Span(start, start + len(stripped)), stripped, group))
    return lines


def _note_title(metadata: Metadata, reading: Reading) -> Metadata:
    if not metadata.title or reading.metadata.title:
        return metadata
    return replace(metadata, provenance={**metadata.provenance, "title": Provenance.TEXT})


def _take_title(
    reading: Reading, units: list[Block], *, plain: bool
) -> tuple[str | None, list[Block]]:
    if reading.metadata.title or len(units) < 2:
        return reading.metadata.title, units
    first, second = units[0], units[1]
    text = first.span.of(reading.text)
    if plain:
        following = second.span.of(reading.text)
        alone = reading.text.count("\n", first.span.end, second.span.start) > 1
        is_other = boilerplate_kind(text) or read_front_line(text, title=None)
        fits = len(text) <= LONGEST_TITLE and not is_other
        is_title = fits and _reads_as_heading(text, following, alone=alone)
    else:
        is_title = first.kind is BlockKind.HEADING
    if not is_title:
        return None, units
    return text, [replace(first, kind=BlockKind.ASIDE, aside=AsideKind.TITLE), *units[1:]]


def _take_asides(
    text: str, units: Sequence[Block], metadata: Metadata
) -> tuple[list[Block], Metadata]:
    kept: list[Block] = []
    for position, unit in enumerate(units):
        words = unit.span.of(text)
        if unit.kind is BlockKind.ASIDE:
            kept.append(unit)
            continue
        front = None
        if position < FRONT_LINES:
            front = read_front_line(words, title=metadata.title)
        if front:
            metadata = _with_front_line(metadata, front)
        aside = front.kind if front else boilerplate_kind(words)
        kept.append(replace(unit, kind=BlockKind.ASIDE, aside=aside) if aside else unit)
    return kept, metadata


def _with_front_line(metadata: Metadata, front: FrontLine) -> Metadata:
    found = {"author": front.author, "published": front.published, "publisher": front.publisher}
    new = {name: value for name, value in found.items() if value and not getattr(metadata, name)}
    read_in = Provenance.TEXT if front.publisher else Provenance.BYLINE
    return replace(
        metadata,
        publisher=metadata.publisher or front.publisher,
        author=metadata.author or front.author,
        published=metadata.published or front.published,
        provenance={**metadata.provenance, **dict.fromkeys(new, read_in)},
    )


def _group_lines(text: str, units: Sequence[Block]) -> list[Block]:
    groups = {line.span: line.group for line in _lines(text)}
    blocks: list[Block] = []
    for _, members in groupby(units, key=lambda unit: groups[unit.span]):
        lines = list(members)
        if _is_wrapped([unit.span.of(text) for unit in lines]) and _all_text(lines):
            blocks.append(_joined(lines))
        else:
            blocks.extend(_paragraphs(text, lines))
    return _demote_last_heading(blocks)


def _all_text(lines: Sequence[Block]) -> bool:
    return all(unit.kind is BlockKind.PARAGRAPH for unit in lines)


def _joined(lines: Sequence[Block]) -> Block:
    return Block(Span(lines[0].span.start, lines[-1].span.end), BlockKind.PARAGRAPH)


def _paragraphs(text: str, lines: Sequence[Block]) -> list[Block]:
    blocks: list[Block] = []
    open_lines: list[Block] = []
    for position, unit in enumerate(lines):
        words = unit.span.of(text)
        if open_lines and not (
            unit.kind is BlockKind.PARAGRAPH and _goes_on(open_lines[-1].span.of(text), words)
        ):
            blocks.append(_joined(open_lines))
            open_lines = []
        following = lines[position + 1].span.of(text) if position + 1 < len(lines) else ""
        if unit.kind is BlockKind.ASIDE:
            blocks.append(unit)
        elif not open_lines and _reads_as_heading(words, following, alone=len(lines) == 1):
            blocks.append(replace(unit, kind=BlockKind.HEADING))
        else:
            open_lines.append(unit)
    return [*blocks, _joined(open_lines)] if open_lines else blocks


def _goes_on(line: str, following: str) -> bool:
    """Whether the sentence or list of `line` continues in the line that follows."""
    if LIST_ITEM.match(following):
        return bool(LIST_ITEM.match(line)) or line.endswith(":")
    return not SENTENCE_END.search(line) or following[0].islower()


def _reads_as_heading(line: str, following: str, *, alone: bool) -> bool:
    words = line.split()
    if len(line) > LONGEST_HEADING and not (alone and len(line) <= LONGEST_TITLE):
        return False
    if line[-1] in ".,;:!…" or LIST_ITEM.match(line) or not re.search(r"[^\W\d_]", line):
        return False
    if words[-1].casefold() in OPEN_END or line[0].islower() or following[:1].islower():
        return False
    long_words = [word for word in words if len(word.strip("\"'“”‘’().,")) > 3]
    capitals = sum(not word.lstrip("\"'“‘(")[:1].islower() for word in long_words)
    if long_words and capitals >= 0.7 * len(long_words):
        return True
    return alone and len(words) <= 14


def _is_wrapped(lines: Sequence[str]) -> bool:
    """Whether a paragraph was broken into lines of one width, as mail and old texts are."""
    width = max(map(len, lines))
    if len(lines) < 3 or not NARROWEST_WRAP <= width <= WIDEST_WRAP:
        return False
    full = sum(
        len(line) + 1 + len(following.split()[0]) >= width - 4
        for line, following in pairwise(lines)
    )
    return full >= 0.8 * (len(lines) - 1) and not any(LIST_ITEM.match(line) for line in lines)


def _demote_last_heading(blocks: list[Block]) -> list[Block]:
    """A heading with no text under it heads nothing: read it as text, so that it can be found."""
    last = next(
        (i for i in reversed(range(len(blocks))) if blocks[i].kind is not BlockKind.ASIDE), None
    )
    while last is not None and last >= 0 and blocks[last].kind is not BlockKind.PARAGRAPH:
        if blocks[last].kind is BlockKind.HEADING:
            blocks[last] = replace(blocks[last], kind=BlockKind.PARAGRAPH)
        last -= 1
    return blocks
