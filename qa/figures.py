"""A run's figures with their uncertainty, and how two runs differ. The only door to scipy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from qa.results import Measure, Result, Run
from qa.selective import Selective, selective

__all__ = [
    "Abstaining",
    "Change",
    "Comparison",
    "Evaluation",
    "Figures",
    "Interval",
    "Latency",
    "Mean",
    "compare",
    "evaluation_of",
    "summarize",
]

SEED = 20_250_205  # any number; equal runs must give equal intervals
RESAMPLES = 9_999  # scipy's own choice
BATCH = 100  # resamples held at once, so that memory stays small for long question sets


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % bootstrap interval; without width where all values are equal, however few they are."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over questions. There is no interval from a single one."""

    value: float
    interval: Interval | None
    questions: int


@dataclass(frozen=True, slots=True)
class Abstaining:
    """How well silence tells what cannot be answered; None where nothing can be said.

    Precision is the share of unanswerable questions among those not answered, recall the share of
    unanswerable questions that were not answered.
    """

    abstained: int
    unanswerable: int
    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True, slots=True)
class Latency:
    """Wall time of a question in milliseconds; percentiles are interpolated linearly."""

    mean: Mean
    p50: float
    p90: float
    p95: float
    p99: float


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of a run. A measure that no question has a value of is left out."""

    questions: int
    answerable: int
    judged: int
    means: Mapping[Measure, Mean]
    abstaining: Abstaining
    latency: Latency
    selective: Selective | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One measure in two runs, over the questions that both have a value of.

    Attributes:
        difference: `now` less `before`, with its interval from resampled questions.
        p: Of a two-sided paired permutation test: how often a difference as large comes about
            where the two runs are exchanged at random, question by question.
        better: Questions for which the later run did better; `worse` and `same` likewise.
    """

    before: float
    now: float
    difference: float
    interval: Interval | None
    p: float
    better: int
    worse: int
    same: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run beside an earlier one, over the questions that they have in common."""

    common: int
    only_now: int
    only_before: int
    changes: Mapping[Measure, Change]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A run with its figures, beside an earlier run where there is one."""

    run: Run
    figures: Figures
    earlier: Run | None = None
    comparison: Comparison | None = None


def evaluation_of(run: Run, *, earlier: Run | None = None) -> Evaluation:
    """All figures of a run."""
    comparison = compare(run, earlier) if earlier else None
    return Evaluation(run, summarize(run.results), earlier, comparison)


def summarize(results: Sequence[Result]) -> Figures:
    """Figures of a run.

    Args:
        results: At least one.
    """
    return Figures(
        questions=len(results),
        answerable=sum(result.answerable for result in results),
        judged=sum(result.judged for result in results),
        means={
            measure: _mean(values)
            for measure in Measure
            if (values := [r.scores[measure] for r in results if measure in r.scores])
        },
        abstaining=_abstaining(results),
        latency=_latency([result.milliseconds for result in results]),
        selective=selective(results),
    )


def compare(now: Run, before: Run) -> Comparison:
    """Pair two runs' results by the questions' ids, or their texts where they have none."""
    earlier = {result.key: result for result in before.results}
    pairs = [(earlier[r.key], r) for r in now.results if r.key in earlier]
    return Comparison(
        common=len(pairs),
        only_now=len(now.results) - len(pairs),
        only_before=len(earlier) - len(pairs),
        changes={
            measure: change
            for measure in Measure
            if (change := _change(measure, pairs)) is not None
        },
    )


def _mean(values: Sequence[float]) -> Mean:
    return Mean(float(np.mean(values)), _interval(values), len(values))


def _interval(values: Sequence[float]) -> Interval | None:
    if len(values) < 2:
        return None
    # Percentiles, because the corrected interval (BCa) is not defined where all values are equal.
    found = stats.bootstrap(
        (np.asarray(values),),
        np.mean,
        n_resamples=RESAMPLES,
        batch=BATCH,
        method="percentile",
        rng=np.random.default_rng(SEED),
    ).confidence_interval
    return Interval(float(found.low), float(found.high))


def _abstaining(results: Sequence[Result]) -> Abstaining:
    unanswerable = sum(not result.answerable for result in results)
    abstained = sum(result.abstained for result in results)
    rightly = sum(result.abstained and not result.answerable for result in results)
    either = abstained + unanswerable
    return Abstaining(
        abstained,
        unanswerable,
        precision=rightly / abstained if abstained else None,
        recall=rightly / unanswerable if unanswerable else None,
        f1=2 * rightly / either if either else None,
    )


def _latency(milliseconds: Sequence[float]) -> Latency:
    p50, p90, p95, p99 = np.percentile(milliseconds, [50, 90, 95, 99]).tolist()
    return Latency(_mean(milliseconds), p50, p90, p95, p99)


def _change(measure: Measure, pairs: Sequence[tuple[Result, Result]]) -> Change | None:
    both = [
        (before.scores[measure], now.scores[measure])
        for before, now in pairs
        if measure in before.scores and measure in now.scores
    ]
    if not both:
        return None
    before, now = np.array(both).T
    differences = now - before
    gains = -differences if measure.less_is_better else differences
    return Change(
        before=float(before.mean()),
        now=float(now.mean()),
        difference=float(differences.mean()),
        interval=_interval(differences.tolist()),
        p=_p_value(differences),
        better=int((gains > 0).sum()),
        worse=int((gains < 0).sum()),
        same=int((gains == 0).sum()),
    )


def _p_value(differences: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> float:
    """Of a paired permutation test; Smucker, Allan & Carterette, CIKM 2007.

    To exchange two runs for a question is to turn the sign of its difference, which changes
    nothing where there is none, so only the other questions are looked at.
    """
    changed = differences[differences != 0]
    if len(changed) < 2:
        return 1.0
    return float(
        stats.permutation_test(
            (changed,),
            np.sum,
            permutation_type="samples",
            n_resamples=RESAMPLES,
            batch=BATCH,
            rng=np.random.default_rng(SEED),
        ).pvalue
    )
