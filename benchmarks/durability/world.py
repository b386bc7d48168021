"""What was sent and acknowledged, and what a data folder holds of it.

Every version of every document has a marker, a word that stands in each of its paragraphs and
nowhere else. So a document that mixes two versions shows it, and so does a deleted one.
"""

import random
import string
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

from index.collection import Collection, Snapshot
from index.errors import UnknownDocumentError
from index.token_table import count_codes
from index.types import Filters

__all__ = ["World", "faults_of", "marker", "text_of"]

DEAD_CHECKED = 200  # of the markers that should be gone, the last so many are searched for


def marker(lot: random.Random) -> str:
    """A word that is in no text yet."""
    return "zq" + "".join(lot.choices(string.ascii_lowercase, k=14))


def text_of(word: str) -> str:
    """Three paragraphs that all name the marker."""
    return (
        f"{word} left the harbour at noon.\n\nThe crew of {word} slept until the evening.\n\n"
        f"Nobody saw {word} come back."
    )


class World:
    """Which version of each document may be there: one, or two while a change is under way."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._possible: dict[str, frozenset[str | None]] = {}
        self._dead: list[str] = []
        self.acknowledged = 0

    def sent(self, document_id: str, word: str | None) -> None:
        """A change is under way; None stands for no document."""
        with self._guard:
            self._possible[document_id] = self._before(document_id) | {word}

    def done(self, document_id: str, word: str | None) -> None:
        """A change was acknowledged: it must be there from now on, and nothing before it."""
        with self._guard:
            gone = self._before(document_id) - {word, None}
            self._dead += [one for one in gone if one is not None]
            self._possible[document_id] = frozenset({word})
            self.acknowledged += 1

    def found(self, document_id: str, word: str | None) -> None:
        """After a crash: which of two possible versions it is."""
        with self._guard:
            gone = self._before(document_id) - {word, None}
            self._dead += [one for one in gone if one is not None]
            self._possible[document_id] = frozenset({word})

    def copy(self) -> "World":
        """As it is now."""
        other = World()
        with self._guard:
            other._possible, other._dead = dict(self._possible), list(self._dead)
        return other

    @property
    def possible(self) -> Mapping[str, frozenset[str | None]]:
        with self._guard:
            return dict(self._possible)

    @property
    def dead(self) -> list[str]:
        """Markers of what was replaced or deleted, the last ones."""
        with self._guard:
            return self._dead[-DEAD_CHECKED:]

    def _before(self, document_id: str) -> frozenset[str | None]:
        return self._possible.get(document_id, frozenset({None}))


def faults_of(data: Path, world: World) -> list[str]:
    """What is wrong with a data folder; also settles which versions are there.

    Looks at the documents, at both legs and at the token codes, in a process of its own.
    """
    collection = Collection.open(data, "default")
    try:
        snapshot = collection.snapshot()
        with collection.store.reading():
            faults = [*_documents(collection, snapshot, world), *_counts(collection, snapshot)]
            for word in world.dead:
                if len(_found(snapshot, word)):
                    faults.append(f"{word} was replaced or deleted and is still found")
        return faults
    finally:
        collection.close()


def _documents(collection: Collection, snapshot: Snapshot, world: World) -> Iterator[str]:
    for document_id, possible in world.possible.items():
        word = _word_of(collection, document_id)
        if word not in possible:
            yield f"{document_id} has {word}, may have {sorted(map(str, possible))}"
            continue
        world.found(document_id, word)
        if word is None:
            continue
        if collection.store.document(document_id).text != text_of(word):
            yield f"{document_id} is not a whole version"
        passages = [passage.text for passage in collection.store.passages(document_id)]
        if "\n\n".join(passages) != text_of(word):
            yield f"{document_id} has passages of another version"
        if len(_found(snapshot, word)) != len(passages):
            yield f"{document_id}: {len(passages)} passages, lexical finds another number"
    unknown = {entry.document_id for entry in collection.store.entries()} - set(world.possible)
    if unknown:
        yield f"documents that nobody sent: {sorted(unknown)}"


def _counts(collection: Collection, snapshot: Snapshot) -> Iterator[str]:
    keys = collection.store.keys()
    if snapshot.dense.keys.tolist() != keys.tolist():
        yield f"dense holds {len(snapshot.dense)} passages, the store {len(keys)}"
    if snapshot.lexical.count != len(keys):
        yield f"lexical holds {snapshot.lexical.count} passages, the store {len(keys)}"
    with collection.store.reading() as connection:
        if (codes := count_codes(connection)) != len(keys):
            yield f"{codes} passages have token codes, the store has {len(keys)}"


def _word_of(collection: Collection, document_id: str) -> str | None:
    try:
        return collection.store.document(document_id).text.partition(" ")[0]
    except UnknownDocumentError:
        return None


def _found(snapshot: Snapshot, word: str) -> list[int]:
    keys: list[int] = snapshot.lexical.search(word, k=20, filters=Filters()).keys.tolist()
    return keys
