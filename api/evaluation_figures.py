"""The figures of an evaluation for people and for programs."""

import json
from collections.abc import Iterator
from typing import Final

from pydantic import TypeAdapter

from api.pages import written
from qa.figures import Change, Comparison, Evaluation, Figures, Interval, Mean
from qa.results import Conditions, Measure

__all__ = [
    "GROUPS",
    "LABELS",
    "as_json",
    "as_text",
    "chance",
    "described",
    "moment",
    "share",
    "sureness",
]

GROUPS: Final = {
    "Right passages": (
        Measure.SUCCESS_1,
        Measure.SUCCESS_3,
        Measure.SUCCESS_5,
        Measure.RECALL_1,
        Measure.RECALL_5,
        Measure.RECALL_20,
        Measure.MRR_10,
        Measure.NDCG_10,
    ),
    "Answers": (
        Measure.RIGHT_ANSWER,
        Measure.RIGHT_CITATION,
        Measure.ANSWER_IN_QUOTE,
        Measure.F1,
        Measure.EXACT_MATCH,
    ),
    "Silence": (Measure.SILENT_WRONGLY, Measure.KEPT_SILENT),
}
LABELS: Final = {
    Measure.SUCCESS_1: ("Success@1", "a right one comes first"),
    Measure.SUCCESS_3: ("Success@3", "a right one is among the first 3"),
    Measure.SUCCESS_5: ("Success@5", "a right one is among the first 5"),
    Measure.RECALL_1: ("Recall@1", "share of the right ones that comes first"),
    Measure.RECALL_5: ("Recall@5", "share of the right ones among the first 5"),
    Measure.RECALL_20: ("Recall@20", "share of the right ones among the first 20"),
    Measure.MRR_10: ("MRR@10", "1 / rank of the first right one"),
    Measure.NDCG_10: ("nDCG@10", "all right ones, early ones count more"),
    Measure.RIGHT_ANSWER: ("Answered rightly", "agrees with a given answer, from a right one"),
    Measure.RIGHT_CITATION: ("Right citation", "the answer is cited from a right one"),
    Measure.ANSWER_IN_QUOTE: ("Answer in quote", "the quote holds a given answer"),
    Measure.F1: ("Answer F1", "words that quote and given answer share"),
    Measure.EXACT_MATCH: ("Exact match", "the quote is a given answer"),
    Measure.SILENT_WRONGLY: ("Silent wrongly", "answerable, not answered; less is better"),
    Measure.KEPT_SILENT: ("Kept silent", "not answerable, not answered"),
}
FIGURES: Final = TypeAdapter(Figures)
CONDITIONS: Final = TypeAdapter(Conditions)
COMPARISON: Final = TypeAdapter(Comparison | None)


def as_json(evaluation: Evaluation) -> str:
    """One object with all figures; the questions one by one are in the run file."""
    return json.dumps(
        {
            "conditions": CONDITIONS.dump_python(evaluation.run.conditions, mode="json"),
            "unresolved": len(evaluation.run.unresolved),
            "figures": FIGURES.dump_python(evaluation.figures, mode="json"),
            "comparison": COMPARISON.dump_python(evaluation.comparison, mode="json"),
        },
        ensure_ascii=False,
    )


def as_text(evaluation: Evaluation) -> str:
    """The figures as aligned lines."""
    lines = [
        evaluation.run.conditions.questions,
        *described(evaluation),
        "",
        *_figures(evaluation.figures),
    ]
    if evaluation.comparison:
        lines += ["", *_comparison(evaluation, evaluation.comparison)]
    return "\n".join(line.rstrip() for line in lines)


def described(evaluation: Evaluation) -> Iterator[str]:
    """What was asked, of what, and how."""
    conditions, figures = evaluation.run.conditions, evaluation.figures
    yield (
        f"{figures.questions:,} questions: {figures.answerable:,} answerable, "
        f"{figures.questions - figures.answerable:,} not"
    )
    yield (
        f"collection {conditions.collection}, generation {conditions.generation}: "
        f"{conditions.documents:,} documents, {conditions.passages:,} passages"
    )
    yield f"{conditions.model}, {conditions.mode}, the first {conditions.depth} hits of a question"


def _figures(figures: Figures) -> Iterator[str]:
    yield f"{'':<18} {'mean':>6}   {'95 % interval':<15} {'questions':>9}"
    for group, measures in GROUPS.items():
        held = [measure for measure in measures if measure in figures.means]
        if held:
            yield group
        for measure in held:
            yield _line(measure, figures.means[measure])
    found = figures.abstaining
    yield (
        f"  {'Abstaining':<16} precision {share(found.precision)}, recall {share(found.recall)}, "
        f"F1 {share(found.f1)}"
    )
    if figures.selective:
        yield "Confidence"
        yield from (f"  {name:<16} {value:>6}   {note}" for name, value, note in sureness(figures))
    yield "Milliseconds"
    latency = figures.latency
    low_high = _interval(latency.mean.interval, 1)
    yield f"  {'Mean':<16} {latency.mean.value:>6.1f}   {low_high:<15} {latency.mean.questions:>9,}"
    yield (
        f"  {'Percentiles':<16} p50 {latency.p50:.1f}, p90 {latency.p90:.1f}, "
        f"p95 {latency.p95:.1f}, p99 {latency.p99:.1f}"
    )


def sureness(figures: Figures) -> Iterator[tuple[str, str, str]]:
    """How far confidence can be relied on: name, figure, meaning."""
    found = figures.selective
    if found is None:
        return
    yield "AURC", share(found.aurc), "mean error rate, however few are answered; less is better"
    yield "AUROC", share(found.auroc), "tells answerable questions from others; 0.5 is chance"
    yield "ECE", share(found.ece), "how far confidence is from the share that is right"
    for most, coverage in found.coverage:
        yield f"At {most:.0%} errors", share(coverage), "share of all questions that is answered"


def _line(measure: Measure, mean: Mean) -> str:
    label, meaning = LABELS[measure]
    interval = _interval(mean.interval, 3)
    return f"  {label:<16} {mean.value:>6.3f}   {interval:<15} {mean.questions:>9,}   {meaning}"


def _comparison(evaluation: Evaluation, comparison: Comparison) -> Iterator[str]:
    if evaluation.earlier:
        before = evaluation.earlier.conditions
        yield (
            f"Against the run of {moment(before.created_at)}: {before.model}, {before.mode}, "
            f"generation {before.generation}"
        )
    left_out = f"{comparison.only_now:,} only here, {comparison.only_before:,} only there"
    yield f"{comparison.common:,} questions in common; left out: {left_out}"
    yield ""
    yield (
        f"{'':<18} {'before':>6} {'now':>6} {'change':>7}   {'95 % interval':<18} {'p':>6} "
        f"{'better':>7} {'worse':>6} {'same':>6}"
    )
    for measures in GROUPS.values():
        for measure in measures:
            if measure in comparison.changes:
                yield _changed(measure, comparison.changes[measure])


def _changed(measure: Measure, change: Change) -> str:
    interval = change.interval
    around = f"{interval.low:+.3f} to {interval.high:+.3f}" if interval else "–"
    return (
        f"  {LABELS[measure][0]:<16} {change.before:>6.3f} {change.now:>6.3f} "
        f"{change.difference:>+7.3f}   {around:<18} {chance(change.p):>6} "
        f"{change.better:>7,} {change.worse:>6,} {change.same:>6,}"
    )


def _interval(interval: Interval | None, digits: int) -> str:
    return f"{interval.low:.{digits}f} – {interval.high:.{digits}f}" if interval else "–"


def moment(created_at: str) -> str:
    """When a run was made, for people; what is no ISO time unchanged."""
    day = written(created_at)
    return f"{day}, {created_at[11:16]} UTC" if day != created_at else day


def share(value: float | None) -> str:
    """A figure in [0, 1]; a dash where there is none."""
    return "–" if value is None else f"{value:.3f}"


def chance(p: float) -> str:
    """A p-value; one that would be shown as nothing is shown as a bound."""
    return "<0.001" if p < 0.001 else f"{p:.3f}"
