"""Questions that say less and are answered as before."""

import pytest

from training.examples import Example
from training.shortened import shortened

PASSAGE = "Bukele said that El Salvador would charge the United States a fee."
ANSWER = (PASSAGE.index("a fee"), PASSAGE.index("."))


def asked(question: str, *, title: str = "El Salvador Agrees") -> Example:
    return Example("a", question, title, PASSAGE, (ANSWER,), True)


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("What did El Salvador want during the talks?", "What did El Salvador want?"),
        ("What did El Salvador want, according to Bukele?", "What did El Salvador want?"),
        ("what did salvador want in 2025", "what did salvador want"),
        ("What did El Salvador want at the show?", "What did El Salvador want?"),
        ("What fee would El Salvador charge?", "What fee does El Salvador charge?"),
        ("What will El Salvador charge for prisoners?", "What does El Salvador charge?"),
    ],
)
def test_the_last_circumstance_is_left_out_and_the_present_asked_of(long: str, short: str) -> None:
    [made] = shortened([asked(long)])

    assert made.question == short
    assert (made.file, made.passage, made.answers) == ("shortened", PASSAGE, (ANSWER,))


@pytest.mark.parametrize(
    "question",
    [
        "What fee does El Salvador charge?",  # nothing to leave out
        "Who spoke in San Salvador?",  # too little would be left
        "how much does it cost in total",  # would name nothing
        "Did El Salvador agree in San Salvador?",  # may be a question of the circumstance
        "Where did Bukele speak for how long?",  # so it is one
    ],
)
def test_a_question_that_would_lose_its_sense_gives_none(question: str) -> None:
    assert shortened([asked(question)]) == []


def test_an_unanswerable_row_gives_none() -> None:
    row = Example("a", "What did El Salvador want during the talks?", "", PASSAGE, (), None)

    assert shortened([row]) == []
