"""Damaged and swapped files: found before anything is answered, and mended where that can be.

Every kind of file of a collection is damaged in five ways at several places. Then either the
collection answers as before, or it says that it is damaged; it never answers anything else.
"""

import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fakes import WordHashEncoder, arrival

from index.collection import Collection, Snapshot
from index.dense_leg import CompactionRule
from index.errors import IndexDamagedError, IndexFormatError, IndexMissingError
from index.ingest import Ingester
from index.types import Filters

RULE = CompactionRule(exact=10)
KINDS = (
    "store.sqlite", "dense/*.vectors", "dense/manifest.json", "lexical/manifest.json",
    "lexical/meta.json", "lexical/.managed.json", "lexical/*.term", "lexical/*.idx",
    "lexical/*.store", "lexical/*.fast", "lexical/*.fieldnorm", "lexical/*.pos",
)  # fmt: skip
QUESTIONS = ("ferry", "gull 17", "the harbour at noon")
Damage = Callable[[Path, Path, random.Random], None]


@dataclass(frozen=True, slots=True)
class Answers:
    """What a collection finds: keys of both legs, and the words behind them."""

    dense: list[list[int]]
    lexical: list[list[int]]
    texts: list[str]


def flip(path: Path, other: Path, lot: random.Random) -> None:
    content = bytearray(path.read_bytes())
    content[lot.randrange(len(content))] ^= 1 << lot.randrange(8)
    path.write_bytes(content)


def truncate(path: Path, other: Path, lot: random.Random) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: lot.randrange(len(content))])


def overwrite(path: Path, other: Path, lot: random.Random) -> None:
    """A stretch of something else, as when a disk puts a sector in the wrong place."""
    content = bytearray(path.read_bytes())
    start = lot.randrange(len(content))
    content[start : start + 512] = lot.randbytes(len(content[start : start + 512]))
    path.write_bytes(content)


def swap(path: Path, other: Path, lot: random.Random) -> None:
    """Another file, if there is one of its kind, of this or an older state of the collection."""
    shutil.copy(other, path)


def delete(path: Path, other: Path, lot: random.Random) -> None:
    path.unlink()


DAMAGES = (flip, truncate, overwrite, swap, delete)


def fill(folder: Path, number: int) -> None:
    """Documents of one passage each, compacted, in a collection that is closed again."""
    collection = Collection.create(folder, "default", WordHashEncoder().identity)
    arrivals = [
        arrival(f"Gull {n} saw the ferry {n % 7} leave the harbour at noon.", document_id=f"d{n}")
        for n in range(number)
    ]
    list(Ingester(collection, WordHashEncoder()).ingest(arrivals))
    collection.compact(RULE)
    collection.close()


def answers(collection: Collection) -> Answers:
    snapshot: Snapshot = collection.snapshot()
    queries = WordHashEncoder().encode_queries(QUESTIONS).vectors
    collection.store.require_undamaged()
    return Answers(
        [snapshot.dense.nearest(query, k=9).keys.tolist() for query in queries],
        [snapshot.lexical.search(q, k=9, filters=Filters()).keys.tolist() for q in QUESTIONS],
        [item.passage.text for item in collection.store.indexed(snapshot.dense.keys)],
    )


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An older and the present state of one collection, as they lie on disk."""
    folder = tmp_path_factory.mktemp("states")
    fill(folder / "present", 40)
    shutil.copytree(folder / "present", folder / "older")
    fill(folder / "present", 80)
    return folder


@pytest.fixture(scope="module")
def right(states: Path, tmp_path_factory: pytest.TempPathFactory) -> Answers:
    copy = tmp_path_factory.mktemp("right") / "data"
    shutil.copytree(states / "present", copy)
    collection = Collection.open(copy, "default")
    found = answers(collection)
    collection.close()
    return found


@pytest.fixture
def data(states: Path, tmp_path: Path) -> Iterator[Path]:
    shutil.copytree(states / "present", tmp_path / "data")
    yield tmp_path / "data"
    shutil.rmtree(tmp_path / "data")


def files_of(folder: Path, kind: str) -> list[Path]:
    return sorted((folder / "collections" / "default").glob(kind))


def found_or_told(data: Path) -> Answers | str:
    try:
        collection = Collection.open(data, "default")
    except (IndexFormatError, IndexDamagedError, IndexMissingError):
        return "told"
    try:
        return answers(collection)
    except IndexDamagedError:
        return "told"
    finally:
        collection.close()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_never_changes_an_answer(
    kind: str, damage: Damage, seed: int, *, states: Path, data: Path, right: Answers
) -> None:
    path = files_of(data, kind)[0]
    kinds = [kind, "lexical/*.fast"]  # there may be one file of a kind only
    others = [file for k in kinds for s in sorted(states.iterdir()) for file in files_of(s, k)]
    other = next(file for file in others if file.read_bytes() != path.read_bytes())
    damage(path, other, random.Random(seed))

    found = found_or_told(data)

    assert found in (right, "told")
    assert found == right or kind == "store.sqlite"
