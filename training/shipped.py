"""Weights to go on from: a checkpoint, or the shipped reader, whole steps times their sizes."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper

__all__ = ["shipped_weights", "weights_at"]

Weights = npt.NDArray[np.float32]

PROJECTED = "projected"  # query, key and value, which the graph multiplies as one
PARTS = ("self.query", "self.key", "self.value")
EMBEDDINGS = "embeddings"


def weights_at(path: Path, network: Mapping[str, torch.Tensor]) -> Mapping[str, torch.Tensor]:
    """Read the weights of a network.

    Args:
        path: A checkpoint of a run, or a graph that was exported.
        network: A network's weights by name, for what a graph has none of.

    Returns:
        A state that the network can be loaded with.
    """
    if path.suffix == ".onnx":
        return shipped_weights(path, network)
    kept: Mapping[str, torch.Tensor] = torch.load(path, weights_only=True, map_location="cpu")[
        "network"
    ]
    return kept


def shipped_weights(graph: Path, network: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Read a graph that `index.bert_graph.reader_graph` wrote, in eight bits.

    Args:
        graph: Its file.
        network: A network's weights by name; what the graph has none of stays as it is there, such
            as positions beyond those that are read.

    Returns:
        A state that the network can be loaded with.
    """
    tensors = {
        each.name: numpy_helper.to_array(each) for each in onnx.load(graph).graph.initializer
    }
    read = dict(_read(tensors))
    state = {name: weights.clone() for name, weights in network.items()}
    for name in state:
        if (weights := read.get(name.removeprefix("encoder."))) is not None:
            state[name][: len(weights)] = torch.from_numpy(weights.copy())
    return state


def _read(tensors: Mapping[str, Weights]) -> Iterator[tuple[str, Weights]]:
    """Each weight under the name that it was trained by."""
    yield f"{EMBEDDINGS}.position_embeddings.weight", tensors["positions"]
    yield f"{EMBEDDINGS}.token_type_embeddings.weight", tensors["types"]
    words = f"{EMBEDDINGS}.word_embeddings.weight"
    yield words, tensors[words] * tensors["step_sizes"]
    for name, values in tensors.items():
        of, _, part = name.rpartition(".")
        if part not in {"weight", "bias"} or name == words:
            continue
        if part == "weight" and f"{of}.scales" in tensors:
            values = values.T * tensors[f"{of}.scales"][:, np.newaxis]
        elif values.ndim > 1:
            values = values.T
        if of.endswith(PROJECTED):
            layer = of.removesuffix(PROJECTED)
            thirds = zip(PARTS, np.split(values, len(PARTS)), strict=True)
            yield from ((f"{layer}{one}.{part}", third) for one, third in thirds)
        else:
            yield name, values
