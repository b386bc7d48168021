"""Another model for a collection: built beside, resumable, switched at once, and back."""

from pathlib import Path

import pytest
from fakes import WordHashEncoder, another_writer, arrival

from index.catalog import create_collection
from index.collection import Collection
from index.errors import IndexLockedError, IndexMovedError, ModelMismatchError, NoOtherBuildError
from index.ingest import Ingester
from index.reindexing import Progress, bring_up, build_for, previous_build, switch_over

OLD, NEW = WordHashEncoder(name="old"), WordHashEncoder(name="new")
BIRDS = {"a": "A gull sleeps.", "b": "A tern dives.\n\nA heron waits.", "c": "Three swans fly."}


def put(collection: Collection, document_id: str, text: str, encoder: WordHashEncoder) -> None:
    list(Ingester(collection, encoder).ingest([arrival(text, document_id=document_id)]))


@pytest.fixture
def source(tmp_path: Path) -> Collection:
    collection = create_collection(tmp_path, "birds", OLD.identity)
    for document_id, text in BIRDS.items():
        put(collection, document_id, text, OLD)
    return collection


@pytest.fixture
def target(source: Collection, tmp_path: Path) -> Collection:
    return build_for(tmp_path, "birds", NEW.identity)


def switched(source: Collection, target: Collection, encoder: WordHashEncoder) -> None:
    bring_up(source, target, encoder, keep_tokens=True)
    switch_over(source, target, encoder, keep_tokens=True, settings=b"{}")


def test_what_is_built_holds_the_same_passages_at_the_same_places(
    source: Collection, target: Collection
) -> None:
    embedded = bring_up(source, target, NEW, keep_tokens=True)

    assert embedded == 4
    assert target.store.entries() == source.store.entries()
    assert [target.store.passages(d) for d in BIRDS] == [source.store.passages(d) for d in BIRDS]


def test_until_the_switch_the_old_model_answers(
    source: Collection, target: Collection, tmp_path: Path
) -> None:
    bring_up(source, target, NEW, keep_tokens=True)

    assert source.is_answering()
    assert Collection.open(tmp_path, "birds").store.model == OLD.identity


def test_after_the_switch_the_new_one_answers_and_others_notice(
    source: Collection, target: Collection, tmp_path: Path
) -> None:
    switched(source, target, NEW)

    answering = Collection.open(tmp_path, "birds")
    assert (answering.store.model, answering.snapshot().corpus.documents) == (NEW.identity, 3)
    assert not source.is_answering()
    with pytest.raises(IndexMovedError, match="switched to another model"):
        put(source, "d", "A duck.", OLD)


def test_a_build_that_was_ended_is_gone_on_with(
    source: Collection, target: Collection, tmp_path: Path
) -> None:
    put(target, "a", BIRDS["a"], NEW)
    target.close()
    encoder = WordHashEncoder(name="new")
    again = build_for(tmp_path, "birds", NEW.identity)

    first = bring_up(source, again, encoder, keep_tokens=True)
    second = bring_up(source, again, encoder, keep_tokens=True)

    assert (again.place, second) == (target.place, 0)
    assert len(encoder.encoded) == first


def test_what_was_written_meanwhile_is_there_after_the_switch(
    source: Collection, target: Collection, tmp_path: Path
) -> None:
    bring_up(source, target, NEW, keep_tokens=True)
    put(source, "d", "A duck swims.", OLD)
    put(source, "a", "A gull wakes.", OLD)
    with source.writing() as writer:
        writer.remove("b")

    switch_over(source, target, NEW, keep_tokens=True, settings=b"{}")

    store = Collection.open(tmp_path, "birds").store
    assert [entry.document_id for entry in store.entries()] == ["a", "c", "d"]
    assert store.document("a").text == "A gull wakes."


def test_the_way_back_takes_along_what_was_written_since(
    source: Collection, target: Collection, tmp_path: Path
) -> None:
    switched(source, target, NEW)
    answering = Collection.open(tmp_path, "birds")
    put(answering, "d", "A duck swims.", NEW)
    encoder = WordHashEncoder(name="old")

    switched(answering, previous_build(tmp_path, "birds"), encoder)

    back = Collection.open(tmp_path, "birds")
    assert (back.store.model, back.place) == (OLD.identity, source.place)
    assert back.snapshot().corpus.documents == 4
    assert encoder.encoded == ["A duck swims."]


def test_the_way_back_leads_forth_again(
    source: Collection, target: Collection, tmp_path: Path
) -> None:
    switched(source, target, NEW)
    switched(Collection.open(tmp_path, "birds"), previous_build(tmp_path, "birds"), OLD)

    forth = previous_build(tmp_path, "birds")

    assert forth.store.model == NEW.identity
    assert build_for(tmp_path, "birds", NEW.identity).place == forth.place


def test_progress_counts_the_passages_that_have_to_be_embedded(
    source: Collection, target: Collection
) -> None:
    told: list[Progress] = []

    bring_up(source, target, NEW, keep_tokens=True, on_progress=told.append)

    assert [(each.done, each.total) for each in told] == [(0, 4), (4, 4)]


def test_while_somebody_writes_nothing_is_switched(source: Collection, target: Collection) -> None:
    bring_up(source, target, NEW, keep_tokens=True)

    with another_writer(source.place.folder), pytest.raises(IndexLockedError, match="4711"):
        switch_over(source, target, NEW, keep_tokens=True, settings=b"{}")

    assert source.is_answering()


def test_a_collection_of_the_model_already_is_not_built_again(
    source: Collection, tmp_path: Path
) -> None:
    with pytest.raises(NoOtherBuildError, match="is of model 'old' already"):
        build_for(tmp_path, "birds", OLD.identity)


def test_without_an_older_build_there_is_no_way_back(source: Collection, tmp_path: Path) -> None:
    with pytest.raises(NoOtherBuildError, match="no older build to go back to"):
        previous_build(tmp_path, "birds")


def test_the_wrong_encoder_writes_nothing(source: Collection, target: Collection) -> None:
    with pytest.raises(ModelMismatchError, match="'new'"):
        bring_up(source, target, OLD, keep_tokens=True)

    assert target.store.generation() == 0


def test_the_next_ingest_of_the_same_texts_changes_nothing(
    source: Collection, target: Collection, tmp_path: Path
) -> None:
    switched(source, target, NEW)

    answering = Collection.open(tmp_path, "birds")
    [report] = Ingester(answering, NEW).ingest([arrival(BIRDS["a"], document_id="a")])

    assert report.status == "unchanged"
