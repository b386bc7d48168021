"""Questions that were written for this project, `training/questions`.

Those on passages of the training rows name their passage by its SHA-256 and their answer by its
place, so that nobody's text is copied. Those on news, which was written for them, have it beside
them and are rows like all others.
"""

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from training.examples import Example, read_rows

__all__ = ["NEWS", "NEWS_HELD_OUT", "ON_ROWS", "WRITTEN_HERE", "passage_digest", "read_written"]

QUESTIONS = Path(__file__).with_name("questions")
# In the order of their writing.
PARTS = ("", "-second", "-third", "-fourth", "-fifth", "-sixth", "-seventh")
ON_ROWS = frozenset(f"written{part}" for part in PARTS)
NEWS = frozenset(f"written-news{part}" for part in PARTS)
NEWS_HELD_OUT = "written-news-held-out"  # never trained on: for the choice among passages
WRITTEN_HERE = ON_ROWS | NEWS | {NEWS_HELD_OUT}


def read_written(
    names: Iterable[str], rows: Iterable[Example], *, folder: Path = QUESTIONS
) -> Iterator[Example]:
    """The rows of some of the files that were written here.

    Args:
        names: Of files; others than this module's are passed over.
        rows: Of the training data, whose passages the questions are about. A question whose
            passage is not among them is left out.
        folder: Where the files are.
    """
    wanted = sorted(WRITTEN_HERE.intersection(names))
    passages = _by_digest(rows) if ON_ROWS.intersection(wanted) else {}
    for name in wanted:
        if name in ON_ROWS:
            yield from _on(passages, folder, name)
        else:
            yield from read_rows(folder, [name])


def passage_digest(passage: str) -> str:
    """What names a passage in these files: the first half of its SHA-256, as hex digits."""
    return hashlib.sha256(passage.encode()).hexdigest()[:32]


def _by_digest(rows: Iterable[Example]) -> dict[str, tuple[str, str]]:
    """Passage and title; of several rows of one passage the first that has a title."""
    passages: dict[str, tuple[str, str]] = {}
    for row in rows:
        digest = passage_digest(row.passage)
        if not passages.get(digest, ("", ""))[1]:
            passages[digest] = row.passage, row.title
    return passages


def _on(passages: dict[str, tuple[str, str]], folder: Path, name: str) -> Iterator[Example]:
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row["passage"] in passages:
                passage, title = passages[row["passage"]]
                answers = tuple((start, end) for start, end in row["answers"])
                relevant = True if answers else None
                yield Example(name, row["question"], title, passage, answers, relevant)
