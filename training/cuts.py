"""Passages without the sentence that answered: all else of the subject is still there."""

from collections.abc import Sequence
from dataclasses import replace

from index.sentences import sentence_spans
from index.types import Span
from training.examples import Example

__all__ = ["cut"]

FEWEST = 2  # sentences that must be left


def cut(examples: Sequence[Example]) -> list[Example]:
    """Unanswerable examples made from answerable ones, at most one of each.

    The sentences that hold an answer are taken out of the passage. An example gives none where its
    passage has too few other sentences, or says the answer's words in them, too.
    """
    made = (_cut(example) for example in examples if example.answerable)
    return [example for example in made if example is not None]


def _cut(example: Example) -> Example | None:
    passage = example.passage
    kept = [
        span
        for span in sentence_spans(passage)
        if not any(_overlap(span, answer) for answer in example.answers)
    ]
    left = " ".join(span.of(passage) for span in kept)
    words = left.casefold()
    if len(kept) < FEWEST or any(said.casefold() in words for said in example.said()):
        return None
    return replace(example, file="cut", passage=left, answers=(), relevant=None)


def _overlap(span: Span, answer: tuple[int, int]) -> bool:
    return span.start < answer[1] and answer[0] < span.end
