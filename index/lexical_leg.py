"""Keeps the lexical index in step with the store, and mends it where its files are not right."""

from pathlib import Path

from index.errors import IndexLockedError, IndexRolledBackError
from index.lexical import LexicalIndex, LexicalSearcher
from index.lexical_files import LexicalFiles
from index.locks import WriterLock
from index.records import Changes
from index.repairs import set_aside
from index.store import Store

__all__ = ["LexicalLeg"]

FOLDER = "lexical"
BATCH = 10_000  # passages read from the store at a time


class LexicalLeg:
    """The lexical index of one collection.

    Args:
        folder: The collection's.
        store: What the index is derived from.
        lock: Held by whoever changes either.
    """

    def __init__(self, folder: Path, store: Store, lock: WriterLock) -> None:
        self._store = store
        self._lock = lock
        self._files = LexicalFiles(folder / FOLDER, store.identity)
        self._opened: LexicalIndex | None = None

    @property
    def generation(self) -> int | None:
        """The store's generation that the index is at; None where there is no usable index."""
        return self._files.generation

    def searcher(self) -> LexicalSearcher:
        """The index as it was last committed, unaffected by later changes."""
        return self._index().searcher()

    def is_current(self) -> bool:
        """Whether the index is at the store's generation and right; makes it so where it can.

        Returns:
            False while another process is at it.
        """
        if self.generation == self._store.generation() and not self._files.wrong():
            return True
        # A writer died between the store and the index, or is at it just now.
        try:
            with self._lock.held(wait=False):
                self.catch_up()
        except IndexLockedError:
            return False
        return True

    def _mend(self) -> None:
        """Make sure that every file is as it was written."""
        if self.generation is None or not (wrong := self._files.wrong()):
            return
        self._opened = None
        if not self._files.roll_back():
            set_aside(self._files.folder, wrong=wrong)

    def catch_up(self) -> None:
        """Bring the index to the store's generation; the right to write must be held.

        Raises:
            IndexRolledBackError: The store has lost changes that the index has seen.
        """
        self._mend()
        contained = self.generation
        if contained is not None and contained > (found := self._store.generation()):
            raise IndexRolledBackError(found, contained)
        changes = None if contained is None else self._store.changes_since(contained)
        if contained is None or changes is None:
            self._opened = LexicalIndex.make(self._files)
            contained, changes = 0, self._store.changes_since(0)
        if changes and changes.generation != contained:
            self._apply(changes)

    def _apply(self, changes: Changes) -> None:
        self._files.prepare()
        try:
            self._index().apply(
                generation=changes.generation,
                removed=changes.removed,
                added=(
                    item
                    for i in range(0, len(changes.added), BATCH)
                    for item in self._store.indexed(changes.added[i : i + BATCH])
                ),
            )
        except BaseException:
            # How far the commit came nobody knows: compare everything before the next one.
            self._opened = None
            self._files.forget()
            raise

    def _index(self) -> LexicalIndex:
        if self._opened is None:
            self._opened = LexicalIndex(self._files)
        return self._opened
