"""Geometry of a report's charts: numbers in, places on a drawing of WIDTH × HEIGHT out.

Places are in the drawing's own units, from its upper left corner.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

__all__ = [
    "FRAME",
    "HEIGHT",
    "WIDTH",
    "Bar",
    "Chart",
    "Mark",
    "Point",
    "bar_chart",
    "histogram",
    "line_chart",
    "scatter",
]

WIDTH: Final = 480
HEIGHT: Final = 320
LEFT, RIGHT, TOP, BOTTOM = 52.0, 456.0, 24.0, 268.0  # of the part between the axes
FRAME: Final = {"left": LEFT, "right": RIGHT, "top": TOP, "bottom": BOTTOM}
NARROWEST: Final = 1e-6  # of a scale; floats cannot divide much narrower ones
MOST_BINS: Final = 30
TICKS: Final = 5
GAP: Final = 0.18  # between bars, as a share of a bar's room
INSET: Final = 14.0  # keeps points off the axes
JITTER: Final = 10.0  # most that a point is moved, so that equal ones can be told apart


@dataclass(frozen=True, slots=True)
class Mark:
    """A labelled place on an axis."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar that stands on the lower axis; its title says what it counts."""

    x: float
    y: float
    width: float
    height: float
    title: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """A question's place; its kind is better, worse or same."""

    x: float
    y: float
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Chart:
    """What a template draws; `lines` are upright ones across the chart, `path` is a line through
    places "x,y"."""

    x_marks: tuple[Mark, ...]
    y_marks: tuple[Mark, ...] = ()
    bars: tuple[Bar, ...] = ()
    points: tuple[Point, ...] = ()
    lines: tuple[Mark, ...] = ()
    path: str = ""


def bar_chart(counts: Sequence[tuple[str, int]]) -> Chart:
    """Bars with their counts on top, in the given order."""
    room = (RIGHT - LEFT) / len(counts)
    most = max(1, *(count for _, count in counts))
    bars = []
    for place, (name, count) in enumerate(counts):
        height = _scaled(count, most)
        x = LEFT + (place + GAP / 2) * room
        title = f"rank {name}: {count:,}"
        width = (1 - GAP) * room
        bars.append(Bar(_r(x), _r(BOTTOM - height), _r(width), _r(height), title, f"{count:,}"))
    marks = [Mark(_r(LEFT + (n + 0.5) * room), name) for n, (name, _) in enumerate(counts)]
    return Chart(tuple(marks), bars=tuple(bars))


def histogram(values: Sequence[float], *, lines: Sequence[tuple[str, float]], unit: str) -> Chart:
    """How often values fall into equally wide ranges, from 0 on.

    Args:
        values: At least one, none below 0.
        lines: Names of special values, drawn as upright lines.
        unit: Behind the values in the bars' titles.
    """
    highest = max(values)
    longest = highest if highest > NARROWEST else 1.0
    step = _round_step(longest, TICKS)
    end = step * math.ceil(longest / step)
    bins = min(MOST_BINS, max(6, round(2 * len(values) ** 0.5)))
    counts, edges = np.histogram(values, bins=bins, range=(0.0, end))
    scale = (RIGHT - LEFT) / end
    most = max(counts.tolist())
    bars = [
        Bar(
            _r(LEFT + low * scale),
            _r(BOTTOM - _scaled(count, most)),
            _r(max(1.0, (high - low) * scale - 1)),
            _r(_scaled(count, most)),
            f"{low:.0f} to {high:.0f} {unit}: {count:,}",
        )
        for count, low, high in zip(counts.tolist(), edges[:-1], edges[1:], strict=True)
        if count
    ]
    ticks = [step * n for n in range(round(end / step) + 1)]
    return Chart(
        tuple(Mark(_r(LEFT + tick * scale), f"{tick:g}") for tick in ticks),
        (Mark(BOTTOM, "0"), Mark(_r(BOTTOM - _scaled(most, most)), f"{most:,}")),
        tuple(bars),
        lines=tuple(Mark(_r(LEFT + value * scale), name) for name, value in lines),
    )


def scatter(
    pairs: Sequence[tuple[str, str, float, float]], *, marks: Sequence[tuple[str, float]]
) -> Chart:
    """Points at (before, now), each moved a little by its key, the same on every run.

    Args:
        pairs: Key, title, before and now, these two in [0, 1].
        marks: Names of values, the same on both axes.
    """
    points = []
    for key, title, before, now in pairs:
        right, up = _jitter(key)
        kind = "same" if before == now else "better" if now > before else "worse"
        points.append(Point(_r(_across(before) + right), _r(_upward(now) + up), kind, title))
    return Chart(
        tuple(Mark(_r(_across(value)), name) for name, value in marks),
        tuple(Mark(_r(_upward(value)), name) for name, value in marks),
        points=tuple(points),
    )


def line_chart(places: Sequence[tuple[float, float]], *, titles: Sequence[str] = ()) -> Chart:
    """A line through places whose coordinates are in [0, 1].

    Args:
        places: From left to right.
        titles: Of points to be drawn at the places; none where there are none.
    """
    marks = [(value, f"{value:.0%}") for value in (0.0, 0.25, 0.5, 0.75, 1.0)]
    return Chart(
        tuple(Mark(_r(_across(value)), name) for value, name in marks),
        tuple(Mark(_r(_upward(value)), name) for value, name in marks),
        points=tuple(
            Point(_r(_across(x)), _r(_upward(y)), "same", title)
            for (x, y), title in zip(places, titles, strict=False)
        ),
        path=" ".join(f"{_r(_across(x))},{_r(_upward(y))}" for x, y in places),
    )


def _across(value: float) -> float:
    return LEFT + INSET + value * (RIGHT - LEFT - 2 * INSET)


def _upward(value: float) -> float:
    return BOTTOM - INSET - value * (BOTTOM - TOP - 2 * INSET)


def _jitter(key: str) -> tuple[float, float]:
    first, second = hashlib.sha256(key.encode()).digest()[:2]
    return JITTER * (first / 127.5 - 1), JITTER * (second / 127.5 - 1)


def _scaled(count: float, most: float) -> float:
    return (BOTTOM - TOP) * count / most


def _round_step(largest: float, parts: int) -> float:
    """1, 2 or 5 times a power of ten, so that about so many of them reach the largest value."""
    power: float = 10.0 ** math.floor(math.log10(largest / parts))
    return next((n * power for n in (1, 2, 5) if n * power * parts >= largest), 10 * power)


def _r(value: float) -> float:
    return round(float(value), 1)
