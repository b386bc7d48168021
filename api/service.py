"""The open collections and the encoder behind every way in."""

import logging
import threading
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from api.settings import Settings
from index.collection import Collection, collection_names
from index.embedding import Encoder
from index.encoders import encoder_for
from index.errors import FootnotedError, IndexMissingError, UnknownCollectionError
from index.models import ModelFolder, find_model
from qa.answering import Answerer

if TYPE_CHECKING:
    from index.ingest import Ingester, Progress

__all__ = ["Service"]

log = logging.getLogger("footnoted")


class Service:
    """Loads the model and the collections once and hands them to whoever asks.

    Safe to share between threads.

    Args:
        settings: Read at start.
        encoder: Used instead of the settings' model, for tests.
    """

    def __init__(self, settings: Settings, *, encoder: Encoder | None = None) -> None:
        self.settings = settings
        self._encoder = encoder
        self._collections: dict[str, Collection] = {}
        self._answerers: dict[str, Answerer] = {}
        self._guard = threading.RLock()

    @cached_property
    def model(self) -> ModelFolder:
        """The model of the settings."""
        return find_model(self.settings.model)

    @property
    def encoder(self) -> Encoder:
        """The encoder of the settings; it is checked and loaded at its first use."""
        with self._guard:
            if self._encoder is None:
                self._encoder = encoder_for(
                    self.model,
                    prefixes=self.settings.prefixes(),
                    threads=self.settings.threads,
                )
            return self._encoder

    @property
    def data(self) -> Path:
        return self.settings.data

    def collections(self) -> tuple[str, ...]:
        """Names of the collections that are there."""
        return collection_names(self.data)

    def opened(self) -> tuple[Collection, ...]:
        """The collections that are open, in no particular order."""
        with self._guard:
            return tuple(self._collections.values())

    def collection(self, name: str) -> Collection:
        """An existing collection.

        Raises:
            IndexMissingError: Nothing was ingested yet.
            UnknownCollectionError: There are others, but none of this name.
        """
        with self._guard:
            if name not in self._collections:
                self._collections[name] = Collection.open(self.data, name)
            return self._collections[name]

    def answerer(self, name: str) -> Answerer:
        """What answers from a collection.

        Raises:
            ModelMismatchError: The collection was made with another model.
        """
        with self._guard:
            if name not in self._answerers:
                self._answerers[name] = Answerer(
                    self.collection(name),
                    self.encoder,
                    ranking=self.settings.ranking(),
                    policy=self.settings.answering(),
                )
            return self._answerers[name]

    def ingester(
        self,
        name: str,
        *,
        make: bool = False,
        on_progress: "Callable[[Progress], None] | None" = None,
    ) -> "Ingester":
        """What puts documents into a collection.

        The first collection of a data folder is made here; others only where `make` says so, for
        a misspelt name would make one, too.
        """
        from index.ingest import Ingester  # whoever only asks does not wait for it

        with self._guard:
            try:
                collection = self.collection(name)
                collection.store.require_model(self.encoder.identity)
            except (IndexMissingError, UnknownCollectionError) as error:
                if isinstance(error, UnknownCollectionError) and not make:
                    raise
                collection = Collection.create(self.data, name, self.encoder.identity)
                self._collections[name] = collection
            return Ingester(
                collection,
                self.encoder,
                keep_tokens=self.settings.token_vectors,
                on_progress=on_progress,
            )

    def warm(self) -> None:
        """Load the model and the default collection, so that the first question is as fast as
        the next. What cannot be loaded is logged, and told to whoever asks."""
        try:
            self.encoder.encode_queries(["warm"])
            self.ready()
        except FootnotedError as error:
            log.warning("not ready: %s", error)

    def ready(self) -> int:
        """Generation of the default collection, if questions can be answered from it.

        Raises:
            IndexMissingError: Nothing was ingested yet.
            ModelMismatchError: The collection was made with another model.
        """
        self.answerer(self.settings.collection)
        return self.collection(self.settings.collection).snapshot().generation

    def close(self) -> None:
        with self._guard:
            for collection in self._collections.values():
                collection.close()
            self._collections.clear()
            self._answerers.clear()
