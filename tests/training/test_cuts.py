"""Passages without the sentence that answered."""

import pytest

from training.cuts import cut
from training.examples import Example

PASSAGE = "Bukele came to Washington. The fee is six million dollars. He spoke of it on Monday."


def asked(answer: str, *, passage: str = PASSAGE) -> Example:
    start = passage.index(answer)
    return Example("a", "q?", "t", passage, ((start, start + len(answer)),), True)


def test_the_answering_sentence_is_taken_out() -> None:
    [made] = cut([asked("six million dollars")])

    assert made.passage == "Bukele came to Washington. He spoke of it on Monday."
    assert (made.question, made.answers, made.relevant) == ("q?", (), None)


@pytest.mark.parametrize(
    ("answer", "passage"),
    [
        ("six", "The fee is six dollars. He spoke of it."),
        ("six", "It is six. He said six again. He spoke. They left."),
    ],
)
def test_a_passage_too_short_or_that_says_it_twice_gives_none(answer: str, passage: str) -> None:
    assert cut([asked(answer, passage=passage)]) == []


def test_an_unanswerable_row_gives_none() -> None:
    assert cut([Example("a", "q?", "", PASSAGE, (), None)]) == []
