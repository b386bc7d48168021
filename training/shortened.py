"""Questions that say less, and are answered as before: a near miss turned around.

A condition that is added to a question makes it unanswerable; one that is left out does not. People
who do not know the passage leave out when, where and by whom, and ask in the present tense.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from training.examples import Example

__all__ = ["shortened"]

ASKED = re.compile(r"\b(?:who|what|which|where|when|why|how)\b", re.I)
CIRCUMSTANCE = re.compile(
    r",? (?:after|among|as of|as part of|at|because of|before|between|during|following|for|in|on"
    r"|since|thanks to|under|until|within|according to) (?P<what>[^,?]+)\??$"
)
BEFORE_A_WORD = re.compile(r",? ")
LONGEST = 8  # words that are left out at once
FEWEST = 4  # words that must be left
WOULD = re.compile(
    r"^(?P<asked>(?:what|which|how|when|where|why)\b.*?) (?:would|will) (?!.*\bbe\b)", re.I
)
WORD = re.compile(r"\w+")


def shortened(examples: Sequence[Example]) -> list[Example]:
    """Answerable examples with questions that lack a circumstance, or ask in the present tense.

    An example gives at most one, and none where the question would no longer name anything that
    the title names or that is written with a capital.
    """
    found = []
    for example in examples:
        if not (example.answerable and ASKED.match(example.question)):
            continue
        question = _in_the_present(_without_circumstance(example))
        if question != example.question:
            found.append(replace(example, file="shortened", question=question))
    return found


def _without_circumstance(example: Example) -> str:
    question = example.question
    starts = (place.start() for place in BEFORE_A_WORD.finditer(question))
    matches = (CIRCUMSTANCE.match(question, start) for start in starts)
    found = next((match for match in matches if match and _is_one(match["what"])), None)
    if found is None:
        return question
    left = question[: found.start()]
    if len(left.split()) < FEWEST or not _names_something(left, example.title):
        return question
    return left + ("?" if question.endswith("?") else "")


def _is_one(words: str) -> bool:
    """Not so many words that the sense goes with them, and not what is asked for."""
    return len(words.split()) <= LONGEST and not ASKED.search(words)


def _names_something(question: str, title: str) -> bool:
    of_title = {word.casefold() for word in WORD.findall(title) if len(word) > 3}
    words = WORD.findall(question)[1:]
    return any(word[0].isupper() or word.casefold() in of_title for word in words)


def _in_the_present(question: str) -> str:
    return WOULD.sub(r"\g<asked> does ", question, count=1)
