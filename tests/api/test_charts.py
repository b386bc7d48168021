"""Charts hold all that they count, say it in words, and are the same on every run."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from api.charts import Caption, Point, bar_chart, histogram, line_chart, scatter

CAPTION = Caption("one", "A name", "What it shows.", "across", "upward")
MARKS = [("none", 0.0), ("1", 1.0)]
TIMES = st.lists(st.floats(0, 1e7), min_size=1, max_size=200)
HOSTILE = '"><script>alert(1)</script>\x0b&'


def titles(svg, kind="mark"):
    return html.fromstring(svg).xpath(f"//g[@class='{kind}']/title/text()")


def words(svg):
    return [each.text for each in html.fromstring(svg).xpath("//text")]


def places(svg, kind):
    marks = html.fromstring(svg).xpath(f"//g[@class='{kind}']//use")
    return [(float(mark.get("x")), float(mark.get("y"))) for mark in marks]


def test_a_chart_says_what_it_shows_to_those_who_do_not_see_it():
    chart = html.fromstring(bar_chart(CAPTION, [("1", 10)]))

    named = [chart.get_element_by_id(each) for each in chart.get("aria-labelledby").split()]
    assert chart.get("role") == "img"
    assert [each.text for each in named] == ["A name", "What it shows."]
    assert {"across", "upward"} <= set(words(html.tostring(chart)))


def test_bars_stand_in_the_given_order_with_their_counts():
    chart = bar_chart(CAPTION, [("1", 1000), ("2–5", 5), ("none", 0)])

    assert titles(chart) == ["rank 1: 1,000", "rank 2–5: 5", "rank none: 0"]
    assert {"1,000", "5", "0"} <= set(words(chart))


def test_bars_without_any_count_are_a_chart_too():
    assert titles(bar_chart(CAPTION, [("1", 0), ("2", 0)])) == ["rank 1: 0", "rank 2: 0"]


@settings(max_examples=20, deadline=None)
@given(TIMES)
def test_a_histogram_counts_every_value(values):
    chart = histogram(CAPTION, values, lines=[("p50", max(values))], unit="ms")

    counts = [title.rpartition(" ")[2].replace(",", "") for title in titles(chart)]
    assert sum(map(int, counts)) == len(values)
    assert "p50" in words(chart)


@pytest.mark.parametrize("value", [0.0, 5e-324, 1.1e-308, 1e-7])
def test_values_of_nothing_have_a_scale_all_the_same(value):
    chart = histogram(CAPTION, [value], lines=[("p50", value)], unit="ms")

    assert sum(title.endswith(": 1") for title in titles(chart)) == 1


def test_a_question_that_did_better_stands_above_the_diagonal():
    points = [Point("a", "up", 0.0, 1.0), Point("b", "down", 1.0, 0.0), Point("c", "", 0.5, 0.5)]

    chart = scatter(CAPTION, points, marks=MARKS)

    [better], [worse], [same] = (places(chart, kind) for kind in ("better", "worse", "same"))
    assert better[0] < same[0] < worse[0]
    assert better[1] < same[1] < worse[1]
    assert (titles(chart, "better"), titles(chart, "worse")) == (["up"], ["down"])


def test_equal_questions_are_moved_apart_the_same_way_every_time():
    points = [Point(f"q{n}", "", 1.0, 1.0) for n in range(20)]

    chart = scatter(CAPTION, points, marks=MARKS)

    assert chart == scatter(CAPTION, points, marks=MARKS)
    assert len(set(places(chart, "same"))) > 15
    assert all(0 < x < 480 and 0 < y < 320 for x, y in places(chart, "same"))


def test_the_points_of_a_line_tell_their_titles():
    chart = line_chart(CAPTION, [(0.0, 0.0), (1.0, 1.0)], titles=["first", "last"])

    [first, last] = places(chart, "mark")
    assert first[0] < last[0]
    assert last[1] < first[1]
    assert titles(chart) == ["first", "last"]
    assert {"0%", "25%", "50%", "75%", "100%"} <= set(words(chart))


def test_a_line_without_titles_has_no_points():
    assert titles(line_chart(CAPTION, [(0.0, 0.5)])) == []


def test_markup_in_a_question_is_told_as_words():
    chart = scatter(CAPTION, [Point("a", HOSTILE, 0.0, 1.0)], marks=MARKS)

    assert "<script" not in chart
    assert "&lt;script&gt;" in chart


def test_charts_of_one_page_have_nothing_of_each_other():
    one = line_chart(CAPTION, [(0.0, 0.0), (1.0, 1.0)], titles=["a", "b"])
    two = line_chart(Caption("two", "", "", ""), [(0.0, 0.0), (1.0, 1.0)], titles=["a", "b"])

    def names(svg):
        return set(re.findall(r' id="([^"]*)"', svg))

    assert names(one).isdisjoint(names(two))
    assert set(re.findall(r'(?:"|url\()#([^")]*)', one)) <= names(one)
    assert "<style" not in one


def test_a_chart_takes_its_colours_from_the_page():
    colours = set(re.findall(r"#[0-9a-f]{6}\b", histogram(CAPTION, [1.0], lines=[], unit="ms")))

    assert colours == set()
