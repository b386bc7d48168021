"""The same questions as people write them: in capitals, as keywords, misspelt.

Every rule is mechanical, and what is drawn at random depends on the question alone.
"""

import random
import re
import string
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from benchmarks.quality.asking import alone, ask, change_of
from benchmarks.quality.indexes import Bench
from benchmarks.quality.sets import spread
from benchmarks.quality.variants import SHIPPED
from benchmarks.recording import Figures
from qa.judging import JudgedQuestion
from qa.results import Result

__all__ = ["WORDINGS", "Wording", "measure_wordings"]

COMMON_SET = "squad"
COMMON_QUESTIONS = 600

WORD = re.compile(r"[^\W\d_]+")
# Articles, auxiliaries, prepositions, pronouns and question words: what is left out of a search.
STOP_WORDS = frozenset(
    WORD.findall(
        "a about after all also an and any are as at be been before being between but by can could "
        "did do does doing during for from had has have having he her his how i if in into is it "
        "its kind many may might more most much name of on one or other s she should so some such "
        "than that the their them there these they this those to type under until up was we were "
        "what when where which while who whom whose why will with would you your"
    )
)
MISSPELT_FROM = 5  # letters
NUMBERS = (
    (re.compile(r"(\d) ?per ?cent\b", re.IGNORECASE), r"\1%"),
    (re.compile(r"(\d) ?%"), r"\1 percent"),
    (re.compile(r"\$ ?(\d[\d.,]*\d|\d)( (?:hundred|thousand|million|billion|trillion))?"), ""),
    (re.compile(r"(\d[\d.,]*\d|\d)( (?:\w+illion|thousand|hundred))? dollars\b"), r"$\1\2"),
    (re.compile(r"(?<![\d.,$])\d{1,3}(?:,\d{3})+(?![\d,])"), ""),
    (re.compile(r"(?<![\d.,$])\d{5,}(?![\d,.]\d|\d)"), ""),
)
COUNTRY = re.compile(r"\bU\.S\.(?:A\.)?|\bUSA?\b|\bUnited States(?: of America)?\b")


@dataclass(frozen=True, slots=True)
class Wording:
    """A way to write a question.

    Attributes:
        reworded: The question so written; None where the rule says nothing about it.
        is_rare: Whether few questions have what the rule changes, so that all are looked at.
    """

    name: str
    reworded: Callable[[str], str | None]
    is_rare: bool = False


def in_capitals(question: str) -> str:
    return question.upper()


def bare(question: str) -> str:
    """Without accents and punctuation; a dash parts words, other signs do not."""
    plain = (c for c in unicodedata.normalize("NFKD", question) if not unicodedata.combining(c))
    kinds = ((c, unicodedata.category(c)) for c in plain)
    kept = (" " if kind == "Pd" else "" if kind.startswith("P") else c for c, kind in kinds)
    return " ".join("".join(kept).split())


def keywords(question: str) -> str | None:
    words = [word for word in bare(question).split() if word.lower() not in STOP_WORDS]
    return " ".join(words) or None


def misspelt(question: str) -> str | None:
    """One edit in the longest name, never of its first letter; the earlier of equally long ones."""
    names = [
        word
        for word in list(WORD.finditer(question))[1:]
        if len(word.group()) >= MISSPELT_FROM and word.group()[0].isupper()
    ]
    if not names:
        return None
    name = max(names, key=lambda word: len(word.group()))
    draw = random.Random(question)
    edited = name.group()
    while edited == name.group():
        edited = _edited(name.group(), draw)
    return question[: name.start()] + edited + question[name.end() :]


def _edited(word: str, draw: random.Random) -> str:
    place = draw.randrange(1, len(word))
    letter = draw.choice(string.ascii_lowercase)
    before, here, after = word[:place], word[place], word[place + 1 :]
    edits = {
        "delete": before + after,
        "insert": before + letter + here + after,
        "swap": before + after[:1] + here + after[1:],
        "replace": before + letter + after,
    }
    return edits[draw.choice(sorted(edits))]


def other_numbers(question: str) -> str | None:
    """The first number that has another form, in that form."""
    for pattern, change in NUMBERS:
        reworded = pattern.sub(change or _number, question, count=1)
        if reworded != question:
            return reworded
    return None


def _number(found: re.Match[str]) -> str:
    text = found.group()
    if text.startswith("$"):
        return f"{found.group(1)}{found.group(2) or ''} dollars"
    return text.replace(",", "") if "," in text else f"{int(text):,}"


def other_country(question: str) -> str | None:
    if not COUNTRY.search(question):
        return None
    return COUNTRY.sub(lambda f: "U.S." if "United" in f.group() else "United States", question)


WORDINGS = (
    Wording("as written", lambda question: question),
    Wording("in capitals", in_capitals),
    Wording("without accents and punctuation", bare),
    Wording("keywords only", keywords),
    Wording("a misspelt name", misspelt),
    Wording("number written differently", other_numbers, is_rare=True),
    Wording("U.S. ↔ United States", other_country, is_rare=True),
)


def measure_wordings(bench: Bench, names: Sequence[str]) -> Iterator[Figures]:
    """Success@1 of each wording and of the same questions as written, all wordings so far.

    Rare wordings are looked for in all questions of all sets of `names`, each asked to its own
    index, the others in COMMON_SET.
    """
    found: Figures = {"wordings": {}}
    for wording in WORDINGS:
        reworded, written = _results(bench, wording, names)
        if reworded:
            change = change_of(reworded, written)
            found["wordings"][wording.name] = change
            shown = f"{change['before']:.3f} → {change['now']:.3f}"
            print(f"{wording.name}: {shown} of {len(reworded)}", flush=True)
            yield found


def _results(
    bench: Bench, wording: Wording, names: Sequence[str]
) -> tuple[list[Result], list[Result]]:
    """Of the reworded questions, and of the same as written."""
    reworded: list[Result] = []
    written: list[Result] = []
    for name in names if wording.is_rare else [COMMON_SET]:
        questions = bench.questions(name).answerable
        most = None if wording.is_rare else bench.limit(COMMON_QUESTIONS)
        changed = _changed(wording, spread(questions, most))
        if changed:
            reworded += ask(bench, bench.collection(name), changed, SHIPPED)
            asked = {question.key for question in changed}
            written += (r for r in alone(bench, name, SHIPPED) if r.key in asked)
    return reworded, written


def _changed(wording: Wording, questions: Sequence[JudgedQuestion]) -> list[JudgedQuestion]:
    """Those that can be written so, known by the same key as before."""
    texts = ((question, wording.reworded(question.text)) for question in questions)
    return [replace(question, text=text, id=question.key) for question, text in texts if text]
