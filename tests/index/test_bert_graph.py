"""The graph of a BERT, against the model that sentence-transformers makes of the same weights."""

import numpy as np
import onnx
import pytest

from index.bert import Bert, read_bert
from index.bert_graph import graph_of
from index.embedding import Encoder
from index.forward_pass import ForwardPass
from index.models import DEFAULT_MODEL, find_model
from index.word_pieces import WordPieces

TEXTS = ["A canal links two oceans.", "¿Cuánto cuesta? 東京 😀", "word " * 400, ""]


@pytest.fixture(scope="module")
def bert() -> Bert:
    return read_bert(find_model(DEFAULT_MODEL).path)


@pytest.fixture(scope="module")
def pieces(bert: Bert) -> WordPieces:
    return WordPieces(bert.tokenizer, most=bert.most_tokens)


def means(graph: bytes, pieces: WordPieces, texts: list[str]) -> np.ndarray:
    run = ForwardPass(graph)
    rows = np.stack([run(pieces.of(text).ids).mean(axis=0) for text in texts])
    found: np.ndarray = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return found


def test_in_32_bits_a_text_has_the_vector_that_torch_gives_it(
    bert: Bert, pieces: WordPieces, torch_encoder: Encoder
) -> None:
    ours = means(graph_of(bert, quantized=False), pieces, TEXTS)

    assert ours == pytest.approx(torch_encoder.encode_passages(TEXTS).vectors, abs=1e-5)


def test_in_eight_bits_a_text_has_nearly_that_vector(
    bert: Bert, pieces: WordPieces, torch_encoder: Encoder
) -> None:
    ours = means(graph_of(bert, quantized=True), pieces, TEXTS)

    cosines = (ours * torch_encoder.encode_passages(TEXTS).vectors).sum(axis=1)
    assert cosines == pytest.approx(np.ones(len(TEXTS)), abs=0.03)
    assert cosines.mean() > 0.985


def test_in_eight_bits_a_graph_takes_about_a_quarter_of_the_room(bert: Bert) -> None:
    assert len(graph_of(bert, quantized=True)) < 0.27 * len(graph_of(bert, quantized=False))


def test_equal_weights_give_an_equal_graph(bert: Bert) -> None:
    assert graph_of(bert, quantized=True) == graph_of(bert, quantized=True)


@pytest.mark.parametrize("quantized", [True, False])
def test_the_package_of_the_format_reads_the_graph_and_writes_the_same(
    bert: Bert, quantized: bool
) -> None:
    graph = graph_of(bert, quantized=quantized)

    read = onnx.load_from_string(graph)

    onnx.checker.check_model(read)
    assert read.SerializeToString(deterministic=True) == graph
