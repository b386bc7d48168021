"""Which files are opened as a store, and that all others are left as they are."""

import os
import sqlite3
from contextlib import closing
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from index.connections import Connections, add_checksums, is_checked
from index.embedding import EncoderIdentity
from index.errors import IndexDamagedError, IndexFormatError, ModelMismatchError
from index.faults import FaultKind
from index.store import Store
from index.store_faults import store_faults
from index.token_table import count_codes
from index.types import Document, Metadata, Passage, Span

MODEL = EncoderIdentity("word-hash", "0" * 64)
CACHE = 2_000_000  # bytes, of SQLite by default
TEXT = "The harbour opens at nine. " * 20


def test_a_store_of_another_model_is_refused_by_name(tmp_path: Path) -> None:
    Store.create(tmp_path / "s", MODEL)

    with pytest.raises(ModelMismatchError, match="built with model 'word-hash', the setting asks"):
        Store.create(tmp_path / "s", EncoderIdentity("other", "0" * 64))


def test_other_weights_of_the_same_name_are_told_apart(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "s", MODEL)

    with pytest.raises(ModelMismatchError, match=r"word-hash \(weights 111111111111, prefixes"):
        store.require_model(EncoderIdentity("word-hash", "1" * 64, '["q: ", ""]'))


@pytest.mark.parametrize("content", [b"not a database, " * 500, b"SQLite format 3\0" + bytes(4080)])
def test_a_file_that_is_no_store_is_refused_and_left_as_it_is(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "s"
    path.write_bytes(content)

    with pytest.raises(IndexFormatError, match="damaged or was not made by footnoted"):
        Store.open(path)
    with pytest.raises(IndexFormatError, match="damaged or was not made by footnoted"):
        Store.create(path, MODEL)

    assert path.read_bytes() == content


def test_somebody_elses_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "s"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE theirs (x)")
    other.close()
    content = path.read_bytes()

    with pytest.raises(IndexFormatError, match="damaged or was not made by footnoted"):
        Store.create(path, MODEL)

    assert path.read_bytes() == content


def test_a_newer_format_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = plain_store(tmp_path / "s", "99")
    content = path.read_bytes()

    with pytest.raises(IndexFormatError, match="has format 99, this version reads format 4"):
        Store.open(path)

    assert path.read_bytes() == content


def test_a_missing_store_is_an_error_and_no_new_file(tmp_path: Path) -> None:
    with pytest.raises(IndexFormatError, match="left as it is"):
        Store.open(tmp_path / "s")

    assert list(tmp_path.iterdir()) == []


def test_every_store_has_an_identity_of_its_own(tmp_path: Path) -> None:
    one, other = Store.create(tmp_path / "1", MODEL), Store.create(tmp_path / "2", MODEL)

    assert one.identity != other.identity
    assert Store.open(tmp_path / "1").identity == one.identity


@pytest.mark.parametrize("found", ["1", "2"])
def test_an_older_format_is_upgraded_in_place_and_loses_nothing(tmp_path: Path, found: str) -> None:
    path = plain_store(tmp_path / "s", found)

    store = Store.open(path)

    with store.reading() as connection:
        assert (store.generation(), count_codes(connection)) == (7, 0)
    assert Store.open(path).generation() == 7


def test_vectors_of_an_older_store_are_kept_in_half_precision(tmp_path: Path) -> None:
    path = plain_store(tmp_path / "s", "2")
    whole = np.linspace(-1, 1, 8, dtype="<f4")
    put_vector(path, 1, whole.tobytes())
    put_vector(path, 2, whole.tobytes()[:-1])

    store = Store.open(path)

    assert store.vectors(np.array([1])).vectors.tolist() == [whole.astype(np.float16).tolist()]
    assert [fault.kind for fault in store_faults(store)].count(FaultKind.VECTORS) == 2
    with store.reading() as connection:
        lengths = [*connection.execute("SELECT length(vector) FROM passages ORDER BY key")]
    assert lengths == [(16,), (0,)]


def test_an_upgrade_gives_back_the_room_of_what_became_shorter(tmp_path: Path) -> None:
    path = plain_store(tmp_path / "s", "2")
    for key in range(1, 200):
        put_vector(path, key, bytes(2_400))
    before = path.stat().st_size

    Store.open(path).close()

    assert path.stat().st_size < 0.7 * before


def test_an_upgraded_store_has_checksums_and_a_write_ahead_log(tmp_path: Path) -> None:
    path = plain_store(tmp_path / "s", "2")

    with Store.open(path).reading() as connection:
        assert is_checked(connection)
        assert connection.pragma("journal_mode") == "wal"


def test_a_store_larger_than_the_cache_is_upgraded_with_all_its_checksums(tmp_path: Path) -> None:
    path = plain_store(tmp_path / "s", "2")
    with closing(sqlite3.connect(path)) as plain:
        rows = [(f"{n}", os.urandom(2_000).hex()) for n in range(2_000)]
        plain.executemany("INSERT INTO meta VALUES (?, ?)", rows)
        plain.commit()

    store = Store.open(path)

    store.require_undamaged()
    assert path.stat().st_size > 4 * CACHE


def test_a_copy_of_a_store_larger_than_the_cache_has_all_its_checksums(tmp_path: Path) -> None:
    fill(tmp_path / "s", documents=2_000)
    store = Store.open(tmp_path / "s")

    store.copy_to(tmp_path / "copy")

    copy = Store.open(tmp_path / "copy")
    copy.require_undamaged()
    assert copy.corpus() == store.corpus()
    assert (tmp_path / "copy").stat().st_size > CACHE


def test_an_upgrade_that_was_ended_after_the_checksums_goes_on(tmp_path: Path) -> None:
    path = plain_store(tmp_path / "s", "1")
    connections = Connections(path)
    add_checksums(connections.own)
    connections.close()

    assert Store.open(path).generation() == 7


@pytest.mark.parametrize("place", [0.2, 0.4, 0.6, 0.8])
def test_a_changed_byte_of_the_store_is_found_and_nothing_is_answered_from_it(
    tmp_path: Path, place: float
) -> None:
    path = tmp_path / "s"
    fill(path)
    content = bytearray(path.read_bytes())
    content[int(len(content) * place)] ^= 1
    path.write_bytes(content)

    with pytest.raises(IndexDamagedError, match="not as it was written"):
        Store.open(path).require_undamaged()


def test_a_store_whose_checksums_were_switched_off_is_not_trusted(tmp_path: Path) -> None:
    path = tmp_path / "s"
    fill(path)
    plain = sqlite3.connect(tmp_path / "plain")
    with closing(sqlite3.connect(path)) as checked:
        plain.executescript("\n".join(checked.iterdump()))
    plain.close()

    with pytest.raises(IndexDamagedError, match="not as it was written"):
        Store.open(tmp_path / "plain")


def plain_store(path: Path, found: str) -> Path:
    """A store as versions before format 3 wrote it: without checksums."""
    files = {"1": ["schema.sql"], "2": ["schema.sql", "format_2.sql"], "99": ["schema.sql"]}
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        for file in files[found]:
            connection.executescript(resources.files("index").joinpath(file).read_text())
        connection.executemany(
            "INSERT INTO meta VALUES (?, ?)",
            [
                ("format", found),
                ("identity", "x"),
                ("generation", "7"),
                ("model", MODEL.name),
                ("model_sha256", MODEL.sha256),
                ("model_prefixes", ""),
            ],
        )
        connection.commit()
    return path


def put_vector(path: Path, key: int, vector: bytes) -> None:
    """A document with one passage in a plain store."""
    facts = (key, f"d{key}", "s", "o", TEXT, "t", "[]", "{}", "0", "0", "1", "2026-01-01T00:00:00Z")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "INSERT INTO documents (key, id, source, origin, text, title, tags, provenance, "
            "source_sha256, content_sha256, recipe, ingested_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
            facts,
        )
        connection.execute(
            'INSERT INTO passages (key, id, document_key, ordinal, start, "end", text, heading, '
            "generation, vector) VALUES (?, ?, ?, 0, 0, ?, ?, '', 1, ?)",
            (key, f"d{key}:0", key, len(TEXT), TEXT, vector),
        )
        connection.commit()


def fill(path: Path, documents: int = 200) -> None:
    """A store of some documents, closed."""
    store = Store.create(path, MODEL)
    with store.writing() as writer:
        for number in range(documents):
            name = f"d{number}"
            writer.put(
                Document(name, name, name, TEXT, name, Metadata(), (), "0", "0"),
                [Passage(f"{name}:0", name, 0, Span(0, len(TEXT)), TEXT)],
                np.ones((1, 64), dtype=np.float32),
                recipe="1",
                ingested_at="2026-01-01T00:00:00Z",
            )
    store.close()
