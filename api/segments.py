"""A text cut where its highlights begin and end."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

__all__ = ["Json", "Segment", "segments"]

Json = Mapping[str, Any]  # Any: parsed JSON of the contract, whose models live elsewhere


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text together with every kind of highlight that covers it."""

    text: str
    kinds: tuple[str, ...] = ()


def segments(text: str, highlights: Iterable[Json]) -> list[Segment]:
    """Cut `text` where highlights begin and end.

    Args:
        highlights: `{start, end, kind}` in code points of `text`; may overlap, stand in any order
            and reach beyond the text, where they are cut off.

    Returns:
        Segments in order whose texts join to `text`. Neighbours differ in their kinds, which are
        sorted; no segment is empty.
    """
    spans = [
        (max(0, highlight["start"]), min(len(text), highlight["end"]), highlight["kind"])
        for highlight in highlights
    ]
    spans = [(start, end, kind) for start, end, kind in spans if start < end]
    cuts = sorted({0, len(text)}.union(*((start, end) for start, end, _ in spans)))
    parts: list[Segment] = []
    for start, end in pairwise(cuts):
        kinds = tuple(sorted({kind for at, to, kind in spans if at <= start and end <= to}))
        joined = text[start:end]
        if parts and parts[-1].kinds == kinds:
            joined = parts.pop().text + joined
        parts.append(Segment(joined, kinds))
    return parts
