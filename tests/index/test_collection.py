"""One collection on disk: store and derived indexes agree, and one process writes at a time."""

import os
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from fakes import WordHashEncoder, another_writer, arrival

from index import collection as module
from index import locks
from index.catalog import delete_collection
from index.collection import Collection, Snapshot
from index.errors import (
    DiskFullError,
    IndexLockedError,
    IndexMissingError,
    IndexMovedError,
    IndexRolledBackError,
    ModelMismatchError,
    UnknownCollectionError,
)
from index.ingest import Ingester
from index.lexical import LexicalSearcher
from index.lexical_files import LexicalFiles
from index.places import collection_names
from index.types import Filters


def put(collection: Collection, text: str, document_id: str = "a") -> None:
    list(Ingester(collection, WordHashEncoder()).ingest([arrival(text, document_id=document_id)]))


def put_in_store_only(collection: Collection, text: str) -> None:
    """As a writer that dies before it comes to the lexical index."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(collection._lexical, "catch_up", lambda: None)
        put(collection, text)


def words(snapshot: Snapshot, question: str) -> int:
    return len(snapshot.lexical.search(question, k=9, filters=Filters()))


def folder_of(collection: Collection) -> Path:
    return collection.place.folder


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAIT_S", 0.1)
    monkeypatch.setattr(locks, "WRITER_WAIT_S", 0.1)


def test_what_was_written_is_in_both_legs(collection: Collection) -> None:
    put(collection, "The ferry sails at noon.")

    snapshot = collection.snapshot()

    assert (snapshot.generation, len(snapshot.dense), words(snapshot, "ferry")) == (1, 1, 1)


def test_what_was_removed_is_in_neither_leg(collection: Collection) -> None:
    put(collection, "The ferry sails at noon.")
    collection.snapshot()

    with collection.writing() as writer:
        writer.remove("a")

    snapshot = collection.snapshot()
    assert (snapshot.generation, len(snapshot.dense), words(snapshot, "ferry")) == (2, 0, 0)


def test_without_changes_the_snapshot_stays(collection: Collection) -> None:
    put(collection, "The ferry sails at noon.")

    assert collection.snapshot() is collection.snapshot()


def test_a_snapshot_is_not_affected_by_later_changes(collection: Collection) -> None:
    before = collection.snapshot()

    put(collection, "The ferry sails at noon.")

    assert (len(before.dense), words(before, "ferry")) == (0, 0)


def test_collections_are_listed_by_name(tmp_path: Path) -> None:
    identity = WordHashEncoder().identity
    Collection.create(tmp_path, "b", identity).close()
    Collection.create(tmp_path, "a", identity).close()

    assert collection_names(tmp_path) == ("a", "b")
    assert collection_names(tmp_path / "nowhere") == ()


def test_a_missing_index_is_told_with_the_way_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match="make one with `footnoted ingest PATH`"):
        Collection.open(tmp_path, "default")


def test_an_unknown_collection_is_told_beside_the_known_ones(
    collection: Collection, tmp_path: Path
) -> None:
    with pytest.raises(UnknownCollectionError, match="no collection 'other'; there are default"):
        Collection.open(tmp_path / "data", "other")


@pytest.mark.parametrize("name", ["../x", "", ".", "a/b", "A", "x" * 65, "a\n", "-a"])
def test_a_name_that_could_leave_the_folder_is_unknown(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnknownCollectionError, match="there are none"):
        Collection.open(tmp_path, name)
    with pytest.raises(UnknownCollectionError, match="there are none"):
        Collection.create(tmp_path, name, WordHashEncoder().identity)


def test_a_collection_of_another_model_is_refused(collection: Collection, tmp_path: Path) -> None:
    with pytest.raises(ModelMismatchError, match=r"'word-hash'.*'another'"):
        Collection.create(tmp_path / "data", "default", WordHashEncoder(name="another").identity)


@pytest.mark.usefixtures("impatient")
def test_a_second_writer_is_refused_and_told_who_writes(collection: Collection) -> None:
    with (
        another_writer(folder_of(collection)),
        pytest.raises(IndexLockedError, match="process 4711 on here is writing"),
    ):
        put(collection, "The ferry sails at noon.")

    assert collection.store.generation() == 0


def test_a_writer_waits_for_one_that_is_soon_done(collection: Collection) -> None:
    with another_writer(folder_of(collection)):
        writer = threading.Thread(target=put, args=(collection, "The ferry sails at noon."))
        writer.start()
        writer.join(timeout=0.2)
    writer.join()

    assert collection.store.generation() == 1


def test_a_writer_names_its_process(collection: Collection) -> None:
    with collection.writing():
        note = (folder_of(collection) / "writer.txt").read_text()

    assert note.startswith(f"process {os.getpid()} on ")


def test_a_lexical_index_that_was_deleted_is_made_again(
    collection: Collection, tmp_path: Path
) -> None:
    put(collection, "The ferry sails at noon.")
    shutil.rmtree(folder_of(collection) / "lexical")

    again = Collection.open(tmp_path / "data", "default")

    assert words(again.snapshot(), "ferry") == 1
    again.close()


def test_a_writer_that_died_between_store_and_lexical_index_is_caught_up(
    collection: Collection,
) -> None:
    put_in_store_only(collection, "The ferry sails at noon.")

    assert words(collection.snapshot(), "ferry") == 1


def test_a_commit_that_failed_halfway_is_undone_before_the_next(
    collection: Collection,
) -> None:
    put(collection, "The ferry sails at noon.")

    def full(*_: object) -> None:
        raise DiskFullError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LexicalFiles, "record", full)  # the commit itself is done by then
        with pytest.raises(DiskFullError):
            put(collection, "A gull flies.", "b")
    put(collection, "A tern dives.", "c")

    snapshot = collection.snapshot()
    assert [words(snapshot, word) for word in ("ferry", "gull", "tern")] == [1, 1, 1]
    assert not (folder_of(collection) / "damaged").exists()


@pytest.mark.usefixtures("impatient")
def test_while_the_disk_is_full_the_last_change_that_was_acknowledged_is_found(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection.snapshot()
    put(collection, "The ferry sails at noon.")  # nobody asks between this and the next

    def full(*_: object) -> None:
        raise DiskFullError

    monkeypatch.setattr(LexicalFiles, "record", full)
    with pytest.raises(DiskFullError):
        put(collection, "A gull flies.", "b")

    assert words(collection.snapshot(), "ferry") == 1


def test_while_another_process_is_between_the_two_the_state_before_is_kept(
    collection: Collection,
) -> None:
    before = collection.snapshot()
    put_in_store_only(collection, "The ferry sails at noon.")

    with another_writer(folder_of(collection)):
        during = collection.snapshot()

    assert during is before
    assert collection.snapshot().generation == 1


def test_a_state_that_lacks_what_was_acknowledged_is_not_kept(
    collection: Collection, tmp_path: Path
) -> None:
    reader = Collection.open(tmp_path / "data", "default")
    reader.snapshot()
    put(collection, "The ferry sails at noon.", "acknowledged")
    put_in_store_only(collection, "A gull flies.")

    with ThreadPoolExecutor(1) as thread, another_writer(folder_of(collection)):
        asked = thread.submit(reader.snapshot)
        assert wait([asked], timeout=0.3).not_done
    found = asked.result()

    assert (found.generation, words(found, "ferry")) == (2, 1)
    reader.close()


@pytest.mark.usefixtures("impatient")
def test_without_a_state_before_the_writer_is_named(collection: Collection) -> None:
    put_in_store_only(collection, "The ferry sails at noon.")

    with (
        another_writer(folder_of(collection)),
        pytest.raises(IndexLockedError, match="process 4711 on here"),
    ):
        collection.snapshot()


def test_a_reader_sees_what_another_process_writes(collection: Collection, tmp_path: Path) -> None:
    reader = Collection.open(tmp_path / "data", "default")
    reader.snapshot()

    put(collection, "The ferry sails at noon.")

    assert words(reader.snapshot(), "ferry") == 1
    reader.close()


def test_the_lexical_index_of_another_store_is_not_used(tmp_path: Path) -> None:
    identity = WordHashEncoder().identity
    old = Collection.create(tmp_path, "default", identity)
    put(old, "The ferry sails at noon.")
    old.close()
    (folder_of(old) / "store.sqlite").unlink()

    new = Collection.create(tmp_path, "default", identity)
    put(new, "A gull flies.")

    assert (words(new.snapshot(), "ferry"), words(new.snapshot(), "gull")) == (0, 1)
    new.close()


def test_a_change_between_store_and_searcher_is_never_half_seen(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(collection, "The ferry sails at noon.")
    searcher = collection._lexical.searcher

    def searcher_late() -> LexicalSearcher:
        monkeypatch.setattr(collection._lexical, "searcher", searcher)
        put_in_store_only(collection, "A gull flies.")
        return searcher()

    monkeypatch.setattr(collection._lexical, "searcher", searcher_late)

    snapshot = collection.snapshot()

    assert (snapshot.generation, words(snapshot, "gull"), words(snapshot, "ferry")) == (2, 1, 0)


def test_a_change_after_the_lexical_index_was_looked_at_is_never_half_seen(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(collection, "The ferry sails at noon.")
    looked = collection._lexical.is_current

    def looked_early() -> bool:
        is_current = looked()
        monkeypatch.setattr(collection._lexical, "is_current", looked)
        put_in_store_only(collection, "A gull flies.")
        return is_current

    monkeypatch.setattr(collection._lexical, "is_current", looked_early)

    snapshot = collection.snapshot()

    assert (snapshot.generation, words(snapshot, "gull"), words(snapshot, "ferry")) == (2, 1, 0)


def test_an_older_store_that_was_put_back_is_not_answered_from(tmp_path: Path) -> None:
    identity = WordHashEncoder().identity
    old = Collection.create(tmp_path, "default", identity)
    put(old, "The ferry sails at noon.")
    old.close()
    copy = shutil.copy(folder_of(old) / "store.sqlite", tmp_path / "copy")
    newer = Collection.open(tmp_path, "default")
    put(newer, "A gull flies.")
    newer.close()

    shutil.copy(copy, folder_of(old) / "store.sqlite")

    with pytest.raises(IndexRolledBackError, match="ends with change 1, but change 2 was"):
        Collection.open(tmp_path, "default").snapshot()


def test_a_collection_that_is_deleted_while_it_is_looked_at_says_so(
    collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(collection, "The ferry sails at noon.")
    reader = Collection.open(tmp_path / "data", "default")
    looked = reader._lexical.is_current

    def looked_before() -> bool:
        is_current = looked()
        delete_collection(tmp_path / "data", "default")
        return is_current

    monkeypatch.setattr(reader._lexical, "is_current", looked_before)

    with pytest.raises(IndexMovedError, match="was deleted, restored or switched"):
        reader.snapshot()
    reader.close()


def test_threads_may_write_and_read_at_once(collection: Collection) -> None:
    with ThreadPoolExecutor(8) as threads:
        written = [threads.submit(put, collection, f"Ferry {n} sails.", f"d{n}") for n in range(4)]
        read = [threads.submit(collection.snapshot) for _ in range(4)]

    assert [future.exception() for future in written] == [None] * 4
    assert [future.exception() for future in read] == [None] * 4
    snapshot = collection.snapshot()
    assert (snapshot.generation, len(snapshot.dense), words(snapshot, "ferry")) == (4, 4, 4)
