"""Passages that the shipped ranking puts beside the one that answers.

A family is a question with the passage that answers it and some that do not. They are read in one
batch, so that the reader learns to order them and not only to judge each.
"""

import gzip
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from index.encoders import encoder_for
from index.models import DEFAULT_MODEL, find_model
from index.search import Searcher
from index.types import Hit
from training.examples import Example
from training.passages import index_of, passage_id

__all__ = ["families"]

# Questions that make sense by themselves, of passages that are like those people ask of.
ASKED_OF = frozenset({
    "squad-train-parts", "squad-contexts-5q", "squad2-unansq-dev", "squadshifts-newwiki", "nq-qed",
    "nq-open-gold", "qamr", "timeqa", "doc2dial", "selqa", "musique-hops",
})  # fmt: skip
DEPTH = 10
FILE = "rivals"


def families(
    examples: Sequence[Example], folder: Path, *, rivals: int, seed: int
) -> list[tuple[Example, ...]]:
    """A question with its passage and the best-ranked ones that do not hold the answer's words.

    Args:
        examples: What is trained on.
        folder: Where the index and the result are kept, so that a resumed run need not ask again.
        rivals: How many wrong passages a family has at most; at least one.
        seed: Of the order of the families.
    """
    cache = folder / "families.jsonl.gz"
    if not cache.exists():
        _write(cache, _find(examples, folder / "passages"))
    with gzip.open(cache, "rt", encoding="utf-8") as lines:
        found = [tuple(_read(row) for row in json.loads(line)) for line in lines]
    random.Random(seed).shuffle(found)
    return [family[: rivals + 1] for family in found]


def _find(examples: Sequence[Example], folder: Path) -> list[list[Example]]:
    rows = [example for example in examples if example.file in ASKED_OF]
    collection = index_of(rows, folder, name=FILE)
    searcher = Searcher(collection, encoder_for(find_model(DEFAULT_MODEL)))
    titles = {passage_id(row.passage): row.title for row in rows}
    asked = list({row.question: row for row in rows if row.answerable}.values())
    found = []
    with click.progressbar(asked, label="asking", item_show_func=None) as shown:
        for example in shown:
            hits = searcher.search(example.question, k=DEPTH, snapshot=collection.snapshot()).hits
            wrong = list(_wrong(example, hits, titles))
            if wrong:
                found.append([example, *wrong])
    return found


def _wrong(example: Example, hits: Sequence[Hit], titles: Mapping[str, str]) -> Iterator[Example]:
    """What was found and neither is the passage nor holds the words of an answer."""
    right = passage_id(example.passage)
    words = [said.casefold() for said in example.said()]
    for hit in hits:
        text, of = hit.passage.text, hit.passage.document_id
        if of != right and not any(said in text.casefold() for said in words):
            yield Example(FILE, example.question, titles[of], text, (), False)


def _read(row: dict[str, object]) -> Example:
    answers = row["answers"]
    assert isinstance(answers, list)
    return Example(**{**row, "answers": tuple((start, end) for start, end in answers)})  # type: ignore[arg-type]  # JSON


def _write(path: Path, found: Sequence[Sequence[Example]]) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as lines:
        for family in found:
            lines.write(json.dumps([asdict(example) for example in family]) + "\n")
