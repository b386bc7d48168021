"""Questions that a passage no longer answers."""

import pytest

from training.examples import Example
from training.swaps import swapped

PASSAGE = "Nayib Bukele met Marco Rubio in 2025, the largest meeting of the year."
OTHERS = [
    Example(
        "a", "who met Ada Lovelace in 1843?", "", "Ada Lovelace met him in 1843.", ((0, 3),), True
    )
]


def asked(question: str) -> Example:
    return Example("a", question, "", PASSAGE, ((0, 12),), True)


@pytest.mark.parametrize(
    ("question", "new"),
    [
        ("who met Marco Rubio?", "who met Ada Lovelace?"),
        ("who met whom in 2025?", "who met whom in 1843?"),
        ("what was the largest meeting?", "what was the smallest meeting?"),
    ],
)
def test_a_name_a_number_or_a_superlative_is_exchanged(question: str, new: str) -> None:
    made = swapped([asked(question), *OTHERS], seed=1)

    [first] = [one for one in made if one.passage == PASSAGE]
    assert (first.question, first.answers, first.relevant) == (new, (), None)


def test_a_question_with_nothing_to_exchange_gives_none() -> None:
    assert swapped([asked("who came?")], seed=1) == []


def test_what_the_passage_has_is_not_put_in() -> None:
    same = Example("a", "who met Nayib Bukele?", "", PASSAGE, ((17, 28),), True)

    assert swapped([same], seed=1) == []
