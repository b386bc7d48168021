"""Explanations of a ranking as a reply carries them where `explain` asks for them."""

from pydantic import BaseModel, ConfigDict

from index.types import Leg
from qa.types import Explanation, RankedPassage, Reply

__all__ = ["PassageExplanation", "ReplyExplanation"]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True)


class LegModel(_Model):
    """What one leg adds: `weight` times `normalized`."""

    leg: Leg
    rank: int | None
    score: float
    normalized: float
    weight: float


class SentenceModel(_Model):
    """Offsets into the passage's text."""

    start: int
    end: int
    text: str


class PassageExplanation(_Model):
    """Why a passage stands where it stands."""

    summary: str
    legs: list[LegModel]
    matched_words: list[str]
    sentence: SentenceModel | None

    @classmethod
    def of(cls, passage: RankedPassage) -> "PassageExplanation | None":
        found: Explanation | None = passage.explanation
        if found is None:
            return None
        sentence = found.sentence
        return cls(
            summary=found.summary,
            legs=[
                LegModel(
                    leg=part.leg,
                    rank=part.rank,
                    score=part.score,
                    normalized=part.normalized,
                    weight=part.weight,
                )
                for part in found.parts
            ],
            matched_words=list(found.matched_words),
            sentence=SentenceModel(
                start=sentence.start, end=sentence.end, text=sentence.of(passage.hit.passage.text)
            )
            if sentence
            else None,
        )


class ReplyExplanation(_Model):
    """How the question was read and what the filters left out."""

    read_as: str
    filtered_out: int
    passages: int

    @classmethod
    def of(cls, reply: Reply) -> "ReplyExplanation | None":
        if reply.filtered_out is None:
            return None
        return cls(
            read_as=reply.read_as or reply.question,
            filtered_out=reply.filtered_out,
            passages=reply.corpus.passages,
        )
