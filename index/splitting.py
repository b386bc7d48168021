"""From blocks to passages: one passage a paragraph, within the encoder's window."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from index.context import HEADING_SEPARATOR
from index.sentences import sentence_spans
from index.types import Aside, AsideKind, Block, BlockKind, Passage, Span

__all__ = ["Division", "TokenCounter", "divide"]

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
    [total] = count_tokens([paragraph])
    if total <= window:
        yield span
        return
    pieces = list(_pieces(paragraph, count_tokens, window, language))
    for group in _pack(pieces, window):
        for part in _fitting(paragraph, group, count_tokens, window):
            yield Span(span.start + part.start, span.start + part.end)


def _pieces(
    paragraph: str, count_tokens: TokenCounter, window: int, language: str | None
) -> Iterator[tuple[Span, int]]:
    """Sentences with their counts; words where a sentence alone does not fit."""
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
        for word, tokens in zip(words, count_tokens([w.of(paragraph) for w in words]), strict=True):
            if tokens <= window or len(word.of(paragraph)) == 1:
                yield word, tokens
            else:
                yield from _cut(paragraph, word, count_tokens, window)


def _cut(
    paragraph: str, word: Span, count_tokens: TokenCounter, window: int
) -> Iterator[tuple[Span, int]]:
    """Halves of a word until they fit; a character alone is never cut."""
    middle = (word.start + word.end) // 2
    for half in (Span(word.start, middle), Span(middle, word.end)):
        [tokens] = count_tokens([half.of(paragraph)])
        if tokens <= window or half.end - half.start == 1:
            yield half, tokens
        else:
            yield from _cut(paragraph, half, count_tokens, window)


def _pack(pieces: Sequence[tuple[Span, int]], window: int) -> Iterator[Sequence[Span]]:
    """Groups of neighbours whose counts add up to the window at most, and to similar sums."""
    total = sum(count for _, count in pieces)
    parts = -(-total // window)
    target = min(window, -(-total // max(parts, 1)) + window // 10)
    group: list[Span] = []
    filled = 0
    for span, count in pieces:
        if group and filled + count > target:
            yield group
            group, filled = [], 0
        group.append(span)
        filled += count
    yield group


def _fitting(
    paragraph: str, group: Sequence[Span], count_tokens: TokenCounter, window: int
) -> Iterator[Span]:
    """Parts of a group that fit: some tokenizers count more for a text than for its words."""
    whole = Span(group[0].start, group[-1].end)
    if len(group) == 1 or count_tokens([whole.of(paragraph)])[0] <= window:
        yield whole
        return
    middle = len(group) // 2
    yield from _fitting(paragraph, group[:middle], count_tokens, window)
    yield from _fitting(paragraph, group[middle:], count_tokens, window)
