"""The text of a document and its blocks, put together from pieces in reading order."""

from collections.abc import Iterable
from dataclasses import dataclass

from index.types import AsideKind, Block, BlockKind, Metadata, Reading, Span

__all__ = ["Piece", "clean", "compose", "compose_pages", "tidy"]

SEPARATOR = "\n\n"
LINE_ENDS = (0x0B, 0x0C, 0x0D, 0x1C, 0x1D, 0x1E, 0x85, 0x2028, 0x2029)
# C0 and C1 controls, the byte order mark, and halves of surrogate pairs, which UTF-8 cannot carry.
UNWANTED = (*range(0x20), *range(0x7F, 0xA0), 0xFEFF, *range(0xD800, 0xE000))
CHARACTERS: dict[int, str | None] = {
    **dict.fromkeys(UNWANTED),
    **dict.fromkeys((0x09, *LINE_ENDS), "\n"),
    0x09: "\t",
    0x0A: "\n",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """The words of one block before it has a place in the text."""

    text: str
    kind: BlockKind = BlockKind.PARAGRAPH
    level: int = 0
    aside: AsideKind | None = None


def compose(pieces: Iterable[Piece], metadata: Metadata) -> Reading:
    """Join pieces with a blank line between them.

    Returns:
        A reading whose blocks cover every visible character of its text exactly once. Pieces
        without a visible character are left out; characters are cleaned as by `clean`.
    """
    reading = compose_pages([pieces], metadata)
    return Reading(reading.text, reading.blocks, metadata)


def compose_pages(pages: Iterable[Iterable[Piece]], metadata: Metadata) -> Reading:
    """As `compose`, for pieces grouped by page.

    Returns:
        A reading with one page start for each page; an empty page starts where the next text
        does, and an empty page at the end starts at the end of the text.
    """
    texts: list[str] = []
    blocks: list[Block] = []
    starts: list[int] = []
    end = 0
    for page in pages:
        starts.append(end + len(SEPARATOR) if texts else 0)
        for piece in page:
            text = clean(piece.text).strip()
            if not _is_visible(text):
                continue
            start = end + len(SEPARATOR) if texts else 0
            end = start + len(text)
            texts.append(text)
            blocks.append(Block(Span(start, end), piece.kind, piece.level, piece.aside))
    return Reading(
        SEPARATOR.join(texts), tuple(blocks), metadata, tuple(min(start, end) for start in starts)
    )


def clean(text: str) -> str:
    """Every line ends in a newline, and of the control characters only newline and tab stay."""
    return text.replace("\r\n", "\n").translate(CHARACTERS)


def tidy(text: str) -> str:
    """One space between words, no empty line."""
    lines = (" ".join(line.split()) for line in clean(text).split("\n"))
    return "\n".join(line for line in lines if line)


def _is_visible(text: str) -> bool:
    return any(character.isprintable() and not character.isspace() for character in text)
