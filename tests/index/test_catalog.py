"""Collections are made and deleted whole, and nobody writes to one that is no longer there."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fakes import WordHashEncoder, another_writer, arrival

from index.catalog import LEFT_BEHIND_S, create_collection, delete_collection
from index.collection import Collection
from index.errors import (
    CollectionExistsError,
    CollectionNameError,
    IndexFormatError,
    IndexLockedError,
    IndexMovedError,
)
from index.ingest import Ingester
from index.places import Place, collection_names, place_of, switch

MODEL = WordHashEncoder().identity


def put(collection: Collection, text: str) -> None:
    list(Ingester(collection, WordHashEncoder()).ingest([arrival(text)]))


def made(data: Path, name: str = "birds") -> Collection:
    return create_collection(data, name, MODEL)


def other_build(data: Path, name: str = "birds") -> Place:
    place = Place(data / "collections" / name, "other")
    Collection.beside(place, MODEL).close()
    return place


def test_a_new_collection_is_empty_and_open(tmp_path: Path) -> None:
    collection = made(tmp_path)

    assert (collection.name, collection.snapshot().corpus.documents) == ("birds", 0)
    assert collection_names(tmp_path) == ("birds",)


@pytest.mark.parametrize("name", ["../x", "", ".", "a/b", "A", "x" * 65, "a\n", "-a", ".a"])
def test_a_name_that_could_leave_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CollectionNameError, match="cannot be called"):
        made(tmp_path, name)

    assert list(tmp_path.iterdir()) == []


def test_a_second_one_of_the_same_name_is_refused_and_the_first_stays(tmp_path: Path) -> None:
    first = made(tmp_path)

    with pytest.raises(CollectionExistsError, match="'birds' already"):
        made(tmp_path)

    assert Collection.open(tmp_path, "birds").store.identity == first.store.identity
    assert [path.name for path in (tmp_path / "collections").iterdir()] == ["birds"]


def test_a_deleted_one_leaves_nothing_and_its_readers_keep_what_they_have(tmp_path: Path) -> None:
    collection = made(tmp_path)
    put(collection, "A gull sleeps.")
    snapshot = collection.snapshot()

    delete_collection(tmp_path, "birds")

    assert list((tmp_path / "collections").iterdir()) == []
    assert not collection.is_answering()
    assert len(snapshot.dense) == 1


def test_a_thread_that_comes_too_late_is_told_that_it_is_gone(tmp_path: Path) -> None:
    collection = made(tmp_path)
    delete_collection(tmp_path, "birds")

    with ThreadPoolExecutor(1) as threads:
        late = threads.submit(collection.store.corpus)

    assert isinstance(late.exception(), IndexMovedError)


def test_nobody_writes_to_a_deleted_one(tmp_path: Path) -> None:
    collection = made(tmp_path)
    delete_collection(tmp_path, "birds")

    with pytest.raises(IndexMovedError, match="'birds' was deleted"):
        put(collection, "A gull sleeps.")

    assert list((tmp_path / "collections").iterdir()) == []


def test_nobody_writes_to_another_one_of_the_same_name(tmp_path: Path) -> None:
    old = made(tmp_path)
    delete_collection(tmp_path, "birds")
    new = made(tmp_path)

    with pytest.raises(IndexMovedError, match="'birds' was deleted"):
        put(old, "A gull sleeps.")

    assert new.snapshot().corpus.documents == 0


def test_one_that_is_being_written_to_is_not_deleted(tmp_path: Path) -> None:
    collection = made(tmp_path)

    with another_writer(collection.place.folder), pytest.raises(IndexLockedError, match="4711"):
        delete_collection(tmp_path, "birds")

    assert collection.is_answering()


def test_one_that_cannot_be_opened_can_be_deleted(tmp_path: Path) -> None:
    made(tmp_path)
    (tmp_path / "collections/birds/answers").write_bytes(b"\xff")

    delete_collection(tmp_path, "birds")

    assert collection_names(tmp_path) == ()


def test_what_was_left_behind_by_a_dead_process_is_removed_and_fresh_things_are_not(
    tmp_path: Path,
) -> None:
    old, fresh = (tmp_path / "collections" / name for name in (".a.1234", ".b.1234"))
    old.mkdir(parents=True)
    fresh.mkdir()
    long_ago = fresh.stat().st_mtime - LEFT_BEHIND_S - 1
    os.utime(old, (long_ago, long_ago))

    made(tmp_path)

    assert (old.exists(), fresh.exists()) == (False, True)


def test_the_folder_that_a_waiting_writer_made_again_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / "collections/birds").mkdir(parents=True)
    (tmp_path / "collections/birds/writer.lock").touch()

    assert made(tmp_path).is_answering()


def test_after_a_switch_the_other_build_answers_and_the_first_is_not_written_to(
    tmp_path: Path,
) -> None:
    first = made(tmp_path)
    place = other_build(tmp_path)

    switch(place)

    assert Collection.open(tmp_path, "birds").place == place
    assert not first.is_answering()
    with pytest.raises(IndexMovedError, match="switched to another model"):
        put(first, "A gull sleeps.")


def test_a_build_beside_is_written_to_before_it_answers(tmp_path: Path) -> None:
    made(tmp_path)
    beside = Collection.beside(other_build(tmp_path))

    put(beside, "A gull sleeps.")

    assert Collection.open(tmp_path, "birds").store.corpus().documents == 0
    assert beside.store.corpus().documents == 1


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"../../x", b"nowhere", b"x" * 100])
def test_where_it_cannot_be_told_which_build_answers_none_is_taken_instead(
    tmp_path: Path, content: bytes
) -> None:
    made(tmp_path)
    (tmp_path / "collections/birds/answers").write_bytes(content)

    with pytest.raises(IndexFormatError, match="it cannot be told which of its builds"):
        place_of(tmp_path, "birds")

    assert collection_names(tmp_path) == ("birds",)


def test_files_in_the_way_of_the_collections_are_no_collections(tmp_path: Path) -> None:
    made(tmp_path)
    (tmp_path / "collections/notes.txt").touch()
    shutil.copytree(tmp_path / "collections/birds", tmp_path / "collections/.birds.1234")

    assert collection_names(tmp_path) == ("birds",)
