"""JSON of collections in the public contract."""

import datetime as dt

from pydantic import Field

from api.collection_settings import CollectionSettings
from api.describing import ReplyModel
from api.service import Service
from index.errors import FootnotedError
from index.places import place_of

__all__ = [
    "CollectionList",
    "CollectionModel",
    "CollectionRequest",
    "collection_model",
    "collection_models",
]


class CollectionRequest(CollectionSettings):
    """A new collection; what is left out is taken from the service's settings."""

    name: str = Field(description="1 to 64 of a-z, 0-9, _ and -, no sign first.")

    def settings(self) -> CollectionSettings:
        return CollectionSettings(**self.model_dump(exclude={"name"}, exclude_none=True))


class CollectionModel(ReplyModel):
    """A collection. One that cannot be opened has a `problem`, which says why, and no figures."""

    name: str
    default: bool = Field(description="Whether it is asked where no collection is named.")
    model: str | None
    generation: int | None
    documents: int | None
    passages: int | None
    newest_published: dt.date | None
    settings: CollectionSettings | None = Field(description="Its own; others are the service's.")
    problem: str | None


class CollectionList(ReplyModel):
    collections: list[CollectionModel]


def collection_models(service: Service) -> list[CollectionModel]:
    """Every collection, by name; one that cannot be opened does not hide the others."""
    return [_model_or_problem(service, name) for name in service.collections()]


def collection_model(service: Service, name: str) -> CollectionModel:
    """One collection.

    Raises:
        UnknownCollectionError: There is none of this name.
        IndexFormatError: It cannot be opened.
    """
    store = service.collection(name).store
    with store.reading():
        corpus, model = store.corpus(), store.model.name
    return CollectionModel(
        name=name,
        default=name == service.settings.collection,
        model=model,
        generation=corpus.generation,
        documents=corpus.documents,
        passages=corpus.passages,
        newest_published=corpus.newest_published,
        settings=CollectionSettings.read(place_of(service.data, name)),
        problem=None,
    )


def _model_or_problem(service: Service, name: str) -> CollectionModel:
    try:
        return collection_model(service, name)
    except FootnotedError as error:
        return CollectionModel(
            name=name,
            default=name == service.settings.collection,
            model=None,
            generation=None,
            documents=None,
            passages=None,
            newest_published=None,
            settings=None,
            problem=str(error),
        )
