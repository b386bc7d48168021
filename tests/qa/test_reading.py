"""The sentence that answers: the one whose words match the question, in the best passages."""

import pytest

from index.late_interaction import LateInteraction, WordWeight
from index.types import Span
from qa.reading import SentenceReader

PASSAGE = "The prison opened last year. The fee is low for the country. Nobody was hurt in May."


def words(question, *names):
    starts = {name: question.index(name) for name in names}
    return [WordWeight(Span(at, at + len(name)), 1.0) for name, at in starts.items()]


@pytest.fixture
def read(fake, held):
    """Asks a reader whose collection holds none of the passages, so that it encodes them."""

    def ask(question, names, hits, **options):
        reader = SentenceReader(LateInteraction(fake, held.store), **options)
        return reader.read(question, words(question, *names), hits)

    return ask


def test_the_sentence_that_shares_the_questions_words_is_chosen(read, hit):
    finding = read("How low is the fee?", ["low", "fee"], [hit(PASSAGE)])

    assert finding.span.of(PASSAGE) == "The fee is low for the country."


def test_a_sentence_of_a_later_passage_wins_where_it_matches_much_better(read, hit):
    later = hit("Rain fell. A fee was due.", document="b")

    finding = read("fee due", ["fee", "due"], [hit("It rained all day."), later])

    assert finding.hit == later
    assert finding.span.of(later.passage.text) == "A fee was due."


def test_of_two_equal_sentences_the_earlier_is_chosen(read, hit):
    text = "A fee was due. A fee was due."

    finding = read("fee due", ["fee", "due"], [hit(text)])

    assert finding.span == Span(0, 14)


def test_of_two_equal_passages_the_better_ranked_is_chosen(read, hit):
    first = hit("A fee was due.", document="b")

    finding = read("fee due", ["fee", "due"], [first, hit("A fee was due.", document="a")])

    assert finding.hit == first


def test_passages_beyond_the_first_few_are_not_read(read, hit):
    others = [hit(f"Nothing of note in week {n}.", document=f"d{n}") for n in range(2)]
    late = hit("A fee was due.", document="late")

    finding = read("fee due", ["fee", "due"], [*others, late], passages=2)

    assert finding.hit in others


def test_support_is_one_where_a_passage_holds_all_words_of_the_question(read, hit):
    finding = read("fee due", ["fee", "due"], [hit("A fee was due.")])

    assert finding.support == pytest.approx(1.0, abs=0.01)


def test_support_is_low_where_no_passage_holds_the_questions_words(read, hit):
    finding = read("pasta recipe", ["pasta", "recipe"], [hit(PASSAGE)])

    assert finding.support < 0.5


def test_nothing_is_found_without_hits(read):
    assert read("fee", ["fee"], []) is None


def test_a_question_without_words_of_meaning_still_gets_the_best_sentence(read, hit):
    finding = read("what is it?", [], [hit("So what is it? Nobody knows.")])

    assert finding.span.of("So what is it? Nobody knows.") == "So what is it?"
