"""Means, intervals and differences of runs whose figures are known by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from index.types import Mode
from qa.figures import compare, summarize
from qa.results import Conditions, Measure, Result, Run

CONDITIONS = Conditions(
    "1", "2026-01-01T00:00:00+00:00", "q.jsonl", "default", 1, 1, 1, "m", "0", Mode.HYBRID, 20
)
SHARES = st.lists(st.sampled_from([0.0, 0.25, 1 / 3, 0.5, 1.0]), min_size=1, max_size=12)


def result(name, *, answerable=True, abstained=False, milliseconds=1.0, **scores):
    measured = {Measure[measure]: value for measure, value in scores.items()}
    return Result(name, None, answerable, bool(scores), None, measured, abstained, milliseconds)


def run_of(values, measure="MRR_10"):
    results = [result(f"q{n}", **{measure: value}) for n, value in enumerate(values)]
    return Run(CONDITIONS, tuple(results))


def test_a_mean_is_taken_over_the_questions_that_have_the_measure():
    figures = summarize([result("a", MRR_10=1.0), result("b", MRR_10=0.5), result("c")])

    assert figures.means[Measure.MRR_10].value == 0.75
    assert figures.means[Measure.MRR_10].questions == 2
    assert Measure.F1 not in figures.means


def test_the_interval_of_a_share_is_about_two_standard_errors_wide():
    values = [1.0] * 80 + [0.0] * 20

    interval = summarize(run_of(values).results).means[Measure.MRR_10].interval

    error = (0.8 * 0.2 / 100) ** 0.5
    assert interval.low == pytest.approx(0.8 - 1.96 * error, abs=0.02)
    assert interval.high == pytest.approx(0.8 + 1.96 * error, abs=0.02)


def test_a_single_question_has_no_interval_and_equal_ones_an_empty_one():
    alone = summarize([result("a", F1=0.5)]).means[Measure.F1]
    equal = summarize([result("a", F1=0.5), result("b", F1=0.5)]).means[Measure.F1]

    assert alone.interval is None
    assert (equal.interval.low, equal.interval.high) == (0.5, 0.5)


def test_silence_has_precision_and_recall():
    figures = summarize(
        [
            result("a"),
            result("b", abstained=True),
            result("c", answerable=False, abstained=True),
            result("d", answerable=False, abstained=True),
            result("e", answerable=False),
        ]
    ).abstaining

    assert figures.precision == pytest.approx(2 / 3)
    assert figures.recall == pytest.approx(2 / 3)
    assert figures.f1 == pytest.approx(2 / 3)


def test_where_nothing_can_be_said_about_silence_nothing_is():
    figures = summarize([result("a")]).abstaining

    assert (figures.precision, figures.recall, figures.f1) == (None, None, None)


def test_percentiles_of_time_are_interpolated():
    latency = summarize([result(f"{n}", milliseconds=float(n)) for n in range(101)]).latency

    assert (latency.p50, latency.p90, latency.p95, latency.p99) == (50, 90, 95, 99)
    assert latency.mean.value == 50


def test_a_difference_is_paired_by_question():
    change = compare(run_of([1.0, 1.0, 0.5]), run_of([0.5, 1.0, 1.0])).changes[Measure.MRR_10]

    assert (change.better, change.worse, change.same) == (1, 1, 1)
    assert change.difference == 0


def test_the_chance_of_six_gains_in_a_row_is_that_of_six_coins():
    change = compare(run_of([1.0] * 6), run_of([0.0] * 6)).changes[Measure.MRR_10]

    assert change.p == pytest.approx(2 / 2**6)


def test_silence_in_the_wrong_place_is_better_where_there_is_less_of_it():
    now, before = run_of([0.0, 0.0], "SILENT_WRONGLY"), run_of([1.0, 0.0], "SILENT_WRONGLY")

    change = compare(now, before).changes[Measure.SILENT_WRONGLY]

    assert (change.difference, change.better, change.worse) == (-0.5, 1, 0)


def test_questions_of_one_run_only_are_left_out_and_counted():
    comparison = compare(run_of([1.0, 1.0, 0.0]), run_of([1.0]))

    assert (comparison.common, comparison.only_now, comparison.only_before) == (1, 2, 0)
    assert comparison.changes[Measure.MRR_10].now == 1.0


def test_questions_are_paired_by_id_where_they_have_one():
    one = Result("Old words?", "7", True, True, 1, {Measure.F1: 0.2}, False, 1.0)
    other = Result("New words?", "7", True, True, 1, {Measure.F1: 0.7}, False, 1.0)

    comparison = compare(Run(CONDITIONS, (other,)), Run(CONDITIONS, (one,)))

    assert comparison.changes[Measure.F1].difference == pytest.approx(0.5)


@given(values=SHARES)
@examples(max_examples=20)
def test_equal_runs_do_not_differ(values):
    change = compare(run_of(values), run_of(values)).changes[Measure.MRR_10]

    assert (change.difference, change.p) == (0, 1)
    assert (change.better, change.worse, change.same) == (0, 0, len(values))


@given(values=SHARES, seed=st.integers(0, 2**32 - 1))
@examples(max_examples=20)
def test_to_turn_a_comparison_round_turns_its_signs_and_keeps_its_chance(values, seed):
    others = np.random.default_rng(seed).permutation(values).tolist()

    there = compare(run_of(values), run_of(others)).changes[Measure.MRR_10]
    back = compare(run_of(others), run_of(values)).changes[Measure.MRR_10]

    assert there.difference == pytest.approx(-back.difference)
    assert there.p == pytest.approx(back.p)
    assert (there.better, there.worse) == (back.worse, back.better)


def test_equal_runs_have_equal_intervals_every_time():
    values = np.random.default_rng(5).random(30).tolist()

    assert summarize(run_of(values).results) == summarize(run_of(values).results)
