"""What a misspelt word was meant to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.spelling import near_words

KNOWN = {"bukele": 9, "buckle": 2, "salvador": 7, "terrorism": 3, "rubio": 5, "rubin": 1}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("bukelle", "bukele"),  # one letter too many
        ("bukle", "bukele"),  # one too few; buckle is as near and rarer
        ("bukeel", "bukele"),  # two letters swapped
        ("salvadro", "salvador"),
        ("terorrism", "terrorism"),
        ("terrarissm", "terrorism"),  # two edits in a long word
        ("rubia", "rubio"),  # rubin is as near and rarer
    ],
)
def test_the_nearest_known_word_is_meant(written: str, meant: str) -> None:
    assert near_words(written, KNOWN)[0] == meant


@pytest.mark.parametrize("written", ["rabbit", "bokkele", "xylophone", "salamander"])
def test_a_word_that_is_far_from_all_is_left(written: str) -> None:
    assert near_words(written, KNOWN) == []


def test_equally_near_and_frequent_words_come_by_alphabet() -> None:
    assert near_words("gulls", {"gullo": 1, "gulle": 1}) == ["gulle", "gullo"]


def test_numbers_and_signs_are_never_meant() -> None:
    assert near_words("covid", {"covid19": 5, "covi9": 5}) == []


@given(st.text("abcdef", min_size=6, max_size=7), st.data())
def test_one_swap_of_neighbours_is_always_mended(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(1, len(word) - 2))
    swapped = word[:place] + word[place + 1] + word[place] + word[place + 2 :]

    assert near_words(swapped, {word: 1}) == [word]
