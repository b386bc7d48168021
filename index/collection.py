"""One collection on disk: the store, what is derived from it, and who may write."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from index.dense import DenseIndex
from index.dense_leg import CompactionRule, DenseLeg
from index.embedding import EncoderIdentity
from index.errors import DiskFullError, IndexLockedError, IndexMissingError, UnknownCollectionError
from index.lexical import LexicalSearcher
from index.lexical_leg import LexicalLeg
from index.locks import WriterLock
from index.store import Corpus, Store, Writer

__all__ = ["Collection", "Snapshot", "collection_names"]

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
STORE_FILE = "store.sqlite"
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


def collection_names(data: Path) -> tuple[str, ...]:
    """Collections of a data folder, by name."""
    return tuple(
        sorted(path.parent.name for path in (data / "collections").glob(f"*/{STORE_FILE}"))
    )


class Collection:
    """An open collection. One process writes at a time, any number read; threads may share it."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.name = folder.name
        self.store = store
        self._folder = folder
        self._lock = WriterLock(folder)
        self._lexical = LexicalLeg(folder, store, self._lock)
        self._dense = DenseLeg(folder, store)
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
        folder = _folder(data, name)
        if not (folder / STORE_FILE).is_file():
            known = collection_names(data)
            if known:
                raise UnknownCollectionError(name, known)
            raise IndexMissingError(name)
        return cls(folder, Store.open(folder / STORE_FILE))

    @classmethod
    def create(cls, data: Path, name: str, model: EncoderIdentity) -> "Collection":
        """Make a collection for vectors of `model`, or open the one that is there.

        Raises:
            ModelMismatchError: The one that is there belongs to another model.
        """
        folder = _folder(data, name)
        return cls(folder, Store.create(folder / STORE_FILE, model))

    def snapshot(self) -> Snapshot:
        """Both legs at the store's present generation.

        While another process is between changing the store and the lexical index, the state
        before that change is kept, if it has everything that was acknowledged.

        Raises:
            IndexLockedError: There is no such state yet, and the other process does not finish.
        """
        generation = self.store.generation()
        held = self._snapshot
        if held and held.generation == generation:
            return held
        with self._refreshing:
            return self._refreshed()

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """One change, durable and searchable when the block is left without an error.

        Raises:
            IndexLockedError: Another process is writing.
        """
        with self._lock.held():
            with self.store.writing() as writer:
                yield writer
            self._lexical.catch_up()

    def keep(self, rule: CompactionRule) -> None:
        """What is to be done now and then: follow other processes, compact, tidy.

        Raises:
            IndexLockedError: Another process is at it.
            DiskFullError: There is no room; everything is as it was.
        """
        self.snapshot()
        self.compact(rule)
        self.store.tidy()

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


def _folder(data: Path, name: str) -> Path:
    if not NAME.fullmatch(name):
        raise UnknownCollectionError(name, collection_names(data))
    return data / "collections" / name
