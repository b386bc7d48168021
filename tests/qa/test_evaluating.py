"""Asking a set gives one result for each question, judged by what the set calls right."""

import pytest

from qa.evaluating import Asking, evaluate
from qa.judging import Item, JudgedQuestion, find_targets
from qa.results import Measure

FEE = "The prison opened last year. El Salvador would charge a low fee. Nobody was hurt."
SCHOOL = "A school opened in the capital. Forty children came to it on the first day."


@pytest.fixture
def asked(library, held):
    """Asks one question of both documents."""
    answerer = library(fee=FEE, school=SCHOOL)

    def ask(text, *items, **fields):
        question = JudgedQuestion(text, items=tuple(map(Item, items)), **fields)
        targets = find_targets(held.store, [question])
        [result] = evaluate(answerer, [question], targets, asking=Asking())
        return result

    return ask


def test_a_right_passage_in_front_is_rank_one_and_its_answer_cited(asked):
    result = asked("What fee would El Salvador charge?", "a low fee")

    assert (result.rank, result.answer) == (1, "El Salvador would charge a low fee.")
    assert result.scores[Measure.SUCCESS_1] == result.scores[Measure.RIGHT_CITATION] == 1
    assert result.scores[Measure.SILENT_WRONGLY] == 0


def test_a_wrong_passage_in_front_is_shown_beside_what_was_wanted(asked):
    result = asked("What fee would El Salvador charge?", "school")

    assert (result.rank, result.scores[Measure.MRR_10]) == (2, 0.5)
    assert result.scores[Measure.RIGHT_CITATION] == 0
    assert result.first.text == FEE
    assert [excerpt.where for excerpt in result.wanted] == ["school"]


def test_what_is_not_in_the_index_counts_as_not_found(asked):
    result = asked("What fee would El Salvador charge?", "words of another text")

    assert (result.judged, result.rank) == (True, None)
    assert result.scores[Measure.RECALL_20] == 0


def test_given_answers_are_compared_with_the_quote(asked):
    result = asked("What fee would El Salvador charge?", "a low fee", answers=("a low fee",))

    assert result.scores[Measure.ANSWER_IN_QUOTE] == 1
    assert result.scores[Measure.EXACT_MATCH] == 0


def test_a_question_without_an_answer_is_measured_by_its_silence_alone(asked):
    result = asked("Who composed the ninth symphony?", answerable=False)

    assert result.scores == {Measure.KEPT_SILENT: 1.0}
    assert (result.abstained, result.judged) == (True, False)


def test_silence_where_there_is_an_answer_is_wrong(asked):
    result = asked("Who composed the ninth symphony?", "a low fee", answers=("Beethoven",))

    assert result.scores[Measure.SILENT_WRONGLY] == 1
    assert result.scores[Measure.F1] == result.scores[Measure.RIGHT_CITATION] == 0


def test_an_answerable_question_without_judgements_has_no_place_in_the_ranking(asked):
    result = asked("What fee would El Salvador charge?", answers=("a low fee",))

    assert Measure.MRR_10 not in result.scores
    assert result.scores[Measure.ANSWER_IN_QUOTE] == 1


def test_the_warm_up_is_nobodys_result(library, held):
    answerer = library(fee=FEE)
    questions = [JudgedQuestion(f"What fee is number {n}?", answerable=False) for n in range(3)]

    results = list(evaluate(answerer, questions, [(), (), ()], asking=Asking()))

    assert [result.question for result in results] == [question.text for question in questions]
    assert all(result.milliseconds > 0 for result in results)
