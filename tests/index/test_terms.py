"""How texts become terms, so that a question may be written otherwise than the passage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.lexicon import ABBREVIATIONS, QUESTION_WORDS, SIGNS, STEMMED
from index.terms import Analyzer, analyzer_for, language_of, matched_words


def terms(text: str, language: str | None = "en") -> list[str]:
    return analyzer_for(language).terms(text)


@pytest.mark.parametrize(
    ("asked", "written", "language"),
    [
        ("San Jose", "San José", "en"),
        ("nacion", "nación", "es"),
        ("prisoners moved", "a prisoner moves", "en"),
        ("deportado", "deportados", "es"),
        ("WHAT FEE", "what fees", "en"),
        ("ＦＥＥ", "fee", "en"),
        ("1.7 percent", "1.7%", "en"),
        ("1.7 per cent", "1.7 %", "en"),
        ("1,7 por ciento", "1,7 %", "es"),
        ("83000", "83,000", "en"),
        ("83.000", "83000", "es"),
        ("1,234,567.5", "1234567.5", "en"),
        ("1.234,56", "1234,56", "es"),
        ("5 million dollars", "$5 million", "en"),
        ("U.S.", "United States", "en"),
        ("US", "U.S.", "en"),
        ("the USA", "the United States", "en"),
        ("EE. UU.", "Estados Unidos", "es"),
        ("Bukele's visit", "the visits of Bukele", "en"),
        ("D.C.", "DC", "en"),
    ],
)
def test_what_means_the_same_becomes_the_same_terms(
    asked: str, written: str, language: str
) -> None:
    assert sorted(terms(asked, language)) == sorted(terms(written, language))


@pytest.mark.parametrize(
    ("one", "other"), [("1.7", "17"), ("U.S.", "us"), ("2024", "2025"), ("3.5.2", "352")]
)
def test_what_means_something_else_stays_apart(one: str, other: str) -> None:
    assert terms(one) != terms(other)


def test_a_word_of_another_meaning_in_small_letters_is_no_abbreviation() -> None:
    assert terms("Tell us who un-tied it, eu") == ["tell", "un", "tie", "eu"]


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("What did he do and who was it from?", "en"),
        ("¿Qué es y por qué fue?", "es"),
        ("Que fue, y quien era?", "es"),
        ("Was ist das und wo war es?", "de"),
        ("Où est-il et pourquoi?", "fr"),
    ],
)
def test_words_that_only_ask_are_no_terms(question: str, language: str) -> None:
    assert terms(question, language) == []


def test_a_language_without_a_stemmer_keeps_its_words() -> None:
    assert terms("dom dome", "cs") == ["dom", "dome"]


def test_scripts_without_spaces_are_cut_into_pairs_of_letters() -> None:
    assert terms("東京タワー", "ja") == ["東京", "京タ", "タワ", "ワー"]
    assert terms("京", "ja") == ["京"]


def test_a_tag_with_a_region_is_its_language() -> None:
    assert analyzer_for("en-GB") is analyzer_for("EN") is analyzer_for(None)


@given(st.text(max_size=60), st.sampled_from(sorted(STEMMED)))
def test_every_term_stands_where_it_says(text: str, language: str) -> None:
    words = analyzer_for(language).words(text)

    assert all(word.span.end <= len(text) and word.span.of(text).strip() for word in words)
    assert [word.span.start for word in words] == sorted(word.span.start for word in words)


WORDS = st.text("abcdeinstuyàéßœıİ", min_size=1, max_size=7)
# The stems of the first begin otherwise in English, German, Finnish, Dutch or Turkish; the others
# are no plain words, or have one in them.
ODD = st.sampled_from(
    """dying|lying|skies|aed|aer|sse|general|Gender|dime|cine|Bindi
    |per_cent|per cent|Per cent|5per cent|cent|U.S.|US|e.g.|EE. UU.|10th|F16th|h2oil|1,000|1.7%|$5
    |Bindi's|don't|l’homme|McDonald|snake_case|中文abc|İnan|éabc""".replace("\n    ", "").split("|")
)


@given(
    st.lists(WORDS | WORDS.map(str.capitalize) | WORDS.map(str.upper) | ODD, max_size=12).map(
        " ".join
    ),
    st.lists(WORDS, max_size=4).map(" ".join),
    st.sampled_from(sorted(STEMMED)),
)
def test_what_is_found_of_some_terms_is_what_looking_at_every_word_finds(
    text: str, more: str, language: str
) -> None:
    analyzer = analyzer_for(language)
    wanted = frozenset({*analyzer.all_terms(text)[::2], *analyzer.all_terms(more)})

    found = analyzer.spans_of(wanted, text)

    assert found == [word.span for word in analyzer.words(text) if word.term in wanted]


def test_surfaces_are_the_words_with_their_endings() -> None:
    assert analyzer_for("en").surfaces("The naïve Prisoners paid") == ["naive", "prisoners", "paid"]


def test_words_of_a_passage_that_the_question_has_are_told_with_their_places() -> None:
    text = "José paid 😀 the fees to the United States."

    spans = matched_words(text, "what fee did Jose pay to the US?")

    assert [span.of(text) for span in spans] == ["José", "fees", "United", "States"]


@pytest.mark.parametrize(
    ("question", "present", "language"),
    [
        ("What fee does El Salvador charge?", ("en",), "en"),
        ("What fee does El Salvador charge?", ("es", "en"), "en"),
        ("¿Qué tarifa cobra El Salvador por los presos?", ("en", "es"), "es"),
        ("¿Qué tarifa cobra El Salvador por los presos?", ("en",), "es"),
        ("Bukele CECOT", ("es", "en"), "es"),
        ("Bukele CECOT", (), "en"),
        ("", ("fr",), "fr"),
    ],
)
def test_a_question_has_the_language_whose_small_words_it_has(
    question: str, present: tuple[str, ...], language: str
) -> None:
    assert language_of(question, present) == language


@pytest.mark.parametrize("table", [QUESTION_WORDS, SIGNS, ABBREVIATIONS])
def test_every_table_is_of_languages_that_are_stemmed(table: dict[str, object]) -> None:
    assert set(table) <= set(STEMMED)


@pytest.mark.parametrize("language", sorted(STEMMED))
def test_every_language_that_is_named_can_be_analysed(language: str) -> None:
    assert Analyzer(language).terms("x 12") == ["x", "12"]
