"""How far a quote agrees with the answers that a question set gives."""

import re
import string
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from qa.results import Measure

__all__ = ["Said", "agreement", "agrees", "normalized_words"]

# Normalisation, exact match and F1: Rajpurkar, Jia & Liang, ACL 2018, the SQuAD 2.0 script.
PUNCTUATION = str.maketrans("", "", string.punctuation)
SHARED = 0.5
ARTICLES = re.compile(r"\b(a|an|the)\b")


class Said(NamedTuple):
    """The sentence that was quoted, and the words in it that answer."""

    sentence: str
    words: str


def agreement(said: Said | None, answers: Sequence[str]) -> dict[Measure, float]:
    """Compare what was said with each given answer; the best of each measure counts.

    Args:
        said: None where nothing was answered, which agrees with no answer. Its words are compared
            by exact match and F1, its sentence is searched for an answer.
        answers: At least one.
    """
    if said is None:
        return dict.fromkeys((Measure.EXACT_MATCH, Measure.F1, Measure.ANSWER_IN_QUOTE), 0.0)
    sentence, words = normalized_words(said.sentence), normalized_words(said.words)
    given = [normalized_words(answer) for answer in answers]
    return {
        Measure.EXACT_MATCH: float(words in given),
        Measure.F1: max(_f1(words, answer) for answer in given),
        Measure.ANSWER_IN_QUOTE: float(any(_holds(sentence, answer) for answer in given)),
    }


def agrees(said: Said, answers: Sequence[str]) -> bool:
    """Whether what was said is a right answer: its sentence holds a given one, or its words share
    half of one (F1) or stand in one, as "the Bronx" does in "the Bronx, New York City"."""
    sentence, words = normalized_words(said.sentence), normalized_words(said.words)
    given = [normalized_words(answer) for answer in answers]
    return bool(words) and any(
        _holds(sentence, answer) or _f1(words, answer) >= SHARED or _holds(answer, words)
        for answer in given
    )


def normalized_words(text: str) -> list[str]:
    """Words in lower case, without ASCII punctuation and English articles."""
    return ARTICLES.sub(" ", text.lower().translate(PUNCTUATION)).split()


def _f1(said: list[str], given: list[str]) -> float:
    shared = sum((Counter(said) & Counter(given)).values())
    if not said or not given:
        return float(said == given)
    return 2 * shared / (len(said) + len(given))


def _holds(said: list[str], given: list[str]) -> bool:
    """Whether the answer's words stand in the quote, whole and in a row."""
    return f" {' '.join(given)} " in f" {' '.join(said)} " if given else said == given
