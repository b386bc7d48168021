"""The reader that the package carries: small enough, whole, and refused where it is not."""

import json
import shutil
from dataclasses import replace

import pytest

from index.embedding import EncoderIdentity
from index.errors import ModelError
from index.models import DEFAULT_MODEL_SHA256
from qa.calibration import OF_THE_ENCODER, SIGNALS
from qa.shipped_reader import (
    CALIBRATION,
    FACTS,
    GRAPH,
    MODEL,
    find_reader,
    shipped_calibration,
    shipped_reader,
)

DEFAULT = EncoderIdentity("all-MiniLM-L6-v2", DEFAULT_MODEL_SHA256)
MOST_BYTES = 25_000_000


@pytest.fixture
def copied(tmp_path):
    return shutil.copytree(MODEL, tmp_path / "model")


def test_it_is_small_and_known_by_its_hash():
    files = find_reader()

    assert files.graph.stat().st_size <= MOST_BYTES
    assert shipped_reader().name == files.sha256[:12]


def test_it_was_trained_from_the_default_model():
    facts = json.loads((MODEL / FACTS).read_text())

    assert facts["from_weights_sha256"] == DEFAULT_MODEL_SHA256


def test_a_graph_that_is_not_as_it_was_shipped_is_refused(copied):
    graph = copied / GRAPH
    content = bytearray(graph.read_bytes())
    content[len(content) // 2] ^= 1
    graph.write_bytes(content)

    with pytest.raises(ModelError, match="install footnoted again"):
        shipped_reader(copied)


@pytest.mark.parametrize("missing", [GRAPH, FACTS])
def test_a_missing_reader_is_told(copied, missing):
    (copied / missing).unlink()

    with pytest.raises(ModelError, match="reader"):
        shipped_reader(copied)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"id": "a", "answer": {}}'])
def test_a_calibration_that_is_none_is_told(copied, content):
    (copied / CALIBRATION).write_text(content)

    with pytest.raises(ModelError, match="calibration"):
        shipped_calibration(DEFAULT, copied)


def test_for_another_encoder_nothing_counts_that_an_encoder_says():
    other = replace(DEFAULT, name="another", sha256="0" * 64)

    learnt = shipped_calibration(other)

    for model in (learnt.choice, learnt.answer, learnt.relevance):
        weights = dict(zip(SIGNALS, model.weights, strict=True))
        assert {weights[name] for name in OF_THE_ENCODER} == {0.0}
    assert shipped_calibration(DEFAULT).answer.weights[SIGNALS.index("coverage")] != 0.0
