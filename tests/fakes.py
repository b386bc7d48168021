"""Stand-ins that behave like the real thing, and short ways to make what tests need."""

import hashlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from index.embedding import Encoded, EncoderIdentity, TokenVectors
from index.lexical import LexicalIndex, LexicalSearcher
from index.lexical_files import LexicalFiles
from index.records import Indexed
from index.reports import Arrival
from index.types import Draft, Keys, Metadata, Passage, Reading, Span, Vectors

__all__ = [
    "WordHashEncoder",
    "another_writer",
    "arrival",
    "draft",
    "end_process",
    "indexed",
    "keys",
    "made",
]

DIMENSIONS = 64
WORD = re.compile(r"\w+")
HOLDER = """
import sys
from filelock import FileLock
from pathlib import Path
folder = Path(sys.argv[1])
with FileLock(folder / f"{sys.argv[3]}.lock"):
    (folder / f"{sys.argv[3]}.txt").write_text(f"process {sys.argv[2]} on here")
    print("held", flush=True)
    sys.stdin.read()
"""


class WordHashEncoder:
    """An `Encoder` without a model: texts that share words get similar vectors.

    A word's vector depends on its letters only, a text's vector is the sum over its distinct
    words. A token is a run of characters without white space.

    Attributes:
        encoded: Every passage that was encoded, in order.
    """

    def __init__(self, *, name: str = "word-hash", window: int = 64) -> None:
        self._name = name
        self._window = window
        self.encoded: list[str] = []

    @property
    def identity(self) -> EncoderIdentity:
        return EncoderIdentity(self._name, hashlib.sha256(self._name.encode()).hexdigest())

    @property
    def window(self) -> int:
        return self._window

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def encode_queries(self, texts: Sequence[str]) -> Encoded:
        return _encoded(texts)

    def encode_passages(self, texts: Sequence[str]) -> Encoded:
        self.encoded += texts
        return _encoded(texts)


def draft(text: str, *, document_id: str = "a", source: str = "", **stated: object) -> Draft:
    """A plain text as it was read from a file; `stated` are fields of its metadata."""
    name = source or f"{document_id}.txt"
    sha256 = hashlib.sha256(f"{text}{sorted(stated.items())}".encode()).hexdigest()
    metadata = Metadata(**stated)  # type: ignore[arg-type]  # a wrong field fails the test
    return Draft(name, f"/documents/{name}", sha256, Reading(text, metadata=metadata), document_id)


def arrival(text: str, *, document_id: str = "a", **stated: object) -> Arrival:
    """A draft as it comes in."""
    made = draft(text, document_id=document_id, **stated)  # type: ignore[arg-type]  # as above
    return Arrival(made.source, made.origin, made, len(text))


def indexed(
    key: int, text: str, *, title: str = "", heading: str = "", metadata: Metadata | None = None
) -> Indexed:
    """A passage that is the whole of a document, as the lexical index takes it."""
    passage = Passage(f"p{key}", f"doc{key}", 0, Span(0, len(text) or 1), text, heading)
    return Indexed(key, passage, title, metadata or Metadata())


def made(folder: Path, items: Sequence[Indexed]) -> LexicalSearcher:
    """A new lexical index of some passages."""
    index = LexicalIndex.make(LexicalFiles(folder, "s"))
    index.apply(generation=1, removed=keys(), added=items)
    return index.searcher()


def keys(*values: int) -> Keys:
    """Keys as the store gives them."""
    return np.array(values, dtype=np.int64)


def end_process(service: object) -> None:
    """Work that ends the process that does it, as the system does when memory is short."""
    os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def another_writer(folder: Path, *, name: str = "writer") -> Iterator[None]:
    """A real process that holds the right to write, or another right."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder), "4711", name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        if process.stdout:
            process.stdout.readline()
        yield
        process.communicate()


def _encoded(texts: Sequence[str]) -> Encoded:
    return Encoded(
        _unit_rows([_sum(text) for text in texts]), tuple(_tokens(text) for text in texts)
    )


def _sum(text: str) -> Vectors:
    words = sorted({word.casefold() for word in WORD.findall(text)})
    rows = [_of_word(word) for word in words] or [_of_word("")]
    total: Vectors = np.sum(rows, axis=0)
    return total


def _of_word(word: str) -> Vectors:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
    row: Vectors = np.random.default_rng(seed).standard_normal(DIMENSIONS).astype(np.float32)
    return row / np.linalg.norm(row)


def _tokens(text: str) -> TokenVectors:
    found = list(WORD.finditer(text))
    return TokenVectors(
        _unit_rows([_of_word(match.group().casefold()) for match in found]),
        np.array([match.start() for match in found], dtype=np.int32),
        np.array([match.end() for match in found], dtype=np.int32),
    )


def _unit_rows(rows: Sequence[Vectors]) -> Vectors:
    if not rows:
        return np.zeros((0, DIMENSIONS), dtype=np.float32)
    stacked = np.stack(rows).astype(np.float32)
    unit: Vectors = stacked / np.linalg.norm(stacked, axis=1, keepdims=True)
    return unit
