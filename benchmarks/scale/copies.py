"""`python -m benchmarks.scale.copies`: does a graph find paragraphs that have copies?

Vectors of the paragraphs of `squad` and `chunking`, each eight times, as they are and with a little
noise, as texts give that differ by a date; questions of `squad`, of which an exact search tells the
ten nearest. The widths of a graph, while it is built and while it is walked, are those named here;
the last pair is shipped. Results go to benchmarks/results/copies.json.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import click
import numpy as np

from benchmarks.quality.sets import QuestionSet, read_set, spread
from benchmarks.recording import RESULTS, ROOT, Figures, keep
from index import faiss_segments
from index.embedding import unit_rows
from index.encoders import encoder_for
from index.faiss_segments import GraphSegment
from index.models import DEFAULT_MODEL, find_model
from index.types import Draft, StoredVectors, Vectors

COPIES = 8
NOISE = {"copies": 0.0, "near copies": 0.02}  # length of what is added to a vector of length 1
QUESTIONS = 500
FOUND = 100
NEAREST = 10
ROUNDING = 1e-5
WIDTHS = ((80, 100), (80, 400), (160, 100), (160, 200))


@click.command()
@click.option("--shared", type=click.Path(path_type=Path), default=ROOT.parent / "shared")
@click.option("--save/--no-save", default=True, help="Write benchmarks/results/copies.json.")
def main(shared: Path, *, save: bool) -> None:
    """Measure recall@10 against exact search, and what a walk takes."""
    try:
        sets = [read_set(name, shared) for name in ("squad", "chunking")]
    except FileNotFoundError as error:
        click.echo(f"left out, there is no {error.filename}")
        return
    encoder = encoder_for(find_model(DEFAULT_MODEL))
    texts = [draft.reading.text for one in sets for draft in _drafts(one)]
    asked = [question.text for question in spread(sets[0].answerable, QUESTIONS)]
    vectors = encoder.encode_passages(texts).vectors
    questions = np.concatenate([encoder.encode_queries([text]).vectors for text in asked])
    for name, noise in NOISE.items():
        copies = _copies(vectors, noise)
        figures: Figures = {"passages": len(copies), "questions": len(asked), "widths": []}
        for build, walk in WIDTHS:
            faiss_segments.WIDTH_OF_BUILD, faiss_segments.LEAST_WIDTH = build, walk
            figures["widths"].append({"build": build, "walk": walk, **_measure(copies, questions)})
            click.echo(f"{name}: {figures['widths'][-1]}")
        if save:
            keep(RESULTS / "copies.json", name, figures)


def _drafts(one: QuestionSet) -> Iterator[Draft]:
    return (arrival.outcome for arrival in one.arrivals if isinstance(arrival.outcome, Draft))


def _copies(vectors: Vectors, noise: float) -> Vectors:
    """As the store keeps them, in the order of arrival: first all texts, then all again."""
    added = np.random.default_rng(1).standard_normal((COPIES * len(vectors), vectors.shape[1]))
    copies = np.tile(vectors, (COPIES, 1)) + noise * unit_rows(added.astype(np.float32))
    return unit_rows(copies).astype(np.float16).astype(np.float32)


def _measure(vectors: Vectors, questions: Vectors) -> Figures:
    keys = np.arange(len(vectors))
    start = time.perf_counter()
    graph = GraphSegment.build(
        keys, lambda wanted: StoredVectors(wanted, vectors[wanted]), sample=vectors
    )
    built = time.perf_counter() - start
    tenth = np.sort(questions @ vectors.T, axis=1)[:, -NEAREST]
    start = time.process_time()
    found = [graph.nearest(question, k=FOUND).keys for question in questions]
    walked = (time.process_time() - start) / len(questions)
    # Of several as near as the tenth, any will do.
    shares = [
        float(np.mean(vectors[keys[:NEAREST]] @ question >= least - ROUNDING))
        for question, least, keys in zip(questions, tenth, found, strict=True)
    ]
    return {
        "recall@10": round(float(np.mean(shares)), 4),
        "questions_below_half": int(np.sum(np.array(shares) < 0.5)),
        "walk_cpu_ms": round(walked * 1000, 2),
        "build_s": round(built, 1),
    }


if __name__ == "__main__":
    main()
