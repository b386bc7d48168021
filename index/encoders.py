"""Which encoder runs a model: the light one wherever it can, sentence-transformers otherwise."""

from importlib.util import find_spec

from index.embedding import Encoder, SentenceTransformerEncoder
from index.errors import UnsupportedModelError
from index.models import ModelFolder, Prefixes
from index.onnx_encoder import OnnxEncoder

__all__ = ["encoder_for"]


def encoder_for(
    model: ModelFolder, *, prefixes: Prefixes | None = None, threads: int | None = None
) -> Encoder:
    """An encoder for a model; what it needs is loaded at its first use.

    The light one is taken also where torch is installed: it was twice as fast as torch in
    bfloat16 on a processor that has it, and the vectors of an index do not depend on what else is
    installed. benchmarks/README.md, "Runtime".

    Raises:
        UnsupportedModelError: The model needs sentence-transformers, which is not installed.
    """
    try:
        return OnnxEncoder(model, prefixes=prefixes, threads=threads)
    except UnsupportedModelError:
        if find_spec("sentence_transformers") is None:
            raise
        return SentenceTransformerEncoder(model, prefixes=prefixes, threads=threads)
