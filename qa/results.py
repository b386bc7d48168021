"""What an evaluation measures, and what became of each question."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from index.types import Mode

__all__ = ["Conditions", "Excerpt", "Measure", "Result", "Run"]


class Measure(StrEnum):
    """A figure of one question, in [0, 1]; a set's figure is its mean.

    Those of the ranking are taken over answerable questions that have judgements, those of the
    answer over questions with given answers, RIGHT_ANSWER and RIGHT_CITATION over both kinds of
    judgement.
    """

    SUCCESS_1 = "success@1"
    SUCCESS_3 = "success@3"
    SUCCESS_5 = "success@5"
    RECALL_1 = "recall@1"
    RECALL_5 = "recall@5"
    RECALL_20 = "recall@20"
    MRR_10 = "mrr@10"
    NDCG_10 = "ndcg@10"
    RIGHT_ANSWER = "right_answer"
    RIGHT_CITATION = "right_citation"
    EXACT_MATCH = "exact_match"
    F1 = "f1"
    ANSWER_IN_QUOTE = "answer_in_quote"
    SILENT_WRONGLY = "silent_wrongly"
    KEPT_SILENT = "kept_silent"

    @property
    def less_is_better(self) -> bool:
        return self is Measure.SILENT_WRONGLY


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Words that a person recognises a passage or document by, and where they stand."""

    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one question.

    Attributes:
        id: As the set names it; None where it does not.
        answerable: Whether the documents say it, according to the set.
        judged: Whether the set tells which passages are right.
        rank: Place of the first right passage or document from 1; None where none was found.
        scores: Each measure that this question has a value of.
        abstained: Whether no answer was given.
        confidence: Probability that the answer is right, as the reader has it, also of one that
            was withheld; None without a reader.
        right: Whether it is, also of one that was withheld; None where that cannot be judged.
        milliseconds: From the question to the reply.
        answer: The quote; None where it was withheld.
        wanted: What the set names as right.
        first: The passage that stood first.
    """

    question: str
    id: str | None
    answerable: bool
    judged: bool
    rank: int | None
    scores: Mapping[Measure, float]
    abstained: bool
    milliseconds: float
    answer: str | None = None
    wanted: tuple[Excerpt, ...] = ()
    first: Excerpt | None = None
    confidence: float | None = None
    right: bool | None = None

    @property
    def key(self) -> str:
        """What a question is known by from one run to the next."""
        return self.question if self.id is None else self.id


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a run was made of, so that a later one can be told apart from it.

    Attributes:
        policy: How passages were ranked and when to answer, by the policies' names.
    """

    version: str
    created_at: str
    questions: str
    collection: str
    generation: int
    documents: int
    passages: int
    model: str
    model_sha256: str
    mode: Mode
    depth: int
    policy: Mapping[str, int | float | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """A whole set's results under one set of conditions.

    Attributes:
        unresolved: Judgements that are found nowhere in the index, as the set has them.
    """

    conditions: Conditions
    results: tuple[Result, ...]
    unresolved: tuple[str, ...] = ()
