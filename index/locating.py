"""Where a question set's judgements stand: passages by id or by words, documents by id."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from index.store import Store

__all__ = ["Quotation", "document_titles", "passage_texts", "passages_holding"]


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words of a passage, of one document or one source where these are named."""

    words: str
    document_id: str | None = None
    source: str | None = None


def passage_texts(store: Store, ids: Iterable[str]) -> dict[str, str]:
    """Texts of those passages that are stored, by id."""
    return _by_id(store, "SELECT id, text FROM passages", ids)


def document_titles(store: Store, ids: Iterable[str]) -> dict[str, str]:
    """Titles of those documents that are stored, by id."""
    return _by_id(store, "SELECT id, title FROM documents", ids)


def passages_holding(
    store: Store, quotations: Iterable[Quotation]
) -> Mapping[Quotation, frozenset[str]]:
    """Ids of the passages that each quotation stands in.

    White space counts as one blank on both sides; everything else must be the same. All passages
    are read once, however many quotations there are.

    Returns:
        An entry for each quotation, empty where no passage holds it.
    """
    found: dict[Quotation, set[str]] = {quotation: set() for quotation in quotations}
    if not found:
        return {}
    search = _Search(found)
    with store.reading() as connection:
        rows = connection.execute(
            "SELECT p.id, p.text, d.id, d.source FROM passages p "
            "JOIN documents d ON d.key = p.document_key"
        )
        for passage_id, text, document_id, source in rows:
            for quotation in search.within(text, document_id, source):
                found[quotation].add(passage_id)
    return {quotation: frozenset(ids) for quotation, ids in found.items()}


class _Search:
    """Compares a passage only with the quotations that share a whole word with it.

    A quotation may begin and end within a word, so only the words between its first and its last
    stand in a passage as they are; the longest of them is the one to look for.
    """

    def __init__(self, quotations: Iterable[Quotation]) -> None:
        self._by_word: dict[str, list[tuple[Quotation, str]]] = defaultdict(list)
        self._without: list[tuple[Quotation, str]] = []
        for quotation in quotations:
            words = quotation.words.split()
            pair = (quotation, " ".join(words))
            if whole := words[1:-1]:
                self._by_word[max(whole, key=len)].append(pair)
            else:
                self._without.append(pair)

    def within(self, text: str, document_id: str, source: str) -> Iterator[Quotation]:
        words = text.split()
        passage = " ".join(words)
        shared = self._by_word.keys() & set(words)
        pairs = [*self._without, *(pair for word in shared for pair in self._by_word[word])]
        for quotation, quoted in pairs:
            if (
                quotation.document_id in (None, document_id)
                and quotation.source in (None, source)
                and quoted in passage
            ):
                yield quotation


def _by_id(store: Store, query: str, ids: Iterable[str]) -> dict[str, str]:
    with store.reading() as connection:
        rows = connection.execute(
            f"{query} WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(set(ids))),),
        )
        return dict(rows)
