"""The words that answer, in up to three documents, and how sure it is that they do."""

import numpy as np
import pytest

from index.late_interaction import LateInteraction
from qa.calibration import SIGNALS, Calibration, Linear, Risk
from qa.extracting import ExtractiveReader
from qa.shipped_reader import shipped_reader

FEE = "Bukele spoke on Monday. The country would charge a fee of $6 million a year. Rain fell."
SAME = "A yearly fee of $6 million was agreed on. Nobody said when it is due."
OTHER = "The fee that the country would charge is $20 million a year, a spokesman said."
SCHOOL = "A school opened in the capital. Forty children came to it on the first day."
QUESTION = "How much would the country charge a year?"


def calibration(*risks: Risk, weight: float = 1.0) -> Calibration:
    """Trusts the reader's word on whether a passage answers, and nothing else."""
    linear = Linear(tuple(weight * (name == "answerable") for name in SIGNALS), 0.0)
    risks = risks or (Risk(0.0, 0.1),)
    return Calibration("test", linear, linear, linear, 1.0, 1.0, 0.0, risks, 1)


@pytest.fixture(scope="module")
def passage_reader():
    return shipped_reader()


@pytest.fixture
def read(passage_reader, fake, held, hit):
    """Reads texts, each a document of its own."""

    def ask(question, *texts, budget=None, learnt=None, shown=5, **options):
        reader = ExtractiveReader(
            passage_reader, LateInteraction(fake, held.store), learnt or calibration(), **options
        )
        hits = [hit(text, document=f"d{n}") for n, text in enumerate(texts)]
        return reader.read(question, [], hits, shown=shown, max_error_rate=budget)

    return ask


def shown(finding):
    text = finding.hit.passage.text
    return finding.span.of(text), finding.words and finding.words.of(text)


def test_the_words_are_found_inside_their_sentence(read):
    [[finding]] = read(QUESTION, FEE).findings

    sentence, words = shown(finding)
    assert sentence == "The country would charge a fee of $6 million a year."
    assert "$6 million" in words
    assert finding.span.start <= finding.words.start < finding.words.end <= finding.span.end


@pytest.mark.parametrize(
    ("question", "is_whole"),
    [
        ("Would the country charge a fee?", True),
        ("would the country charge a fee", True),
        ("Would the country charge $6 million or $20 million a year?", False),
        ("What would the country charge?", False),
    ],
)
def test_a_yes_or_no_is_answered_by_the_sentence_that_settles_it(read, question, is_whole):
    [[finding], *_] = read(question, FEE).findings

    assert (finding.words is None) == is_whole


def test_documents_that_say_the_same_are_cited_together(read):
    [same, *_] = read(QUESTION, FEE, SAME).findings

    assert {finding.hit.passage.document_id for finding in same} == {"d0", "d1"}


def test_documents_that_differ_are_told_apart(read):
    findings = read(QUESTION, FEE, OTHER).findings

    assert len(findings) == 2
    assert [len(group) for group in findings] == [1, 1]


def test_at_most_three_documents_speak_and_each_once(read):
    texts = [FEE, OTHER, SAME, FEE.replace("6", "7"), FEE.replace("6", "8")]

    findings = read(QUESTION, *texts).findings

    documents = [f.hit.passage.document_id for group in findings for f in group]
    assert len(documents) == len(set(documents)) == 3


def test_words_that_are_less_sure_than_the_budget_allows_are_left_out(read):
    strict = calibration(Risk(0.0, 0.9), Risk(0.5, 0.1))

    findings = read(QUESTION, FEE, SCHOOL, budget=0.1, learnt=strict).findings

    assert [f.hit.passage.document_id for group in findings for f in group] == ["d0"]


@pytest.mark.parametrize(
    ("budget", "is_enough"), [(1.0, True), (0.9, True), (0.1, False), (0.0, False)]
)
def test_the_budget_of_errors_decides_whether_to_answer(read, budget, is_enough):
    risky = calibration(Risk(0.0, 0.9), Risk(0.999999, 0.1))

    assert read(QUESTION, SCHOOL, budget=budget, learnt=risky).is_enough == is_enough


def test_the_readers_own_budget_counts_where_the_question_has_none(read):
    risky = calibration(Risk(0.0, 0.3), Risk(0.999999, 0.1))

    assert read(QUESTION, SCHOOL, learnt=risky, max_error_rate=0.3).is_enough
    assert not read(QUESTION, SCHOOL, learnt=risky, max_error_rate=0.2).is_enough


def test_confidence_is_that_of_the_best_words_and_relevance_of_each_passage(read):
    found = read(QUESTION, SCHOOL, FEE)

    assert found.confidence == pytest.approx(max(found.relevance))
    assert found.relevance[1] > found.relevance[0]
    assert all(0 <= each <= 1 for each in found.relevance)


def test_only_passages_that_are_shown_are_quoted(read):
    found = read(QUESTION, SCHOOL, FEE, OTHER, shown=1)

    [[finding]] = found.findings
    assert found.relevance.index(max(found.relevance)) == int(finding.hit.passage.document_id[1:])


def test_passages_beyond_the_first_few_are_not_read(read):
    assert len(read(QUESTION, SCHOOL, SCHOOL, FEE, passages=2).relevance) == 2


def test_signals_are_finite_and_in_their_order(passage_reader, fake, held, hit):
    reader = ExtractiveReader(passage_reader, LateInteraction(fake, held.store), calibration())

    rows = reader.signals(QUESTION, [], [hit(FEE), hit(SCHOOL, document="b")]).rows

    assert rows.shape == (2, len(SIGNALS))
    assert np.isfinite(rows).all()
    assert rows[:, SIGNALS.index("place")].tolist() == pytest.approx([0.0, np.log(2)])
    assert rows[:, SIGNALS.index("coverage_gap")].max() == 0.0


def test_it_counts_how_well_the_sentence_that_would_be_quoted_covers_the_question(
    passage_reader, fake, held, hit
):
    late = LateInteraction(fake, held.store)
    reader = ExtractiveReader(passage_reader, late, calibration())

    signals = reader.signals(QUESTION, [], [hit(FEE)])

    [_, of_the_fee, _] = late.read(late.weighed(QUESTION, []), [hit(FEE)]).sentences.tolist()
    assert signals.rows[0, SIGNALS.index("said")] == pytest.approx(of_the_fee)
    assert "$6 million" in signals.verdicts[0].span.of(FEE)


def test_the_name_tells_the_reader_and_its_calibration(passage_reader, fake, held):
    reader = ExtractiveReader(passage_reader, LateInteraction(fake, held.store), calibration())

    assert reader.name == f"{passage_reader.name}/test"
