"""A citation holds the words as they stand, where they stand, and a link that leads there."""

from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.types import Span
from qa.citing import cite, document_link, text_fragment
from qa.types import Verification

ASTRAL = "The 🐙 paid 𝟛 coins. A fee of 5 € is due. The cafe\u0301 closed."


def test_a_quote_stands_at_its_cited_place(found, held):
    finding = found("First words.\n\nThe fee is low. It is due in May.", "It is due in May.")

    citation = cite(finding, held.store, number=1)

    assert citation.span.of(held.store.document("a").text) == "It is due in May."
    assert citation.verification is Verification.EXACT


@pytest.mark.parametrize("words", ["🐙 paid 𝟛", "A fee of 5 € is due.", "cafe\u0301", "𝟛"])
def test_offsets_count_code_points_not_bytes_or_utf_16_units(found, held, words):
    finding = found(f"🐙🐙 come first.\n\n{ASTRAL}", words)

    citation = cite(finding, held.store, number=1)

    assert citation.span.of(held.store.document("a").text) == words
    assert citation.quote == words


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(start=st.integers(0, len(ASTRAL) - 2), length=st.integers(1, len(ASTRAL)))
def test_every_cut_of_a_passage_is_cited_exactly(found, held, start, length):
    words = ASTRAL[start : start + length]

    citation = cite(found(ASTRAL, words), held.store, number=1)

    assert citation.span.of(held.store.document("a").text) == words
    assert citation.verification is Verification.EXACT


def test_prefix_and_suffix_are_the_words_around_the_quote(found, held):
    before, behind = "b" * 50, "s" * 50

    citation = cite(found(f"{before} fee {behind}", "fee"), held.store, number=1)

    assert citation.prefix == "b" * 31 + " "
    assert citation.suffix == " " + "s" * 31


def test_a_quote_that_opens_the_text_has_no_prefix(found, held):
    citation = cite(found("A fee is due in May.", "A fee"), held.store, number=1)

    assert (citation.prefix, citation.suffix) == ("", " is due in May.")


def test_a_quote_that_ends_the_text_has_no_suffix(found, held):
    citation = cite(found("A fee is due in May.", "in May."), held.store, number=1)

    assert (citation.prefix, citation.suffix) == ("A fee is due ", "")


def test_a_document_that_changed_since_it_was_found_is_not_cited_as_exact(found, held):
    finding = found("The fee is low.", "low")
    found("The charge was high.", "high")

    citation = cite(finding, held.store, number=1)

    assert citation.verification is Verification.NOT_FOUND


def test_a_citation_carries_its_number_and_the_title_and_source_of_its_document(found, held):
    citation = cite(found("The fee is low.", "low", document="news/1"), held.store, number=3)

    assert (citation.number, citation.document_id) == (3, "news/1")
    assert (citation.title, citation.source) == ("news/1", "news/1.txt")


def test_a_link_names_the_range_and_the_words():
    link = document_link("deal", Span(10, 15), "a fee")

    assert link == "/documents/deal?start=10&end=15#:~:text=a%20fee"


@pytest.mark.parametrize(
    ("document", "written"),
    [("a/b", "a%2Fb"), ("a b?c#d", "a%20b%3Fc%23d"), ("día", "d%C3%ADa"), ("50%", "50%25")],
)
def test_an_id_with_signs_of_its_own_stays_one_part_of_the_address(document, written):
    link = document_link(document, Span(0, 1), "x")

    assert link.startswith(f"/documents/{written}?start=")


@pytest.mark.parametrize(
    ("quote", "written"),
    [
        ("well-known", "well%2Dknown"),
        ("one, two", "one%2C%20two"),
        ("this & that", "this%20%26%20that"),
        ("50% of #1", "50%25%20of%20%231"),
        ("café 🐙", "caf%C3%A9%20%F0%9F%90%99"),
        ("over\ntwo  lines", "over%20two%20lines"),
    ],
)
def test_signs_with_a_meaning_in_a_text_fragment_are_escaped(quote, written):
    assert text_fragment(quote) == written


def test_a_quote_of_twelve_words_is_linked_as_a_whole():
    assert text_fragment(" ".join("abcdefghijkl")) == "%20".join("abcdefghijkl")


def test_a_longer_quote_is_linked_by_its_first_and_last_words():
    fragment = text_fragment(" ".join("abcdefghijklm"))

    assert fragment == "a%20b%20c%20d%20e,i%20j%20k%20l%20m"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip))
def test_a_text_fragment_has_one_comma_at_most_and_decodes_to_words_of_the_quote(quote):
    parts = text_fragment(quote).split(",")

    assert len(parts) <= 2
    assert set(" ".join(map(unquote, parts)).split()) <= set(quote.split())
