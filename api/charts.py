"""A report's charts: matplotlib draws them, the page gives them its colours and letters.

Every function returns an SVG element to stand in a page: with a name and a description for those
who do not see it, and with a title on each mark for those who point at it.
"""

import hashlib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import matplotlib as mpl
import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, MaxNLocator, PercentFormatter

__all__ = ["Caption", "Point", "bar_chart", "histogram", "line_chart", "scatter"]

WIDTH: Final = 480
HEIGHT: Final = 320
PER_INCH: Final = 72  # units of matplotlib's SVG
MOST_BINS: Final = 30
SHORTEST: Final = 1e-3  # of a histogram's scale; a float cannot divide much shorter ones
QUARTERS: Final = (0, 0.25, 0.5, 0.75, 1)
INSET: Final = 0.03  # keeps points off the axes
JITTER: Final = 0.025  # most that a point is moved, so that equal ones can be told apart
# matplotlib knows no variables of CSS: it draws in colours that stand for them.
INK, MUTED, RULE, EDGE = "#1a0001", "#1a0002", "#1a0003", "#1a0004"
FILL, BETTER, WORSE = "#1a0005", "#1a0006", "#1a0007"
NAMES: Final = {
    INK: "ink", MUTED: "muted", RULE: "rule", EDGE: "edge",
    FILL: "fill", BETTER: "better", WORSE: "worse",
}  # fmt: skip
KINDS: Final = {"same": (MUTED, 0.2), "worse": (WORSE, 0.5), "better": (BETTER, 0.5)}
LEFT_OUT: Final = re.compile(r"^.*?<svg[^>]*>|<metadata>.*?</metadata>|<style.*?</style>", re.S)
LINK: Final = re.compile(r'<a xlink:href="(\d+)"[^>]*>')
FONT: Final = "DejaVu Sans"  # measures the labels; the page's own is shown
STYLE: Final[Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": EDGE,
    "axes.labelcolor": MUTED,
    "axes.labelpad": 8,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.constrained_layout.use": True,
    "font.family": FONT,
    "font.size": 13,
    "grid.color": RULE,
    "svg.fonttype": "none",
    "svg.hashsalt": "report",
    "text.color": INK,
    "xtick.bottom": False,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "ytick.left": False,
}


@dataclass(frozen=True, slots=True)
class Caption:
    """A chart's words: `id` is its own in the page, `across` and `upward` name the axes."""

    id: str
    name: str
    description: str
    across: str
    upward: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """A question's place before and now, both in [0, 1], and the title that tells it.

    The key moves it a little, the same way on every run.
    """

    key: str
    title: str
    before: float
    now: float

    @property
    def kind(self) -> str:
        """`better`, `worse` or `same`."""
        if self.before == self.now:
            return "same"
        return "better" if self.now > self.before else "worse"


def bar_chart(caption: Caption, counts: Sequence[tuple[str, int]]) -> Markup:
    """Bars with their counts on top, in the given order."""
    with _Drawing(caption) as drawing:
        axes = drawing.axes
        bars = axes.bar(range(len(counts)), [count for _, count in counts], color=FILL, width=0.82)
        axes.bar_label(bars, [f"{count:,}" for _, count in counts], padding=3, weight="bold")
        axes.set_xticks(range(len(counts)), [name for name, _ in counts])
        axes.set(yticks=[], ylim=(0, 1.1 * max(1, *(count for _, count in counts))))
        for bar, (name, count) in zip(bars, counts, strict=True):
            bar.set_url(drawing.title(f"rank {name}: {count:,}"))
    return drawing.svg


def histogram(
    caption: Caption, values: Sequence[float], *, lines: Sequence[tuple[str, float]], unit: str
) -> Markup:
    """How often values fall into equally wide ranges, from 0 on.

    Args:
        caption: The chart's words.
        values: At least one, none below 0.
        lines: Names of special values, drawn as upright lines.
        unit: Behind the values in the bars' titles.
    """
    bins = min(MOST_BINS, max(6, round(2 * len(values) ** 0.5)))
    longest = max(SHORTEST, *values)
    with _Drawing(caption) as drawing:
        axes = drawing.axes
        counts, edges = np.histogram(values, bins, range=(0, longest))
        width = 0.95 * longest / bins
        bars = axes.bar(edges[:-1], counts, width, align="edge", color=FILL)
        axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        axes.grid(axis="y")
        axes.set(xlim=(0, longest))
        for name, value in lines:
            axes.axvline(value, color=INK, linestyle=(0, (4, 3)), linewidth=1)
            axes.text(value, 1.02, name, ha="center", transform=axes.get_xaxis_transform())
        for bar, count, low, high in zip(bars, counts, edges[:-1], edges[1:], strict=True):
            bar.set_url(drawing.title(f"{low:.3g} to {high:.3g} {unit}: {count:,.0f}"))
    return drawing.svg


def scatter(
    caption: Caption, points: Sequence[Point], *, marks: Sequence[tuple[str, float]]
) -> Markup:
    """Points at (before, now), those that did better above the diagonal.

    Args:
        caption: The chart's words.
        points: At least one.
        marks: Names of values, the same on both axes.
    """
    with _Drawing(caption) as drawing:
        axes = drawing.axes
        _unit_square(axes)
        ticks, labels = [value for _, value in marks], [name for name, _ in marks]
        axes.set_xticks(ticks, labels)
        axes.set_yticks(ticks, labels)
        for kind, (colour, opacity) in KINDS.items():
            places = [point for point in points if point.kind == kind]
            moved = [_jitter(point.key) for point in places]
            drawn = axes.scatter(
                [point.before + right for point, (right, _) in zip(places, moved, strict=True)],
                [point.now + up for point, (_, up) in zip(places, moved, strict=True)],
                s=64, color=colour, alpha=opacity, clip_on=False,
            )  # fmt: skip
            drawn.set_urls([drawing.title(point.title, kind) for point in places])
    return drawing.svg


def line_chart(
    caption: Caption,
    places: Sequence[tuple[float, float]],
    *,
    titles: Sequence[str] = (),
    has_diagonal: bool = False,
) -> Markup:
    """A line through places whose coordinates are shares, from left to right.

    Args:
        caption: The chart's words.
        places: At least one.
        titles: Of points to be drawn at the places, one for each; none where there are none.
        has_diagonal: Whether the line of equal shares is drawn.
    """
    across, upward = zip(*places, strict=True)
    with _Drawing(caption) as drawing:
        axes = drawing.axes
        _unit_square(axes, has_diagonal=has_diagonal)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(FixedLocator(QUARTERS))
            axis.set_major_formatter(PercentFormatter(1, decimals=0))
        axes.plot(across, upward, color=FILL, linewidth=2.5, solid_joinstyle="round")
        if titles:
            drawn = axes.scatter(
                across, upward, s=80, color=MUTED, alpha=0.5, clip_on=False, zorder=3
            )
            drawn.set_urls([drawing.title(title) for title in titles])
    return drawing.svg


def _unit_square(axes: Axes, *, has_diagonal: bool = True) -> None:
    axes.set(xlim=(-INSET, 1 + INSET), ylim=(-INSET, 1 + INSET))
    axes.grid(axis="y")
    if has_diagonal:
        axes.plot((0, 1), (0, 1), color=EDGE, linestyle=(0, (2, 4)), linewidth=1)


def _jitter(key: str) -> tuple[float, float]:
    first, second = hashlib.sha256(key.encode()).digest()[:2]
    return JITTER * (first / 127.5 - 1), JITTER * (second / 127.5 - 1)


class _Drawing:
    """An empty chart on entry, its SVG after it.

    matplotlib gives marks links, not titles: a mark's link is the number of its title here.
    """

    def __init__(self, caption: Caption) -> None:
        self.caption = caption
        self.svg = Markup()
        self._titles: list[tuple[str, str]] = []
        self._style = mpl.rc_context(STYLE)

    def __enter__(self) -> "_Drawing":
        self._style.__enter__()
        self._figure = Figure(figsize=(WIDTH / PER_INCH, HEIGHT / PER_INCH))
        self.axes = self._figure.add_subplot()
        self.axes.set(xlabel=self.caption.across, ylabel=self.caption.upward)
        return self

    def title(self, text: str, kind: str = "mark") -> str:
        """The link of a mark that `text` tells about; `kind` becomes the mark's class."""
        self._titles.append((kind, text))
        return str(len(self._titles) - 1)

    def __exit__(self, *failure: Any) -> None:
        try:
            if failure[0] is None:
                drawn = io.StringIO()
                self._figure.savefig(drawn, format="svg", transparent=True)
                self.svg = self._for_page(drawn.getvalue())
        finally:
            self._style.__exit__(*failure)

    def _for_page(self, drawn: str) -> Markup:
        own = self.caption.id
        drawn = LEFT_OUT.sub("", drawn)
        for colour, name in NAMES.items():
            drawn = drawn.replace(colour, f"var(--{name})")
        for before in (' id="', '"#', "url(#"):  # a page holds several charts
            drawn = drawn.replace(before, f"{before}{own}-")
        drawn = drawn.replace(f"'{FONT}'", "var(--sans)").replace("</a>", "</g>")
        drawn = LINK.sub(lambda link: self._marked(*self._titles[int(link[1])]), drawn)
        head = Markup(
            '<svg viewBox="0 0 {} {}" role="img" aria-labelledby="{own}-title {own}-desc">'
            '<title id="{own}-title">{}</title><desc id="{own}-desc">{}</desc>'
        ).format(WIDTH, HEIGHT, self.caption.name, self.caption.description, own=own)
        return head + Markup(drawn)

    @staticmethod
    def _marked(kind: str, title: str) -> str:
        return Markup('<g class="{}"><title>{}</title>').format(kind, title)
