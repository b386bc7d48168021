"""Late interaction: each word of a question finds its best match in a passage."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from fakes import WordHashEncoder
from hypothesis import given
from hypothesis import strategies as st

from index.embedding import TokenVectors
from index.late_interaction import (
    LateInteraction,
    WeightedTokens,
    WordWeight,
    best_sentence,
    maxsim,
)
from index.types import Hit, Metadata, Passage, Provenance, Scores, Span

Matrix = npt.NDArray[np.float32]


class CountingEncoder(WordHashEncoder):
    """Remembers whose word pieces it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.tokenized: list[str] = []

    def encode_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        self.tokenized += texts
        return super().encode_tokens(texts)


def unit_rows(seed: int, n: int) -> Matrix:
    rows = np.random.default_rng(seed).standard_normal((n, 8)).astype(np.float32)
    unit: Matrix = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def tokens(vectors: Matrix) -> TokenVectors:
    starts = np.arange(0, 4 * len(vectors), 4, dtype=np.int32)
    return TokenVectors(vectors, starts, starts + 3)


def question(vectors: Matrix) -> WeightedTokens:
    weights = np.arange(1, len(vectors) + 1, dtype=np.float32)
    return WeightedTokens(vectors, weights / weights.sum())


def hit(text: str, *, heading: str = "", metadata: Metadata | None = None) -> Hit:
    passage = Passage("a:0", "a", 0, Span(0, len(text)), text, heading)
    return Hit(passage, "T", metadata or Metadata(title="The Ferry"), "a.txt", "sha", Scores(1.0))


@given(st.integers(0, 9999), st.integers(1, 6), st.integers(1, 12))
def test_maxsim_agrees_with_comparing_every_pair(seed: int, n: int, m: int) -> None:
    asked, read = question(unit_rows(seed, n)), tokens(unit_rows(seed + 1, m))

    score = maxsim(asked, read)

    expected = sum(
        weight * max(float(row @ other) for other in read.vectors)
        for weight, row in zip(asked.weights, asked.vectors, strict=True)
    )
    assert score == pytest.approx(expected, abs=1e-5)


@given(st.integers(0, 9999), st.integers(1, 12), st.data())
def test_within_a_span_only_its_word_pieces_count(seed: int, m: int, data: st.DataObject) -> None:
    asked, rows = question(unit_rows(seed, 3)), unit_rows(seed + 1, m)
    first = data.draw(st.integers(0, m - 1))
    last = data.draw(st.integers(first, m - 1))

    score = maxsim(asked, tokens(rows), within=Span(4 * first, 4 * last + 3))

    assert score == pytest.approx(maxsim(asked, tokens(rows[first : last + 1])), abs=1e-5)


def test_the_best_sentence_is_the_one_that_has_every_word() -> None:
    late, found = LateInteraction(WordHashEncoder()), hit("A gull flies. The ferry fee is high.")
    [read] = late.passages([found])
    asked = late.question("ferry fee", [])

    score = best_sentence(asked, found, read)

    assert score == maxsim(asked, read, within=Span(14, 36))
    assert score == pytest.approx(1.0, abs=1e-3)


def test_a_passage_without_word_pieces_scores_nothing() -> None:
    assert maxsim(question(unit_rows(1, 2)), tokens(unit_rows(2, 0))) == 0.0
    assert maxsim(question(unit_rows(1, 0)), tokens(unit_rows(2, 2))) == 0.0


def test_a_word_weighs_as_much_as_it_is_rare() -> None:
    asked = LateInteraction(WordHashEncoder()).question(
        "the ferry fee", [WordWeight(Span(4, 9), 1.0), WordWeight(Span(10, 13), 3.0)]
    )

    assert asked.weights.tolist() == [0.0, 0.25, 0.75]


def test_a_question_of_common_words_only_weighs_all_of_them_alike() -> None:
    asked = LateInteraction(WordHashEncoder()).question("what is it of", [])

    assert asked.weights.tolist() == [0.25, 0.25, 0.25, 0.25]


def test_a_question_without_words_scores_nothing() -> None:
    late = LateInteraction(WordHashEncoder())

    score = maxsim(late.question("?", []), late.passages([hit("A ferry")])[0])

    assert score == 0.0


def test_the_passage_is_read_in_its_context_and_told_by_its_own_places() -> None:
    [read] = LateInteraction(WordHashEncoder()).passages([hit("a fee", heading="Ferry › Rules")])

    assert read.starts.tolist() == [-6, 0, 2]


def test_opening_words_that_stand_for_a_title_are_no_context() -> None:
    metadata = Metadata(title="a fee", provenance={"title": Provenance.OPENING_WORDS})

    [read] = LateInteraction(WordHashEncoder()).passages([hit("a fee", metadata=metadata)])

    assert read.starts.tolist() == [0, 2]


def test_a_passage_is_encoded_once_and_read_again_with_the_same_values() -> None:
    encoder = CountingEncoder()
    late = LateInteraction(encoder)

    first = late.passages([hit("one"), hit("two"), hit("one")])
    second = late.passages([hit("two"), hit("one")])

    assert encoder.tokenized == ["The Ferry\none", "The Ferry\ntwo"]
    assert np.array_equal(first[0].vectors, second[1].vectors)


def test_a_passage_under_another_title_is_encoded_anew() -> None:
    encoder = CountingEncoder()
    late = LateInteraction(encoder)

    late.passages([hit("one")])
    late.passages([hit("one", metadata=Metadata(title="The Bridge"))])

    assert encoder.tokenized == ["The Ferry\none", "The Bridge\none"]


def test_only_so_many_passages_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.late_interaction.CACHED", 1)
    encoder = CountingEncoder()
    late = LateInteraction(encoder)

    late.passages([hit("one"), hit("two")])
    late.passages([hit("one")])

    assert encoder.tokenized == ["The Ferry\none", "The Ferry\ntwo", "The Ferry\none"]
