"""A question set, asked: one result for each question."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.types import Hit, Mode
from qa.agreement import Said, agreement, agrees
from qa.answering import Answerer
from qa.judging import JudgedQuestion, Target, by_document, places
from qa.measuring import ranking_scores
from qa.results import Excerpt, Measure, Result
from qa.types import Answer, Grouping, Question, Reply

__all__ = ["Asking", "evaluate"]

ANY = 1.0  # error rate: what would be withheld is judged, too
PASSAGES_A_DOCUMENT = 3  # asked for where documents are ranked, so that enough of them come


@dataclass(frozen=True, slots=True)
class Asking:
    """How a set is asked: which legs rank, and how many hits are looked at."""

    mode: Mode = Mode.HYBRID
    depth: int = 20


def evaluate(
    answerer: Answerer,
    questions: Sequence[JudgedQuestion],
    targets: Sequence[Sequence[Target]],
    *,
    asking: Asking,
) -> Iterator[Result]:
    """Ask every question and judge its reply.

    The first question is asked once more than it is judged, so that loading the model counts as
    nobody's time.

    Args:
        answerer: Over the index that the targets were found in.
        questions: In the order that they are asked.
        targets: Of each question.
        asking: The same for all questions.
    """
    least = answerer.least_confidence
    for number, (question, wanted) in enumerate(zip(questions, targets, strict=True)):
        asked = _asked(question, wanted, asking)
        if number == 0:
            answerer.answer(asked)
        start = time.perf_counter()
        reply = answerer.answer(asked)
        milliseconds = (time.perf_counter() - start) * 1000
        yield _judged(question, wanted, reply, least, asking.depth, milliseconds)


def _asked(question: JudgedQuestion, targets: Sequence[Target], asking: Asking) -> Question:
    factor = PASSAGES_A_DOCUMENT if by_document(targets) else 1
    return Question(
        question.text,
        top_k=factor * asking.depth,
        mode=asking.mode,
        group=Grouping.NONE,
        max_error_rate=ANY,
    )


def _judged(
    question: JudgedQuestion,
    targets: Sequence[Target],
    reply: Reply,
    least_confidence: float,
    depth: int,
    milliseconds: float,
) -> Result:
    hits = [ranked.hit for ranked in reply.passages]
    found = places(hits, targets)[:depth]
    right = _is_right(question, targets, reply)
    withheld = reply.confidence is not None and reply.confidence < least_confidence
    said = None if withheld else _said(reply)
    scores: dict[Measure, float] = {}
    if targets:
        scores |= ranking_scores(found, targets=len(targets))
        scores[Measure.RIGHT_CITATION] = float(said is not None and _cites_a_target(reply, targets))
    if question.answers and question.answerable:
        scores |= agreement(said, question.answers)
    if right is not None and question.answerable:
        scores[Measure.RIGHT_ANSWER] = float(right and said is not None)
    silence = Measure.SILENT_WRONGLY if question.answerable else Measure.KEPT_SILENT
    scores[silence] = float(said is None)
    return Result(
        question=question.text,
        id=question.id,
        answerable=question.answerable,
        judged=bool(targets),
        rank=next((n for n, target in enumerate(found, start=1) if target is not None), None),
        scores=scores,
        abstained=said is None,
        milliseconds=milliseconds,
        answer=said and said.sentence,
        wanted=tuple(target.excerpt for target in targets),
        first=_excerpt(hits[0]) if hits else None,
        confidence=reply.confidence,
        right=right,
    )


def _said(reply: Reply) -> Said | None:
    if not isinstance(reply.outcome, Answer):
        return None
    return Said(reply.citations[0].quote, reply.outcome.words)


def _is_right(question: JudgedQuestion, targets: Sequence[Target], reply: Reply) -> bool | None:
    """Whether what was said first agrees with a given answer and stands in a right passage, as far
    as the set tells; what is not answerable has no right answer."""
    if not question.answerable:
        return False
    said = _said(reply)
    if not question.answers and not targets:
        return None
    return (
        said is not None
        and (not question.answers or agrees(said, question.answers))
        and (not targets or _cites_a_target(reply, targets))
    )


def _cites_a_target(reply: Reply, targets: Sequence[Target]) -> bool:
    """Whether what was said first, which a budget cannot change, is of a right passage."""
    cited = reply.citations[0].passage_id if reply.citations else None
    passages = (ranked.hit.passage for ranked in reply.passages)
    return any(
        target.is_met_by(passage)
        for passage in passages
        if passage.id == cited
        for target in targets
    )


def _excerpt(hit: Hit) -> Excerpt:
    heading = hit.passage.heading
    return Excerpt(f"{hit.title} › {heading}" if heading else hit.title, hit.passage.text)
