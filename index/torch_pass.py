"""A model in bfloat16 on torch, through transformers."""

import numpy as np
import numpy.typing as npt
import torch
from transformers import AutoModel
from transformers.utils import logging

from index.bert import Bert

__all__ = ["TorchPass"]


class TorchPass:
    """A `Pass`. Takes torch to one thread for each call, in the whole process.

    Args:
        bert: Loaded when this is made, from its folder alone.
    """

    def __init__(self, bert: Bert) -> None:
        torch.set_num_threads(1)
        logging.disable_progress_bar()
        self._model = AutoModel.from_pretrained(
            bert.weights.parent, dtype=torch.bfloat16, local_files_only=True, use_safetensors=True
        ).eval()

    def __call__(self, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """As `Pass` has it."""
        with torch.inference_mode():
            found = self._model(input_ids=torch.from_numpy(ids[np.newaxis]))
        vectors: npt.NDArray[np.float32] = found.last_hidden_state[0].float().numpy()
        return vectors
