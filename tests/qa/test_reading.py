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
        readout = reader.read(question, words(question, *names), hits)
        [[finding]] = readout.findings
        return finding

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


@pytest.mark.parametrize(
    ("question", "names", "text", "is_enough"),
    [
        ("fee due", ["fee", "due"], "A fee was due.", True),
        ("pasta recipe", ["pasta", "recipe"], PASSAGE, False),
    ],
)
def test_a_passage_is_enough_where_it_holds_the_questions_words(
    fake, held, hit, question, names, text, is_enough
):
    reader = SentenceReader(LateInteraction(fake, held.store), least_support=0.5)

    readout = reader.read(question, words(question, *names), [hit(text)])

    assert readout.is_enough == is_enough


def test_nothing_is_said_of_how_likely_it_is(fake, held, hit):
    reader = SentenceReader(LateInteraction(fake, held.store))

    readout = reader.read("fee due", words("fee due", "fee"), [hit("A fee was due.")])

    assert (readout.confidence, readout.relevance) == (None, ())


def test_a_question_without_words_of_meaning_still_gets_the_best_sentence(read, hit):
    finding = read("what is it?", [], [hit("So what is it? Nobody knows.")])

    assert finding.span.of("So what is it? Nobody knows.") == "So what is it?"
