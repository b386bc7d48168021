"""Vectors go into graphs when there are many, and come out of their files again."""

from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest
from fakes import WordHashEncoder, another_writer, arrival

from index.collection import Collection
from index.dense_leg import CompactionRule, DenseLeg
from index.errors import IndexLockedError
from index.faiss_segments import GraphSegment
from index.ingest import Ingester
from index.segments import Memory
from index.types import Keys

RULE = CompactionRule(exact=10, rows=40, small=30)
WORDS = ("ferry", "gull", "harbour", "lamp", "mast", "net", "oar", "pier", "quay", "rope", "sail")


def put(collection: Collection, first: int, last: int) -> None:
    """Documents of one passage each, with the numbers from `first` to before `last`."""
    arrivals = [
        arrival(
            f"The {WORDS[n % 11]} and the {WORDS[n // 11 % 11]}, number {n}.", document_id=f"d{n}"
        )
        for n in range(first, last)
    ]
    list(Ingester(collection, WordHashEncoder()).ingest(arrivals))


def remove(collection: Collection, first: int, last: int) -> None:
    with collection.writing() as writer:
        [writer.remove(f"d{n}") for n in range(first, last)]


def graphs(collection: Collection) -> list[int]:
    """How many passages are there in each graph."""
    return [len(keys) for _, keys in collection.snapshot().dense.graphs]


def nearest(collection: Collection) -> Keys:
    query = WordHashEncoder().encode_queries(["ferry harbour 17"]).vectors[0]
    return collection.snapshot().dense.nearest(query, k=8).keys


def files(collection: Collection) -> list[str]:
    return sorted(path.name for path in (collection.place.folder / "dense").glob("*.vectors"))


def test_few_passages_are_searched_exactly(collection: Collection) -> None:
    put(collection, 0, 10)

    assert not collection.compact(RULE)
    assert graphs(collection) == []


def test_many_passages_go_into_graphs_of_limited_size(collection: Collection) -> None:
    put(collection, 0, 100)

    assert collection.compact(RULE)

    assert graphs(collection) == [34, 33, 33]
    assert files(collection) == ["000001.vectors", "000002.vectors", "000003.vectors"]


def test_graphs_find_what_exact_search_finds(collection: Collection) -> None:
    put(collection, 0, 100)
    before = nearest(collection)

    collection.compact(RULE)

    assert nearest(collection).tolist() == before.tolist()


@pytest.mark.parametrize("memory", list(Memory))
def test_graphs_come_back_from_their_files(
    collection: Collection, tmp_path: Path, memory: Memory
) -> None:
    put(collection, 0, 100)
    before = nearest(collection)
    collection.compact(CompactionRule(exact=10, memory=memory))

    again = Collection.open(tmp_path / "data", "default")

    assert graphs(again) == [100]
    assert nearest(again).tolist() == before.tolist()
    again.close()


def test_what_comes_and_goes_after_a_compaction_is_seen_at_once(collection: Collection) -> None:
    put(collection, 0, 100)
    collection.compact(CompactionRule(exact=10))

    put(collection, 100, 105)
    remove(collection, 0, 3)

    dense = collection.snapshot().dense
    assert (graphs(collection), dense.exact_count, len(dense)) == ([97], 5, 102)


def test_what_went_while_no_process_ran_is_not_found_in_a_graph(
    collection: Collection, tmp_path: Path
) -> None:
    put(collection, 0, 100)
    collection.compact(CompactionRule(exact=10))
    first = int(nearest(collection)[0])
    remove(collection, first - 1, first)  # keys count from 1

    again = Collection.open(tmp_path / "data", "default")

    assert first not in nearest(again)
    assert graphs(again) == [99]
    again.close()


def test_a_graph_of_many_dead_rows_is_built_anew(collection: Collection) -> None:
    put(collection, 0, 100)
    collection.compact(CompactionRule(exact=10))
    remove(collection, 0, 30)

    assert collection.compact(CompactionRule(exact=10))

    [(segment, alive)] = collection.snapshot().dense.graphs
    assert (len(segment), len(alive)) == (70, 70)
    assert files(collection) == ["000002.vectors"]


def test_a_graph_of_which_nothing_is_left_goes_with_its_file(collection: Collection) -> None:
    put(collection, 0, 100)
    collection.compact(CompactionRule(exact=10))
    remove(collection, 0, 100)

    assert collection.compact(CompactionRule(exact=10))

    assert (files(collection), graphs(collection)) == ([], [])
    assert not collection.compact(CompactionRule(exact=10))


def test_four_small_graphs_are_joined(collection: Collection) -> None:
    [
        (put(collection, n, n + 20), collection.compact(CompactionRule(exact=10, small=30)))
        for n in (0, 20, 40, 60)
    ]

    collection.compact(CompactionRule(exact=10, small=30))

    assert graphs(collection) == [80]


def test_another_memory_setting_builds_the_graphs_anew(collection: Collection) -> None:
    put(collection, 0, 100)
    collection.compact(CompactionRule(exact=10))

    collection.compact(CompactionRule(exact=10, memory=Memory.LOW))

    assert [segment.memory for segment, _ in collection.snapshot().dense.graphs] == [Memory.LOW]


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


def test_what_goes_while_a_graph_is_built_is_not_in_it(collection: Collection) -> None:
    put(collection, 0, 100)
    leg = DenseLeg(collection.place.folder, collection.store)
    held = leg.opened()
    remove(collection, 0, 40)  # 60 vectors of 64 dimensions would also make 100 of 38.4

    leg.compact(held, CompactionRule(exact=10))

    [(segment, alive)] = leg.opened().graphs
    assert (segment.keys.tolist(), alive.tolist()) == ([*range(41, 101)], [*range(41, 101)])
    assert segment.vectors(np.arange(60)) == pytest.approx(
        collection.store.vectors(segment.keys).vectors, abs=1e-3
    )


def test_no_graph_is_made_of_passages_that_have_all_gone(collection: Collection) -> None:
    put(collection, 0, 20)
    leg = DenseLeg(collection.place.folder, collection.store)
    held = leg.opened()
    remove(collection, 0, 20)

    leg.compact(held, CompactionRule(exact=10))

    assert (files(collection), len(leg.opened())) == ([], 0)


@pytest.mark.parametrize("memory", list(Memory))
def test_a_question_is_answered_from_its_state_whatever_goes_meanwhile(
    collection: Collection, memory: Memory
) -> None:
    put(collection, 0, 100)
    collection.compact(CompactionRule(exact=10, memory=memory))
    before = nearest(collection)
    dense = collection.snapshot().dense
    remove(collection, 0, 50)
    query = WordHashEncoder().encode_queries(["ferry harbour 17"]).vectors[0]

    found = dense.nearest(query, k=100)

    assert len(found) == 100
    assert set(before.tolist()) <= set(found.keys[:12].tolist())


def test_a_filter_holds_in_graphs(collection: Collection) -> None:
    put(collection, 0, 100)
    collection.compact(CompactionRule(exact=10))
    among = np.array([3, 50, 99], dtype=np.int64)
    query = WordHashEncoder().encode_queries(["ferry"]).vectors[0]

    found = collection.snapshot().dense.nearest(query, k=9, among=among)

    assert sorted(found.keys.tolist()) == [3, 50, 99]


def test_as_a_collection_grows_its_graphs_stay_few_and_of_limited_size(
    collection: Collection,
) -> None:
    rule = CompactionRule(exact=10, small=30, rows=120)

    for n in range(0, 320, 20):
        put(collection, n, n + 20)
        collection.compact(rule)

    assert graphs(collection) == [100, 100, 100, 20]
    assert not collection.compact(rule)


@pytest.mark.parametrize("memory", list(Memory))
def test_a_copy_is_as_near_in_a_graph_as_outside_of_it(
    collection: Collection, memory: Memory
) -> None:
    text = "The ferry and the gull, number 7."
    put(collection, 0, 100)
    list(Ingester(collection, WordHashEncoder()).ingest([arrival(text, document_id="in")]))
    collection.compact(CompactionRule(exact=10, memory=memory))
    list(Ingester(collection, WordHashEncoder()).ingest([arrival(text, document_id="out")]))
    query = WordHashEncoder().encode_queries(["gull 7 harbour"]).vectors[0]

    found = collection.snapshot().dense.nearest(query, k=102)

    scores = dict(zip(found.keys.tolist(), found.scores.tolist(), strict=True))
    assert collection.snapshot().dense.exact_count == 1
    assert scores[101] == scores[102]
