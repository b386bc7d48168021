"""Why a passage stands where it stands."""

import pytest

from index.types import Filters, Mode
from qa.types import Question

TEXTS = {
    "a": "Rain fell. The ferry takes a high fee in the harbour.",
    "b": "A fee was due.",
    "c": "Tulips bloom in spring.",
}


@pytest.fixture
def ask(library):
    answerer = library(**TEXTS)

    def asked(text, **how):
        return answerer.answer(Question(text, explain=True, **how))

    return asked


def test_every_passage_says_which_legs_found_it_and_how(ask):
    first = ask("ferry fee").passages[0].explanation

    legs = {part.leg.value: part for part in first.parts}
    assert set(legs) == {"dense", "lexical", "maxsim", "sentence"}
    assert (legs["dense"].rank, legs["lexical"].rank, legs["maxsim"].rank) == (2, 1, None)


def test_the_parts_add_up_to_the_place(ask):
    passages = ask("ferry fee").passages

    sums = [sum(p.weight * p.normalized for p in passage.explanation.parts) for passage in passages]
    assert sums == sorted(sums, reverse=True)


def test_matched_words_and_the_best_sentence_are_shown_as_the_passage_has_them(ask):
    first = ask("What do ferries take in a harbour?").passages[0]

    assert first.explanation.matched_words == ("ferry", "takes", "harbour")
    assert first.explanation.sentence.of(first.hit.passage.text) == (
        "The ferry takes a high fee in the harbour."
    )


def test_the_summary_says_it_in_words(ask):
    first, *_, last = [passage.explanation.summary for passage in ask("ferry fee").passages]

    assert first.startswith("by meaning 2nd (cosine 0.")
    assert "by words 1st (BM25 " in first
    assert "shares ferry, fee)" in first
    assert "covers 100 % of the question's words" in first
    assert "by words not among the first (shares no word)" in last


@pytest.mark.parametrize(
    ("mode", "said"),
    [(Mode.LEXICAL, "meaning was not looked at"), (Mode.DENSE, "by words not among the first")],
)
def test_a_leg_that_did_not_rank_is_named(ask, mode, said):
    summary = ask("ferry fee", mode=mode).passages[0].explanation.summary

    assert said in summary
    assert summary.endswith("not re-ranked")


def test_what_the_filters_left_out_is_counted(ask):
    assert ask("fee", filters=Filters(document_id=("b",))).filtered_out == 2
    assert ask("fee").filtered_out == 0


def test_nothing_is_explained_unasked(library):
    reply = library(**TEXTS).answer(Question("ferry fee"))

    assert reply.filtered_out is None
    assert {passage.explanation for passage in reply.passages} == {None}


def test_a_corrected_question_is_told(ask, fake, monkeypatch):
    # The fake has a token of its own for every word, and would take each for right.
    monkeypatch.setattr(fake, "count_tokens", lambda texts: [2 for _ in texts])

    reply = ask("harbuor fee")

    assert (reply.question, reply.read_as) == ("harbuor fee", "harbour fee")
    assert reply.passages[0].hit.passage.document_id == "a"


def test_a_question_that_was_read_as_it_is_has_no_other_reading(ask):
    assert ask("ferry fee").read_as is None
