"""From blocks to passages: one passage a paragraph, within the encoder's window."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from index.sentences import sentence_spans
from index.types import Aside, AsideKind, Block, BlockKind, Passage, Span

__all__ = ["HEADING_SEPARATOR", "Division", "TokenCounter", "divide"]

HEADING_SEPARATOR = " › "
LONGEST_WORD = 100  # characters; a longer run without white space is data, and is cut in pieces

TokenCounter = Callable[[Sequence[str]], list[int]]
"""Gives the number of tokens of each text, special tokens not counted."""


@dataclass(frozen=True, slots=True)
class Division:
    """A document's text, divided: every visible character is in exactly one passage or aside."""

    passages: tuple[Passage, ...]
    asides: tuple[Aside, ...]


def divide(
    text: str,
    blocks: Sequence[Block],
    *,
    document_id: str,
    count_tokens: TokenCounter,
    window: int,
    language: str | None = None,
    page_starts: Sequence[int] = (),
) -> Division:
    """Divide a text into passages and asides.

    A paragraph is one passage. One that does not fit into the encoder's window is split between
    sentences into parts of similar length, a sentence that does not fit between words. Headings
    are asides of the text and context of the passages under them.

    Args:
        text: The document's text.
        blocks: Its layout, in order and disjoint.
        document_id: Becomes part of each passage's id.
        count_tokens: The encoder's own count.
        window: Most tokens in a passage, at least 1.
        language: Of the text, for sentence ends.
        page_starts: Offset of each page's first character, or empty.
    """
    passages: list[Passage] = []
    asides: list[Aside] = []
    headings = _Headings()
    for block in blocks:
        if block.kind is BlockKind.HEADING:
            headings.enter(block.span.of(text), block.level)
            asides.append(Aside(block.span, AsideKind.HEADING))
        elif block.kind is BlockKind.ASIDE:
            asides.append(Aside(block.span, block.aside or AsideKind.NAVIGATION))
        else:
            headings.leave()
            for span in _fit(text, block.span, count_tokens, window, language):
                passages.append(
                    Passage(
                        id=f"{document_id}:{span.start}-{span.end}",
                        document_id=document_id,
                        ordinal=len(passages),
                        span=span,
                        text=span.of(text),
                        heading=headings.path,
                        page=bisect_right(page_starts, span.start) or None,
                    )
                )
    return Division(tuple(passages), tuple(asides))


class _Headings:
    """The headings above the current paragraph, outermost first.

    Where the format gives no levels, headings that follow each other without text between them
    are read as one inside the other, and a single one takes the place of the innermost.
    """

    def __init__(self) -> None:
        self._stack: list[tuple[int, str]] = []
        self._run: list[str] = []

    def enter(self, heading: str, level: int) -> None:
        heading = " ".join(heading.split())
        if level:
            self._stack = [entry for entry in self._stack if 0 < entry[0] < level]
            self._stack.append((level, heading))
        else:
            self._run.append(heading)

    def leave(self) -> None:
        if self._run:
            outer = self._stack[:-1] if len(self._run) == 1 else []
            self._stack = [*outer, *((0, heading) for heading in self._run)]
            self._run = []

    @property
    def path(self) -> str:
        return HEADING_SEPARATOR.join(heading for _, heading in self._stack)


def _fit(
    text: str, span: Span, count_tokens: TokenCounter, window: int, language: str | None
) -> Iterator[Span]:
    paragraph = span.of(text)
    # No tokenizer makes more tokens than bytes, so short paragraphs need no count.
    if len(paragraph.encode()) <= window:
        yield span
        return
    [total] = count_tokens([paragraph])
    if total <= window:
        yield span
        return
    pieces = list(_pieces(paragraph, count_tokens, window, language))
    for part in _pack(pieces, window):
        yield Span(span.start + part.start, span.start + part.end)


def _pieces(
    paragraph: str, count_tokens: TokenCounter, window: int, language: str | None
) -> Iterator[tuple[Span, int]]:
    """Sentences with their counts; words where a sentence alone is too long."""
    sentences = sentence_spans(paragraph, language=language)
    counts = count_tokens([sentence.of(paragraph) for sentence in sentences])
    for sentence, count in zip(sentences, counts, strict=True):
        if count <= window:
            yield sentence, count
            continue
        words = [
            Span(sentence.start + found.start(), sentence.start + found.end())
            for found in re.finditer(rf"\S{{1,{LONGEST_WORD}}}", sentence.of(paragraph))
        ]
        yield from zip(words, count_tokens([word.of(paragraph) for word in words]), strict=True)


def _pack(pieces: Sequence[tuple[Span, int]], window: int) -> Iterator[Span]:
    total = sum(count for _, count in pieces)
    parts = -(-total // window)
    target = min(window, -(-total // parts) + window // 10)
    start, filled = 0, 0
    for position, (_, count) in enumerate(pieces):
        if position > start and filled + count > target:
            yield Span(pieces[start][0].start, pieces[position - 1][0].end)
            start, filled = position, 0
        filled += count
    yield Span(pieces[start][0].start, pieces[-1][0].end)
