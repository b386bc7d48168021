"""Rows that a reader takes for what they are not, or nearly: what it can learn most from.

Whether a row answers is known for questions that people or this project wrote with the passage
before their eyes; of what a search found it is not, so only the former are looked through.
"""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click

from qa.passage_reader import PassageReader
from training.examples import Example
from training.written import NEWS, ON_ROWS

__all__ = ["misjudged"]

WITH_THE_PASSAGE = ON_ROWS | NEWS | {"squad-train-parts", "squad-contexts-5q", "squad2-unansq-dev"}
DOUBT = 1.0  # log-odds: a verdict that is right, but by less than this, counts as misjudged, too
FILE = "misjudged"


def misjudged(examples: Sequence[Example], reader: PassageReader, folder: Path) -> list[Example]:
    """The rows whose `answerable` a reader gets wrong, or right by less than `DOUBT`.

    Args:
        examples: What is trained on.
        reader: Reads each with its title.
        folder: Where its verdicts are kept, under its name; one that is there is not asked for
            again.

    Returns:
        The rows, in their order, as of a file `misjudged`.
    """
    cache = folder / f"judged-{reader.name}.jsonl.gz"
    rows = [example for example in examples if example.file in WITH_THE_PASSAGE]
    known = _kept(cache)
    missing = [row for row in rows if _key(row) not in known]
    with click.progressbar(missing, label="judging", item_show_func=None) as shown:
        for row in shown:
            verdict = reader.read(row.question, row.title, row.passage)
            known[_key(row)] = round(verdict.answerable, 4)
    if missing:
        _keep(cache, known)
    return [replace(row, file=FILE) for row in rows if _is_misjudged(row, known[_key(row)])]


def _is_misjudged(row: Example, answerable: float) -> bool:
    return answerable < DOUBT if row.answerable else answerable > -DOUBT


def _key(row: Example) -> tuple[str, str, str]:
    return row.question, row.title, row.passage


def _kept(cache: Path) -> dict[tuple[str, str, str], float]:
    if not cache.exists():
        return {}
    with gzip.open(cache, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return {(question, title, passage): answerable for question, title, passage, answerable in rows}


def _keep(cache: Path, known: Mapping[tuple[str, str, str], float]) -> None:
    """Whole or not at all: a run may be ended at any time, and goes on."""
    unfinished = cache.with_suffix(".part")
    with gzip.open(unfinished, "wt", encoding="utf-8") as lines:
        for key, answerable in known.items():
            lines.write(json.dumps([*key, answerable]) + "\n")
    unfinished.replace(cache)
