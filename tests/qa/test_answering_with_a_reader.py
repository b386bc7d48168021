"""A question with the trained reader: words, order, confidence, silence by a budget of errors."""

from dataclasses import replace

import pytest
from fakes import arrival

from index.collection import Collection
from index.ingest import Ingester
from qa.answering import Answerer, AnswerPolicy, TrainedReader
from qa.calibration import SIGNALS, Calibration, Linear, Risk
from qa.shipped_reader import shipped_reader
from qa.types import Abstention, AbstentionReason, Answer, AnswerKind, HighlightKind, Question

FEE = "Bukele spoke on Monday. The country would charge a fee of $6 million a year. Rain fell."
OTHER = "The fee that the country would charge is $20 million a year, a spokesman said."
TALK = "Would the country charge? What would the country charge? The country would charge a year."
SCHOOL = "A school opened in the capital. Forty children came to it on the first day."
ASKED = Question("How much would the country charge a year?")


def calibration(*risks: Risk) -> Calibration:
    trusts = Linear(tuple(float(name == "answerable") for name in SIGNALS), 0.0)
    risks = risks or (Risk(0.3, 0.1),)
    return Calibration("test", trusts, trusts, trusts, 1.0, 1.0, 0.0, risks, 1)


@pytest.fixture(scope="module")
def reader():
    return shipped_reader()


@pytest.fixture
def answerer(held: Collection, fake, reader):
    """Makes an answerer with the shipped reader over texts that are named by their ids."""

    def make(*risks: Risk, policy: AnswerPolicy | None = None, **texts: str) -> Answerer:
        arrivals = [arrival(text, document_id=name) for name, text in texts.items()]
        list(Ingester(held, fake).ingest(arrivals))
        trained = TrainedReader(reader, calibration(*risks))
        return Answerer(held, fake, policy=policy, trained=trained)

    return make


def test_the_answer_is_a_sentence_with_the_words_that_answer(answerer, held):
    reply = answerer(fee=FEE, school=SCHOOL).answer(ASKED)

    [citation] = reply.citations
    assert isinstance(reply.outcome, Answer)
    assert reply.outcome.text == "The country would charge a fee of $6 million a year."
    assert "$6 million" in reply.outcome.words
    assert len(reply.outcome.words) < len(reply.outcome.text)
    assert citation.span.of(held.store.document("fee").text) == citation.quote


def test_documents_that_differ_have_a_paragraph_and_a_footnote_each(answerer, held):
    reply = answerer(a=FEE, b=OTHER).answer(ASKED)

    assert isinstance(reply.outcome, Answer)
    lines = reply.outcome.text.split("\n\n")
    assert sorted(citation.quote for citation in reply.citations) == sorted(lines)
    for span, line in zip(reply.outcome.spans, lines, strict=True):
        assert reply.outcome.text[span.start : span.end] in line
    assert [span.citations for span in reply.outcome.spans] == [(1,), (2,)]


def test_a_passage_that_answers_comes_before_one_that_only_sounds_alike(answerer):
    with_reader = answerer(talk=TALK, fee=FEE)
    asked = replace(ASKED, answer=AnswerKind.NONE)

    [first, *_] = with_reader.answer(asked).passages
    [read_first, *_] = with_reader.answer(ASKED).passages

    assert first.hit.passage.document_id == "talk"
    assert read_first.hit.passage.document_id == "fee"
    assert (first.relevance, read_first.rank) == (None, 1)


def test_every_passage_that_was_read_has_a_relevance_and_they_fall(answerer):
    silent = (Risk(0.0, 0.9), Risk(1.0, 0.1))

    reply = answerer(*silent, a=FEE, b=OTHER, c=SCHOOL).answer(ASKED)

    found = [passage.relevance for passage in reply.passages]
    assert isinstance(reply.outcome, Abstention)
    assert found == sorted(found, reverse=True)


def test_the_passage_that_is_chosen_speaks_and_comes_first(held, fake, reader):
    list(Ingester(held, fake).ingest([arrival(FEE, document_id="fee"), arrival(TALK)]))
    backwards = Linear(tuple(-float(name == "answerable") for name in SIGNALS), 0.0)
    trained = TrainedReader(reader, replace(calibration(), choice=backwards))

    reply = Answerer(held, fake, trained=trained).answer(ASKED)

    [first, second] = reply.passages
    assert isinstance(reply.outcome, Answer)
    assert first.citation == 1
    assert second.hit.passage.document_id == "fee"


def test_an_answer_that_is_not_sure_enough_is_withheld_with_its_confidence(answerer):
    unsure = (Risk(0.0, 0.9), Risk(0.999999, 0.1))

    reply = answerer(*unsure, school=SCHOOL).answer(ASKED)

    assert reply.outcome == Abstention(AbstentionReason.LOW_CONFIDENCE)
    assert 0 < reply.confidence < 1
    assert reply.citations == ()
    assert not any(
        mark.kind is HighlightKind.ANSWER
        for passage in reply.passages
        for mark in passage.highlights
    )


def test_who_asks_says_how_many_errors_to_put_up_with(answerer):
    unsure = answerer(Risk(0.0, 0.9), Risk(0.999999, 0.1), fee=FEE)

    assert isinstance(unsure.answer(replace(ASKED, max_error_rate=0.05)).outcome, Abstention)
    assert isinstance(unsure.answer(replace(ASKED, max_error_rate=0.9)).outcome, Answer)


def test_the_policy_says_it_where_the_question_does_not(answerer):
    unsure = (Risk(0.0, 0.9), Risk(0.999999, 0.1))

    lenient = answerer(*unsure, policy=AnswerPolicy(max_error_rate=0.9), fee=FEE)

    assert isinstance(lenient.answer(ASKED).outcome, Answer)
    assert lenient.least_confidence == 0.0


def test_without_an_answer_nothing_is_read(answerer):
    reply = answerer(fee=FEE).answer(replace(ASKED, answer=AnswerKind.NONE))

    assert "read" not in reply.timings_ms
    assert reply.confidence is None


@pytest.mark.parametrize("top_k", [1, 2, 3])
def test_every_citation_stands_in_a_passage_that_is_shown(answerer, top_k):
    reply = answerer(a=FEE, b=OTHER, c=TALK, d=SCHOOL).answer(replace(ASKED, top_k=top_k))

    shown = {passage.hit.passage.id for passage in reply.passages}
    assert {citation.passage_id for citation in reply.citations} <= shown
    assert len(reply.passages) == top_k


def test_the_reply_names_the_reader(answerer, reader):
    assert answerer(fee=FEE).answer(ASKED).reader == f"{reader.name}/test"
