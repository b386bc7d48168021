"""A model in full precision on OpenVINO. The only door to it."""

from queue import Empty, SimpleQueue

import numpy as np
import numpy.typing as npt
import openvino

from index.bert import Bert
from index.bert_graph import graph_of

__all__ = ["OpenVinoPass"]

WARM_UP = 16


class OpenVinoPass:
    """A `Pass`. OpenVINO computes in bfloat16 where the processor can, else in 32 bits.

    Args:
        bert: Loaded when this is made.
    """

    def __init__(self, bert: Bert) -> None:
        core = openvino.Core()
        graph = core.read_model(graph_of(bert, quantized=False))
        one_thread = {"INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1}
        self._model = core.compile_model(graph, "CPU", one_thread)
        self._free: SimpleQueue[openvino.InferRequest] = SimpleQueue()
        # Its binding sets itself up at the first call: two first calls at once wait for each other.
        # Of one word piece it must not be, or longer texts get nonsense afterwards.
        self(np.zeros(WARM_UP, dtype=np.int64))

    def __call__(self, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """As `Pass` has it."""
        try:
            request = self._free.get_nowait()
        except Empty:
            request = self._model.create_infer_request()
        vectors: npt.NDArray[np.float32] = request.infer([ids[np.newaxis]])[0][0].copy()
        self._free.put(request)
        return vectors
