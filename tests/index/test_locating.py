"""Judgements are found in the index by id or by words, and each passage is read once."""

import pytest
from fakes import arrival

from index.ingest import Ingester
from index.locating import Quotation, document_titles, passage_texts, passages_holding

SEALS = "The keeper counts twelve\n  seals every morning. Nobody counts the gulls."
WHALE = "A grey whale passes the lighthouse. Nobody counts the gulls."


@pytest.fixture
def store(collection, word_hash):
    arrivals = [arrival(SEALS, document_id="seals"), arrival(WHALE, document_id="whale")]
    list(Ingester(collection, word_hash).ingest(arrivals))
    return collection.store


def holders(store, words, **where):
    quotation = Quotation(words, **where)
    ids = passages_holding(store, [quotation])[quotation]
    return sorted(each.partition(":")[0] for each in ids)


def test_passages_are_known_by_id_with_their_words(store):
    [seals] = store.passages("seals")

    assert passage_texts(store, [seals.id, "nope"]) == {seals.id: SEALS}


def test_documents_are_known_by_id_with_their_titles(store):
    assert list(document_titles(store, ["whale", "nope"])) == ["whale"]


def test_a_quote_stands_in_every_passage_that_holds_it(store):
    assert holders(store, "Nobody counts the gulls") == ["seals", "whale"]


def test_a_quote_may_begin_and_end_within_a_word(store):
    assert holders(store, "eeper counts twelve seals eve") == ["seals"]
    assert holders(store, "ightho") == ["whale"]
    assert holders(store, "grey wha") == ["whale"]


def test_white_space_is_the_same_whatever_it_is_and_nothing_else_is(store):
    assert holders(store, "counts\ttwelve seals\nevery") == ["seals"]
    assert holders(store, "counts Twelve seals every") == []


def test_a_quote_of_one_document_or_source_is_found_there_only(store):
    assert holders(store, "Nobody counts the gulls", document_id="whale") == ["whale"]
    assert holders(store, "Nobody counts the gulls", source="seals.txt") == ["seals"]
    assert holders(store, "grey whale passes", source="seals.txt") == []


def test_without_quotations_nothing_is_read(store):
    assert passages_holding(store, []) == {}
