"""Examples to windows with targets: the stretch of the passage that is read, and what to say."""

import random
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from qa.windows import Stretch, Window, WindowCutter
from training.examples import Example
from training.network import Target

__all__ = ["batches", "frame"]

# So many batches' worth of families are sorted by length together: little padding, mixed batches.
FAMILIES_SORTED = 48
TITLED = 0.7  # how often a title is read where there is one


def frame(
    example: Example,
    cutter: WindowCutter,
    *,
    lot: random.Random,
    titled: float = TITLED,
    span_weight: float = 1.0,
    family: int = -1,
) -> tuple[Window, Target]:
    """A random stretch of a passage; with its answer in it where there is one.

    Args:
        example: What is read.
        cutter: Cuts the window.
        lot: Chooses the stretch, the answer among several, and whether the title is read.
        titled: How often the title is read where there is one.
        span_weight: What the answer's ends count.
        family: The number of the examples that this one is read with; -1 for none.
    """
    head = cutter.head(example.question, example.title if lot.random() < titled else "")
    pieces, room = cutter.pieces(example.passage), cutter.room(head)
    if not example.answers:
        begin = lot.randint(0, max(0, len(pieces) - room))
        window = cutter.window(head, pieces[begin : begin + room])
        return window, Target(0, 0, False, example.relevant, span_weight, family)
    first, last = _pieces_of(lot.choice(example.answers), pieces)
    last = min(last, first + room - 1)
    begin = lot.randint(max(0, last - room + 1), max(0, min(first, len(pieces) - room)))
    window = cutter.window(head, pieces[begin : begin + room])
    moved = window.first - begin
    return window, Target(first + moved, last + moved, True, example.relevant, span_weight, family)


def batches(
    families: Sequence[Sequence[Example]],
    cutter: WindowCutter,
    *,
    size: int,
    span_weights: Mapping[str, float],
    seed: int,
) -> Iterator[list[tuple[Window, Target]]]:
    """Batches of some `size` windows of like lengths, in an order that depends on the seed alone.

    Args:
        families: Examples that are read in one batch; of a single one there is nothing to order.
        cutter: Cuts the windows.
        size: A batch has at most so many windows, unless one family has more.
        span_weights: What an answer's ends count, by file; 1 where it is not named.
        seed: Of stretches, and of the order of batches.
    """
    lot = random.Random(seed)
    for start in range(0, len(families), size * FAMILIES_SORTED):
        framed = [
            _framed(family, number, cutter, lot, span_weights)
            for number, family in enumerate(families[start : start + size * FAMILIES_SORTED])
        ]
        framed.sort(key=lambda family: max(len(window) for window, _ in family))
        cut = list(_cut(framed, size))
        lot.shuffle(cut)
        yield from cut


def _framed(
    family: Sequence[Example],
    number: int,
    cutter: WindowCutter,
    lot: random.Random,
    span_weights: Mapping[str, float],
) -> list[tuple[Window, Target]]:
    """Windows of one family, all with titles or none: a missing one must give no passage away."""
    alone = len(family) == 1
    titled = TITLED if alone else float(_all_titled(family) and lot.random() < TITLED)
    return [
        frame(
            example,
            cutter,
            lot=lot,
            titled=titled,
            span_weight=span_weights.get(example.file, 1.0),
            family=-1 if alone else number,
        )
        for example in family
    ]


def _all_titled(family: Sequence[Example]) -> bool:
    return all(example.title for example in family)


def _cut(
    framed: Sequence[list[tuple[Window, Target]]], size: int
) -> Iterator[list[tuple[Window, Target]]]:
    batch: list[tuple[Window, Target]] = []
    for family in framed:
        if batch and len(batch) + len(family) > size:
            yield batch
            batch = []
        batch = [*batch, *family]
    if batch:
        yield batch


def _pieces_of(span: tuple[int, int], pieces: Stretch) -> tuple[int, int]:
    """First and last piece that share a character with a range."""
    start, end = span
    touched = np.flatnonzero((pieces.places[:, 1] > start) & (pieces.places[:, 0] < end))
    return int(touched[0]), int(touched[-1])
