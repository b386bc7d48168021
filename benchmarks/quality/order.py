"""Do the same documents give the same passages, in whatever order they came in?"""

import multiprocessing
import random
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path

from benchmarks.quality.indexes import Bench
from benchmarks.quality.sets import read_set, spread
from benchmarks.recording import Figures
from index.collection import Collection
from index.encoders import encoder_for
from index.ingest import Ingester
from index.models import DEFAULT_MODEL, find_model
from index.reports import Arrival
from index.search import Searcher
from index.types import Draft

__all__ = ["measure_order"]

ORDERS = 3
THREADS = (1, 2)
DOCUMENTS = 300  # of squad, beside the seeds
FIRST = 10
EXAMPLES = 10

Firsts = dict[str, tuple[str, ...]]  # passage ids by question


def measure_order(bench: Bench) -> Figures:
    """How many questions get other passages than after the first way of taking documents in.

    Raises:
        FileNotFoundError: The set squad is not on this machine.
    """
    arrivals, questions = _chosen(bench)
    runs: dict[str, Firsts] = {}
    for order, threads in product(range(ORDERS), THREADS):
        # A process of its own: the number of threads holds for all that torch does.
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            run = pool.submit(_firsts, arrivals, questions, order, threads).result()
        runs[f"order {order + 1}, threads {threads}"] = run
    [first, *others] = runs.values()
    changed = [q for q in first if any(run[q] != first[q] for run in others)]
    return {
        "documents": len(arrivals),
        "questions": len(first),
        "different": {
            way: sum(run[question] != first[question] for question in first)
            for way, run in list(runs.items())[1:]
        },
        "different_in_any": len(changed),
        "different_as_a_set": sum(
            any(set(run[question]) != set(first[question]) for run in others)
            for question in changed
        ),
        "different_at_the_first_place": sum(
            any(run[question][:1] != first[question][:1] for run in others) for question in changed
        ),
        "examples": changed[:EXAMPLES],
    }


def _chosen(bench: Bench) -> tuple[list[Arrival], list[str]]:
    """Documents of both sets, and the questions about them."""
    seeds, squad = (read_set(name, bench.shared) for name in ("seeds", "squad"))
    some = spread(squad.arrivals, bench.limit(DOCUMENTS))
    ids = {one.outcome.document_id for one in some if isinstance(one.outcome, Draft)}
    about = [q.text for q in squad.answerable if {item.text for item in q.items} <= ids]
    texts = dict.fromkeys([*(q.text for q in seeds.questions), *about])
    return [*seeds.arrivals, *some], list(texts)


def _firsts(
    arrivals: Sequence[Arrival], questions: Sequence[str], order: int, threads: int
) -> Firsts:
    shuffled = list(arrivals)
    random.Random(order).shuffle(shuffled)
    encoder = encoder_for(find_model(DEFAULT_MODEL), threads=threads)
    with tempfile.TemporaryDirectory() as folder:
        collection = Collection.create(Path(folder), "order", encoder.identity)
        for _ in Ingester(collection, encoder).ingest(shuffled):
            pass
        searcher = Searcher(collection, encoder)
        found = {
            question: tuple(hit.passage.id for hit in searcher.search(question, k=FIRST).hits)
            for question in questions
        }
        collection.close()
    return found
