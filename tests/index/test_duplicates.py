"""How alike two texts are."""

from hypothesis import given, settings
from hypothesis import strategies as st

from index.duplicates import BANDS, SIMILAR, bands_of, signature_of, similarity

TEXT = " ".join(f"word{number}" for number in range(200))
OTHER = " ".join(f"other{number}" for number in range(200))


def bands(text: str) -> list[int]:
    return bands_of(signature_of(text))


@settings(max_examples=30)
@given(st.text(max_size=60), st.text(max_size=60))
def test_similarity_is_the_same_in_both_directions(one: str, other: str) -> None:
    assert similarity(bands(one), bands(other)) == similarity(bands(other), bands(one))


@settings(max_examples=30)
@given(st.text(max_size=60))
def test_a_text_is_wholly_similar_to_itself(text: str) -> None:
    assert similarity(bands(text), bands(text)) == 1.0


@settings(max_examples=30)
@given(st.text(max_size=60), st.text(max_size=60))
def test_similarity_is_between_zero_and_one(one: str, other: str) -> None:
    assert 0.0 <= similarity(bands(one), bands(other)) <= 1.0


def test_capitals_and_punctuation_do_not_count() -> None:
    assert bands("It sails, at noon!") == bands("it SAILS at noon")


def test_a_text_with_one_word_changed_is_similar() -> None:
    assert similarity(bands(TEXT), bands(TEXT.replace("word100 ", "changed "))) >= SIMILAR


def test_texts_with_no_words_in_common_are_not_similar() -> None:
    assert similarity(bands(TEXT), bands(OTHER)) == 0.0


def test_bands_fit_a_signed_column() -> None:
    found = bands(TEXT)

    assert len(found) == BANDS
    assert all(-(2**63) <= band < 2**63 for band in found)


def test_bands_are_those_that_older_stores_hold() -> None:
    assert bands(TEXT)[:3] == [36587239917145931, -7018109120839882955, 4409482878257941477]


def test_a_long_text_is_compared_as_a_whole() -> None:
    long = " ".join(f"word{number}" for number in range(10_000))

    assert similarity(bands(long), bands(f"{long} end")) >= SIMILAR
    assert similarity(bands(long), bands(" ".join(long.split()[:5_000]))) < SIMILAR
