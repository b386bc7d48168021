"""Training rows: read as they are, held out by passage, drawn by epoch."""

import gzip
import json
from pathlib import Path

import pytest

from training.examples import Example, draw, read_rows, split_off


def example(number: int, *, file: str = "a", passage: str = "", answered: bool = True) -> Example:
    words = passage or f"passage {number}"
    return Example(file, f"question {number}", "", words, ((0, 7),) if answered else (), answered)


def write(folder: Path, name: str, **row: object) -> None:
    whole = {"question": "q", "title": "t", "passage": "the gull", "answers": [], **row}
    with gzip.open(folder / f"{name}.jsonl.gz", "wt") as file:
        file.write(json.dumps(whole) + "\n")


def test_an_answer_is_a_range_of_the_passage(tmp_path: Path) -> None:
    write(tmp_path, "nq-qed", answerable=True, answers=[{"text": "gull", "start": 4}])

    [read] = read_rows(tmp_path, ["nq-qed"])

    assert (read.answers, read.said(), read.relevant) == (((4, 8),), ["gull"], True)


@pytest.mark.parametrize(
    ("file", "relevant"), [("mined-negatives", False), ("squad2-unansq-dev", None)]
)
def test_a_near_miss_says_nothing_against_relevance(
    tmp_path: Path, file: str, relevant: bool | None
) -> None:
    write(tmp_path, file, answerable=False)

    [read] = read_rows(tmp_path, [file])

    assert (read.answerable, read.relevant) == (False, relevant)


def test_no_passage_and_no_question_is_both_trained_on_and_held_out() -> None:
    examples = [example(n % 150, passage=f"passage {n}") for n in range(300)]

    kept, held = split_off(examples, share=0.2)

    assert not {one.passage for one in kept} & {one.passage for one in held}
    assert not {one.question for one in kept} & {one.question for one in held}
    assert 30 < len(held) < 90


def test_a_passage_is_held_out_in_every_file() -> None:
    examples = [example(n, file=file) for n in range(200) for file in "ab"]

    _, held = split_off(examples, share=0.2)

    in_a, in_b = ({one.passage for one in held if one.file == file} for file in "ab")
    assert in_a == in_b


def test_an_epoch_has_so_many_rows_of_each_file() -> None:
    examples = [example(n, file=file) for n in range(50) for file in "abc"]

    drawn = draw(examples, {"a": 10, "b": -1}, seed=1)

    counts = {file: sum(one.file == file for one in drawn) for file in "abc"}
    assert counts == {"a": 10, "b": 50, "c": 0}


def test_epochs_differ_and_equal_seeds_give_equal_epochs() -> None:
    examples = [example(n) for n in range(50)]

    first, again, second = (draw(examples, {"a": 20}, seed=seed) for seed in (1, 1, 2))

    assert first == again
    assert first != second


def test_more_rows_than_a_file_has_are_some_of_them_again() -> None:
    examples = [example(n) for n in range(10)]

    drawn = draw(examples, {"a": 25}, seed=1)

    times = [sum(one == each for one in drawn) for each in examples]
    assert sorted(times) == [2] * 5 + [3] * 5
