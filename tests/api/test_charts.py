"""Charts have everything inside their frame, the same on every run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.charts import FRAME, WIDTH, bar_chart, histogram, line_chart, scatter

MARKS = [("none", 0.0), ("1", 1.0)]
TIMES = st.lists(st.floats(0, 1e7), min_size=1, max_size=200)


def test_the_tallest_bar_fills_the_frame_and_an_empty_one_has_no_height():
    tall, half, none = bar_chart([("1", 10), ("2", 5), ("3", 0)]).bars

    assert tall.height == FRAME["bottom"] - FRAME["top"]
    assert half.height == pytest.approx(tall.height / 2)
    assert none.height == 0
    assert (tall.label, tall.title) == ("10", "rank 1: 10")


def test_bars_without_any_count_lie_flat():
    assert {bar.height for bar in bar_chart([("1", 0), ("2", 0)]).bars} == {0}


@given(TIMES)
def test_a_histogram_counts_every_value_inside_the_frame(values):
    chart = histogram(values, lines=[("p50", max(values))], unit="ms")

    counted = sum(int(bar.title.rpartition(" ")[2].replace(",", "")) for bar in chart.bars)
    assert counted == len(values)
    assert all(FRAME["left"] <= bar.x <= FRAME["right"] for bar in chart.bars)
    assert all(FRAME["left"] <= mark.at <= FRAME["right"] + 0.1 for mark in chart.x_marks)
    assert 2 <= len(chart.x_marks) <= 7


def test_the_scale_of_a_histogram_has_round_numbers():
    labels = [mark.label for mark in histogram([3.0, 340.0], lines=[], unit="ms").x_marks]

    assert labels == ["0", "100", "200", "300", "400"]


def test_a_question_that_did_better_stands_above_the_diagonal():
    [better, worse, same] = scatter(
        [("a", "", 0.0, 1.0), ("b", "", 1.0, 0.0), ("c", "", 0.5, 0.5)], marks=MARKS
    ).points

    assert (better.kind, worse.kind, same.kind) == ("better", "worse", "same")
    assert (better.x < worse.x, better.y < worse.y) == (True, True)


def test_equal_questions_are_moved_apart_the_same_way_every_time():
    pairs = [(f"q{n}", "", 1.0, 1.0) for n in range(20)]

    points = scatter(pairs, marks=MARKS).points

    assert points == scatter(pairs, marks=MARKS).points
    assert len({(point.x, point.y) for point in points}) > 15
    assert all(FRAME["left"] < point.x < WIDTH for point in points)


@pytest.mark.parametrize("value", [0.0, 5e-324, 1.1e-308, 1e-7])
def test_values_of_nothing_have_a_scale_all_the_same(value):
    chart = histogram([value], lines=[("p50", value)], unit="ms")

    assert [mark.label for mark in chart.x_marks][-1] == "1"
    assert sum(bar.title.endswith(": 1") for bar in chart.bars) == 1


def test_a_line_runs_from_the_lower_left_to_the_upper_right_inside_the_frame():
    chart = line_chart([(0.0, 0.0), (1.0, 1.0)], titles=["first", "last"])

    [first, last] = [tuple(map(float, place.split(","))) for place in chart.path.split()]
    assert FRAME["left"] <= first[0] < last[0] <= FRAME["right"]
    assert FRAME["top"] <= last[1] < first[1] <= FRAME["bottom"]
    assert [(point.title, point.x, point.y) for point in chart.points] == [
        ("first", *first),
        ("last", *last),
    ]
    assert [mark.label for mark in chart.x_marks] == ["0%", "25%", "50%", "75%", "100%"]


def test_a_line_without_titles_has_no_points():
    assert line_chart([(0.0, 0.5)]).points == ()
