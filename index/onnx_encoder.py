"""The light encoder: models of the BERT family on onnxruntime and tokenizers, without torch."""

import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

import numpy as np
import numpy.typing as npt

from index.bert import Pooling, read_bert
from index.embedding import (
    Encoded,
    EncoderIdentity,
    TokenVectors,
    chosen_prefixes,
    identity_of,
    token_vectors,
    unit_rows,
)
from index.exporting import exported
from index.forward_pass import ForwardPass
from index.models import ModelFolder, Prefixes
from index.runtimes import Pass, Runtime, chosen
from index.word_pieces import WordPieces

__all__ = ["OnnxEncoder"]

LONGEST_QUESTION = 2000  # characters; the tokenizer would read all of a longer one, then cut it


class OnnxEncoder:
    """An `Encoder` over the ONNX graph of a BERT, in eight bits where these are near enough.

    The graph is read or made at the first use; see `index.exporting`. A text is encoded on one
    thread, several texts on as many as there are cores. Safe to share between threads.

    Args:
        model: Where the model is.
        prefixes: Put in front of queries and passages; one that is empty is the model's own.
        threads: Texts that are encoded at the same time, None for one on each core.
        runtime: What passages are encoded by; questions always by onnxruntime.

    Raises:
        UnsupportedModelError: It is no model that `read_bert` reads.
    """

    def __init__(
        self,
        model: ModelFolder,
        *,
        prefixes: Prefixes | None = None,
        threads: int | None = None,
        runtime: Runtime = Runtime.ONNXRUNTIME,
    ) -> None:
        self._folder = model
        self._bert = read_bert(model.path)
        self._prefixes = chosen_prefixes(model, prefixes)
        self._threads = threads or _cores()
        self._runtime = runtime
        self._loading = threading.Lock()

    @property
    def identity(self) -> EncoderIdentity:
        return identity_of(self._folder, self._prefixes)

    @cached_property
    def window(self) -> int:
        [prefix] = self.count_tokens([self._prefixes.passage])
        return self._pieces.window - prefix

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._pieces.count(texts)

    def encode_queries(self, texts: Sequence[str]) -> Encoded:
        """Encode the first 2,000 characters of each question."""
        cut = [text[:LONGEST_QUESTION] for text in texts]
        return self._encode(cut, self._prefixes.query, self._run)

    def encode_passages(self, texts: Sequence[str]) -> Encoded:
        """Encode passages.

        Raises:
            RuntimeMissingError: The runtime that was asked for is not installed.
        """
        return self._encode(texts, self._prefixes.passage, self._run_of_passages)

    def _encode(self, texts: Sequence[str], prefix: str, run: Pass) -> Encoded:
        if not texts:
            [vector] = self._encode([""], prefix, run).vectors
            return Encoded(np.empty((0, len(vector)), dtype=np.float32), ())
        if len(texts) == 1 or self._threads == 1:
            found = [self._encode_one(text, prefix, run) for text in texts]
        else:
            with ThreadPoolExecutor(self._threads) as pool:
                found = list(pool.map(lambda text: self._encode_one(text, prefix, run), texts))
        vectors = np.stack([vector for vector, _ in found])
        return Encoded(unit_rows(vectors), tuple(tokens for _, tokens in found))

    def _encode_one(
        self, text: str, prefix: str, run: Pass
    ) -> tuple[npt.NDArray[np.float32], TokenVectors]:
        pieces = self._pieces.of(prefix + text)
        vectors = run(pieces.ids)
        tokens = token_vectors(vectors, pieces.places - len(prefix), pieces.is_special)
        return _pooled(vectors, self._bert.pooling), tokens

    @property
    def _pieces(self) -> WordPieces:
        with self._loading:
            return self._loaded_pieces

    @property
    def _run(self) -> ForwardPass:
        with self._loading:
            return self._loaded_run

    @property
    def _run_of_passages(self) -> Pass:
        with self._loading:
            return self._loaded_run_of_passages

    @cached_property
    def _loaded_pieces(self) -> WordPieces:
        return WordPieces(self._bert.tokenizer, most=self._bert.most_tokens)

    @cached_property
    def _loaded_run(self) -> ForwardPass:
        return ForwardPass(exported(self._folder, self._bert).graph)

    @cached_property
    def _loaded_run_of_passages(self) -> Pass:
        if self._runtime is Runtime.ONNXRUNTIME:
            return self._loaded_run
        self._folder.check()  # the others read the weights themselves
        return chosen(self._runtime, self._bert, lambda: self._loaded_run)


def _cores() -> int:
    """That this process may use, which in a container are fewer than there are."""
    affinity = getattr(os, "sched_getaffinity", None)  # macOS has none
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _pooled(vectors: npt.NDArray[np.float32], pooling: Pooling) -> npt.NDArray[np.float32]:
    pooled: npt.NDArray[np.float32]
    if pooling is Pooling.MEAN:
        pooled = vectors.mean(axis=0)
    else:
        pooled = vectors[0] if pooling is Pooling.CLS else vectors.max(axis=0)
    return pooled
