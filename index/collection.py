"""One collection on disk: the store, what is derived from it, and who may write."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from index.dense import DenseIndex
from index.dense_leg import CompactionRule, DenseLeg
from index.embedding import EncoderIdentity
from index.errors import (
    DiskFullError,
    FootnotedError,
    IndexFormatError,
    IndexLockedError,
    IndexMovedError,
)
from index.lexical import LexicalSearcher
from index.lexical_leg import LexicalLeg
from index.locks import WriterLock
from index.places import Place, folder_of, place_of
from index.store import Corpus, Store, Writer

__all__ = ["Collection", "Snapshot"]

WAIT_S = 20.0
PAUSE_S = 0.01


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Both legs at one generation of the store."""

    corpus: Corpus
    dense: DenseIndex
    lexical: LexicalSearcher

    @property
    def generation(self) -> int:
        return self.corpus.generation


class Collection:
    """An open collection. One process writes at a time, any number read; threads may share it."""

    def __init__(self, place: Place, store: Store, *, is_answering: bool = True) -> None:
        self.name = place.name
        self.place = place
        self.store = store
        self._inode = place.inode()
        self._is_beside = not is_answering
        self._lock = WriterLock(place.folder, check=self._require_answering)
        self._lexical = LexicalLeg(place.folder, store, self._lock)
        self._dense = DenseLeg(place.folder, store)
        self._refreshing = threading.Lock()
        self._snapshot: Snapshot | None = None

    @classmethod
    def open(cls, data: Path, name: str) -> "Collection":
        """Open what is there.

        Raises:
            IndexMissingError: Nothing was ingested into the data folder yet.
            UnknownCollectionError: There are other collections, and none of this name.
            IndexFormatError: The store is of another version.
        """
        place = place_of(data, name)
        return cls(place, Store.open(place.store))

    @classmethod
    def create(cls, data: Path, name: str, model: EncoderIdentity) -> "Collection":
        """Make a collection for vectors of `model`, or open the one that is there.

        Raises:
            ModelMismatchError: The one that is there belongs to another model.
        """
        place = Place(folder_of(data, name))
        return cls(place, Store.create(place.store, model))

    @classmethod
    def beside(cls, place: Place, model: EncoderIdentity | None = None) -> "Collection":
        """A build that does not answer, or not yet; it is made for `model` where that is given."""
        store = Store.create(place.store, model) if model else Store.open(place.store)
        return cls(place, store, is_answering=False)

    def is_answering(self) -> bool:
        """Whether this is still what its name stands for: not after the collection was deleted,
        restored or switched to another build, be it by another process."""
        try:
            self.place.require_answering(self._inode)
        except (IndexMovedError, IndexFormatError):
            return False
        return True

    def snapshot(self) -> Snapshot:
        """Both legs at the store's present generation.

        While another process is between changing the store and the lexical index, the state
        before that change is kept, if it has everything that was acknowledged.

        Raises:
            IndexLockedError: There is no such state yet, and the other process does not finish.
            IndexMovedError: The collection was deleted or replaced meanwhile.
        """
        generation = self.store.generation()
        held = self._snapshot
        if held and held.generation == generation:
            return held
        with self._refreshing:
            try:
                return self._refreshed()
            except (OSError, ValueError):
                # Its files may have gone under a library's hands; tantivy's word is a ValueError.
                self._require_answering()
                raise

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """One change, durable and searchable when the block is left without an error.

        Raises:
            IndexLockedError: Another process is writing.
            IndexMovedError: What would be written would never be seen.
        """
        with self._lock.held():
            with self.store.writing() as writer:
                yield writer
            self._lexical.catch_up()
            self._follow()

    def keep(self, rule: CompactionRule) -> None:
        """What is to be done now and then: follow other processes, compact, tidy.

        Raises:
            IndexLockedError: Another process is at it.
            DiskFullError: There is no room; everything is as it was.
        """
        self.follow()
        self.compact(rule)
        self.store.tidy()

    def follow(self) -> None:
        """Have in memory what other processes changed, and what they put into graphs."""
        self.snapshot()
        if self._dense.is_stale:
            with self._refreshing:
                self._snapshot = self._read(self._snapshot) or self._snapshot

    def compact(self, rule: CompactionRule | None = None) -> bool:
        """Put vectors into graphs where there are many; questions and changes go on meanwhile.

        Returns:
            Whether anything was done.

        Raises:
            IndexLockedError: Another process is at it.
            DiskFullError: There is no room for new files; the old ones stay.
        """
        if not self._dense.compact(self.snapshot().dense, rule or CompactionRule()):
            return False
        with self._refreshing:
            # Without a state just now the old one stays, which is as right, until the next change.
            self._snapshot = self._read(self._snapshot) or self._snapshot
        return True

    def close(self) -> None:
        self._snapshot = None
        self.store.close()

    def _follow(self) -> None:
        """Have the state after a change in memory before the next one begins: should that one end
        between the store and the lexical index, questions are answered from this one."""
        if self._snapshot is not None:
            with suppress(FootnotedError):  # the change is made; whoever asks is told
                self.snapshot()

    def _refreshed(self) -> Snapshot:
        held = self._snapshot
        # The lexical index comes last in a change, so what was acknowledged until now is in it.
        acknowledged = self._lexical.generation or 0
        deadline = time.monotonic() + WAIT_S
        while (fresh := self._fresh(held)) is None:
            if held and held.generation >= acknowledged:
                return held
            if time.monotonic() > deadline:
                raise IndexLockedError(self._lock.holder)
            time.sleep(PAUSE_S)
        self._snapshot = fresh
        return fresh

    def _fresh(self, held: Snapshot | None) -> Snapshot | None:
        try:
            return self._read(held)
        except DiskFullError:
            if held is None:
                raise
            return None

    def _read(self, held: Snapshot | None) -> Snapshot | None:
        """Both legs at the present generation, None while a writer is between the two."""
        if not self._lexical.is_current():
            return None
        with self.store.reading():
            corpus = self.store.corpus()
            if held and held.generation <= corpus.generation:
                dense = self._dense.followed(held.dense, held.generation)
            else:
                dense = self._dense.opened()
        lexical = self._lexical.searcher()
        # The store is always changed first: where it is as it was, so is the lexical index.
        now = (self.store.generation(), self._lexical.generation)
        return Snapshot(corpus, dense, lexical) if now == (corpus.generation,) * 2 else None

    def _require_answering(self) -> None:
        if not self._is_beside:
            self.place.require_answering(self._inode)
