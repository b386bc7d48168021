"""Which encoder runs a model: the light one wherever it can, sentence-transformers otherwise."""

from importlib.util import find_spec

from index.embedding import Encoder, SentenceTransformerEncoder
from index.errors import UnsupportedModelError
from index.models import ModelFolder, Prefixes
from index.onnx_encoder import OnnxEncoder
from index.runtimes import Runtime

__all__ = ["encoder_for"]


def encoder_for(
    model: ModelFolder,
    *,
    prefixes: Prefixes | None = None,
    threads: int | None = None,
    runtime: Runtime = Runtime.ONNXRUNTIME,
) -> Encoder:
    """An encoder for a model; what it needs is loaded at its first use.

    The light one is taken also where torch is installed: it is the same for questions then, and
    passages it encodes by the fastest runtime that there is, if it is told so.

    Args:
        model: Where the model is.
        prefixes: Put in front of queries and passages; one that is empty is the model's own.
        threads: Texts that are encoded at the same time, None for as many as there are cores.
        runtime: What passages are encoded by, where the light one runs the model.

    Raises:
        UnsupportedModelError: The model needs sentence-transformers, which is not installed.
    """
    try:
        return OnnxEncoder(model, prefixes=prefixes, threads=threads, runtime=runtime)
    except UnsupportedModelError:
        if find_spec("sentence_transformers") is None:
            raise
        return SentenceTransformerEncoder(model, prefixes=prefixes, threads=threads)
