"""Which files are opened as a store, and that all others are left as they are."""

import sqlite3
from pathlib import Path

import pytest

from index.embedding import EncoderIdentity
from index.errors import IndexFormatError, ModelMismatchError
from index.store import Store
from index.token_table import count_codes

MODEL = EncoderIdentity("word-hash", "0" * 64)


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
    path = tmp_path / "s"
    Store.create(path, MODEL).close()
    newer = sqlite3.connect(path)
    newer.execute("UPDATE meta SET value = '3' WHERE name = 'format'")
    newer.commit()
    newer.close()
    content = path.read_bytes()

    with pytest.raises(IndexFormatError, match="has format 3, this version reads format 2"):
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


def test_an_older_format_is_upgraded_in_place_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "s"
    Store.create(path, MODEL).close()
    older = sqlite3.connect(path)
    older.execute("DROP TABLE token_codes")
    older.execute("DROP TABLE abbreviations")
    older.execute("UPDATE meta SET value = '1' WHERE name = 'format'")
    older.execute("UPDATE meta SET value = '7' WHERE name = 'generation'")
    older.commit()
    older.close()

    store = Store.open(path)

    with store.reading() as connection:
        assert (store.generation(), count_codes(connection)) == (7, 0)
    assert Store.open(path).generation() == 7
