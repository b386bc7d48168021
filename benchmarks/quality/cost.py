"""What re-ranking costs: processor time of a search and of taking documents in, and memory."""

import multiprocessing
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.quality.indexes import Bench, RememberingEncoder
from benchmarks.quality.sets import spread
from benchmarks.quality.variants import PLAIN, SHIPPED, VARIANTS
from benchmarks.recording import Figures
from index.collection import Collection
from index.encoders import encoder_for
from index.ingest import Ingester
from index.models import DEFAULT_MODEL, find_model
from index.preparing import prepare
from index.reports import Arrival
from index.search import Searcher
from index.types import Draft

__all__ = ["measure_ingest", "measure_search"]

QUESTIONS = 300
ROUNDS = 3  # of each question; its median counts, so that other work on the machine does not
WARM_UP = 20  # questions that are asked before any is counted
K = 10
INGEST_SET = "squad"
INGEST_PASSAGES = 600
INGEST_ROUNDS = 3

Times = npt.NDArray[np.float64]


def measure_search(bench: Bench, names: Sequence[str], *, least: int) -> Figures:
    """Time of a search with and without re-ranking, beyond encoding the question.

    In a process of its own, so that its peak memory is that of asking.
    """
    collection = bench.pooled(names, least=least)
    real = sum(bench.collection(name).store.corpus().passages for name in names)
    passages = collection.store.corpus().passages
    texts = [question.text for name in names for question in bench.questions(name).answerable]
    asked = spread(list(dict.fromkeys(texts)), bench.limit(QUESTIONS))
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        found = pool.submit(_search, bench.folder, collection.name, asked).result()
    about = {"passages": passages, "passages_that_are_copies": passages - real}
    return about | {"questions": len(asked), "rounds": ROUNDS} | found


def _search(folder: Path, name: str, questions: Sequence[str]) -> Figures:
    encoder = RememberingEncoder(encoder_for(find_model(DEFAULT_MODEL)))
    encoder.encode_queries([f"{questions[0]} "])  # loads the model
    encoding = np.array([_timed(partial(encoder.encode_queries, [q])) for q in questions])
    collection = Collection.open(folder, name)
    searchers = {
        variant: Searcher(collection, encoder, policy=VARIANTS[variant].policy)
        for variant in (PLAIN, SHIPPED)
    }
    for question in questions[:WARM_UP]:
        for searcher in searchers.values():
            searcher.search(question, k=K)
    times = _alternated(searchers, questions)
    peak = _peak_mib()
    collection.close()
    return {
        "encoding_the_question": _percentiles(encoding),
        PLAIN: _percentiles(times[PLAIN]),
        SHIPPED: _percentiles(times[SHIPPED]),
        "difference": _percentiles(times[SHIPPED] - times[PLAIN]),
        "peak_resident_mib": peak,
    }


def _alternated(searchers: dict[str, Searcher], questions: Sequence[str]) -> dict[str, Times]:
    """Each question's median CPU and wall time, shape (questions, 2)."""
    times: dict[str, list[tuple[float, float]]] = {variant: [] for variant in searchers}
    for number in range(ROUNDS * len(questions)):
        question = questions[number % len(questions)]
        # First in turns, as what comes second finds the store's pages in memory.
        order = list(searchers.items())
        for variant, searcher in order if number % 2 else reversed(order):
            times[variant].append(_timed(partial(searcher.search, question, k=K)))
    shape = (ROUNDS, len(questions), 2)
    return {variant: np.median(np.reshape(t, shape), axis=0) for variant, t in times.items()}


def measure_ingest(bench: Bench) -> Figures:
    """CPU seconds of taking passages in, with and without token codes, and of encoding alone."""
    arrivals, texts = _passages(bench)
    folder = find_model(DEFAULT_MODEL).path
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    ways: dict[str, Callable[[], object]] = {
        "with_token_codes": lambda: _ingested(bench, arrivals, keep_tokens=True),
        "without_token_codes": lambda: _ingested(bench, arrivals, keep_tokens=False),
        "plain_encode": lambda: model.encode(texts, show_progress_bar=False),
    }
    bench.encoder.encode_passages(texts[:1])  # loads the model
    model.encode(texts[:1])
    runs: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(INGEST_ROUNDS):
        for way, run in ways.items():
            runs[way].append(round(_timed(run)[0] / 1000, 2))
    seconds = {way: float(np.median(each)) for way, each in runs.items()}
    return {
        "passages": len(texts),
        "cpu_seconds": runs,
        "median_cpu_seconds": seconds,
        "shipped_by_plain": round(seconds["with_token_codes"] / seconds["plain_encode"], 3),
        "without_codes_by_plain": round(
            seconds["without_token_codes"] / seconds["plain_encode"], 3
        ),
        "target": 1.6,
    }


def _passages(bench: Bench) -> tuple[list[Arrival], list[str]]:
    """Documents with about as many passages as are wanted, and what is encoded of them."""
    taken: list[Arrival] = []
    texts: list[str] = []
    for arrival in bench.questions(INGEST_SET).arrivals:
        if len(texts) >= bench.limit(INGEST_PASSAGES):
            break
        if isinstance(arrival.outcome, Draft):
            taken.append(arrival)
            texts += prepare(arrival.outcome, bench.encoder).texts
    return taken, texts


def _ingested(bench: Bench, arrivals: Sequence[Arrival], *, keep_tokens: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        collection = Collection.create(Path(folder), "timed", bench.encoder.identity)
        for _ in Ingester(collection, bench.encoder, keep_tokens=keep_tokens).ingest(arrivals):
            pass
        collection.close()


def _timed(action: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds of all threads' processor time, and of the clock."""
    cpu, wall = time.process_time(), time.perf_counter()
    action()
    return (time.process_time() - cpu) * 1000, (time.perf_counter() - wall) * 1000


def _percentiles(times: Times) -> Figures:
    found = np.percentile(times, [50, 95], axis=0).round(2).tolist()
    [(cpu_p50, wall_p50), (cpu_p95, wall_p95)] = found
    return {
        "cpu_ms_p50": cpu_p50,
        "cpu_ms_p95": cpu_p95,
        "wall_ms_p50": wall_p50,
        "wall_ms_p95": wall_p95,
    }


def _peak_mib() -> float:
    """Of this process alone; ru_maxrss would begin with that of the process that started it."""
    status = Path("/proc/self/status").read_text()
    [line] = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return round(int(line.split()[1]) / 1024, 1)
