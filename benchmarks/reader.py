"""How good is the reader, and what does it cost? `python -m benchmarks.reader`

    --parts gold open foreign seeds cost     all of them unless some are named

`gold` reads the paragraph that a question of squad was asked about; `open` searches it among all
1,216; `foreign` asks questions of one set of the index of another, which cannot know; `seeds` asks
the sets of the seeds; `cost` takes the processor's time for five passages. A set that is not on
this machine is named and left out. Results go to benchmarks/results/reader.json.
"""

import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click
import numpy as np

from benchmarks.quality.indexes import Bench
from benchmarks.quality.sets import spread
from benchmarks.recording import RESULTS, ROOT, Figures, keep
from index.collection import Collection
from qa.agreement import Said, agreement
from qa.answering import Answerer, AnswerPolicy, TrainedReader
from qa.evaluating import Asking, evaluate
from qa.judging import JudgedQuestion, find_targets
from qa.results import Measure, Result
from qa.selective import area_under_roc, selective
from qa.types import AnswerKind, Question, RankedPassage

PARTS = ("gold", "open", "foreign", "seeds", "cost")
SEEDS = ("seeds", "originals")
BUDGET = 0.1
COST_QUESTIONS = 100


@click.command()
@click.option("--parts", multiple=True, type=click.Choice(PARTS), default=PARTS)
@click.option("--most", default=1200, show_default=True, help="Questions of a set and a kind.")
@click.option("--shared", type=click.Path(path_type=Path), default=ROOT.parent / "shared")
@click.option("--indexes", type=click.Path(path_type=Path), help="Keep the sets' indexes here.")
@click.option("--save/--no-save", default=True, help="Write benchmarks/results/reader.json.")
def main(
    parts: Sequence[str], most: int, shared: Path, indexes: Path | None, *, save: bool
) -> None:
    """Measure the shipped reader."""
    with tempfile.TemporaryDirectory() as temporary:
        bench = Bench(shared, indexes or Path(temporary), most=None, unanswerable=None)
        trained = bench.trained
        for part in parts:
            measure = {
                "gold": _gold, "open": _open, "foreign": _foreign, "seeds": _seeds, "cost": _cost,
            }[part]  # fmt: skip
            try:
                figures = measure(bench, trained, most)
            except FileNotFoundError as error:
                click.echo(f"{part}: left out, there is no {error.filename}")
                continue
            click.echo(f"{part}: {figures}")
            if save:
                about = {"reader": trained.reader.name, "calibration": trained.calibration.id}
                keep(RESULTS / "reader.json", part, about | figures)


def _gold(bench: Bench, trained: TrainedReader, most: int) -> Figures:
    """Exact match and F1 of the words where the right paragraph is given."""
    store = bench.collection("squad").store
    questions = spread(bench.questions("squad").answerable, most)
    scores = []
    for question in questions:
        [item, *_] = question.items
        document = store.document(item.text)
        verdict = trained.reader.read(question.text, document.title, document.text)
        words = verdict.span.of(document.text) if verdict.span else ""
        scores.append(agreement(Said(document.text, words), question.answers))
    return {
        "questions": len(scores),
        "exact_match": _mean([score[Measure.EXACT_MATCH] for score in scores]),
        "f1": _mean([score[Measure.F1] for score in scores]),
    }


def _open(bench: Bench, trained: TrainedReader, most: int) -> Figures:
    """The whole way from a question to an answer or silence, with and without the reader."""
    results = _asked(bench, "squad", trained, most)
    figures = _figures(results)
    for name in ("squad", "chunking"):
        answerable = spread(bench.questions(name).answerable, most)
        with_it = _ask(bench.collection(name), bench, trained, answerable)
        without = _ask(bench.collection(name), bench, None, answerable)
        figures[f"success@1 {name}"] = [_success(without), _success(with_it)]
    return figures


def _foreign(bench: Bench, trained: TrainedReader, most: int) -> Figures:
    """Confidence in what an index knows, against questions of another subject."""
    figures = {}
    for name, other in (("squad", "chunking"), ("chunking", "squad")):
        own = _ask(
            bench.collection(name), bench, trained, spread(bench.questions(name).answerable, most)
        )
        foreign = [
            replace(question, items=(), answers=(), answerable=False)
            for question in spread(bench.questions(other).answerable, most)
        ]
        alien = _ask(bench.collection(name), bench, trained, foreign)
        results = [*own, *alien]
        figures[f"{other} asked of {name}"] = {
            "auroc": _rounded(
                area_under_roc(
                    np.array([result.confidence for result in results], dtype=np.float64),
                    np.array([result.answerable for result in results], dtype=bool),
                )
            ),
            "kept_silent": _mean([float(result.abstained) for result in alien]),
        }
    return figures


def _seeds(bench: Bench, trained: TrainedReader, most: int) -> Figures:
    """Each set of the seeds."""
    return {name: _figures(_asked(bench, name, trained, most)) for name in SEEDS}


def _cost(bench: Bench, trained: TrainedReader, _: int) -> Figures:
    """Milliseconds of the processor for five passages, on one thread."""
    collection = bench.collection("squad")
    answerer = Answerer(collection, bench.encoder, trained=trained)
    questions = spread(bench.questions("squad").answerable, COST_QUESTIONS)
    found = [[passage.hit for passage in _passages(answerer, question)] for question in questions]
    spent = []
    for question, hits in zip(questions, found, strict=True):
        start = time.process_time()
        for hit in hits:
            trained.reader.read(question.text, hit.title, hit.passage.text)
        spent.append((time.process_time() - start) * 1000)
    p50, p95 = np.percentile(spent, [50, 95]).tolist()
    return {
        "questions": len(spent),
        "passages": 5,
        "p50_ms": round(p50, 1),
        "p95_ms": round(p95, 1),
    }


def _passages(answerer: Answerer, question: JudgedQuestion) -> Sequence[RankedPassage]:
    return answerer.answer(Question(question.text, answer=AnswerKind.NONE)).passages


def _asked(bench: Bench, name: str, trained: TrainedReader | None, most: int) -> list[Result]:
    questions = bench.questions(name).questions
    answerable = spread([q for q in questions if q.answerable], most)
    others = spread([q for q in questions if not q.answerable], most)
    return _ask(bench.collection(name), bench, trained, [*answerable, *others])


def _ask(
    collection: Collection,
    bench: Bench,
    trained: TrainedReader | None,
    questions: Sequence[JudgedQuestion],
) -> list[Result]:
    policy = AnswerPolicy(max_error_rate=BUDGET)
    answerer = Answerer(collection, bench.encoder, policy=policy, trained=trained)
    targets = find_targets(collection.store, questions)
    return list(evaluate(answerer, questions, targets, asking=Asking()))


def _figures(results: Sequence[Result]) -> Figures:
    found = selective(results)
    assert found is not None
    answerable = [result for result in results if result.answerable]
    answered = [result for result in results if not result.abstained]
    return {
        "answerable": len(answerable),
        "unanswerable": len(results) - len(answerable),
        "auroc": _rounded(found.auroc),
        "aurc": _rounded(found.aurc),
        "ece": _rounded(found.ece),
        "answered_of_answerable": _mean([float(not r.abstained) for r in answerable]),
        "wrong_of_answered": _mean([float(not r.right) for r in answered]),
        "answered_rightly": _mean([r.scores.get(Measure.RIGHT_ANSWER, 0.0) for r in answerable]),
        "best_words_right": _mean([float(bool(r.right)) for r in answerable]),
        "kept_silent": _mean([float(r.abstained) for r in results if not r.answerable]),
        "coverage": {f"{most:.0%}": _rounded(share) for most, share in found.coverage},
    }


def _success(results: Sequence[Result]) -> float | None:
    return _mean([r.scores[Measure.SUCCESS_1] for r in results if Measure.SUCCESS_1 in r.scores])


def _mean(values: Sequence[float]) -> float | None:
    return _rounded(float(np.mean(values))) if values else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


if __name__ == "__main__":
    main()
