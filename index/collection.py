"""One collection on disk: the store, what is derived from it, and who may write."""

import os
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from index.dense import DenseIndex
from index.embedding import EncoderIdentity
from index.errors import IndexLockedError, IndexMissingError, UnknownCollectionError
from index.lexical import LexicalIndex, LexicalSearcher
from index.store import Corpus, Store, Writer
from index.types import Keys, Vectors

__all__ = ["Collection", "Snapshot", "collection_names"]

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
STORE_FILE = "store.sqlite"
LEXICAL_FOLDER = "lexical"
WAIT_S = 20.0
WRITER_WAIT_S = 2.0  # a reader that catches up after a crash holds the lock for a moment, too
PAUSE_S = 0.05
BATCH = 10_000


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
        self._lock = FileLock(folder / "writer.lock", thread_local=False)
        self._refreshing = threading.Lock()
        self._writing = threading.Lock()
        self._lexical: LexicalIndex | None = None
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
        before that change is kept.

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
        with self._locked(wait=True):
            with self.store.writing() as writer:
                yield writer
            self._catch_up()

    def close(self) -> None:
        self._snapshot = None
        self.store.close()

    def _refreshed(self) -> Snapshot:
        held = self._snapshot
        deadline = time.monotonic() + WAIT_S
        while (fresh := self._read(held)) is None:
            if held:
                return held
            if time.monotonic() > deadline:
                raise IndexLockedError(self._holder())
            time.sleep(PAUSE_S)
        self._snapshot = fresh
        return fresh

    def _read(self, held: Snapshot | None) -> Snapshot | None:
        """Both legs at the present generation, None while a writer is between the two."""
        if not self._lexical_is_current():
            return None
        with self.store.reading():
            corpus = self.store.corpus()
            if held and held.generation > corpus.generation:
                held = None  # an older state was restored
            changes = self.store.changes_since(held.generation if held else 0)
            vectors = self._vectors(changes.added)
        lexical = self._opened_lexical().searcher()
        # The store is always changed first: where it is as it was, so is the lexical index.
        if self.store.generation() != corpus.generation or self._contained() != corpus.generation:
            return None
        dense = held.dense if held else DenseIndex(np.empty(0, np.int64), vectors[:0])
        dense = dense.changed(removed=changes.removed, added=changes.added, vectors=vectors)
        return Snapshot(corpus, dense, lexical)

    def _vectors(self, keys: Keys) -> Vectors:
        batches = [self.store.vectors(keys[i : i + BATCH]) for i in range(0, len(keys), BATCH)]
        return np.concatenate(batches) if batches else np.empty((0, 0), np.float32)

    def _contained(self) -> int | None:
        """The store's generation that the lexical index is at."""
        return LexicalIndex.generation_in(self._lexical_folder, store=self.store.identity)

    def _lexical_is_current(self) -> bool:
        if self._contained() == self.store.generation():
            return True
        # A writer died between the store and the lexical index, or is at it just now.
        try:
            with self._locked(wait=False):
                self._catch_up()
        except IndexLockedError:
            return False
        return True

    def _catch_up(self) -> None:
        contained = self._contained()
        if contained is None or contained > self.store.generation():
            self._lexical = LexicalIndex.make(self._lexical_folder, store=self.store.identity)
            contained = 0
        changes = self.store.changes_since(contained)
        if changes.generation != contained:
            self._opened_lexical().apply(
                generation=changes.generation,
                removed=changes.removed,
                added=(
                    item
                    for i in range(0, len(changes.added), BATCH)
                    for item in self.store.indexed(changes.added[i : i + BATCH])
                ),
            )

    def _opened_lexical(self) -> LexicalIndex:
        if self._lexical is None:
            self._lexical = LexicalIndex(self._lexical_folder)
        return self._lexical

    @property
    def _lexical_folder(self) -> Path:
        return self._folder / LEXICAL_FOLDER

    @contextmanager
    def _locked(self, *, wait: bool) -> Iterator[None]:
        """Hold the right to write, against other processes and threads."""
        if not self._writing.acquire(blocking=wait):
            raise IndexLockedError("this process")
        try:
            self._lock_file(timeout=WRITER_WAIT_S if wait else 0)
            try:
                self._holder_note.write_text(f"process {os.getpid()} on {socket.gethostname()}")
                yield
            finally:
                self._lock.release()
        finally:
            self._writing.release()

    def _lock_file(self, *, timeout: float) -> None:
        try:
            self._lock.acquire(timeout=timeout)
        except Timeout:
            raise IndexLockedError(self._holder()) from None

    @property
    def _holder_note(self) -> Path:
        return self._folder / "writer.txt"

    def _holder(self) -> str:
        try:
            return self._holder_note.read_text()
        except OSError:
            return "another process"


def _folder(data: Path, name: str) -> Path:
    if not NAME.fullmatch(name):
        raise UnknownCollectionError(name, collection_names(data))
    return data / "collections" / name
