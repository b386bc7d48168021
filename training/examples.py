"""Training rows: read from `train/*.jsonl.gz`, held out by passage, drawn by epoch."""

import gzip
import hashlib
import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Example", "draw", "read_rows", "split_off"]

# How the names of files begin whose passages belong to their questions without answering them:
# written as unanswerable, or taken from the same page. They say nothing against relevance.
NEAR_MISSES = ("squad2-unansq-dev", "squad-contexts-5q", "squad-train-parts", "timeqa", "written")


@dataclass(frozen=True, slots=True)
class Example:
    """A question and one passage.

    Attributes:
        file: Which file it is of, without its ending.
        question: As people wrote it.
        title: Of the passage's document, may be empty.
        passage: One paragraph.
        answers: Half-open ranges of the passage; none where it does not answer.
        relevant: Whether the passage is one to show for the question; None where neither is right.
    """

    file: str
    question: str
    title: str
    passage: str
    answers: tuple[tuple[int, int], ...]
    relevant: bool | None

    @property
    def answerable(self) -> bool:
        """Whether the passage answers the question."""
        return bool(self.answers)

    def said(self) -> list[str]:
        """The answers' words."""
        return [self.passage[start:end] for start, end in self.answers]


def read_rows(folder: Path, files: Iterable[str]) -> Iterator[Example]:
    """All rows of some files, in their order."""
    for name in files:
        with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                yield _example(name, json.loads(line))


def _example(name: str, row: Mapping[str, object]) -> Example:
    answers = row["answers"]
    assert isinstance(answers, list)
    spans = tuple((a["start"], a["start"] + len(a["text"])) for a in answers if a["text"])
    answerable = bool(row["answerable"]) and bool(spans)
    relevant = True if answerable else (None if name.startswith(NEAR_MISSES) else False)
    return Example(
        name,
        str(row["question"]),
        str(row["title"]),
        str(row["passage"]),
        spans if answerable else (),
        relevant,
    )


def split_off(examples: Sequence[Example], *, share: float) -> tuple[list[Example], list[Example]]:
    """Hold out a share of the passages, with every question that is asked of them.

    Which passages depends on their words alone, so that a passage is held out in all files.

    Returns:
        What is trained on, then what is held out. No question and no passage is in both.
    """
    held = [example for example in examples if _lot(example.passage) < share]
    asked = {example.question for example in held if example.answerable}
    kept = [
        example
        for example in examples
        if _lot(example.passage) >= share and example.question not in asked
    ]
    return kept, held


def draw(examples: Sequence[Example], rows: Mapping[str, int], *, seed: int) -> list[Example]:
    """The rows of one epoch, shuffled: of each file as many as `rows` says, -1 for all.

    A file that has fewer rows gives all of them as many times as they fit, and some once more.
    """
    lot = random.Random(seed)
    chosen: list[Example] = []
    for name, count in rows.items():
        of_file = [example for example in examples if example.file == name]
        times, more = divmod(len(of_file) if count < 0 else count, max(1, len(of_file)))
        chosen.extend(of_file * times + lot.sample(of_file, more if of_file else 0))
    lot.shuffle(chosen)
    return chosen


def _lot(passage: str) -> float:
    digest = hashlib.sha256(passage.casefold().encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32
