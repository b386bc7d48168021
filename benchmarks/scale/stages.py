"""What is measured at one size, each stage in a process of its own for the sake of its memory."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.scale.corpus import DIMENSIONS, Made, Maker
from index.collection import Collection
from index.dense_leg import CompactionRule
from index.embedding import Encoded, EncoderIdentity, TokenVectors
from index.search import RankingPolicy, Searcher
from index.segments import Memory
from index.types import Filters, Vectors

__all__ = ["add", "ask", "build", "change", "open_cold"]

Figures = dict[str, Any]  # as JSON has them
MODEL = EncoderIdentity("synthetic", "0" * 64)
BATCH = 200  # documents of a change
QUESTIONS = 200
RECALL_QUESTIONS = 100
VECTOR_BYTES = 2 * DIMENSIONS
ENCODER_WEIGHTS = 6 * 12 * 384**2  # of the layers of all-MiniLM-L6-v2
QUESTION_PIECES = 12
BANDWIDTH_BYTES = 256 << 20
MATRIX = 1024
ROUNDS = 7
NO_TOKENS = TokenVectors(
    np.zeros((0, 384), np.float32), np.zeros(0, np.int32), np.zeros(0, np.int32)
)


class GivenVectors:
    """An `Encoder` that gives the vectors it was made with, in turn."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors
        self._next = 0

    @property
    def identity(self) -> EncoderIdentity:
        return MODEL

    @property
    def window(self) -> int:
        return 254

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def encode_queries(self, texts: Sequence[str]) -> Encoded:
        self._next += 1
        row = self._vectors[(self._next - 1) % len(self._vectors)]
        return Encoded(row.reshape(1, -1), (NO_TOKENS,) * len(texts))

    def encode_passages(self, texts: Sequence[str]) -> Encoded:
        raise NotImplementedError("passages come with their vectors here")


def build(data: Path, size: int, memory: Memory) -> Figures:
    """Take passages in, with their vectors, and put these into graphs."""
    collection = Collection.create(data, "default", MODEL)
    took = _timed(lambda: _put(collection, Maker(size).documents(size)))
    graphs = _timed(lambda: collection.compact(CompactionRule(memory=memory)))
    collection.close()
    return {"taken_in": took, "graphs": graphs, "disk_mib": _disk(data)}


def open_cold(data: Path) -> Figures:
    """From nothing in memory to the first answer, every hash compared."""
    collection = Collection.open(data, "default")
    opened = _timed(lambda: _searcher(collection, size=1).search("what was first", k=5))
    return {"first_answer": opened, "resident_mib": _resident()}


def ask(data: Path, size: int) -> Figures:
    """Questions in both legs; recall against exact search."""
    collection = Collection.open(data, "default")
    searcher, maker = _searcher(collection, size), Maker(size, seed=7)
    asked = maker.questions(QUESTIONS)
    filters = Filters(publisher=("publisher 7",))
    searcher.search(asked[0], k=5, filters=filters)
    stages: list[Mapping[str, float]] = []
    plain = [_timed(lambda q=q: stages.append(searcher.search(q, k=5).timings_ms)) for q in asked]
    filtered = [_timed(lambda q=q: searcher.search(q, k=5, filters=filters)) for q in asked]
    return {
        "question": _percentiles(plain),
        "question_with_filter": _percentiles(filtered),
        "stages_ms": _medians(stages),
        "limits": limits(size),
        "resident_mib": _resident(),
        "recall_at_10": _recall(collection, size),
    }


def limits(size: int) -> Figures:
    """What no implementation on one thread can go below, from the speed of this machine.

    Looking at every vector means reading it once; encoding a question means multiplying it with
    every weight of the encoder's layers once for each of its word pieces.
    """
    block = np.ones(BANDWIDTH_BYTES // 4, np.float32)
    read = min(_timed(lambda: block.sum())["cpu_ms"] for _ in range(ROUNDS)) / 1000
    square = np.ones((MATRIX, MATRIX), np.float32)
    product = min(_timed(lambda: square @ square)["cpu_ms"] for _ in range(ROUNDS)) / 1000
    flops = 2 * MATRIX**3 / product
    return {
        "gigabytes_a_second": round(BANDWIDTH_BYTES / read / 1e9, 1),
        "gigaflops": round(flops / 1e9, 1),
        "reading_every_vector_ms": round(size * VECTOR_BYTES / (BANDWIDTH_BYTES / read) * 1e3, 3),
        "encoding_ms": round(2 * ENCODER_WEIGHTS * QUESTION_PIECES / flops * 1e3, 3),
    }


def add(data: Path, size: int) -> Figures:
    """A hundred passages more, durable and visible, beside embedding them."""
    collection = Collection.open(data, "default")
    searcher = _searcher(collection, size)
    searcher.search("what was first", k=5)
    made = list(Maker(size, seed=8).documents(100, first=10 * size))

    def put() -> None:
        _put(collection, made)
        searcher.search("what was first", k=5)

    return {"hundred_passages": _timed(put)}


def change(data: Path, size: int) -> Figures:
    """Delete every hundredth document, and look how long it takes until it is gone."""
    collection = Collection.open(data, "default")
    searcher = _searcher(collection, size)
    searcher.search("what was first", k=5)
    names = [entry.document_id for entry in collection.store.entries()][::100]

    def remove() -> None:
        with collection.writing() as writer:
            for name in names:
                writer.remove(name)
        searcher.search("what was first", k=5)

    return {"documents": len(names), "deleted": _timed(remove)}


def _searcher(collection: Collection, size: int) -> Searcher:
    vectors = Maker(size, seed=9).vectors(QUESTIONS)
    return Searcher(collection, GivenVectors(vectors), policy=RankingPolicy(rerank=0))


def _put(collection: Collection, documents: "Sequence[Made] | Any") -> None:
    pending: list[Made] = []
    for made in documents:
        pending.append(made)
        if len(pending) == BATCH:
            _write(collection, pending)
            pending = []
    _write(collection, pending)


def _write(collection: Collection, documents: Sequence[Made]) -> None:
    with collection.writing() as writer:
        for made in documents:
            writer.put(made.document, made.passages, made.vectors, recipe="s", ingested_at="2026")


def _recall(collection: Collection, size: int) -> float:
    dense, store = collection.snapshot().dense, collection.store
    queries = Maker(size, seed=11).vectors(RECALL_QUESTIONS)
    keys = store.keys()
    best: list[list[tuple[float, int]]] = [[] for _ in queries]
    for start in range(0, len(keys), 20_000):
        part = keys[start : start + 20_000]
        products = queries @ store.vectors(part).vectors.T
        top = np.argsort(-products, axis=1)[:, :10]
        for row, (places, scores) in enumerate(zip(top, products, strict=True)):
            best[row] += [(-float(scores[place]), int(part[place])) for place in places]
    shares = []
    for query, found in zip(queries, best, strict=True):
        exact = {key for _, key in sorted(found)[:10]}
        got = set(dense.nearest(query, k=100).keys[:10].tolist())
        shares.append(len(exact & got) / len(exact))
    return round(float(np.mean(shares)), 4)


def _timed(action: Callable[[], object]) -> Figures:
    cpu, wall = time.process_time(), time.perf_counter()
    action()
    return {
        "cpu_ms": round((time.process_time() - cpu) * 1000, 2),
        "wall_ms": round((time.perf_counter() - wall) * 1000, 2),
    }


def _percentiles(times: Sequence[Figures]) -> Figures:
    cpu = np.percentile([one["cpu_ms"] for one in times], [50, 95]).round(2).tolist()
    wall = np.percentile([one["wall_ms"] for one in times], [50, 95]).round(2).tolist()
    return {"cpu_ms_p50": cpu[0], "cpu_ms_p95": cpu[1], "ms_p50": wall[0], "ms_p95": wall[1]}


def _medians(stages: Sequence[Mapping[str, float]]) -> Figures:
    names = dict.fromkeys(name for one in stages for name in one)
    return {
        name: round(float(np.median([one.get(name, 0.0) for one in stages])), 2) for name in names
    }


def _resident() -> float:
    status = Path("/proc/self/status").read_text()
    [line] = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return round(int(line.split()[1]) / 1024, 1)


def _disk(data: Path) -> dict[str, float]:
    """MiB by the first folder or file below the collection's."""
    sizes: dict[str, float] = {}
    for path in (data / "collections" / "default").rglob("*"):
        if path.is_file():
            name = path.relative_to(data / "collections" / "default").parts[0]
            sizes[name] = round(sizes.get(name, 0.0) + path.stat().st_size / 2**20, 2)
    return sizes
