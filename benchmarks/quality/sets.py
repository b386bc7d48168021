"""The question sets: documents to index, and questions with what is right."""

import gzip
import hashlib
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from api.questions import read_questions
from index.loading import draft_of, find_sources, load
from index.reports import Arrival
from qa.judging import Item, ItemKind, JudgedQuestion

__all__ = ["CHOSEN_ON", "KINDS", "SETS", "QuestionSet", "read_set", "spread"]

ROOT = Path(__file__).resolve().parents[2]
# Further kinds of text: rows of a question and the passage that it was asked about.
KINDS = {
    "wiki-new": "squadshifts-newwiki",
    "forum": "squadshifts-reddit",
    "help pages": "doc2dial",
    "search queries": "nq-qed",
    "long paragraphs": "quoref-dev",
    "news sentences": "qamr",
}
BLIND = {"seeds, blind a": "questions-blind-a", "seeds, blind b": "questions-blind-b"}
SETS = ("seeds", *BLIND, "originals", "squad", "chunking", *KINDS)
CHOSEN_ON = (*KINDS, "selqa")  # the weights of the ranking; never on the four other sets
KIND_PASSAGES = 2_000
KIND_QUESTIONS = 600
UNANSWERABLE = 300

Row = dict[str, Any]  # of JSON Lines; its fields are checked by what is built from them
Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Documents to index and questions to ask, answerable ones first."""

    name: str
    arrivals: tuple[Arrival, ...]
    questions: tuple[JudgedQuestion, ...]

    @property
    def answerable(self) -> tuple[JudgedQuestion, ...]:
        return tuple(question for question in self.questions if question.answerable)


def read_set(
    name: str, shared: Path, *, most: int | None = None, unanswerable: int | None = UNANSWERABLE
) -> QuestionSet:
    """Read one of SETS.

    Args:
        name: Of the set.
        shared: Folder of the sets that are not in the repository.
        most: Questions of either kind, spread evenly; None for all.
        unanswerable: Most unanswerable questions, spread evenly; None for all.

    Raises:
        FileNotFoundError: The set is not on this machine.
    """
    if name in KINDS:
        arrivals, questions = _kind(name, shared / "train" / f"{KINDS[name]}.jsonl.gz")
    elif name in {"seeds", "originals", *BLIND}:
        folder, file = ROOT / "seeds", ROOT / "seeds" / f"{BLIND.get(name, 'questions')}.jsonl"
        if name == "originals":
            folder, file = shared / "seeds", shared / "evals" / "seeds" / "questions.jsonl"
        questions = _questions(file)
        arrivals = [
            Arrival(source.name, source.origin, outcome)
            for source in find_sources(folder)
            for outcome in load(source)
        ]
    else:
        questions = _questions(shared / "evals" / name / "questions.jsonl.gz")
        arrivals = _documents(name, _rows(shared / "evals" / name / "passages.jsonl.gz"))
    answerable = [question for question in questions if question.answerable]
    others = [question for question in questions if not question.answerable]
    asked = spread(answerable, most) + spread(spread(others, unanswerable), most)
    return QuestionSet(name, tuple(arrivals), tuple(asked))


def spread(things: Sequence[Thing], most: int | None) -> list[Thing]:
    """At most so many of them, at even distances and in their order."""
    if most is None or len(things) <= most:
        return list(things)
    return [things[i * len(things) // most] for i in range(most)]


def _questions(file: Path) -> list[JudgedQuestion]:
    if not file.is_file():
        raise FileNotFoundError(None, "no such file", str(file))
    return read_questions(file)


def _kind(name: str, file: Path) -> tuple[list[Arrival], list[JudgedQuestion]]:
    rows = list(_rows(file))
    random.Random(1).shuffle(rows)
    documents: dict[str, Row] = {}
    questions: list[JudgedQuestion] = []
    for row in rows:
        document_id = hashlib.sha256(row["passage"].encode()).hexdigest()[:16]
        if document_id not in documents and len(documents) == KIND_PASSAGES:
            continue
        documents[document_id] = {
            "id": document_id,
            "title": row["title"],
            "text": row["passage"],
        }
        if row["answerable"] and len(questions) < KIND_QUESTIONS:
            item = Item(document_id, ItemKind.DOCUMENT)
            questions.append(JudgedQuestion(row["question"], str(row["id"]), (item,)))
    return _documents(name, documents.values()), questions


def _documents(name: str, rows: Iterable[Row]) -> list[Arrival]:
    fields = ("id", "title", "text")
    lines = (json.dumps({field: row[field] for field in fields if row.get(field)}) for row in rows)
    content = "\n".join(lines).encode()
    return [
        Arrival(name, name, outcome)
        for outcome in draft_of(content, name=f"{name}.jsonl", origin=name)
    ]


def _rows(path: Path) -> Iterator[Row]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from (json.loads(line) for line in file)
