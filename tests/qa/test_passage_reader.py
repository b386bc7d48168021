"""The shipped reader, on passages of all kinds: words that stand there, and whether they answer."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.sentences import sentence_spans
from qa.passage_reader import PassageReader, best_ends
from qa.shipped_reader import shipped_reader

FEE = (
    "El Salvador has offered to hold deportees in its mega-prison. Bukele said that the country "
    "would charge a fee of $6 million a year, which he called low. Rubio thanked him on Monday."
)
HARBOUR = "The harbour of Trieste was dredged in 1891, and ships of any draught have used it since."
QUESTION = "How much would El Salvador charge a year?"


@pytest.fixture(scope="module")
def reader() -> PassageReader:
    return shipped_reader()


def said(reader: PassageReader, question: str, passage: str) -> str:
    span = reader.read(question, "", passage).span
    assert span is not None
    return span.of(passage)


@pytest.mark.parametrize(
    ("question", "passage", "words"),
    [
        (QUESTION, FEE, "$6 million"),
        ("Who thanked Bukele?", FEE, "Rubio"),
        ("When was the harbour of Trieste dredged?", HARBOUR, "1891"),
        ("Where was the ferry built?", "The ferry was built in the U.S. for a town.", "the U.S."),
        ("Where was the ferry built?", "The ferry was built in the U.S.", "the U.S."),
    ],
)
def test_the_words_that_answer_are_found(reader, question, passage, words):
    assert words in said(reader, question, passage)


def test_the_words_stand_in_a_sentence_as_the_language_of_the_passage_has_them(reader):
    days, passage = "On which days does the ferry run?", "The ferry runs on Sonntag bzw. Montag."

    span = reader.read(days, "", passage, language="de").span

    assert span.of(passage) == "Sonntag bzw. Montag"


def test_a_passage_that_answers_is_told_from_one_that_does_not(reader):
    right, wrong = (reader.read(QUESTION, "", passage) for passage in (FEE, HARBOUR))

    assert right.answerable > wrong.answerable
    assert right.margin > wrong.margin
    assert right.relevant > wrong.relevant


def test_words_at_the_end_of_a_long_passage_are_found(reader):
    rain = "It rained all day in the hills, and the streams rose above their banks. " * 12

    assert "$6 million" in said(reader, QUESTION, rain + FEE)


def test_equal_questions_get_equal_verdicts(reader):
    assert reader.read(QUESTION, "A title", FEE) == reader.read(QUESTION, "A title", FEE)


@pytest.mark.parametrize("passage", ["", "   ", "\u200b", "…", "(", "😀"])
def test_a_passage_without_words_has_none_to_quote(reader, passage):
    span = reader.read(QUESTION, "", passage).span

    assert span is None or span.of(passage).strip()


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=300), st.text(min_size=1, max_size=80))
def test_whatever_is_read_the_words_are_whole_and_stand_in_a_sentence(passage, question):
    span = READER.read(question, "", passage).span

    if span is not None:
        assert any(s.start <= span.start < span.end <= s.end for s in sentence_spans(passage))
        assert 0 <= span.start < span.end <= len(passage)
        before, behind = passage[: span.start][-1:], passage[span.end :][:1]
        assert not (is_word(before) and is_word(passage[span.start]))
        assert not (is_word(passage[span.end - 1]) and is_word(behind))


READER = shipped_reader()


def is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def ends(*pairs: tuple[float, float]) -> np.ndarray:
    return np.array(pairs, dtype=np.float32)


def one_sentence(*pairs: tuple[float, float]) -> tuple[int, int, float]:
    return best_ends(ends(*pairs), np.zeros(len(pairs), dtype=np.intp))


def test_the_best_answer_has_the_highest_sum_of_both_ends():
    assert one_sentence((1, 0), (5, 1), (0, 4), (2, 0)) == (1, 2, 9.0)


def test_an_answer_never_ends_before_it_starts():
    assert one_sentence((0, 9), (9, 0)) == (0, 0, 9.0)


def test_an_answer_is_not_longer_than_a_sentence_or_two():
    first, last, _ = one_sentence((9, 0), *[(0, 0)] * 40, (0, 9))

    assert last - first < 30


def test_an_answer_does_not_end_in_another_sentence_than_it_starts_in():
    scores = ends((1, 0), (5, 3), (0, 4), (2, 0))

    assert best_ends(scores, np.array([0, 0, 1, 1])) == (1, 1, 8.0)
