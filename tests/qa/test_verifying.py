"""Does a quote still stand where a citation says: exact, moved, in another form, or not at all."""

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from index.types import Span
from qa.types import Verification, Verified
from qa.verifying import verify

TEXT = "The fee is low. The fee is high."
CHARACTERS = st.characters(exclude_categories=["Cs"])


def folded(text):
    """The slow, obvious way: the whole text at once, without a memory of places."""
    plain = unicodedata.normalize("NFKC", text).replace("’", "'").replace("–", "-").casefold()
    letters = unicodedata.normalize("NFD", plain)
    return " ".join("".join(c for c in letters if not unicodedata.combining(c)).split())


def test_words_at_the_claimed_place_are_exact():
    assert verify(TEXT, "The fee", Span(16, 23)) == Verified(
        Verification.EXACT, Span(16, 23), "The fee"
    )


def test_words_without_a_claimed_place_are_exact_where_they_stand_first():
    assert verify(TEXT, "The fee") == Verified(Verification.EXACT, Span(0, 7), "The fee")


@pytest.mark.parametrize(("claimed", "place"), [(Span(3, 10), 0), (Span(14, 21), 16)])
def test_words_at_another_place_are_moved_to_the_nearest(claimed, place):
    found = verify(TEXT, "The fee", claimed)

    assert found == Verified(Verification.MOVED, Span(place, place + 7), "The fee")


def test_a_claim_beyond_the_end_of_the_text_is_moved():
    found = verify(TEXT, "is high.", Span(10**30, 10**30 + 8))

    assert found == Verified(Verification.MOVED, Span(24, 32), "is high.")


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("He said “a fee”.", 'He said "a fee".'),
        ("It’s due", "It's due"),
        ("2019–2021 — a gap", "2019-2021 - a gap"),
        ("The Fee Is Low", "the fee is low"),
        ("the fee\n  is\tlow", "the fee is low"),
        ("the fee\u00a0is low", "the fee is low"),
        ("cafe\u0301 au lait", "café au lait"),
        ("café au lait", "cafe au lait"),
        ("the ﬁne ﬂag", "the fine flag"),
        ("STRASSE", "straße"),
    ],
)
def test_a_difference_of_form_alone_is_normalized_and_the_stored_words_are_given_back(text, quote):
    found = verify(f"Before. {text} Behind.", quote)

    assert found.verification is Verification.NORMALIZED
    assert found.quote == text
    assert found.span == Span(8, 8 + len(text))


def test_of_two_places_in_another_form_the_nearest_to_the_claim_is_taken():
    found = verify("A  Fee here. A  Fee there.", "a fee", Span(12, 17))

    assert found == Verified(Verification.NORMALIZED, Span(13, 19), "A  Fee")


def test_an_accent_that_stands_apart_belongs_to_the_letter_before_it():
    found = verify("un cafe\u0301.", "CAFE")

    assert found.quote == "cafe\u0301"


@pytest.mark.parametrize(
    "quote", ["The tax", "fee is low. The fee is low", "\u0301", "\u0301\u0302", " \n ", "‘"]
)
def test_words_that_are_not_there_are_not_found(quote):
    assert verify(TEXT, quote) == Verified(Verification.NOT_FOUND)


def test_nothing_is_found_in_an_empty_text():
    assert verify("", "fee", Span(0, 3)) == Verified(Verification.NOT_FOUND)


@pytest.mark.parametrize("text", ["\u0301The fee", "\u0301", "\u0301\u0302 x"])
def test_a_text_that_begins_with_a_combining_mark_can_be_searched(text):
    assert verify(text, "tax").verification is Verification.NOT_FOUND


@given(st.text(CHARACTERS, min_size=1), st.data())
def test_a_quote_cut_from_a_text_is_always_exact(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    span = Span(start, data.draw(st.integers(start + 1, len(text))))

    found = verify(text, span.of(text), span)

    assert found == Verified(Verification.EXACT, span, span.of(text))


@given(st.text(CHARACTERS, min_size=1, max_size=30).filter(folded), st.text(CHARACTERS))
def test_what_is_given_back_stands_in_the_text_at_its_place(text, before):
    found = verify(before + text, text.swapcase(), Span(0, 1))
    assume(found.span)

    assert found.span.of(before + text) == found.quote


@given(
    st.text("aA ﬁi\u0301’'-–\n\u2003ßs", max_size=12), st.text("aA fi'- s", min_size=1, max_size=4)
)
def test_normalized_words_are_the_quote_apart_from_their_form(text, quote):
    found = verify(text, quote)

    is_normalized = found.verification is Verification.NORMALIZED
    assert not is_normalized or folded(found.quote) == folded(quote)


@given(st.text(CHARACTERS, min_size=1, max_size=40))
def test_capitals_and_doubled_white_space_never_lose_a_quote(text):
    assume(folded(text))

    found = verify(text, text.upper().replace(" ", "  "))

    assert found.verification is not Verification.NOT_FOUND
