"""Questions that a passage no longer answers, because one word of them was exchanged.

People who write unanswerable questions exchange a name, a year, a superlative. The same is done
here to answerable ones: the new question names what the passage does not.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import replace

from training.examples import Example

__all__ = ["swapped", "swapped_within"]

NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b")
# A run of capitalised words that does not begin the question.
NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w'’-]+(?: (?:of |the |de )?[A-Z][\w'’-]+)*")
OPPOSITES = {
    "after": "before", "begin": "end", "best": "worst", "biggest": "smallest", "east": "west",
    "eastern": "western", "fewest": "most", "first": "last", "front": "back", "gain": "lose",
    "high": "low", "higher": "lower", "highest": "lowest", "increase": "decrease",
    "increased": "decreased", "inside": "outside", "largest": "smallest", "left": "right",
    "less": "more", "longest": "shortest", "major": "minor", "maximum": "minimum",
    "newest": "oldest", "north": "south", "northern": "southern", "open": "close",
    "oldest": "newest", "rich": "poor", "start": "end", "started": "ended", "strong": "weak",
    "top": "bottom", "upper": "lower", "win": "lose", "winner": "loser", "won": "lost",
}  # fmt: skip
BOTH_WAYS = OPPOSITES | {second: first for first, second in OPPOSITES.items()}
OPPOSITE = re.compile(rf"\b(?:{'|'.join(sorted(BOTH_WAYS))})\b")


def swapped(examples: Sequence[Example], *, seed: int) -> list[Example]:
    """Unanswerable examples made from answerable ones, at most one of each.

    A name or number is exchanged for one of another question of the same file, a superlative or a
    direction for its opposite. Where nothing can be exchanged the example gives none.
    """
    lot = random.Random(seed)
    names = _found(examples, NAME)
    numbers = _found(examples, NUMBER)
    made = (_exchange(example, names, numbers, lot) for example in examples if example.answerable)
    return [example for example in made if example is not None]


def swapped_within(examples: Sequence[Example], *, seed: int) -> list[Example]:
    """As `swapped`, but the new name or number is another one of the same passage.

    These are harder: every word of the new question stands in the passage, only not together. A
    few of them may be answerable after all. Nothing is exchanged for the answer itself.
    """
    lot = random.Random(seed)
    made = (_exchange_within(example, lot) for example in examples if example.answerable)
    return [example for example in made if example is not None]


def _exchange_within(example: Example, lot: random.Random) -> Example | None:
    question, passage = example.question, example.passage
    asked, said = question.casefold(), " ".join(example.said()).casefold()
    ways: list[tuple[re.Match[str], str]] = []
    for pattern in (NAME, NUMBER):
        found = [match for match in pattern.finditer(question) if match[0] in passage]
        others = sorted(
            word
            for word in set(pattern.findall(passage))
            if word.casefold() not in asked and word.casefold() not in said
        )
        if found and others:
            ways.append((lot.choice(found), lot.choice(others)))
    return _with(example, *lot.choice(ways), file="swapped-within") if ways else None


def _found(examples: Sequence[Example], pattern: re.Pattern[str]) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {}
    for example in examples:
        found.setdefault(example.file, set()).update(pattern.findall(example.question))
    return {name: sorted(words) for name, words in found.items()}


def _exchange(
    example: Example,
    names: dict[str, list[str]],
    numbers: dict[str, list[str]],
    lot: random.Random,
) -> Example | None:
    question, passage = example.question, example.passage.casefold()
    ways: list[tuple[re.Match[str], str]] = []
    for pattern, others in ((NAME, names), (NUMBER, numbers)):
        found = [match for match in pattern.finditer(question) if match[0].casefold() in passage]
        other = lot.choice(others[example.file]) if others.get(example.file) else ""
        if found and other and other.casefold() not in passage:
            ways.append((lot.choice(found), other))
    ways.extend((match, BOTH_WAYS[match[0]]) for match in OPPOSITE.finditer(question))
    if not ways:
        return None
    return _with(example, *lot.choice(ways), file="swapped")


def _with(example: Example, place: re.Match[str], word: str, *, file: str) -> Example:
    """The example with a word of its question exchanged, answered no longer."""
    new = example.question[: place.start()] + word + example.question[place.end() :]
    return replace(example, file=file, question=new, answers=(), relevant=None)
