"""What is known of a model before it is loaded."""

import json
from pathlib import Path

import pytest

from index.models import DEFAULT_MODEL, Prefixes, find_model


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "mine"
    (made / "1_Pooling").mkdir(parents=True)
    (made / "model.safetensors").write_bytes(b"weights")
    return made


def write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content))


def test_prefixes_come_from_the_models_own_configuration(folder: Path) -> None:
    prompts = {"query": "ask: ", "passage": "read: ", "clustering": "x: "}
    write(folder / "config_sentence_transformers.json", {"prompts": prompts})

    assert find_model(str(folder)).prefixes == Prefixes("ask: ", "read: ")


def test_of_several_prompts_for_passages_the_document_s_own_is_taken(folder: Path) -> None:
    prompts = {"corpus": "c: ", "document": "d: "}
    write(folder / "config_sentence_transformers.json", {"prompts": prompts})

    assert find_model(str(folder)).prefixes == Prefixes("", "d: ")


def test_the_card_says_what_the_model_is(folder: Path) -> None:
    write(folder / "config.json", {"num_hidden_layers": 12, "hidden_size": 768})
    write(folder / "sentence_bert_config.json", {"max_seq_length": 512})
    write(folder / "1_Pooling" / "config.json", {"pooling_mode_cls_token": True})

    assert find_model(str(folder)).card == (
        "mine: 12 layers, 768 dimensions, cls pooling, 512 tokens, no prefixes"
    )


@pytest.mark.parametrize("content", ["", "[]", "{"])
def test_a_configuration_that_cannot_be_read_is_no_obstacle(folder: Path, content: str) -> None:
    (folder / "config.json").write_text(content)
    (folder / "config_sentence_transformers.json").write_text(content)

    found = find_model(str(folder))

    assert found.prefixes == Prefixes()
    assert found.card == "mine: ? layers, ? dimensions, mean pooling, ? tokens, no prefixes"


def test_the_default_model_has_no_prefixes() -> None:
    assert find_model(DEFAULT_MODEL).prefixes == Prefixes()
