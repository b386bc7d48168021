"""What the service does between questions."""

import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes import WordHashEncoder, another_writer, arrival

from api import upkeep as module
from api.upkeep import Upkeep
from index.collection import Collection
from index.dense_leg import CompactionRule, DenseLeg
from index.ingest import Ingester

RULE = CompactionRule(exact=10)
MODEL = WordHashEncoder().identity


def put(collection: Collection, number: int) -> None:
    arrivals = [arrival(f"Gull {n} saw ferry {n % 7}.", document_id=f"d{n}") for n in range(number)]
    list(Ingester(collection, WordHashEncoder()).ingest(arrivals))


def wait_for(happened: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.02)
    return happened()


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    made = Collection.create(tmp_path, "default", MODEL)
    yield made
    made.close()


@pytest.fixture
def upkeep(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> Iterator[Upkeep]:
    monkeypatch.setattr(module, "INTERVAL_S", 0.05)
    made = Upkeep(lambda: [collection], RULE)
    yield made
    made.stop()


def test_many_passages_are_put_into_a_graph_by_themselves(
    collection: Collection, upkeep: Upkeep
) -> None:
    upkeep.start()

    put(collection, 40)

    assert wait_for(lambda: len(collection.snapshot().dense.graphs) == 1)


def test_what_another_process_wrote_is_taken_up_without_a_question(
    collection: Collection, upkeep: Upkeep, tmp_path: Path
) -> None:
    upkeep.start()

    other = Collection.open(tmp_path, "default")
    put(other, 3)
    other.close()

    assert wait_for(lambda: collection._snapshot is not None and collection._snapshot.generation)


def test_without_a_rule_only_others_are_followed(
    collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "INTERVAL_S", 0.05)
    reader = Collection.open(tmp_path, "default")
    follower = Upkeep(lambda: [reader])
    follower.start()
    put(collection, 40)
    time.sleep(0.2)
    graphs_before = len(reader.snapshot().dense.graphs)

    collection.compact(RULE)

    assert graphs_before == 0
    assert wait_for(lambda: len(reader.snapshot().dense.graphs) == 1)
    follower.stop()
    reader.close()


def test_what_cannot_be_done_is_told_once(
    collection: Collection, upkeep: Upkeep, caplog: pytest.LogCaptureFixture
) -> None:
    put(collection, 40)
    caplog.set_level(logging.WARNING, "footnoted")

    with another_writer(collection.place.folder, name="compaction"):
        upkeep.start()
        time.sleep(0.3)

    assert [record.getMessage() for record in caplog.records] == [
        "default: process 4711 on here is writing to this index; try again when it is done"
    ]


def test_an_error_that_nobody_foresaw_is_told_with_its_traceback_and_ends_nothing(
    collection: Collection,
    upkeep: Upkeep,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    put(collection, 40)
    with monkeypatch.context() as patched:
        patched.setattr(DenseLeg, "compact", lambda *_: 1 // 0)
        upkeep.start()
        wait_for(lambda: bool(caplog.records))

    assert wait_for(lambda: len(collection.snapshot().dense.graphs) == 1)
    assert [record.getMessage() for record in caplog.records] == [
        "default: integer division or modulo by zero"
    ]
    assert caplog.records[0].exc_info
