"""A profile as a picture: callers above what they call, as wide as the time that they took."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
from pyinstrument.frame import Frame
from pyinstrument.processors import aggregate_repeated_calls
from pyinstrument.session import Session

__all__ = ["Box", "boxes", "draw", "heaviest"]

LEAST = 0.01  # of the whole; what took less is not drawn
DEEPEST = 22
NARROWEST = 0.06  # of the width; a narrower box has no room for its name
OURS = ("api", "index", "qa", "benchmarks")
COLOURS = {
    "ours": "#d7e3f4",
    "onnxruntime": "#f4c7a1",
    "tantivy": "#b9dfb4",
    "faiss": "#e6b8d4",
    "sqlite": "#f0e2a0",
    "numpy": "#cfcfcf",
    "tokenizers": "#d9c8ee",
    "other": "#ececec",
}

COMPILED = {
    "Connection": "sqlite",
    "Cursor": "sqlite",
    "IndexWriter": "tantivy",
    "InferenceSession": "onnxruntime",
    "Searcher": "tantivy",
    "TextAnalyzer": "tantivy",
    "Tokenizer": "tokenizers",
    "ndarray": "numpy",
    "ufunc": "numpy",
}


@dataclass(frozen=True, slots=True)
class Box:
    """A call: where it begins and how wide it is, as shares of the whole, and how deep."""

    name: str
    kind: str
    start: float
    share: float
    depth: int
    itself: float


def boxes(session: Session) -> list[Box]:
    """All calls of a profile that took at least a hundredth of it."""
    root = session.root_frame()
    root = root and aggregate_repeated_calls(root, options={})
    if root is None:
        return []
    while len(root.children) == 1:  # what only calls
        root = root.children[0]
    return list(_boxes(root, root.time, "other"))


def heaviest(found: list[Box], *, most: int = 12) -> list[tuple[str, float]]:
    """What took most by itself, with its share, all its callers together."""
    shares: dict[str, float] = {}
    for box in found:
        shares[box.name] = shares.get(box.name, 0.0) + box.itself
    return sorted(shares.items(), key=lambda item: -item[1])[:most]


def draw(found: list[Box], to: Path, *, title: str) -> None:
    """Write an SVG."""
    mpl.rcParams.update({"svg.hashsalt": "profile", "svg.fonttype": "none", "font.size": 7})
    depth = 1 + max(box.depth for box in found)
    figure, axes = plt.subplots(figsize=(12, 0.6 + 0.26 * depth), layout="constrained")
    for box in found:
        colour = COLOURS[box.kind]
        axes.barh(box.depth, box.share, 0.94, box.start, color=colour, edgecolor="white")
        if box.share >= NARROWEST:
            name = box.name[: int(box.share * 190)]
            axes.text(box.start + 0.003, box.depth, name, va="center", clip_on=True)
    axes.set(xlim=(0, 1), ylim=(depth - 0.5, -0.5), yticks=[], title=title)
    axes.xaxis.set_major_formatter(mpl.ticker.PercentFormatter(1.0))
    axes.spines[:].set_visible(False)
    kinds = [kind for kind in COLOURS if any(box.kind == kind for box in found)]
    patches = [mpl.patches.Patch(color=COLOURS[kind], label=kind) for kind in kinds]
    figure.legend(handles=patches, loc="outside lower center", ncols=len(kinds), frameon=False)
    figure.savefig(to, metadata={"Date": None})
    plt.close(figure)


def _boxes(
    frame: Frame, whole: float, above: str, *, start: float = 0.0, depth: int = 0
) -> Iterator[Box]:
    share = frame.time / whole
    if share < LEAST or depth > DEEPEST:
        return
    kind = _kind(frame, above)
    children = [child for child in frame.children if not child.is_synthetic]
    drawn = [child for child in children if child.time / whole >= LEAST and depth < DEEPEST]
    itself = share - sum(child.time for child in drawn) / whole
    yield Box(_name(frame), kind, start, share, depth, max(itself, 0.0))
    for child in sorted(drawn, key=lambda child: -child.time):
        yield from _boxes(child, whole, kind, start=start, depth=depth + 1)
        start += child.time / whole


def _name(frame: Frame) -> str:
    if "pybind11" in f"{frame.class_name}{frame.function}":
        return f"{frame.function.rpartition('.')[2]}, compiled"
    owner = f"{frame.class_name}." if frame.class_name else ""
    place = Path(frame.file_path or "").stem
    return f"{owner}{frame.function}" + (f"  {place}" if place and not owner else "")


def _kind(frame: Frame, above: str) -> str:
    """Whose code it is; compiled functions are told by their class, or are their caller's."""
    path = frame.file_path_short or ""
    if path.startswith("<"):
        return COMPILED.get(frame.class_name or "", above if above != "ours" else "other")
    first = Path(path).parts[0]
    return "ours" if first in OURS else first if first in COLOURS else "other"
