"""Where sentences end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.sentences import sentence_spans


def sentences(text: str, language: str | None = None) -> list[str]:
    return [span.of(text) for span in sentence_spans(text, language=language)]


@given(st.text() | st.text(alphabet="aA. \n!?\"'é東。", max_size=60))
def test_every_visible_character_is_in_exactly_one_sentence(text: str) -> None:
    spans = sentence_spans(text)

    covered = [place for span in spans for place in range(span.start, span.end)]
    visible = {place for place, character in enumerate(text) if not character.isspace()}
    assert covered == sorted(set(covered))
    assert visible <= set(covered)


@given(st.text(alphabet="aA. \n!?", max_size=60))
def test_no_sentence_begins_or_ends_with_white_space(text: str) -> None:
    found = sentences(text)

    assert found == [sentence.strip() for sentence in found]


def test_an_abbreviation_ends_no_sentence() -> None:
    assert sentences("Dr. Berg met Mr. Lind. They sailed.") == [
        "Dr. Berg met Mr. Lind.",
        "They sailed.",
    ]


def test_a_number_with_a_point_ends_no_sentence() -> None:
    assert sentences("It cost 3.5 million. Nobody paid.") == [
        "It cost 3.5 million.",
        "Nobody paid.",
    ]


def test_a_quotation_stays_whole() -> None:
    assert sentences("“It sails.” Nobody knew why.") == ["“It sails.”", "Nobody knew why."]


@pytest.mark.parametrize("language", ["es", "es-MX"])
def test_spanish_is_read_by_its_own_rules(language: str) -> None:
    text = "El Sr. Núñez llegó. ¿Sabía algo? Nada."

    assert sentences(text, language) == ["El Sr. Núñez llegó.", "¿Sabía algo?", "Nada."]


@pytest.mark.parametrize("language", [None, "xx", "zz-ZZ", ""])
def test_an_unknown_language_is_read_like_english(language: str | None) -> None:
    assert sentences("It sails. Nobody knows.", language) == ["It sails.", "Nobody knows."]
