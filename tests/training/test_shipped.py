"""The shipped reader's weights, read back from its graph."""

from index.bert import read_bert
from index.bert_graph import reader_graph
from index.models import DEFAULT_MODEL, find_model
from qa.shipped_reader import GRAPH, MODEL
from training.export import weights_of
from training.network import ReaderNetwork
from training.shipped import shipped_weights


def test_a_run_that_begins_with_the_shipped_reader_has_its_weights() -> None:
    model = find_model(DEFAULT_MODEL).path
    network = ReaderNetwork(model)

    network.load_state_dict(shipped_weights(MODEL / GRAPH, network.state_dict()))

    written = reader_graph(
        weights_of(network.state_dict()), read_bert(model), length=160, quantized=True
    )
    assert written == (MODEL / GRAPH).read_bytes()
