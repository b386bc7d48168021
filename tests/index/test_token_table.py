"""Token codes live and die with their passages."""

from pathlib import Path

import numpy as np
import pytest
from fakes import WordHashEncoder, arrival

from index.collection import Collection
from index.ingest import Ingester
from index.token_table import codes_by_key, codes_by_passage, count_codes


@pytest.fixture
def held(tmp_path: Path) -> Collection:
    return Collection.create(tmp_path, "default", WordHashEncoder().identity)


def put(held: Collection, text: str, *, document_id: str = "a", keep_tokens: bool = True) -> None:
    ingester = Ingester(held, WordHashEncoder(), keep_tokens=keep_tokens)
    list(ingester.ingest([arrival(text, document_id=document_id)]))


def count(held: Collection) -> int:
    with held.store.reading() as connection:
        return count_codes(connection)


def test_every_ingested_passage_has_its_codes(held: Collection) -> None:
    put(held, "A gull flies.\n\nThe ferry sails.")
    ids = [passage.id for passage in held.store.passages("a")]

    with held.store.reading() as connection:
        by_id = codes_by_passage(connection, [*ids, "unknown"])
        by_key = codes_by_key(connection, np.array([1, 2, 99]))

    assert list(by_id) == ids
    assert list(by_key.values()) == list(by_id.values())


def test_a_removed_document_leaves_no_codes(held: Collection) -> None:
    put(held, "A gull flies.")

    with held.writing() as writer:
        writer.remove("a")

    assert count(held) == 0


def test_a_replaced_document_has_the_codes_of_its_new_words(held: Collection) -> None:
    put(held, "A gull flies.\n\nThe ferry sails.")

    put(held, "A tern.")

    assert count(held) == 1


def test_codes_are_kept_only_where_that_is_wanted(held: Collection) -> None:
    put(held, "A gull flies.", keep_tokens=False)

    assert count(held) == 0


def test_documents_without_codes_get_them_when_they_are_ingested_again(held: Collection) -> None:
    put(held, "A gull flies.", keep_tokens=False)

    put(held, "A gull flies.")

    assert count(held) == 1
