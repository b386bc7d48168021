"""ONNX graphs, and word pieces through one, a text at a time. The only door to onnxruntime."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

__all__ = ["ForwardPass", "Graph"]

ERRORS_ONLY = 3
Arrays = npt.NDArray[Any]  # Any: graphs have inputs and outputs of several kinds


class Graph:
    """A loaded ONNX graph. Safe to share between threads.

    Each call works on the thread that it is made on: a question is so short that several threads
    would wait for each other longer than they work, and passages fill all cores by being encoded
    at the same time. So the result depends on nothing but the inputs.

    Args:
        graph: The bytes of an ONNX file.
    """

    def __init__(self, graph: bytes) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = ERRORS_ONLY
        self._session = onnxruntime.InferenceSession(
            graph, options, providers=["CPUExecutionProvider"]
        )

    def run(self, inputs: Mapping[str, Arrays]) -> list[Arrays]:
        """What the graph gives, in its order."""
        given: list[Arrays] = self._session.run(None, inputs)
        return given


class ForwardPass:
    """A network that reads one text at a time. Safe to share between threads.

    Args:
        graph: As `graph_of` or `reader_graph` writes it.
    """

    def __init__(self, graph: bytes) -> None:
        self._graph = Graph(graph)

    def __call__(self, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """Last-layer vectors of a text's word pieces, shape (t, dim), for ids of shape (t,)."""
        [vectors] = self.outputs({"input_ids": ids})
        return vectors

    def outputs(self, inputs: Mapping[str, npt.NDArray[np.int64]]) -> list[npt.NDArray[np.float32]]:
        """What the graph gives for one text, in the graph's order; no array has a batch axis."""
        batch = {name: values[np.newaxis] for name, values in inputs.items()}
        return [found[0] for found in self._graph.run(batch)]
