"""Which passages a question set calls right, and where a ranking has them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from index.locating import Quotation, document_titles, passage_texts, passages_holding
from index.store import Store
from index.types import Hit, Passage
from qa.results import Excerpt

__all__ = ["Item", "ItemKind", "JudgedQuestion", "Target", "by_document", "find_targets", "places"]


class ItemKind(StrEnum):
    """What names a relevant item. ANY: a passage's id, else a document's id, else a quote."""

    ANY = "any"
    PASSAGE = "passage"
    DOCUMENT = "document"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True)
class Item:
    """A relevant item as a question set names it.

    `document_id` and `source` tell where a quote stands; None for anywhere.
    """

    text: str
    kind: ItemKind = ItemKind.ANY
    document_id: str | None = None
    source: str | None = None

    @property
    def quotation(self) -> Quotation:
        return Quotation(self.text, self.document_id, self.source)


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """A question with what is right: relevant items and, where given, answers."""

    text: str
    id: str | None = None
    items: tuple[Item, ...] = ()
    answers: tuple[str, ...] = ()
    answerable: bool = True

    @property
    def key(self) -> str:
        """What the question is known by from one run to the next."""
        return self.text if self.id is None else self.id


@dataclass(frozen=True, slots=True)
class Target:
    """What has to be found for one relevant item.

    Attributes:
        item: As the set has it; the first of several that mean the same.
        excerpt: The item for people.
        passages: Ids of passages, any of which will do.
        document_id: Of the document, any passage of which will do.
    """

    item: Item
    excerpt: Excerpt
    passages: frozenset[str] = frozenset()
    document_id: str | None = None

    @property
    def is_in_index(self) -> bool:
        return bool(self.passages or self.document_id)

    def is_met_by(self, passage: Passage) -> bool:
        return passage.id in self.passages or passage.document_id == self.document_id


def find_targets(store: Store, questions: Sequence[JudgedQuestion]) -> list[tuple[Target, ...]]:
    """Look up in the index what the questions' items name.

    Items of one question that no ranking can tell apart, as two quotes from one passage, are one
    target. What is found nowhere stays a target that nothing meets.

    Returns:
        Targets for each question, in the order of `questions`.
    """
    with store.reading():
        known = _Known(store, {item for question in questions for item in question.items})
    return [_distinct(known.target(item) for item in question.items) for question in questions]


class _Known:
    """What the store has of all items of a set."""

    def __init__(self, store: Store, items: set[Item]) -> None:
        self._texts = passage_texts(store, _named(items, ItemKind.PASSAGE))
        self._titles = document_titles(store, _named(items, ItemKind.DOCUMENT))
        quotations = {item.quotation for item in items if self._kind(item) is ItemKind.QUOTE}
        self._quoted = passages_holding(store, quotations)

    def target(self, item: Item) -> Target:
        kind = self._kind(item)
        if kind is ItemKind.PASSAGE and item.text in self._texts:
            excerpt = Excerpt(item.text, self._texts[item.text])
            return Target(item, excerpt, passages=frozenset({item.text}))
        if kind is ItemKind.DOCUMENT and item.text in self._titles:
            excerpt = Excerpt(item.text, self._titles[item.text])
            return Target(item, excerpt, document_id=item.text)
        where = item.source or item.document_id or ""
        if kind is ItemKind.QUOTE and (passages := self._quoted[item.quotation]):
            return Target(item, Excerpt(where, item.text), passages=passages)
        note = f"{where}, found nowhere in the index" if where else "found nowhere in the index"
        return Target(item, Excerpt(note, item.text))

    def _kind(self, item: Item) -> ItemKind:
        if item.kind is not ItemKind.ANY:
            return item.kind
        if item.text in self._texts:
            return ItemKind.PASSAGE
        return ItemKind.DOCUMENT if item.text in self._titles else ItemKind.QUOTE


def _named(items: set[Item], kind: ItemKind) -> list[str]:
    return [item.text for item in items if item.kind in {kind, ItemKind.ANY}]


def _distinct(targets: Iterator[Target]) -> tuple[Target, ...]:
    found: dict[object, Target] = {}
    for target in targets:
        same = (target.passages, target.document_id) if target.is_in_index else target.item
        found.setdefault(same, target)
    return tuple(found.values())


def by_document(targets: Sequence[Target]) -> bool:
    """Whether documents are to be ranked: where all that is in the index are documents."""
    held = [target for target in targets if target.is_in_index]
    return bool(held) and all(target.document_id for target in held)


def places(hits: Sequence[Hit], targets: Sequence[Target]) -> tuple[int | None, ...]:
    """Where the targets stand in a ranking.

    Where documents are to be ranked, each stands at its best passage (MaxP: Dai & Callan, SIGIR
    2019). Otherwise hits count as they are, but one that meets only targets already found is left
    out; one that meets several new ones stands for each of them, in their order.

    Args:
        hits: Best first.
        targets: Of one question.

    Returns:
        Best first, the number of a target, or None for a hit that meets none.
    """
    found: list[int | None] = []
    for hit in _leading(hits) if by_document(targets) else hits:
        met = [n for n, target in enumerate(targets) if target.is_met_by(hit.passage)]
        found += [n for n in met if n not in found] if met else [None]
    return tuple(found)


def _leading(hits: Sequence[Hit]) -> list[Hit]:
    """The best passage of each document."""
    best: dict[str, Hit] = {}
    for hit in hits:
        best.setdefault(hit.passage.document_id, hit)
    return list(best.values())
