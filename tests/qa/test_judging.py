"""What a set calls right is looked up in the index, and rankings are judged by it."""

import pytest

from index.types import Hit, Metadata, Passage, Scores, Span
from qa.judging import Item, ItemKind, JudgedQuestion, by_document, find_targets, places

FEE = "El Salvador would charge a low fee.\n\nNobody was hurt on that day at all."
SCHOOL = "A school opened in the capital. Nobody was hurt on that day at all."


@pytest.fixture
def store(library, held):
    library(fee=FEE, school=SCHOOL)
    return held.store


@pytest.fixture
def hits(store):
    """Every passage, the fee document's two first."""
    passages = [*store.passages("fee"), *store.passages("school")]
    return [
        Hit(passage, "", Metadata(), f"{passage.document_id}.txt", "0" * 64, Scores(1.0))
        for passage in passages
    ]


def targets(store, *items):
    made = [Item(item) if isinstance(item, str) else item for item in items]
    [found] = find_targets(store, [JudgedQuestion("?", items=tuple(made))])
    return found


def test_a_plain_string_is_a_passage_first_then_a_document_then_a_quote(store):
    passage = store.passages("fee")[0]

    by_id, document, quote = targets(store, passage.id, "school", "Nobody was hurt")

    assert (by_id.passages, by_id.document_id) == ({passage.id}, None)
    assert (document.passages, document.document_id) == (frozenset(), "school")
    assert len(quote.passages) == 2


def test_a_kind_that_is_named_is_not_guessed(store):
    [target] = targets(store, Item("school", ItemKind.QUOTE))

    assert target.passages == {store.passages("school")[0].id}


def test_what_is_found_nowhere_stays_to_be_found(store, hits):
    found = targets(store, "low fee", "no such words", Item("gone", ItemKind.DOCUMENT))

    assert [target.is_in_index for target in found] == [True, False, False]
    assert found[1].excerpt.where == "found nowhere in the index"
    assert places(hits, found) == (0, None, None)


def test_a_quote_that_names_a_source_must_stand_there(store):
    where = Item("Nobody was hurt", ItemKind.QUOTE, source="school.txt")
    elsewhere = Item("low fee", ItemKind.QUOTE, document_id="school")

    right, wrong = targets(store, where, elsewhere)

    assert right.passages == {store.passages("school")[0].id}
    assert not wrong.is_in_index


def test_two_quotes_from_one_passage_are_one_target(store):
    assert len(targets(store, "El Salvador would", "a low fee", "low fee.")) == 1


def test_a_passage_holding_the_same_quote_again_is_left_out_and_not_wrong(store, hits):
    found = targets(store, "Nobody was hurt")

    assert places(hits, found) == (None, 0)


def test_a_passage_that_meets_two_targets_stands_for_both(store, hits):
    found = targets(store, "Nobody was hurt", store.passages("fee")[1].id)

    assert places(hits, found) == (None, 0, 1)


def test_documents_are_ranked_by_their_best_passage(store, hits):
    found = targets(store, "school")

    assert by_document(found)
    assert places(hits, found) == (None, 0)


def test_passages_are_ranked_where_a_target_is_a_passage(store, hits):
    found = targets(store, "school", "low fee")

    assert not by_document(found)
    assert places(hits, found) == (1, None, 0)


def test_a_document_that_is_gone_does_not_change_what_is_ranked(store):
    assert by_document(targets(store, "school", "gone"))
    assert not by_document(targets(store, "gone"))


def test_without_hits_nothing_is_found(store):
    assert places([], targets(store, "school")) == ()


def test_a_passage_is_not_right_for_having_the_number_of_another(store, hits):
    passage = Passage("other", "other", 0, Span(0, 3), "low")
    stray = Hit(passage, "", Metadata(), "", "", Scores(1.0))

    assert places([stray, *hits], targets(store, "low fee")) == (None, 0, None, None)
