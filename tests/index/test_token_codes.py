"""Word pieces at one bit a dimension: their size, their error, and what is kept of them."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.embedding import Encoder, TokenVectors
from index.token_codes import CONTEXT, pack, unpack
from index.types import Span

Matrix = npt.NDArray[np.float32]


def unit_rows(seed: int, n: int, dim: int = 384) -> Matrix:
    rows = np.random.default_rng(seed).standard_normal((n, dim)).astype(np.float32)
    unit: Matrix = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def tokens(vectors: Matrix, *, first: int = 0) -> TokenVectors:
    """Word pieces of three characters with a space between them."""
    starts = first + np.arange(0, 4 * len(vectors), 4, dtype=np.int32)
    return TokenVectors(vectors, starts, starts + 3)


def test_a_passage_of_150_word_pieces_takes_less_than_8_kib() -> None:
    assert len(pack(tokens(unit_rows(1, 150)), [Span(0, 600)])) == 150 * 51 < 8 * 1024


@given(st.integers(0, 9999))
def test_a_vector_is_at_cosine_one_with_its_own_code(seed: int) -> None:
    vectors = unit_rows(seed, 5)

    codes = unpack([pack(tokens(vectors), [Span(0, 20)])], dim=384)

    assert np.diag(codes.cosines(vectors)) == pytest.approx(np.ones(5), abs=5e-3)


def test_rounding_the_question_moves_a_cosine_by_less_than_five_thousandths() -> None:
    asked, read = unit_rows(3, 8), unit_rows(4, 200)

    codes = unpack([pack(tokens(read), [Span(0, 800)])], dim=384)

    exact = asked @ (2.0 * codes.signs - 1).T * codes.scales
    moved = np.abs(codes.cosines(asked) - exact)
    assert moved.mean() < 5e-4
    assert moved.max() < 5e-3


def test_cosines_are_estimated_without_bias() -> None:
    vectors = unit_rows(1, 400)
    near = vectors + 0.06 * np.random.default_rng(2).standard_normal(vectors.shape)
    near = (near / np.linalg.norm(near, axis=1, keepdims=True)).astype(np.float32)

    codes = unpack([pack(tokens(vectors), [Span(0, 1600)])], dim=384)

    errors = np.diag(codes.cosines(near)) - (near * vectors).sum(axis=1)
    assert abs(float(errors.mean())) < 0.005
    assert float(np.abs(errors).max()) < 0.15


def test_the_best_matches_of_real_word_pieces_stay_the_best(
    encoder: Encoder,
) -> None:
    text = "The ferry to the island costs four euros. Children under six travel free of charge."
    [asked] = encoder.encode_queries(["What does the ferry cost?"]).tokens
    [read] = encoder.encode_passages([text]).tokens

    cosines = unpack([pack(read, [Span(0, len(text))])], dim=384).cosines(asked.vectors)

    exact = asked.vectors @ read.vectors.T
    assert cosines.max(axis=1) == pytest.approx(exact.max(axis=1), abs=0.12)


def test_word_pieces_know_their_sentence_and_those_of_the_context_have_none() -> None:
    packed = pack(tokens(unit_rows(1, 5), first=-8), [Span(0, 7), Span(8, 12)])

    assert unpack([packed], dim=384).sentences.tolist() == [CONTEXT, CONTEXT, 0, 0, 1]


def test_a_word_piece_between_two_sentences_belongs_to_the_first() -> None:
    packed = pack(tokens(unit_rows(1, 3)), [Span(0, 3), Span(8, 11)])

    assert unpack([packed], dim=384).sentences.tolist() == [0, 0, 1]


def test_hundreds_of_sentences_are_told_apart_as_far_as_a_byte_goes() -> None:
    sentences = [Span(4 * n, 4 * n + 3) for n in range(300)]

    numbers = unpack([pack(tokens(unit_rows(1, 300)), sentences)], dim=384).sentences

    assert numbers[:254].tolist() == list(range(254))
    assert set(numbers[254:].tolist()) == {254}


def test_passages_lie_one_after_another() -> None:
    codes = [pack(tokens(unit_rows(n, n)), [Span(0, 99)]) for n in (2, 3, 1)]

    assert unpack(codes, dim=384).starts.tolist() == [0, 2, 5]


def test_a_passage_without_word_pieces_is_at_a_right_angle_to_everything() -> None:
    nothing = pack(tokens(np.zeros((0, 8), np.float32)), [Span(0, 1)])

    cosines = unpack([nothing], dim=8).cosines(unit_rows(1, 2, 8))

    assert cosines.tolist() == [[0.0], [0.0]]


def test_no_passages_have_no_codes() -> None:
    assert unpack([], dim=8).starts.tolist() == []


@given(st.integers(1, 40))
def test_any_number_of_dimensions_can_be_packed(dim: int) -> None:
    packed = pack(tokens(unit_rows(1, 3, dim)), [Span(0, 12)])

    assert unpack([packed], dim=dim).signs.tolist() == (unit_rows(1, 3, dim) > 0).tolist()
