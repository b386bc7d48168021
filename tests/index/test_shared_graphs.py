"""Graphs that several processes read, while one of them builds new ones."""

from pathlib import Path
from typing import BinaryIO

import pytest
from fakes import another_writer
from numbered import RULE, graphs, nearest, put

from index.collection import Collection
from index.dense_leg import CompactionRule
from index.errors import IndexLockedError
from index.faiss_segments import GraphSegment
from index.segments import Memory


def test_a_reader_adopts_the_graphs_of_another_process(
    collection: Collection, tmp_path: Path
) -> None:
    put(collection, 0, 100)
    reader = Collection.open(tmp_path / "data", "default")
    before = nearest(reader)
    collection.compact(CompactionRule(exact=10))

    put(collection, 100, 101)

    assert graphs(reader) == [100]
    assert before.tolist() == nearest(reader).tolist()
    reader.close()


def test_who_follows_adopts_them_without_a_change(collection: Collection, tmp_path: Path) -> None:
    put(collection, 0, 100)
    reader = Collection.open(tmp_path / "data", "default")
    before = nearest(reader)
    collection.compact(CompactionRule(exact=10))

    reader.follow()

    assert graphs(reader) == [100]
    assert before.tolist() == nearest(reader).tolist()
    reader.close()


def test_graphs_that_another_process_replaces_while_they_are_read_are_read_as_they_are_then(
    collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(collection, 0, 100)
    collection.compact(RULE)
    expected, read = nearest(collection), GraphSegment.read
    reader = Collection.open(tmp_path / "data", "default")

    def beside(file: BinaryIO) -> GraphSegment:
        collection.compact(CompactionRule(exact=10, memory=Memory.LOW))
        return read(file)

    monkeypatch.setattr(GraphSegment, "read", beside)

    assert nearest(reader).tolist() == expected.tolist()
    assert [segment.memory for segment, _ in reader.snapshot().dense.graphs] == [Memory.LOW]
    reader.close()


def test_two_processes_do_not_compact_at_once(collection: Collection) -> None:
    put(collection, 0, 100)

    with (
        another_writer(collection.place.folder, name="compaction"),
        pytest.raises(IndexLockedError, match="process 4711 on here"),
    ):
        collection.compact(RULE)

    assert graphs(collection) == []


def test_the_file_of_a_compaction_that_died_is_swept(collection: Collection) -> None:
    put(collection, 0, 100)
    (collection.place.folder / "dense").mkdir()
    (collection.place.folder / "dense" / "000009.vectors.new").write_bytes(b"half")

    collection.compact(CompactionRule(exact=10))

    assert sorted(path.name for path in (collection.place.folder / "dense").iterdir()) == [
        "000001.vectors",
        "manifest.json",
    ]
