"""What the service does between questions: follow other processes' changes, compact, tidy."""

import logging
import threading
from collections.abc import Callable, Iterable

from index.collection import Collection
from index.dense_leg import CompactionRule
from index.errors import FootnotedError

__all__ = ["Upkeep"]

INTERVAL_S = 0.5  # other processes' changes are to be seen within a second

log = logging.getLogger("footnoted")


class Upkeep:
    """A thread that keeps collections in order while the service runs.

    Args:
        collections: Gives those that are open.
        rule: When vectors are put into graphs; without one only other processes are followed.
    """

    def __init__(
        self, collections: Callable[[], Iterable[Collection]], rule: CompactionRule | None = None
    ) -> None:
        self._collections = collections
        self._rule = rule
        self._ended = threading.Event()
        self._told: set[str] = set()
        # A graph takes up to a minute to build, and a service that is told to end shall not wait
        # for it: what is half built then is swept away the next time.
        self._thread = threading.Thread(target=self._run, name="upkeep", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Begin nothing more, and wait for what ends soon."""
        self._ended.set()
        self._thread.join(timeout=INTERVAL_S)

    def _run(self) -> None:
        while not self._ended.wait(INTERVAL_S):
            for collection in self._collections():
                self._keep(collection)

    def _keep(self, collection: Collection) -> None:
        try:
            if self._rule is None:
                collection.follow()
            else:
                collection.keep(self._rule)
        except Exception as error:  # whatever it is, the next round may go well, as may others
            self._tell_once(collection, error)

    def _tell_once(self, collection: Collection, error: Exception) -> None:
        if self._ended.is_set() or str(error) in self._told:
            return
        self._told.add(str(error))
        is_foreseen = isinstance(error, FootnotedError | OSError)
        log.warning("%s: %s", collection.name, error, exc_info=None if is_foreseen else error)
