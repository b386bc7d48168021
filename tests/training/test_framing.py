"""Examples to windows: the answer is in the stretch that is read, and its place is right."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.models import DEFAULT_MODEL, find_model
from qa.windows import Window, WindowCutter
from training.examples import Example
from training.framing import batches, frame
from training.network import Target

CUTTER = WindowCutter(find_model(DEFAULT_MODEL).path / "tokenizer.json", length=64)
WORDS = " ".join(f"word{n}" for n in range(200))
NOTHING = Example("a", "which word?", "", WORDS, (), None)


def at(word: str) -> Example:
    start = WORDS.index(f"{word} ")
    return Example("a", "which word?", "A title", WORDS, ((start, start + len(word)),), True)


def said(window: Window, target: Target) -> str:
    places = window.places[[target.start - window.first, target.end - window.first]]
    return WORDS[places[0, 0] : places[1, 1]]


@settings(max_examples=60, deadline=None)
@given(number=st.integers(0, 198), seed=st.integers(0, 2**32 - 1))
def test_the_answer_stands_where_the_target_says(number: int, seed: int) -> None:
    window, target = frame(at(f"word{number}"), CUTTER, lot=random.Random(seed))

    assert len(window) <= 64
    assert said(window, target) == f"word{number}"


def test_what_has_no_answer_points_at_the_first_piece() -> None:
    _, target = frame(NOTHING, CUTTER, lot=random.Random(1))

    assert (target.start, target.end, target.answerable, target.relevant) == (0, 0, False, None)


@pytest.mark.parametrize("titled", [0.0, 1.0])
def test_the_title_stands_between_question_and_passage(titled: float) -> None:
    window, _ = frame(at("word3"), CUTTER, lot=random.Random(1), titled=titled)

    title = len(CUTTER.pieces("A title")) * int(titled)
    assert window.first == 1 + len(CUTTER.pieces("which word?")) + 1 + title + 1


def test_every_example_is_in_one_batch_and_equal_seeds_give_equal_batches() -> None:
    examples = [[at(f"word{n}")] for n in range(40)]

    first, again = (
        [
            [int(window.ids.sum()) for window, _ in batch]
            for batch in batches(examples, CUTTER, size=8, span_weights={}, seed=seed)
        ]
        for seed in (1, 1)
    )

    assert (first, [len(batch) for batch in first]) == (again, [8] * 5)


def test_a_family_is_read_in_one_batch_and_its_rows_are_told_from_others() -> None:
    families = [[at(f"word{n}"), NOTHING, NOTHING] for n in range(9)] + [[at("word3")]] * 4

    cut = list(batches(families, CUTTER, size=8, span_weights={}, seed=1))

    assert max(map(len, cut)) <= 8
    sizes = [Counter(target.family for _, target in batch) for batch in cut]
    assert sum((Counter(dict(each)) for each in sizes), Counter())[-1] == 4
    assert all(rows == 3 for batch in sizes for family, rows in batch.items() if family >= 0)


def test_a_missing_title_gives_no_passage_of_a_family_away() -> None:
    families = [[at("word3"), NOTHING]] * 20  # the first has a title, the second has none

    windows = [
        window
        for cut in batches(families, CUTTER, size=8, span_weights={}, seed=1)
        for window, _ in cut
    ]

    assert {window.first for window in windows} == {len(CUTTER.pieces("which word?")) + 3}
