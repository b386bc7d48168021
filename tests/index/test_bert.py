"""Which models the light runtime reads, and what it says of the others."""

import json
from pathlib import Path

import pytest

from index.bert import Pooling, read_bert
from index.errors import UnsupportedModelError
from index.models import DEFAULT_MODEL, find_model

CONFIG = {
    "model_type": "bert",
    "hidden_act": "gelu",
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "layer_norm_eps": 1e-7,
    "max_position_embeddings": 512,
}
MODULES = [{"type": f"sentence_transformers.models.{name}"} for name in ("Transformer", "Pooling")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model that is read, but for its weights."""
    made = tmp_path / "mine"
    (made / "1_Pooling").mkdir(parents=True)
    write(made / "config.json", CONFIG)
    write(made / "modules.json", MODULES)
    write(made / "1_Pooling" / "config.json", {"pooling_mode_cls_token": True})
    for name in ("model.safetensors", "tokenizer.json"):
        (made / name).touch()
    return made


def write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content))


def test_the_shape_is_that_of_the_models_configuration(folder: Path) -> None:
    write(folder / "sentence_bert_config.json", {"max_seq_length": 128})

    bert = read_bert(folder)

    assert (bert.layers, bert.heads, bert.epsilon, bert.most_tokens) == (2, 4, 1e-7, 128)


def test_a_text_is_as_long_as_there_are_positions_where_nothing_else_is_said(folder: Path) -> None:
    assert read_bert(folder).most_tokens == 512


@pytest.mark.parametrize(
    ("config", "pooling"),
    [
        ({"pooling_mode": "max"}, Pooling.MAX),
        ({"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}, Pooling.CLS),
        ({"pooling_mode_mean_tokens": True, "include_prompt": True}, Pooling.MEAN),
    ],
)
def test_the_pooling_is_the_models_own(folder: Path, config: object, pooling: Pooling) -> None:
    write(folder / "1_Pooling" / "config.json", config)

    assert read_bert(folder).pooling is pooling


@pytest.mark.parametrize(
    ("file", "content", "what"),
    [
        ("config.json", {**CONFIG, "model_type": "mpnet"}, "an architecture other than BERT"),
        ("config.json", {**CONFIG, "hidden_act": "relu"}, "an activation other than GELU"),
        ("config.json", {**CONFIG, "position_embedding_type": "relative_key"}, "relative posit"),
        ("modules.json", [*MODULES, {"type": "models.Dense"}], "layers behind its pooling"),
        ("modules.json", MODULES[:1], "modules Transformer"),
        ("sentence_bert_config.json", {"do_lower_case": True}, "texts in small letters"),
        ("1_Pooling/config.json", {"pooling_mode_weightedmean_tokens": True}, "pooling_mode_w"),
        (
            "1_Pooling/config.json",
            {"pooling_mode_max_tokens": True, "pooling_mode_cls_token": True},
            "pooling max and cls",
        ),
    ],
)
def test_another_model_is_refused_by_what_it_has_and_the_way_out_is_told(
    folder: Path, file: str, content: object, what: str
) -> None:
    write(folder / file, content)

    with pytest.raises(UnsupportedModelError, match=rf"'mine' has .*{what}.*footnoted\[torch\]"):
        read_bert(folder)


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "modules.json"])
def test_a_model_without_a_file_of_it_is_refused_by_the_files_name(folder: Path, name: str) -> None:
    (folder / name).unlink()

    with pytest.raises(UnsupportedModelError, match=f"no {name}"):
        read_bert(folder)


def test_the_default_model_is_read() -> None:
    bert = read_bert(find_model(DEFAULT_MODEL).path)

    assert (bert.layers, bert.heads, bert.most_tokens, bert.pooling) == (6, 12, 256, Pooling.MEAN)
