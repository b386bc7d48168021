"""Questions that a passage no longer answers."""

import pytest

from training.examples import Example
from training.swaps import swapped, swapped_within

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


def test_a_name_or_number_is_exchanged_for_another_of_the_passage() -> None:
    passage = "In 2019 Marco Rubio met Nayib Bukele; in 2025 he met him again in Miami."
    meeting = Example(
        "a", "where did Marco Rubio meet him in 2025?", "", passage, ((66, 71),), True
    )

    made = {one.question for seed in range(20) for one in swapped_within([meeting], seed=seed)}

    assert made == {
        "where did Nayib Bukele meet him in 2025?",
        "where did Marco Rubio meet him in 2019?",
    }


def test_nothing_is_exchanged_within_a_passage_that_has_one_name() -> None:
    alone = Example("a", "who met Marco Rubio?", "", "A man met Marco Rubio.", ((0, 5),), True)

    assert swapped_within([alone], seed=1) == []
