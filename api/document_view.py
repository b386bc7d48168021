"""A document's text as the blocks of a page to read."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from api.segments import Json, Segment, segments

__all__ = ["Block", "document_blocks", "left_out"]


@dataclass(frozen=True, slots=True)
class Block:
    """A heading or paragraph of a document's page; `page` is set where a new page begins."""

    tag: str
    segments: list[Segment]
    anchor: str = ""
    page: int | None = None

    @property
    def cited(self) -> bool:
        return any("cited" in segment.kinds for segment in self.segments)


def document_blocks(document: Json, cited: tuple[int, int] | None) -> Iterator[Block]:
    """Everything of a document's text that is not an aside, with the cited range marked.

    Words that neither a passage nor an aside holds are shown too: a reader sees the whole text.
    """
    text, at, page = document["text"], 0, None
    for start, end, tag, passage in parts_of(document):
        if text[at:start].strip():
            yield Block("p", marked(text, at, start, cited))
        at = max(at, end)
        if tag:
            new_page = passage.get("page")
            turned = new_page if new_page != page else None
            page = new_page or page
            anchor = f"passage-{passage['id']}" if passage else ""
            yield Block(tag, marked(text, start, end, cited), anchor, turned)
    if text[at:].strip():
        yield Block("p", marked(text, at, len(text), cited))


def parts_of(document: Json) -> list[tuple[int, int, str, Json]]:
    """Start, end, tag ("" for what is left out) and passage of every stretch, in text order."""
    passages = sorted(document["passages"], key=lambda passage: int(passage["start"]))
    starts = [passage["start"] for passage in passages]
    parts = [(passage["start"], passage["end"], "p", passage) for passage in passages]
    depth = 1
    for aside in sorted(document["asides"], key=lambda aside: int(aside["start"])):
        tag = ""
        if aside["reason"] == "heading":
            words = document["text"][aside["start"] : aside["end"]].strip()
            below = bisect_left(starts, aside["end"])
            path = (passages[below]["heading"] or "").split(" › ") if below < len(starts) else []
            # A level must not be skipped: a listener moves about the page by its headings.
            depth = min(path.index(words) + 2 if words in path else 2, depth + 1, 4)
            tag = f"h{depth}"
        parts.append((aside["start"], aside["end"], tag, {}))
    return sorted(parts, key=lambda part: part[:2])


def marked(text: str, start: int, end: int, cited: tuple[int, int] | None) -> list[Segment]:
    """`text[start:end]` with the part of it that stands in the cited range."""
    if cited is None:
        return segments(text[start:end], [])
    mark = {"start": cited[0] - start, "end": cited[1] - start, "kind": "cited"}
    return segments(text[start:end], [mark])


def left_out(document: Json) -> list[tuple[str, str]]:
    """Words and reason of every aside but the headings, which the page shows in place."""
    return [
        (document["text"][aside["start"] : aside["end"]], aside["reason"])
        for aside in document["asides"]
        if aside["reason"] != "heading"
    ]
