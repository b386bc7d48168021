"""The open collections and the encoders behind every way in."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from api.collection_settings import CollectionSettings
from api.made_once import MadeOnce
from api.settings import Settings
from index.catalog import CALIBRATION_FILE, create_collection, delete_collection
from index.collection import Collection
from index.embedding import Encoder
from index.encoders import encoder_for
from index.errors import (
    CollectionExistsError,
    FootnotedError,
    IndexFormatError,
    IndexMissingError,
    ModelError,
    UnknownCollectionError,
)
from index.models import ModelFolder, Prefixes, find_model
from index.places import Place, collection_names, place_of
from index.runtimes import Runtime
from qa.answering import Answerer, TrainedReader
from qa.calibration import Calibration
from qa.passage_reader import PassageReader
from qa.shipped_reader import shipped_calibration, shipped_reader
from qa.types import AnswerKind, Question

if TYPE_CHECKING:
    from index.ingest import Ingester, Progress

__all__ = ["Service"]

log = logging.getLogger("footnoted")


class _Answering(NamedTuple):
    """What answers from a collection, and of which state of its folder it was made."""

    answerer: Answerer
    collection: Collection
    calibrated_at: int


class Service:
    """Loads each model and each collection once, at its first use, and hands them to whoever asks.

    Safe to share between threads. A collection that another process deleted, restored or switched
    to another model is opened anew.

    Args:
        settings: Read at start; a collection may have some of its own.
        encoder: Used instead of all collections' models, for tests.
    """

    def __init__(self, settings: Settings, *, encoder: Encoder | None = None) -> None:
        self.settings = settings
        self._encoder = encoder
        self._models: MadeOnce[str, ModelFolder] = MadeOnce()
        self._encoders: MadeOnce[tuple[str, Prefixes, Runtime], Encoder] = MadeOnce()
        self._collections: MadeOnce[str, Collection] = MadeOnce()
        self._reader: MadeOnce[str, PassageReader] = MadeOnce()
        self._answerers: MadeOnce[str, _Answering] = MadeOnce()

    @property
    def data(self) -> Path:
        return self.settings.data

    @property
    def model(self) -> ModelFolder:
        """The model of the settings' collection."""
        return self._model(self.settings_of(self.settings.collection))

    @property
    def encoder(self) -> Encoder:
        """The encoder of the settings' collection; it is checked and loaded at its first use."""
        return self.encoder_of(self.settings.collection)

    def settings_of(self, name: str) -> Settings:
        """The service's settings with a collection's own in their place."""
        try:
            return CollectionSettings.read(place_of(self.data, name)).over(self.settings)
        except (IndexMissingError, UnknownCollectionError):
            return self.settings

    def encoder_of(self, name: str) -> Encoder:
        """The encoder of a collection, shared by all that have the same model.

        Raises:
            ModelError: It cannot be had.
        """
        return self.encoder_for(self.settings_of(name))

    def encoder_for(self, settings: Settings) -> Encoder:
        """The encoder that some settings name."""
        if self._encoder is not None:
            return self._encoder
        key = (settings.model, settings.prefixes(), settings.runtime)
        return self._encoders.get(
            key,
            lambda: encoder_for(
                self._model(settings),
                prefixes=settings.prefixes(),
                threads=settings.threads,
                runtime=settings.runtime,
            ),
        )

    def _model(self, settings: Settings) -> ModelFolder:
        return self._models.get(settings.model, lambda: find_model(settings.model))

    def collections(self) -> tuple[str, ...]:
        """Names of the collections that are there."""
        return collection_names(self.data)

    def opened(self) -> tuple[Collection, ...]:
        """Collections that were asked for already and are still there."""
        return tuple(held for held in self._collections.values() if held.is_answering())

    def collection(self, name: str) -> Collection:
        """An existing collection.

        Raises:
            IndexMissingError: Nothing was ingested yet.
            UnknownCollectionError: There are others, but none of this name.
        """
        try:
            return self._collections.get(
                name, lambda: Collection.open(self.data, name), is_valid=Collection.is_answering
            )
        except (IndexMissingError, UnknownCollectionError, IndexFormatError):
            self._forget(name)
            raise

    def create(self, name: str, own: CollectionSettings) -> Collection:
        """Make an empty collection.

        Raises:
            CollectionNameError: No collection can be called so.
            CollectionExistsError: There is one of this name.
            ModelError: Its model cannot be had.
        """
        kept = own.made_with(self.settings)
        identity = self.encoder_for(kept.over(self.settings)).identity
        create_collection(self.data, name, identity, settings=kept.written()).close()
        return self.collection(name)

    def delete(self, name: str) -> None:
        """Delete a collection for good; questions that it is being asked still get answers.

        Raises:
            UnknownCollectionError: There is none of this name.
            IndexLockedError: Somebody is writing to it.
        """
        delete_collection(self.data, name)
        self._forget(name)

    def answerer(self, name: str) -> Answerer:
        """What answers from a collection.

        Raises:
            ModelMismatchError: The collection was made with another model.
        """
        collection = self.collection(name)
        calibrated_at = _calibrated_at(collection.place)

        def make() -> _Answering:
            settings = self.settings_of(name)
            answerer = Answerer(
                collection,
                self.encoder_for(settings),
                ranking=settings.ranking(),
                policy=settings.answering(),
                trained=self.trained(name),
            )
            return _Answering(answerer, collection, calibrated_at)

        def is_valid(held: _Answering) -> bool:
            return held.collection is collection and held.calibrated_at == calibrated_at

        return self._answerers.get(name, make, is_valid=is_valid).answerer

    def trained(self, name: str) -> TrainedReader | None:
        """What reads a collection's passages; None where its settings want none, or where none can
        be had, which is logged."""
        if not self.settings_of(name).reader:
            return None
        try:
            return TrainedReader(self._reader.get("", shipped_reader), self._calibration(name))
        except ModelError as error:
            log.warning("answering by the best sentence, without a reader: %s", error)
            return None

    def _calibration(self, name: str) -> Calibration:
        """The collection's own where `footnoted calibrate` made one, else the shipped one; so, too,
        where its own cannot be read or was made for another reader, which is logged."""
        collection = self.collection(name)
        shipped = shipped_calibration(collection.store.model)
        file = collection.place.folder / CALIBRATION_FILE
        if not file.exists():
            return shipped
        try:
            own = Calibration.read(file)
        except (OSError, ValueError, KeyError, TypeError) as error:
            reason = f"cannot be read ({type(error).__name__}: {error})"
        else:
            if own.refitted == shipped.id:
                return own
            reason = "was made for another reader"
        log.warning(
            "%s of collection %r %s, so the shipped calibration is used; `footnoted calibrate` "
            "makes it anew",
            CALIBRATION_FILE,
            name,
            reason,
        )
        return shipped

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

        collection = self._writable(name, make=make)
        settings = self.settings_of(name)
        collection.store.require_model(self.encoder_for(settings).identity)
        return Ingester(
            collection,
            self.encoder_for(settings),
            keep_tokens=settings.token_vectors,
            on_progress=on_progress,
        )

    def _writable(self, name: str, *, make: bool) -> Collection:
        try:
            return self.collection(name)
        except (IndexMissingError, UnknownCollectionError) as error:
            if isinstance(error, UnknownCollectionError) and not make:
                raise
        try:
            return self.create(name, CollectionSettings())
        except CollectionExistsError:  # made by another thread or process meanwhile
            return self.collection(name)

    def warm(self) -> None:
        """Load the default collection with its model, so that the first question is as fast as
        the next. What cannot be loaded is logged, and told to whoever asks."""
        try:
            self.encoder.encode_queries(["warm"])
            self.ready()
            answerer = self.answerer(self.settings.collection)
            for _ in range(2):  # the second makes what a process that answers one does without
                answerer.answer(Question("warm", answer=AnswerKind.NONE))
            if trained := self.trained(self.settings.collection):
                trained.reader.read("warm", "", "warm")
        except (FootnotedError, OSError, ValueError, RuntimeError) as error:
            # The last three come from a model's own library; other collections have other models.
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
        self._answerers.clear()
        for collection in self._collections.clear():
            collection.close()

    def _forget(self, name: str) -> None:
        # Not closed: questions may be using it. Its files are closed when the last one ends.
        self._answerers.forget(name)
        self._collections.forget(name)


def _calibrated_at(place: Place) -> int:
    """When a collection's own calibration was written, in ns; 0 where it has none."""
    try:
        return (place.folder / CALIBRATION_FILE).stat().st_mtime_ns
    except FileNotFoundError:
        return 0
