"""A question gets an answer with its citation, or the reason why there is none."""

import threading
from dataclasses import replace

import pytest
from fakes import WordHashEncoder

from index.collection import Collection
from index.errors import ModelMismatchError
from index.types import Filters, Mode
from qa.answering import Answerer, AnswerPolicy
from qa.types import Abstention, AbstentionReason, AnswerKind, Grouping, HighlightKind, Question

FEE = "The prison opened last year. El Salvador would charge a low fee. Nobody was hurt."
SCHOOL = "A school opened in the capital. Forty children came to it on the first day."
ASKED = Question("What fee would El Salvador charge?")
REASON = AbstentionReason


def copies(number):
    """The same words in documents d00, d01 …"""
    return {f"d{n:02}": f"{FEE} Report {n}." for n in range(number)}


def others(number):
    """Texts about the same thing that share hardly a phrase."""
    return {
        f"x{n:02}": " ".join(f"fee{n}{word}" for word in "abcdefgh") + " fee" for n in range(number)
    }


def reason(reply):
    assert isinstance(reply.outcome, Abstention)
    return reply.outcome.reason


def test_the_sentence_that_answers_is_quoted_with_its_citation(library, held):
    reply = library(fee=FEE, school=SCHOOL).answer(ASKED)

    [citation] = reply.citations
    assert reply.outcome.text == citation.quote == "El Salvador would charge a low fee."
    assert citation.span.of(held.store.document("fee").text) == citation.quote


def test_the_answer_points_at_its_citation_and_the_passage_at_both(library):
    reply = library(fee=FEE, school=SCHOOL).answer(ASKED)

    assert reply.outcome.citations == (1,)
    assert [passage.citation for passage in reply.passages] == [1, None]


def test_the_answer_and_the_questions_words_are_marked_in_the_passage(library):
    [first, *_] = library(fee=FEE).answer(ASKED).passages

    marked = [(mark.kind, mark.span.of(FEE)) for mark in first.highlights]
    assert marked[0] == (HighlightKind.ANSWER, "El Salvador would charge a low fee.")
    assert {words for kind, words in marked[1:]} == {"El", "Salvador", "charge", "fee"}


def test_an_empty_collection_abstains_for_want_of_passages(library):
    reply = library().answer(ASKED)

    assert reason(reply) is REASON.NO_PASSAGES
    assert (reply.citations, reply.passages) == ((), ())


def test_a_foreign_subject_is_abstained_from_and_the_nearest_passages_are_shown(library):
    reply = library(fee=FEE, school=SCHOOL).answer(Question("best pasta carbonara recipe"))

    assert reason(reply) is REASON.LOW_CONFIDENCE
    assert [passage.citation for passage in reply.passages] == [None, None]


def test_filters_that_no_document_passes_are_told_apart(library):
    nowhere = replace(ASKED, filters=Filters(publisher=("Nobody",)))

    reply = library(fee=FEE).answer(nowhere)

    assert reason(reply) is REASON.FILTERED_OUT


def test_only_documents_that_pass_the_filters_are_answered_from(library):
    only = replace(ASKED, filters=Filters(document_id=("b",)))

    reply = library(a=FEE, b=f"{FEE} Second report.", c=SCHOOL).answer(only)

    assert [passage.hit.passage.document_id for passage in reply.passages] == ["b"]


def test_least_support_decides_how_much_of_the_question_must_be_covered(library, held, fake):
    library(fee=FEE)
    half = Question("salvador fee carbonara pasta")

    strict = Answerer(held, fake, policy=AnswerPolicy(least_support=0.99)).answer(half)
    lenient = Answerer(held, fake, policy=AnswerPolicy(least_support=0.0)).answer(half)

    assert reason(strict) is REASON.LOW_CONFIDENCE
    assert lenient.outcome.citations == (1,)


def test_passages_can_be_asked_for_without_an_answer(library):
    reply = library(fee=FEE).answer(replace(ASKED, answer=AnswerKind.NONE))

    assert (reply.outcome, reply.citations) == (None, ())
    assert [passage.citation for passage in reply.passages] == [None]


@pytest.mark.parametrize("mode", list(Mode))
def test_every_mode_finds_the_answer(library, mode):
    reply = library(fee=FEE, school=SCHOOL).answer(replace(ASKED, mode=mode))

    assert reply.outcome.text == "El Salvador would charge a low fee."


def test_equal_questions_get_equal_replies_timings_aside(library):
    answerer = library(fee=FEE, school=SCHOOL, **copies(5))

    replies = [replace(answerer.answer(ASKED), timings_ms={}) for _ in range(2)]

    assert replies[0] == replies[1]


def test_a_reply_names_the_state_of_the_index_that_it_was_read_from(library):
    corpus = library(fee=FEE, school=SCHOOL).answer(ASKED).corpus

    assert (corpus.documents, corpus.passages, corpus.generation) == (2, 2, 1)


def test_copies_are_folded_into_one_story(library):
    [first, *_] = library(**copies(3)).answer(ASKED).passages

    assert first.story.copies == 3
    assert {first.hit.passage.document_id, *first.story.also_in} == {"d00", "d01", "d02"}


def test_copies_are_shown_apart_where_no_grouping_is_asked_for(library):
    reply = library(**copies(3)).answer(replace(ASKED, group=Grouping.NONE))

    assert [passage.story for passage in reply.passages] == [None, None, None]


def test_top_k_stories_come_back_although_copies_are_many(library):
    answerer = library(**copies(30), **others(5))

    reply = answerer.answer(replace(ASKED, top_k=6))

    assert [passage.rank for passage in reply.passages] == [1, 2, 3, 4, 5, 6]
    assert reply.passages[0].story.copies == 30


def test_top_k_is_never_exceeded_and_more_tells_that_there_is_more(library):
    answerer = library(**others(5))

    some = answerer.answer(replace(ASKED, top_k=4))
    all_of_them = answerer.answer(replace(ASKED, top_k=5))

    assert (len(some.passages), some.more) == (4, True)
    assert (len(all_of_them.passages), all_of_them.more) == (5, False)


@pytest.mark.parametrize("group", list(Grouping))
@pytest.mark.parametrize("step", [1, 3, 7])
def test_pages_joined_are_one_long_list_without_gaps_or_repeats(library, group, step):
    answerer = library(**copies(12), **others(12))
    question = Question("fee", answer=AnswerKind.NONE, group=group)

    whole = answerer.answer(replace(question, top_k=24)).passages
    pages = [
        answerer.answer(replace(question, top_k=step), offset=offset).passages
        for offset in range(0, 24, step)
    ]

    joined = [(passage.rank, passage.hit.passage.id) for page in pages for passage in page]
    assert joined == [(passage.rank, passage.hit.passage.id) for passage in whole]


def test_a_deleted_document_never_comes_back(library, held: Collection):
    answerer = library(fee=FEE, school=SCHOOL)
    before = answerer.answer(ASKED)

    with held.writing() as writer:
        writer.remove("fee")
    after = answerer.answer(ASKED)

    assert before.citations[0].document_id == "fee"
    assert [passage.hit.passage.document_id for passage in after.passages] == ["school"]
    assert after.citations == ()


class Meddler(WordHashEncoder):
    """Does something in another thread while a question is encoded."""

    def __init__(self, meddle):
        super().__init__(window=400)
        self.meddle = meddle

    def encode_queries(self, texts):
        thread = threading.Thread(target=self.meddle)
        thread.start()
        thread.join()
        return super().encode_queries(texts)


def test_a_document_that_goes_while_it_is_read_is_quoted_as_it_was(library, held: Collection):
    def remove():
        with held.writing() as writer:
            writer.remove("fee")

    library(fee=FEE, school=SCHOOL)
    reply = Answerer(held, Meddler(remove)).answer(ASKED)

    assert reply.outcome.text == "El Salvador would charge a low fee."
    assert (reply.corpus.generation, held.snapshot().generation) == (1, 2)


def test_a_changed_document_is_answered_from_in_its_new_words(library):
    library(fee=FEE)
    reply = library(fee="El Salvador would charge a high fee.").answer(ASKED)

    assert reply.outcome.text == "El Salvador would charge a high fee."


def test_an_encoder_other_than_the_collections_is_refused_by_name(held, word_hash, fake):
    other = type(fake)(name="another")

    with pytest.raises(ModelMismatchError, match=r"'word-hash'.*'another'"):
        Answerer(held, other)
