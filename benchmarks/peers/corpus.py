"""The texts and questions that everyone gets, as files that every environment can read."""

import gzip
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Asked", "Files", "Row", "write_corpus"]

SETS = {"squad": 300, "chunking": 200}  # questions of each
SEED = 20261122
SAMPLE = 200  # passages that everyone embeds, for the rate

Row = tuple[str, str, int]
"""Id and text of a passage, and which row of the vectors is its own."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a set, and the ids of the passages that are right."""

    name: str
    text: str
    right: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Files:
    """Where the corpus lies; each file holds rows.

    Attributes:
        plain: The passages as they are.
        sample: Some of them.
        many: The same and copies, each with a number of its own at the end.
        more: A hundred further copies.
        vectors: One row for each of `plain`, as sentence-transformers computes it in fp32.
    """

    folder: Path

    @property
    def plain(self) -> Path:
        return self.folder / "plain.json"

    @property
    def sample(self) -> Path:
        return self.folder / "sample.json"

    @property
    def many(self) -> Path:
        return self.folder / "many.json"

    @property
    def more(self) -> Path:
        return self.folder / "more.json"

    @property
    def vectors(self) -> Path:
        return self.folder / "vectors.npy"

    def rows(self, file: Path) -> list[Row]:
        return [(name, text, row) for name, text, row in json.loads(file.read_text("utf-8"))]


def write_corpus(shared: Path, folder: Path, *, most: int) -> tuple[Files, list[Asked]]:
    """Write the passages to files and draw the questions.

    Args:
        shared: Folder of the sets.
        folder: Of the files.
        most: Passages with copies.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = Files(folder)
    plain: list[Row] = []
    for name in SETS:
        for passage in _lines(shared / "evals" / name / "passages.jsonl.gz"):
            # footnoted makes a passage of each paragraph; so everyone has as many passages.
            plain.append((passage["id"], " ".join(passage["text"].split()), len(plain)))
    copies = _copies(plain)
    many = plain + [next(copies) for _ in range(most - len(plain))]
    sample = random.Random(SEED).sample(plain, SAMPLE)
    _write(files.plain, plain)
    _write(files.sample, sample)
    _write(files.many, many)
    _write(files.more, [next(copies) for _ in range(100)])
    same = _same_text(plain)
    asked = [
        Asked(
            name, row["question"], tuple(sorted(set().union(*(same[r] for r in row["relevant"]))))
        )
        for name, count in SETS.items()
        for row in _questions(shared, name, count)
    ]
    return files, asked


def _copies(plain: Sequence[Row]) -> Iterator[Row]:
    number = 2
    while True:
        for name, text, row in plain:
            yield f"{name}~{number}", f"{text} (copy {number})", row
        number += 1


def _same_text(rows: Sequence[Row]) -> dict[str, set[str]]:
    """Ids of all passages with the text of one; a third of `chunking` is there more than once."""
    by_text: dict[str, set[str]] = {}
    for name, text, _ in rows:
        by_text.setdefault(text, set()).add(name)
    return {name: by_text[text] for name, text, _ in rows}


def _questions(shared: Path, name: str, count: int) -> list[dict[str, Any]]:
    rows = [
        row
        for row in _lines(shared / "evals" / name / "questions.jsonl.gz")
        if row.get("answerable", True) and row["relevant"]
    ]
    return random.Random(SEED).sample(rows, count)


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines)


def _write(file: Path, rows: Sequence[Row]) -> None:
    file.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
