"""Examples to windows with targets: the stretch of the passage that is read, and what to say."""

import random
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from qa.windows import Stretch, Window, WindowCutter
from training.examples import Example
from training.network import Target

__all__ = ["batches", "frame"]

# So many batches' worth of examples are sorted by length together: little padding, mixed batches.
SORTED_TOGETHER = 48


def frame(
    example: Example,
    cutter: WindowCutter,
    *,
    lot: random.Random,
    titled: float = 0.7,
    span_weight: float = 1.0,
) -> tuple[Window, Target]:
    """A random stretch of a passage; with its answer in it where there is one.

    Args:
        example: What is read.
        cutter: Cuts the window.
        lot: Chooses the stretch, the answer among several, and whether the title is read.
        titled: How often the title is read where there is one.
        span_weight: What the answer's ends count.
    """
    head = cutter.head(example.question, example.title if lot.random() < titled else "")
    pieces, room = cutter.pieces(example.passage), cutter.room(head)
    if not example.answers:
        begin = lot.randint(0, max(0, len(pieces) - room))
        window = cutter.window(head, pieces[begin : begin + room])
        return window, Target(0, 0, False, example.relevant, span_weight)
    first, last = _pieces_of(lot.choice(example.answers), pieces)
    last = min(last, first + room - 1)
    begin = lot.randint(max(0, last - room + 1), max(0, min(first, len(pieces) - room)))
    window = cutter.window(head, pieces[begin : begin + room])
    moved = window.first - begin
    return window, Target(first + moved, last + moved, True, example.relevant, span_weight)


def batches(
    examples: Sequence[Example],
    cutter: WindowCutter,
    *,
    size: int,
    span_weights: Mapping[str, float],
    seed: int,
) -> Iterator[list[tuple[Window, Target]]]:
    """Batches of like lengths, in an order that depends on the seed alone."""
    lot = random.Random(seed)
    for start in range(0, len(examples), size * SORTED_TOGETHER):
        framed = [
            frame(example, cutter, lot=lot, span_weight=span_weights.get(example.file, 1.0))
            for example in examples[start : start + size * SORTED_TOGETHER]
        ]
        framed.sort(key=lambda pair: len(pair[0]))
        cut = [framed[n : n + size] for n in range(0, len(framed), size)]
        lot.shuffle(cut)
        yield from cut


def _pieces_of(span: tuple[int, int], pieces: Stretch) -> tuple[int, int]:
    """First and last piece that share a character with a range."""
    start, end = span
    touched = np.flatnonzero((pieces.places[:, 1] > start) & (pieces.places[:, 0] < end))
    return int(touched[0]), int(touched[-1])
