"""How far a quote agrees with the answers that a question set gives."""

import re
import string
from collections import Counter
from collections.abc import Sequence

from qa.results import Measure

__all__ = ["agreement", "normalized_words"]

# Normalisation, exact match and F1: Rajpurkar, Jia & Liang, ACL 2018, the SQuAD 2.0 script.
PUNCTUATION = str.maketrans("", "", string.punctuation)
ARTICLES = re.compile(r"\b(a|an|the)\b")


def agreement(quote: str | None, answers: Sequence[str]) -> dict[Measure, float]:
    """Compare a quote with each given answer; the best of each measure counts.

    Args:
        quote: None where nothing was answered, which agrees with no answer.
        answers: At least one.
    """
    if quote is None:
        return dict.fromkeys((Measure.EXACT_MATCH, Measure.F1, Measure.ANSWER_IN_QUOTE), 0.0)
    said = normalized_words(quote)
    given = [normalized_words(answer) for answer in answers]
    return {
        Measure.EXACT_MATCH: float(said in given),
        Measure.F1: max(_f1(said, words) for words in given),
        Measure.ANSWER_IN_QUOTE: float(any(_holds(said, words) for words in given)),
    }


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
