"""The reader's graph gives what the network that was trained gives."""

import numpy as np
import pytest
import torch

from index.bert import read_bert
from index.bert_graph import READER_OUTPUTS, reader_graph
from index.forward_pass import ForwardPass
from index.models import DEFAULT_MODEL, find_model
from qa.windows import WindowCutter
from training.export import mean_of, weights_of
from training.network import ReaderNetwork

LENGTH = 160
QUESTION, TITLE = "What fee does the harbour charge?", "The harbour"
PASSAGE = "Ships of any draught have used it since 1891. The fee is low, two crowns a ton. " * 9


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(1)
    return ReaderNetwork(find_model(DEFAULT_MODEL).path).eval()


@pytest.fixture(scope="module")
def window():
    cutter = WindowCutter(find_model(DEFAULT_MODEL).path / "tokenizer.json", length=LENGTH)
    return next(cutter.windows(QUESTION, TITLE, PASSAGE))


def read(graph, window):
    inputs = {"input_ids": window.ids, "token_type_ids": window.kinds}
    return dict(zip(READER_OUTPUTS, ForwardPass(graph).outputs(inputs), strict=True))


def graph_of(network, *, quantized):
    bert = read_bert(find_model(DEFAULT_MODEL).path)
    weights = weights_of(network.state_dict())
    return reader_graph(weights, bert, length=LENGTH, quantized=quantized)


@torch.inference_mode()
def expected(network, window):
    ids, kinds = (torch.from_numpy(each)[None] for each in (window.ids, window.kinds))
    start, end, answerable, relevant = network(ids, kinds, torch.ones_like(ids))
    return torch.stack([start[0], end[0]], dim=1).numpy(), [answerable.item(), relevant.item()]


def test_in_32_bits_it_gives_the_same(network, window):
    ends, verdicts = expected(network, window)

    found = read(graph_of(network, quantized=False), window)

    assert len(window) == LENGTH
    assert found["ends"] == pytest.approx(ends, abs=1e-4)
    assert found["verdicts"].tolist() == pytest.approx(verdicts, abs=1e-4)


def test_in_eight_bits_it_gives_nearly_the_same(network, window):
    ends, _ = expected(network, window)

    found = read(graph_of(network, quantized=True), window)

    assert np.corrcoef(found["ends"].ravel(), ends.ravel())[0, 1] > 0.97


def test_the_question_is_told_from_the_passage(network, window):
    graph = ForwardPass(graph_of(network, quantized=False))

    alike = graph.outputs({"input_ids": window.ids, "token_type_ids": window.kinds * 0})

    assert np.abs(alike[0] - read_raw(graph, window)[0]).max() > 1e-3


def read_raw(graph, window):
    return graph.outputs({"input_ids": window.ids, "token_type_ids": window.kinds})


def test_of_several_runs_the_mean_of_their_weights_is_taken() -> None:
    one, other = ({"a": np.full((2, 2), x, np.float32), "b": np.array([x])} for x in (1.0, 4.0))

    mean = mean_of([one, other])

    assert mean["a"].tolist() == [[2.5, 2.5], [2.5, 2.5]]
    assert mean["b"].tolist() == [2.5]
    assert mean["a"].dtype == np.float32
