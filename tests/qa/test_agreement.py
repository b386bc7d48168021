"""Quotes are compared with given answers as SQuAD does it."""

import pytest

from qa.agreement import Said, agreement, agrees, normalized_words
from qa.results import Measure


def figures(quote, *answers):
    found = agreement(quote and Said(quote, quote), answers)
    return (found[Measure.EXACT_MATCH], found[Measure.F1], found[Measure.ANSWER_IN_QUOTE])


def test_case_punctuation_and_articles_do_not_count():
    assert normalized_words("The U.S. and a  Man-o'-war!") == ["us", "and", "manowar"]


@pytest.mark.parametrize(
    ("quote", "answers", "expected"),
    [
        ("The low fee.", ["low fee"], (1.0, 1.0, 1.0)),
        ("a low fee in May", ["low fee"], (0.0, 2 * 2 / (4 + 2), 1.0)),
        ("a low fee", ["high fee", "low fees", "fee"], (0.0, 2 / 3, 1.0)),
        ("nothing alike", ["low fee"], (0.0, 0.0, 0.0)),
        ("the the", ["a"], (1.0, 1.0, 1.0)),
        ("fee fee", ["fee"], (0.0, 2 / 3, 1.0)),
    ],
)
def test_the_best_of_the_given_answers_counts(quote, answers, expected):
    assert figures(quote, *answers) == pytest.approx(expected)


def test_an_answer_stands_in_the_quote_only_as_whole_words_in_a_row():
    assert figures("1066 and 11", "106")[2] == 0.0
    assert figures("low or high fee", "low fee")[2] == 0.0


def test_an_answer_of_articles_alone_stands_in_no_other_quote():
    assert figures("some words", "the") == (0.0, 0.0, 0.0)


def test_silence_agrees_with_no_answer():
    assert figures(None, "low fee") == (0.0, 0.0, 0.0)


def test_the_words_are_compared_and_the_sentence_is_searched():
    said = Said("The council set a low fee in May.", "a low fee")

    found = agreement(said, ["low fee"])

    assert found[Measure.EXACT_MATCH] == found[Measure.ANSWER_IN_QUOTE] == 1.0
    assert agreement(said, ["in May"])[Measure.ANSWER_IN_QUOTE] == 1.0
    assert agreement(said, ["in May"])[Measure.F1] == 0.0


@pytest.mark.parametrize(
    ("words", "is_right"),
    [
        ("low fee", True),
        ("a very low fee in the month of May of that year", True),
        ("low", True),
        ("the fee in that month of May", False),
        ("high", False),
        ("", False),
    ],
)
def test_words_are_right_that_share_half_of_an_answer_or_of_which_one_holds_the_other(
    words, is_right
):
    assert agrees(Said(words, words), ["nothing", "low fee"]) == is_right


def test_a_sentence_that_holds_an_answer_is_right_whatever_words_stand_out_in_it():
    sentence = "It was dredged in 1891, after the fire of 1873."

    assert agrees(Said(sentence, "1873"), ["1891"])
    assert not agrees(Said(sentence, "1873"), ["1892"])
