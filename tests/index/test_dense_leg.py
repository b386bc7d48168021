"""Vectors go into graphs when there are many, and come out of their files again."""

from pathlib import Path

import numpy as np
import pytest
from fakes import WordHashEncoder, arrival
from numbered import RULE, files, graphs, nearest, put, remove

from index.collection import Collection
from index.dense_leg import CompactionRule, DenseLeg
from index.ingest import Ingester
from index.segments import Memory


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
