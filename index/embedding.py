"""Text to vectors: what an encoder promises. The only door to sentence-transformers."""

import json
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from index.models import ModelFolder, Prefixes
from index.types import Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

__all__ = [
    "Encoded",
    "Encoder",
    "EncoderIdentity",
    "SentenceTransformerEncoder",
    "TokenVectors",
    "chosen_prefixes",
    "identity_of",
    "token_vectors",
    "unit_rows",
]

# One text at a time: in a batch, padding changes the last digits of a vector, and with them the
# order of near-equal passages and single bits of token codes. On a CPU a batch is no faster.
BATCH = 1


@dataclass(frozen=True, slots=True)
class EncoderIdentity:
    """What makes vectors comparable: the same name, weights and prefixes.

    It does not tell the runtime. Eight bits or 32, onnxruntime or torch: vectors of the same
    weights differ by rounding (a mean cosine of .98 at least, checked when a graph is made), and
    an index made with one is asked with the other. They are equal to the last bit only where the
    same runtime made them on the same kind of processor.
    """

    name: str
    sha256: str
    prefixes: str = ""


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """The word pieces of one text: unit vectors, shape (t, dim), and their places in the text."""

    vectors: npt.NDArray[np.float32]
    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]

    def shifted(self, offset: int) -> "TokenVectors":
        """The same with every place moved by `offset` characters."""
        return TokenVectors(self.vectors, self.starts + offset, self.ends + offset)


@dataclass(frozen=True, slots=True)
class Encoded:
    """Texts after one forward pass.

    Attributes:
        vectors: Of whole texts, shape (n, dim), rows of L2 norm 1.
        tokens: Last-layer vectors of each text's word pieces, without special tokens and prefix.
    """

    vectors: Vectors
    tokens: tuple[TokenVectors, ...]


class Encoder(Protocol):
    """Turns text into vectors that can be compared by inner product."""

    @property
    def identity(self) -> EncoderIdentity:
        """Name and weights, known without loading the model."""

    @property
    def window(self) -> int:
        """Most tokens of one text that the encoder reads, special tokens not counted."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special tokens and prefixes not counted."""

    def encode_queries(self, texts: Sequence[str]) -> Encoded:
        """Encode questions, each in one forward pass."""

    def encode_passages(self, texts: Sequence[str]) -> Encoded:
        """Encode passages, which some models treat differently from questions."""


class SentenceTransformerEncoder:
    """An `Encoder` over any sentence-transformers folder.

    The weights are checked when it is made and loaded at the first use, which takes seconds.
    Safe to share between threads.

    Args:
        model: Where the model is.
        prefixes: Put in front of queries and passages; one that is empty is the model's own.
        threads: CPU threads of one forward pass, None for all cores.
    """

    def __init__(
        self, model: ModelFolder, *, prefixes: Prefixes | None = None, threads: int | None = None
    ) -> None:
        self._folder = model
        self._prefixes = chosen_prefixes(model, prefixes)
        self._threads = threads
        self._loading = threading.Lock()

    @property
    def identity(self) -> EncoderIdentity:
        return identity_of(self._folder, self._prefixes)

    @cached_property
    def window(self) -> int:
        limit = self._model.max_seq_length or 512
        [prefix] = self.count_tokens([self._prefixes.passage])
        return int(limit) - prefix - int(self._model.tokenizer.num_special_tokens_to_add())

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        if not texts:
            return []
        encoded = self._model.tokenizer(
            list(texts), add_special_tokens=False, truncation=False, verbose=False
        )
        return [len(ids) for ids in encoded["input_ids"]]

    def encode_queries(self, texts: Sequence[str]) -> Encoded:
        return self._encode(texts, self._prefixes.query)

    def encode_passages(self, texts: Sequence[str]) -> Encoded:
        return self._encode(texts, self._prefixes.passage)

    def _encode(self, texts: Sequence[str], prefix: str) -> Encoded:
        if not texts:
            width = self._model.get_embedding_dimension() or 0
            return Encoded(np.zeros((0, width), dtype=np.float32), ())
        prefixed = [prefix + text for text in texts]
        rows = self._model.encode(
            prefixed, prompt="", batch_size=BATCH, output_value=None, show_progress_bar=False
        )
        places = self._model.tokenizer(
            prefixed,
            truncation=True,
            max_length=self._model.max_seq_length,
            return_offsets_mapping=True,
            return_special_tokens_mask=True,
        )
        tokens = (
            token_vectors(
                np.asarray(row["token_embeddings"]),
                np.array(offsets, dtype=np.int32).reshape(-1, 2) - len(prefix),
                np.array(special, dtype=bool),
            )
            for row, offsets, special in zip(
                rows, places["offset_mapping"], places["special_tokens_mask"], strict=True
            )
        )
        vectors = np.stack([np.asarray(row["sentence_embedding"]) for row in rows])
        return Encoded(unit_rows(vectors), tuple(tokens))

    @property
    def _model(self) -> "SentenceTransformer":
        with self._loading:
            return self._loaded

    @cached_property
    def _loaded(self) -> "SentenceTransformer":
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        self._folder.check()
        logging.disable_progress_bar()
        if self._threads is not None:
            torch.set_num_threads(self._threads)
        return SentenceTransformer(
            str(self._folder.path),
            device="cpu",
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )


def chosen_prefixes(model: ModelFolder, given: Prefixes | None) -> Prefixes:
    """What is put in front of texts: what is given, or else the model's own."""
    given, own = given or Prefixes(), model.prefixes
    return Prefixes(given.query or own.query, given.passage or own.passage)


def identity_of(model: ModelFolder, prefixes: Prefixes) -> EncoderIdentity:
    """The identity of every encoder that runs a model with some prefixes."""
    stated = (prefixes.query, prefixes.passage)
    return EncoderIdentity(model.name, model.sha256, json.dumps(stated) if any(stated) else "")


def token_vectors(
    vectors: npt.NDArray[np.float32],
    offsets: npt.NDArray[np.int32],
    special: npt.NDArray[np.bool_],
) -> TokenVectors:
    """Unit vectors of the word pieces that are of the text: neither padding, special nor prefix."""
    kept = ~special & (offsets[:, 0] >= 0)
    starts, ends = offsets[kept].T
    return TokenVectors(unit_rows(vectors[: len(special)][kept]), starts, ends)


def unit_rows(rows: npt.NDArray[np.float32]) -> Vectors:
    """Rows of L2 norm 1; one of zeros stays as it is."""
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.ascontiguousarray(rows / np.maximum(norms, 1e-12), dtype=np.float32)
