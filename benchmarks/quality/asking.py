"""Every set asked with every variant of the ranking."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from benchmarks.quality.indexes import Bench
from benchmarks.quality.sets import CHOSEN_ON
from benchmarks.quality.variants import SHIPPED, VARIANTS
from benchmarks.recording import Figures
from index.collection import Collection
from index.types import Mode
from qa.answering import Answerer
from qa.evaluating import Asking, evaluate
from qa.figures import Change, compare, summarize
from qa.judging import JudgedQuestion, find_targets
from qa.results import Conditions, Measure, Result, Run

__all__ = ["POOLED", "alone", "ask", "change_of", "figures_of", "measure_pooled", "measure_set"]

POOLED = ("squad", "chunking")
SHOWN = (
    Measure.RECALL_1,
    Measure.SUCCESS_1,
    Measure.SUCCESS_3,
    Measure.RECALL_5,
    Measure.MRR_10,
    Measure.NDCG_10,
    Measure.RIGHT_CITATION,
    Measure.SILENT_WRONGLY,
    Measure.KEPT_SILENT,
)
# Runs are compared in memory only, so nobody asks what they were made of.
CONDITIONS = Conditions("", "", "", "", 0, 0, 0, "", "", Mode.HYBRID, 0)


def measure_set(bench: Bench, name: str, variants: Sequence[str]) -> Iterable[Figures]:
    """Figures of one set, again after each variant with all variants so far."""
    found = _about(bench.collection(name), bench.questions(name).questions)
    found["weights_chosen_on_it"] = name in CHOSEN_ON
    for variant in _shipped_first(variants):
        results = alone(bench, name, variant)
        found["variants"][variant] = figures_of(results) | {
            "against_shipped": change_of(results, alone(bench, name, SHIPPED))
        }
        _tell(name, variant, found["variants"][variant])
        yield found


def measure_pooled(bench: Bench, name: str, variants: Sequence[str]) -> Iterable[Figures]:
    """Figures of one set's questions where the documents of POOLED are in one index.

    `against_alone` compares with the same questions asked to the set's own index.
    """
    collection, questions = bench.pooled(POOLED), bench.questions(name).questions
    found = _about(collection, questions)
    for variant in _shipped_first(variants):
        results = ask(bench, collection, questions, variant)
        found["variants"][variant] = figures_of(results) | {
            "against_alone": change_of(results, alone(bench, name, variant))
        }
        _tell(f"{name}, pooled", variant, found["variants"][variant])
        yield found


def ask(
    bench: Bench, collection: Collection, questions: Sequence[JudgedQuestion], variant: str
) -> tuple[Result, ...]:
    """Results without the texts that only a report would show."""
    chosen = VARIANTS[variant]
    trained = bench.trained if chosen.read else None
    answerer = Answerer(collection, bench.encoder, ranking=chosen.policy, trained=trained)
    targets = find_targets(collection.store, questions)
    results = evaluate(answerer, questions, targets, asking=Asking(chosen.mode))
    return tuple(
        replace(result, scores=_only(result.scores, SHOWN), answer=None, wanted=(), first=None)
        for result in results
    )


def alone(bench: Bench, name: str, variant: str) -> tuple[Result, ...]:
    """Results of one set asked to its own index; asked once."""
    if (name, variant) not in bench.results:
        questions = bench.questions(name).questions
        bench.results[name, variant] = ask(bench, bench.collection(name), questions, variant)
    return bench.results[name, variant]


def figures_of(results: Sequence[Result]) -> Figures:
    """Each measure with its interval."""
    summary = summarize(results)
    return {
        measure.value: {
            "value": round(mean.value, 4),
            "low": mean.interval and round(mean.interval.low, 4),
            "high": mean.interval and round(mean.interval.high, 4),
            "questions": mean.questions,
        }
        for measure, mean in summary.means.items()
    }


def change_of(
    now: Sequence[Result], before: Sequence[Result], measure: Measure = Measure.SUCCESS_1
) -> Figures:
    """One measure of the same questions in two runs, with its paired test."""
    change: Change = compare(_run(now, measure), _run(before, measure)).changes[measure]
    return {
        "before": round(change.before, 4),
        "now": round(change.now, 4),
        "difference": round(change.difference, 4),
        "low": change.interval and round(change.interval.low, 4),
        "high": change.interval and round(change.interval.high, 4),
        "p": round(change.p, 4),
        "better": change.better,
        "worse": change.worse,
        "questions": change.better + change.worse + change.same,
    }


def _run(results: Sequence[Result], measure: Measure) -> Run:
    kept = (replace(result, scores=_only(result.scores, [measure])) for result in results)
    return Run(CONDITIONS, tuple(kept))


def _only(scores: Mapping[Measure, float], measures: Sequence[Measure]) -> dict[Measure, float]:
    return {measure: scores[measure] for measure in measures if measure in scores}


def _about(collection: Collection, questions: Sequence[JudgedQuestion]) -> Figures:
    corpus = collection.store.corpus()
    targets = find_targets(collection.store, questions)
    return {
        "documents": corpus.documents,
        "passages": corpus.passages,
        "answerable": sum(question.answerable for question in questions),
        "unanswerable": sum(not question.answerable for question in questions),
        "judgements_not_in_index": sum(not t.is_in_index for found in targets for t in found),
        "variants": {},
    }


def _shipped_first(variants: Sequence[str]) -> list[str]:
    return [SHIPPED, *(variant for variant in variants if variant != SHIPPED)]


def _tell(name: str, variant: str, figures: Figures) -> None:
    value = figures[Measure.SUCCESS_1.value]["value"]
    print(f"{name} · {variant}: success@1 {value:.3f}", flush=True)
