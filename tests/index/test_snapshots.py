"""A collection in one file, and back: whole, right, and in one step, or not at all."""

import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from fakes import WordHashEncoder, another_writer, arrival

from index.archives import Manifest, Member, member_of, read_manifest, write_archive
from index.catalog import create_collection
from index.collection import Collection
from index.errors import (
    CollectionExistsError,
    CollectionNameError,
    IndexLockedError,
    UnreadableSourceError,
)
from index.ingest import Ingester
from index.places import collection_names
from index.restoring import restore_snapshot
from index.snapshots import MEMBERS, write_snapshot
from index.store import Store
from index.types import Filters

MODEL = WordHashEncoder().identity
FERRY, GULL = "The ferry sails at noon.", "A gull sleeps on the roof."
WRITER = """
import sys
from pathlib import Path
from fakes import WordHashEncoder, arrival
from index.collection import Collection
from index.ingest import Ingester
ingester = Ingester(Collection.open(Path(sys.argv[1]), "birds"), WordHashEncoder())
number = 0
while True:
    number += 1
    text = f"Gull {number} sleeps.\\n\\nGull {number} wakes."
    list(ingester.ingest([arrival(text, document_id=f"d{number % 7}")]))
    print(number, flush=True)
"""


def put(collection: Collection, text: str, document_id: str = "a") -> None:
    list(Ingester(collection, WordHashEncoder()).ingest([arrival(text, document_id=document_id)]))


def found(data: Path, question: str, name: str = "birds") -> int:
    collection = Collection.open(data, name)
    hits = collection.snapshot().lexical.search(question, k=9, filters=Filters())
    collection.close()
    return len(hits)


@pytest.fixture
def birds(tmp_path: Path) -> Collection:
    collection = create_collection(tmp_path / "data", "birds", MODEL, settings=b'{"rerank": 7}')
    put(collection, GULL)
    return collection


@pytest.fixture
def file(birds: Collection, tmp_path: Path) -> Path:
    write_snapshot(birds, tmp_path / "birds.snapshot")
    return tmp_path / "birds.snapshot"


def test_a_restored_collection_answers_as_the_one_before(file: Path, tmp_path: Path) -> None:
    restored = restore_snapshot(file, tmp_path / "elsewhere")

    assert (restored.collection, restored.documents, restored.generation) == ("birds", 1, 1)
    assert found(tmp_path / "elsewhere", "gull") == 1


def test_the_settings_of_a_collection_go_with_it(file: Path, tmp_path: Path) -> None:
    restore_snapshot(file, tmp_path / "elsewhere")

    kept = tmp_path / "elsewhere/collections/birds/settings.json"
    assert json.loads(kept.read_bytes()) == {"rerank": 7}


def test_a_snapshot_is_a_tar_file_that_names_what_is_in_it(file: Path) -> None:
    with tarfile.open(file) as archive:
        names = archive.getnames()

    with file.open("rb") as content:
        manifest = read_manifest(content, allowed=MEMBERS)
    assert names == ["manifest.json", "store.sqlite", "settings.json"]
    assert (manifest.collection, manifest.documents, manifest.model[0]) == ("birds", 1, "word-hash")


def test_the_state_of_a_snapshot_is_that_of_one_moment_while_others_write(
    birds: Collection, tmp_path: Path
) -> None:
    file = tmp_path / "birds.snapshot"
    words = [sys.executable, "-c", WRITER, str(birds.place.root.parents[1])]
    path = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=path) as writer:
        assert writer.stdout is not None
        before = [int(writer.stdout.readline()) for _ in range(10)][-1]
        write_snapshot(birds, file)
        after = [int(writer.stdout.readline()) for _ in range(10)][-1]
        writer.kill()

    restored = restore_snapshot(file, tmp_path / "elsewhere")

    assert before < restored.generation < after
    assert (restored.documents, restored.passages) == (8, 15)


def test_a_second_snapshot_takes_the_place_of_the_first(birds: Collection, file: Path) -> None:
    put(birds, FERRY, "b")

    write_snapshot(birds, file)

    with file.open("rb") as content:
        assert read_manifest(content, allowed=MEMBERS).documents == 2


def test_nothing_but_the_snapshot_is_left_beside_it(birds: Collection, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()

    write_snapshot(birds, tmp_path / "out/birds.snapshot")

    assert [path.name for path in (tmp_path / "out").iterdir()] == ["birds.snapshot"]


def test_a_folder_that_is_not_there_is_told(birds: Collection, tmp_path: Path) -> None:
    with pytest.raises(UnreadableSourceError, match="No such file or directory; name another"):
        write_snapshot(birds, tmp_path / "nowhere/birds.snapshot")


def test_a_collection_is_restored_under_another_name(file: Path, tmp_path: Path) -> None:
    restore_snapshot(file, tmp_path / "data", name="gulls")

    assert collection_names(tmp_path / "data") == ("birds", "gulls")
    assert found(tmp_path / "data", "gull", "gulls") == 1


def test_a_copy_has_an_identity_of_its_own(birds: Collection, file: Path, tmp_path: Path) -> None:
    restore_snapshot(file, tmp_path / "data", name="gulls")

    copy = Collection.open(tmp_path / "data", "gulls")
    assert copy.store.identity != birds.store.identity
    copy.close()


def test_a_collection_that_is_there_is_replaced_only_where_that_is_wanted(
    birds: Collection, file: Path, tmp_path: Path
) -> None:
    put(birds, FERRY)

    with pytest.raises(CollectionExistsError, match="replace it with --replace"):
        restore_snapshot(file, tmp_path / "data")
    before = found(tmp_path / "data", "gull"), found(tmp_path / "data", "ferry")
    restore_snapshot(file, tmp_path / "data", replace=True)

    assert before == (0, 1)
    assert (found(tmp_path / "data", "gull"), found(tmp_path / "data", "ferry")) == (1, 0)


def test_who_had_the_old_one_open_notices(birds: Collection, file: Path, tmp_path: Path) -> None:
    restore_snapshot(file, tmp_path / "data", replace=True)

    assert not birds.is_answering()


def test_after_a_replacement_the_old_files_are_gone_and_it_can_be_replaced_again(
    birds: Collection, file: Path, tmp_path: Path
) -> None:
    restore_snapshot(file, tmp_path / "data", replace=True)
    restore_snapshot(file, tmp_path / "data", replace=True)

    root = tmp_path / "data/collections/birds"
    assert sorted(path.name for path in root.iterdir()) == ["answers", "builds"]
    assert len(list((root / "builds").iterdir())) == 1
    assert found(tmp_path / "data", "gull") == 1


def test_a_collection_that_somebody_writes_to_is_not_replaced(
    birds: Collection, file: Path, tmp_path: Path
) -> None:
    with another_writer(birds.place.folder), pytest.raises(IndexLockedError, match="4711"):
        restore_snapshot(file, tmp_path / "data", replace=True)

    assert birds.is_answering()


def test_where_it_cannot_be_told_which_build_answers_a_snapshot_mends_it(
    file: Path, tmp_path: Path
) -> None:
    (tmp_path / "data/collections/birds/answers").write_bytes(b"\xff")

    restore_snapshot(file, tmp_path / "data", replace=True)

    assert found(tmp_path / "data", "gull") == 1


def test_a_name_that_could_leave_the_folder_is_refused(file: Path, tmp_path: Path) -> None:
    with pytest.raises(CollectionNameError, match="cannot be called"):
        restore_snapshot(file, tmp_path / "data", name="../x")


def test_a_manifest_and_members_come_back_as_they_were_written(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite").write_bytes(b"x" * 513)
    members = (member_of(tmp_path / "store.sqlite"),)
    manifest = Manifest("birds", "2026-01-01", ("m", "0", ""), 1, 2, 3, members)
    archive = io.BytesIO()

    write_archive(archive, manifest, tmp_path)

    archive.seek(0)
    assert read_manifest(archive, allowed=MEMBERS) == manifest
    assert members[0] == Member("store.sqlite", 513, members[0].sha256)
    assert len(archive.getvalue()) % 512 == 0


def test_an_empty_collection_is_restored(tmp_path: Path) -> None:
    empty = create_collection(tmp_path / "data", "birds", MODEL)
    write_snapshot(empty, tmp_path / "file")

    restored = restore_snapshot(tmp_path / "file", tmp_path / "elsewhere")

    assert (restored.documents, restored.passages) == (0, 0)
    assert isinstance(Collection.open(tmp_path / "elsewhere", "birds").store, Store)
