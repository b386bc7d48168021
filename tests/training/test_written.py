"""Questions that were written for this project: on whose passages, and where their answers are."""

import gzip
import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from training.examples import Example
from training.written import (
    NEWS_HELD_OUT,
    ON_ROWS,
    QUESTIONS,
    WRITTEN_HERE,
    passage_digest,
    read_written,
)

FERRY = "The ferry Aurora carries 140 cars."
PASSAGE = Example("nq-qed", "how many cars", "Ferries", FERRY, ((25, 28),), relevant=True)


def write(folder: Path, rows: Iterable[dict[str, object]]) -> None:
    with gzip.open(folder / "written.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def test_a_question_finds_its_passage_by_its_digest_and_its_answer_by_its_place(
    tmp_path: Path,
) -> None:
    digest = passage_digest(FERRY)
    write(tmp_path, [{"passage": digest, "question": "Which ship?", "answers": [[10, 16]]}])

    [read] = read_written(["written"], [PASSAGE], folder=tmp_path)

    assert (read.passage, read.title, read.said()) == (FERRY, "Ferries", ["Aurora"])
    assert read.relevant


def test_one_without_an_answer_is_a_near_miss(tmp_path: Path) -> None:
    write(tmp_path, [{"passage": passage_digest(FERRY), "question": "How fast?", "answers": []}])

    [read] = read_written(["written"], [PASSAGE], folder=tmp_path)

    assert (read.answerable, read.relevant) == (False, None)


def test_one_whose_passage_is_not_there_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, [{"passage": passage_digest("Gone."), "question": "What?", "answers": []}])

    assert not list(read_written(["written"], [PASSAGE], folder=tmp_path))


def test_other_files_are_passed_over() -> None:
    assert not list(read_written(["nq-qed", "cut"], [PASSAGE]))


@pytest.mark.parametrize("name", sorted(WRITTEN_HERE - ON_ROWS))
def test_every_answer_on_news_stands_where_it_is_said_to(name: str) -> None:
    with gzip.open(QUESTIONS / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]

    assert all(
        row["passage"][answer["start"] :].startswith(answer["text"])
        for row in rows
        for answer in row["answers"]
    )
    assert sum(row["answerable"] for row in rows) > len(rows) / 3


def test_news_held_out_is_of_other_articles_than_news_trained_on() -> None:
    held = {row.title for row in read_written([NEWS_HELD_OUT], [])}
    trained = {row.title for row in read_written(WRITTEN_HERE - ON_ROWS - {NEWS_HELD_OUT}, [])}

    assert held
    assert not held & trained


@pytest.mark.parametrize("name", sorted(ON_ROWS))
def test_questions_on_other_peoples_passages_hold_no_text_of_them(name: str) -> None:
    with gzip.open(QUESTIONS / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]

    assert all(set(row) == {"passage", "question", "answers"} for row in rows)
    assert all(len(row["passage"]) == 32 for row in rows)
