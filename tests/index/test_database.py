"""The store's file: threads and transactions."""

import threading
import time
from pathlib import Path

import apsw
import pytest

from index.database import Database
from index.embedding import EncoderIdentity

MODEL = EncoderIdentity("word-hash", "0" * 64)


def test_the_connection_of_a_thread_ends_with_it(tmp_path: Path) -> None:
    database = Database.create(tmp_path / "s", MODEL)
    thread = threading.Thread(target=database.generation)

    thread.start()
    thread.join()
    time.sleep(0.1)  # what is local to a thread goes a moment after it

    with database.reading() as connection:
        assert [held.connection for held in database._connections._held] == [connection]


def test_a_database_can_be_used_again_after_it_was_closed(tmp_path: Path) -> None:
    database = Database.create(tmp_path / "s", MODEL)

    database.close()

    assert database.generation() == 0


def change_and_fail(database: Database) -> None:
    with database.changing() as connection:
        connection.execute("UPDATE meta SET value = '9' WHERE name = 'generation'")
        connection.execute("UPDATE no_such_table SET value = '9'")


def test_a_change_that_fails_is_undone(tmp_path: Path) -> None:
    database = Database.create(tmp_path / "s", MODEL)

    with pytest.raises(apsw.SQLError, match="no such table"):
        change_and_fail(database)

    assert database.generation() == 0


def test_blocks_that_read_can_be_nested(tmp_path: Path) -> None:
    database = Database.create(tmp_path / "s", MODEL)

    with database.reading() as outer, database.reading() as inner:
        assert inner is outer

    assert not outer.in_transaction
