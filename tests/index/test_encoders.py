"""Which encoder runs a model, and what a question loads."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from index import encoders
from index.embedding import Encoder, SentenceTransformerEncoder
from index.encoders import encoder_for
from index.errors import UnsupportedModelError
from index.models import DEFAULT_MODEL, find_model
from index.onnx_encoder import LONGEST_QUESTION, OnnxEncoder

HEAVY = ("torch", "sentence_transformers", "transformers", "onnx", "huggingface_hub", "safetensors")


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A model that is no BERT."""
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"weights")
    (folder / "config.json").write_text(json.dumps({"model_type": "mpnet"}))
    return folder


def imported_by(code: str) -> list[str]:
    """Which heavy modules a fresh interpreter holds after some code."""
    told = (
        f"{code}\nimport sys, json; print(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, check=True)
    found: list[str] = json.loads(done.stdout)
    return found


def test_the_default_model_runs_without_torch() -> None:
    assert isinstance(encoder_for(find_model(DEFAULT_MODEL)), OnnxEncoder)


def test_another_architecture_runs_on_sentence_transformers(other: Path) -> None:
    assert isinstance(encoder_for(find_model(str(other))), SentenceTransformerEncoder)


def test_where_that_is_not_installed_the_extra_is_named(
    other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoders, "find_spec", lambda name: None)

    with pytest.raises(UnsupportedModelError, match=r"pip install \"footnoted\[torch\]\""):
        encoder_for(find_model(str(other)))


def test_a_question_and_a_passage_load_neither_torch_nor_what_makes_the_graph(
    encoder: Encoder,
) -> None:
    encoder.encode_queries(["The graph is there now."])

    assert (
        imported_by(
            "from index.encoders import encoder_for\n"
            "from index.models import DEFAULT_MODEL, find_model\n"
            "encoder = encoder_for(find_model(DEFAULT_MODEL))\n"
            "encoder.encode_queries(['A fee?'])\n"
            "encoder.encode_passages(['A fee.', 'A canal.'])\n"
        )
        == []
    )


def test_an_index_made_with_torch_is_asked_without_it(
    encoder: Encoder, torch_encoder: Encoder
) -> None:
    texts = ["A canal links two oceans.", "The ferry costs four euros.", "Tulips bloom in spring."]

    passages = torch_encoder.encode_passages(texts).vectors
    [question] = encoder.encode_queries(["What does the ferry cost?"]).vectors

    assert encoder.identity == torch_encoder.identity
    assert int(np.argmax(passages @ question)) == 1


def test_of_an_endless_question_the_beginning_is_read(encoder: Encoder) -> None:
    start = "A ferry".ljust(LONGEST_QUESTION)

    cut, whole = encoder.encode_queries([start, f"{start}and tulips"]).vectors

    assert cut.tolist() == whole.tolist()
