"""A collection is looked over as a whole, and mended from what is there."""

import shutil
from dataclasses import replace
from pathlib import Path

import apsw
import numpy as np
import pytest
from fakes import WordHashEncoder, arrival

from index.catalog import create_collection
from index.collection import Collection
from index.dense import DenseIndex
from index.errors import ModelMismatchError
from index.faults import Fault, FaultKind, Remedy
from index.index_faults import measured_recall, snapshot_faults
from index.ingest import Ingester
from index.inspecting import Inspection, inspect, mend
from index.types import Filters, StoredVectors

MODEL = WordHashEncoder().identity
BIRDS = ("A gull sleeps on the roof.", "A tern dives.\n\nA heron waits.", "Three swans take off.")


class NoEncoder(WordHashEncoder):
    """Must not be asked for anything."""

    def encode_passages(self, texts):  # type: ignore[no-untyped-def]
        raise AssertionError("embedded")


def made(data: Path) -> None:
    collection = create_collection(data, "birds", MODEL)
    arrivals = [
        arrival(text, document_id=f"d{number}", tags=("bird",)) for number, text in enumerate(BIRDS)
    ]
    list(Ingester(collection, WordHashEncoder()).ingest(arrivals))
    collection.snapshot()
    collection.close()


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("pristine")
    made(data)
    return data


@pytest.fixture
def data(pristine: Path, tmp_path: Path) -> Path:
    return shutil.copytree(pristine, tmp_path / "data")


def looked_at(data: Path) -> Inspection:
    collection = Collection.open(data, "birds")
    try:
        return inspect(collection)
    finally:
        collection.close()


def spoil(data: Path, statement: str) -> None:
    """Change the store behind footnoted's back."""
    connection = apsw.Connection(str(data / "collections/birds/store.sqlite"), vfs="cksmvfs")
    connection.execute(statement)
    connection.close()


def kinds(faults: tuple[Fault, ...]) -> list[tuple[FaultKind, Remedy]]:
    return [(fault.kind, fault.remedy) for fault in faults]


def test_in_a_collection_that_is_right_nothing_is_found(data: Path) -> None:
    found = looked_at(data)

    assert found == Inspection("birds", 1, 3, 4, 1.0, ())


def test_an_empty_collection_is_right(tmp_path: Path) -> None:
    create_collection(tmp_path, "birds", MODEL).close()

    assert looked_at(tmp_path) == Inspection("birds", 0, 0, 0, 1.0, ())


WRONG = {
    "DELETE FROM documents WHERE id = 'd0'": (FaultKind.ORPHANS, Remedy.TIDY),
    "INSERT INTO facets VALUES ('tag', 'x', 99)": (FaultKind.ORPHANS, Remedy.TIDY),
    "INSERT INTO token_codes VALUES (99, x'00')": (FaultKind.ORPHANS, Remedy.TIDY),
    "INSERT INTO removals VALUES (1, 1)": (FaultKind.ORPHANS, Remedy.TIDY),
    "DELETE FROM facets WHERE document_key = 1": (FaultKind.FACETS, Remedy.TIDY),
    "UPDATE facets SET value = 'fish' WHERE document_key = 1 AND field = 'tag'": (
        FaultKind.FACETS,
        Remedy.TIDY,
    ),
    "UPDATE token_codes SET codes = x'00' WHERE passage_key = 1": (FaultKind.CODES, Remedy.TIDY),
    "UPDATE passages SET generation = 7 WHERE key = 1": (FaultKind.GENERATION, Remedy.TIDY),
    "UPDATE passages SET vector = x'' WHERE key = 2": (FaultKind.VECTORS, Remedy.EMBED),
    "UPDATE passages SET vector = zeroblob(256) WHERE key = 2": (FaultKind.VECTORS, Remedy.EMBED),
    "UPDATE documents SET text = upper(text) WHERE id = 'd0'": (FaultKind.CONTENT, Remedy.INGEST),
    "UPDATE documents SET content_sha256 = 'x' WHERE id = 'd0'": (
        FaultKind.CONTENT,
        Remedy.INGEST,
    ),
    "UPDATE passages SET text = 'A gull.' WHERE key = 1": (FaultKind.OFFSETS, Remedy.INGEST),
    "UPDATE passages SET start = 1 WHERE key = 1": (FaultKind.OFFSETS, Remedy.INGEST),
    'UPDATE passages SET "end" = 999 WHERE key = 1': (FaultKind.OFFSETS, Remedy.INGEST),
    'UPDATE passages SET start = "end" WHERE key = 1': (FaultKind.OFFSETS, Remedy.INGEST),
    "UPDATE passages SET ordinal = 5 WHERE key = 1": (FaultKind.OFFSETS, Remedy.INGEST),
}


@pytest.mark.parametrize("statement", WRONG)
def test_what_is_wrong_with_the_store_is_found_with_what_helps(data: Path, statement: str) -> None:
    spoil(data, statement)

    assert WRONG[statement] in kinds(looked_at(data).faults)


MENDED = [statement for statement in WRONG if WRONG[statement][1] in {Remedy.TIDY, Remedy.EMBED}]


@pytest.mark.parametrize("statement", MENDED)
def test_what_can_be_mended_is_right_afterwards(data: Path, statement: str) -> None:
    spoil(data, statement)

    mend(data, "birds", looked_at(data).faults, encoder=WordHashEncoder)

    assert looked_at(data).faults == ()


def test_a_vector_that_is_missing_is_the_only_one_that_is_embedded_again(data: Path) -> None:
    spoil(data, "UPDATE passages SET vector = x'' WHERE key = 1")
    encoder = WordHashEncoder()

    done = mend(data, "birds", looked_at(data).faults, encoder=lambda: encoder)

    assert encoder.encoded == [BIRDS[0]]
    assert done[0] == "embedded 1 documents again, because vectors were missing"


def test_without_missing_vectors_nothing_is_embedded_and_no_model_is_loaded(data: Path) -> None:
    spoil(data, "DELETE FROM facets")

    mend(data, "birds", looked_at(data).faults, encoder=NoEncoder)

    assert looked_at(data).faults == ()


def test_another_model_mends_nothing(data: Path) -> None:
    spoil(data, "UPDATE passages SET vector = x'' WHERE key = 1")

    with pytest.raises(ModelMismatchError, match="'word-hash'"):
        mend(data, "birds", looked_at(data).faults, encoder=lambda: WordHashEncoder(name="another"))


def test_damaged_pages_are_told_and_left_as_they_are(data: Path) -> None:
    file = data / "collections/birds/store.sqlite"
    content = bytearray(file.read_bytes())
    content[-3000] ^= 1
    file.write_bytes(content)

    found = looked_at(data).faults
    done = mend(data, "birds", found, encoder=NoEncoder)

    assert kinds(found) == [(FaultKind.PAGES, Remedy.RESTORE)]
    assert (done, file.read_bytes()) == ([], bytes(content))


def test_a_removed_passage_that_a_tidied_store_tells_of_is_in_no_index(data: Path) -> None:
    reader = Collection.open(data, "birds")
    reader.snapshot()
    spoil(data, "DELETE FROM documents WHERE id = 'd0'")

    mend(data, "birds", looked_at(data).faults, encoder=NoEncoder)

    snapshot = reader.snapshot()
    assert (len(snapshot.dense), len(snapshot.lexical.keys())) == (3, 3)
    assert not snapshot.lexical.search("gull", k=9, filters=Filters())
    reader.close()


def test_passages_that_an_index_lacks_or_has_too_many_are_counted(data: Path) -> None:
    collection = Collection.open(data, "birds")
    right = collection.snapshot()
    vectors = collection.store.vectors(np.array([1])).vectors
    added = StoredVectors(np.array([9]), vectors)
    dense = right.dense.changed(removed=np.array([1]), added=added)

    [fault, *_] = snapshot_faults(collection.store, replace(right, dense=dense))

    assert (fault.kind, fault.remedy) == (FaultKind.DENSE, Remedy.REBUILD)
    assert "1 are missing, 1 should not be there" in fault.detail
    collection.close()


def test_recall_is_the_share_of_the_nearest_that_are_found(data: Path) -> None:
    collection = Collection.open(data, "birds")
    snapshot = collection.snapshot()
    keys = np.array([1, 2])
    half = replace(snapshot, dense=DenseIndex.of(*collection.store.vectors(keys)))

    assert measured_recall(collection.store, snapshot) == 1.0
    assert measured_recall(collection.store, half) == 0.5
    collection.close()
