"""Another model for a collection: built beside the one that answers, then switched to.

The passages stay the ones that there are; only what the model makes of them is made anew. So the
build needs no sources, its citations are the same, and it can follow the collection while that is
written to: a document is copied again when anything that is known of it has changed.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.catalog import SETTINGS_FILE
from index.collection import Collection
from index.embedded import embed_documents, recipe_of
from index.embedding import Encoder, EncoderIdentity
from index.errors import FootnotedError, NoOtherBuildError
from index.files import write_durably, write_text_durably
from index.places import FIRST, Place, place_of, places_in, switch
from index.preparing import Prepared, prepare_stored
from index.records import Entry
from index.store import Store

__all__ = ["Progress", "bring_up", "build_for", "previous_build", "switch_over"]

BATCH = 256  # passages that are committed together, and are not lost when the process ends
PREVIOUS = "previous"  # file with the id of the build that answered before


@dataclass(frozen=True, slots=True)
class Progress:
    """Passages that are embedded by now, of those that had to be."""

    done: int
    total: int


def build_for(data: Path, name: str, model: EncoderIdentity) -> Collection:
    """The build of a collection for a model, open; one that was begun before is gone on with.

    Raises:
        UnknownCollectionError: There is no such collection.
        NoOtherBuildError: It is of this model already.
    """
    current = place_of(data, name)
    for place in places_in(current.root):
        if _model_of(place) == model:
            if place == current:
                raise NoOtherBuildError(f"collection {name!r} is of model {model.name!r} already")
            return Collection.beside(place)
    facts = f"{model.name} {model.sha256} {model.prefixes}"
    build = f"model-{hashlib.sha256(facts.encode()).hexdigest()[:16]}"
    return Collection.beside(Place(current.root, build), model)


def previous_build(data: Path, name: str) -> Collection:
    """The build that answered before the last switch, open.

    Raises:
        NoOtherBuildError: There is none.
    """
    root = place_of(data, name).root
    try:
        build = (root / PREVIOUS).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        build = "none"
    place = Place(root, "" if build == FIRST else build)
    if place not in places_in(root):
        raise NoOtherBuildError(f"collection {name!r} has no older build to go back to")
    return Collection.beside(place)


def bring_up(
    source: Collection,
    target: Collection,
    encoder: Encoder,
    *,
    keep_tokens: bool,
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> int:
    """Make a build hold what the answering one holds, durably batch by batch.

    Args:
        source: What answers.
        target: What is to answer.
        encoder: Of the target.
        keep_tokens: Keep what re-ranking needs.
        on_progress: Called after each batch.

    Returns:
        Passages that were embedded; 0 where nothing had changed.
    """
    target.store.require_model(encoder.identity)
    wanted, held = _entries(source.store), _entries(target.store)
    gone = held.keys() - wanted.keys()
    if gone:
        with target.writing() as writer:
            for document_id in sorted(gone):
                writer.remove(document_id)
    changed = [entry for entry in wanted.values() if held.get(entry.document_id) != entry]
    total, done = sum(entry.passages for entry in changed), 0
    on_progress(Progress(0, total))
    for batch in _batches(changed):
        _copy(batch, source, target, encoder, keep_tokens)
        done += sum(entry.passages for entry in batch)
        on_progress(Progress(done, total))
    return done


def switch_over(
    source: Collection,
    target: Collection,
    encoder: Encoder,
    *,
    keep_tokens: bool,
    settings: bytes,
) -> None:
    """Let a build answer from now on, in every process; the one that answered is kept.

    What was written to the collection since `bring_up` is brought over first, while nobody can
    write, so that no acknowledged change is left behind.

    Raises:
        IndexLockedError: Somebody is writing just now.
        IndexMovedError: The collection was deleted, restored or switched meanwhile.
    """
    with source.writing():
        bring_up(source, target, encoder, keep_tokens=keep_tokens)
        target.snapshot()  # its indexes are there before the first question is
        folder = target.place.folder
        write_durably(folder / SETTINGS_FILE, lambda file: file.write(settings))
        write_text_durably(source.place.root / PREVIOUS, f"{source.place.build or FIRST}\n")
        switch(target.place)


def _copy(
    entries: Sequence[Entry],
    source: Collection,
    target: Collection,
    encoder: Encoder,
    keep_tokens: bool,
) -> None:
    recipe = recipe_of(encoder, keep_tokens=keep_tokens)
    documents = [_prepared(source.store, entry.document_id, encoder) for entry in entries]
    embedded = embed_documents(documents, encoder, keep_tokens=keep_tokens)
    with target.writing() as writer:
        for each, entry in zip(embedded, entries, strict=True):
            each.put(writer, recipe=recipe, ingested_at=entry.ingested_at)


def _prepared(store: Store, document_id: str, encoder: Encoder) -> Prepared:
    with store.reading():
        document, passages = store.document(document_id), store.passages(document_id)
    return prepare_stored(document, passages, encoder)


def _entries(store: Store) -> dict[str, Entry]:
    return {entry.document_id: entry for entry in store.entries()}


def _batches(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    for entry in entries:
        batch.append(entry)
        if sum(each.passages for each in batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _model_of(place: Place) -> EncoderIdentity | None:
    try:
        store = Store.open(place.store)
    except FootnotedError:  # of another version, or never finished
        return None
    try:
        return store.model
    finally:
        store.close()
