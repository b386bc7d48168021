"""The language of a text."""

import pytest

from index.languages import detect_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The ferry sails to the islands every day at noon, whatever the weather may be.", "en"),
        ("El transbordador sale hacia las islas todos los días a mediodía, haga el tiempo.", "es"),
        (
            "Die Fähre fährt jeden Tag um zwölf Uhr zu den Inseln, wie auch das Wetter sein mag.",
            "de",
        ),
    ],
)
def test_the_language_of_a_sentence_is_told(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize("text", ["", "It sails.", "1234567890 " * 20])
def test_a_text_too_short_to_tell_has_none(text: str) -> None:
    assert detect_language(text) is None
