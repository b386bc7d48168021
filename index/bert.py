"""What a sentence-transformers folder says of its BERT, and whether that is all there is to it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from index.errors import UnsupportedModelError

__all__ = ["Bert", "Pooling", "read_bert"]

Json = Mapping[str, Any]  # Any: configuration files of models
WEIGHTS = "model.safetensors"
TOKENIZER = "tokenizer.json"


class Pooling(StrEnum):
    """How the vectors of word pieces, special ones included, become the vector of a text."""

    MEAN = "mean"
    CLS = "cls"
    MAX = "max"


@dataclass(frozen=True, slots=True)
class Bert:
    """An encoder of the BERT family: its shape, its pooling and its files.

    Attributes:
        layers: How many there are.
        heads: Of each layer's attention.
        epsilon: Of the layer norms.
        most_tokens: Of one text, special ones included.
    """

    layers: int
    heads: int
    epsilon: float
    most_tokens: int
    pooling: Pooling
    weights: Path
    tokenizer: Path


def read_bert(folder: Path) -> Bert:
    """Read a model's configuration, not its weights.

    Raises:
        UnsupportedModelError: It is no BERT in one safetensors file with one pooling, or its
            texts go through something else that would have to be done here, too.
    """
    config, sizes = _read(folder / "config.json"), _read(folder / "sentence_bert_config.json")
    demands = {
        "an architecture other than BERT": config.get("model_type") == "bert",
        "an activation other than GELU": config.get("hidden_act") == "gelu",
        "relative positions": config.get("position_embedding_type", "absolute") == "absolute",
        "layers behind its pooling": _module_names(folder)[2:] in ([], ["Normalize"]),
        "texts in small letters": not sizes.get("do_lower_case"),
        "no model.safetensors": (folder / WEIGHTS).is_file(),
        "no tokenizer.json": (folder / TOKENIZER).is_file(),
    }
    for what, is_met in demands.items():
        if not is_met:
            raise UnsupportedModelError(folder.name, what)
    return Bert(
        layers=int(config["num_hidden_layers"]),
        heads=int(config["num_attention_heads"]),
        epsilon=float(config.get("layer_norm_eps", 1e-12)),
        most_tokens=int(sizes.get("max_seq_length") or config["max_position_embeddings"]),
        pooling=_pooling(folder),
        weights=folder / WEIGHTS,
        tokenizer=folder / TOKENIZER,
    )


def _module_names(folder: Path) -> list[str]:
    try:
        modules = json.loads((folder / "modules.json").read_text("utf-8"))
    except (OSError, ValueError):
        raise UnsupportedModelError(folder.name, "no modules.json") from None
    names = [str(module["type"]).rpartition(".")[2] for module in modules]
    if names[:2] != ["Transformer", "Pooling"]:
        raise UnsupportedModelError(folder.name, f"modules {' and '.join(names)}")
    return names


def _pooling(folder: Path) -> Pooling:
    config = _read(folder / "1_Pooling" / "config.json")
    flags = {
        "pooling_mode_mean_tokens": Pooling.MEAN,
        "pooling_mode_cls_token": Pooling.CLS,
        "pooling_mode_max_tokens": Pooling.MAX,
    }
    named = [str(config["pooling_mode"])] if config.get("pooling_mode") else []
    modes = named + [
        flags.get(name, name)
        for name, is_on in config.items()
        if name.startswith("pooling_mode_") and is_on is True
    ]
    if len(modes) != 1 or modes[0] not in list(Pooling):
        raise UnsupportedModelError(folder.name, f"pooling {' and '.join(modes) or 'unknown'}")
    return Pooling(modes[0])


def _read(path: Path) -> Json:
    try:
        read = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}
