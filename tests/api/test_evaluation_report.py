"""The report is opened in a real browser: it needs nothing else, and shuts nobody out."""

from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from api.evaluation_report import report_page, worst
from index.types import Mode
from qa.figures import evaluation_of
from qa.measuring import ranking_scores
from qa.results import Conditions, Excerpt, Measure, Result, Run

CONDITIONS = Conditions(
    "0.1", "2026-02-05T10:30:00+00:00", "questions.jsonl", "default", 4, 5, 44, "all-MiniLM", "0",
    Mode.HYBRID, 20, {"rerank": 8},
)  # fmt: skip
MARKUP = '"><script>window.hacked = 1</script><img src=x onerror="window.hacked = 1">'


def asked(number, rank, **fields):
    places = [None] * ((rank or 21) - 1) + ([0] if rank else [])
    found = Result(
        question=f"What is question {number} about?",
        id=None,
        answerable=True,
        judged=True,
        rank=rank,
        scores=ranking_scores(places, targets=1) | {Measure.SILENT_WRONGLY: 0.0},
        abstained=False,
        milliseconds=20.0 + number,
        wanted=(Excerpt("file.md", f"words {number} that answer"),),
        first=Excerpt("Title › Heading", f"passage {number} that came first"),
    )
    return replace(found, **fields)


def run_of(*ranks):
    silent = asked(99, None, answerable=False, judged=False, scores={Measure.KEPT_SILENT: 1.0})
    results = [asked(number, rank) for number, rank in enumerate(ranks)]
    return Run(CONDITIONS, (*results, silent), ("words that are nowhere",))


ALONE = evaluation_of(run_of(1, 1, 2, 7, None, 13))
COMPARED = evaluation_of(run_of(1, 1, 2, 7, None, 13), earlier=run_of(2, 1, 1, 7, 3, None))


@pytest.fixture
def open_report(chromium, tmp_path):
    """Opens reports as files; at the end, none may have met an error or asked for anything."""
    asked_for, errors = [], []

    def opened(evaluation, **options):
        (tmp_path / "report.html").write_text(report_page(evaluation), encoding="utf-8")
        tab = chromium.new_context(**options).new_page()
        tab.on("request", lambda request: asked_for.append(request.url))
        tab.on("pageerror", lambda error: errors.append(str(error)))
        tab.on("console", lambda message: errors.append(message.text))
        tab.goto((tmp_path / "report.html").as_uri())
        return tab

    yield opened
    for context in chromium.contexts:
        context.close()
    assert errors == []
    assert {url for url in asked_for if not url.startswith(("file:", "data:"))} == set()


def test_the_figures_stand_in_a_table_with_their_intervals(open_report):
    tab = open_report(ALONE)

    row = tab.get_by_role("row", name="Success@1")
    expect(row.get_by_role("rowheader")).to_have_text("Success@1")
    expect(row.get_by_role("cell").nth(0)).to_have_text("0.333")
    expect(row.get_by_role("cell").nth(1)).to_have_text("0.000 – 0.667")
    expect(row.get_by_role("cell").nth(3)).to_have_text("6")


def test_without_an_earlier_run_the_ranks_are_shown_as_bars(open_report):
    tab = open_report(ALONE)

    chart = tab.get_by_role("img", name="Rank of the first right passage")
    told = chart.locator(".mark title").all_text_contents()
    assert [title.rpartition(" ")[2] for title in told] == list("21000111")
    expect(tab.get_by_role("img", name="Time of a question")).to_be_visible()
    expect(tab.get_by_text("Against the run of")).to_have_count(0)


def test_with_an_earlier_run_changes_and_movements_are_shown(open_report):
    tab = open_report(COMPARED)

    expect(tab.get_by_role("heading", name="Against the run of 5 February 2026")).to_be_visible()
    chart = tab.get_by_role("img", name="Rank of the first right passage, before and now")
    expect(chart.locator(".better")).to_have_count(2)
    expect(chart.locator(".worse")).to_have_count(2)
    expect(chart.locator(".same")).to_have_count(2)
    assert "Rank 2 before, 1 now." in chart.locator(".better title").first.text_content()


def test_the_worst_questions_come_with_what_was_wanted_and_found(open_report):
    first = open_report(ALONE).locator(".questions > li").first

    expect(first.get_by_role("heading")).to_have_text("What is question 4 about?")
    expect(first).to_contain_text("Not in the first 20")
    expect(first).to_contain_text("words 4 that answer")
    expect(first).to_contain_text("passage 4 that came first")


def test_the_worst_are_those_found_last_and_twenty_at_most():
    ranks = [1, *range(2, 21), None, None, None]
    results = [asked(number, rank) for number, rank in enumerate(ranks)]

    shown = [result.rank for result in worst(results)]

    assert shown == [None, None, None, *range(20, 3, -1)]


def test_where_nothing_went_wrong_the_report_says_so(open_report):
    tab = open_report(evaluation_of(run_of(1, 1)))

    expect(tab.get_by_text("Every judged question has a right passage first.")).to_be_visible()


def test_a_set_without_judgements_has_a_report_too(open_report):
    silent = Run(CONDITIONS, run_of().results)

    tab = open_report(evaluation_of(silent, earlier=silent))

    expect(tab.get_by_role("row", name="Kept silent").first).to_be_visible()
    expect(tab.get_by_role("heading", name="Worst questions")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("evaluation", [ALONE, COMPARED], ids=["alone", "compared"])
def test_nobody_is_shut_out_of_a_report(open_report, scheme, evaluation):
    tab = open_report(evaluation, color_scheme=scheme, bypass_csp=True)

    found = Axe().run(tab).response["violations"]
    assert {each["id"]: [node["html"] for node in each["nodes"]] for each in found} == {}


@pytest.mark.parametrize("width", [320, 400, 1280])
def test_nothing_of_a_report_runs_over_the_edge(open_report, width):
    tab = open_report(COMPARED, viewport={"width": width, "height": 700})

    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_markup_in_questions_and_documents_is_shown_as_words(open_report):
    hostile = asked(0, None, question=MARKUP, first=Excerpt(MARKUP, MARKUP))
    hostile = replace(hostile, wanted=(Excerpt(MARKUP, MARKUP),))
    run = Run(replace(CONDITIONS, questions=MARKUP), (hostile, asked(1, 1)), (MARKUP,))

    tab = open_report(evaluation_of(run, earlier=run), bypass_csp=True)

    expect(tab.get_by_role("heading", level=1)).to_contain_text("<script>")
    assert tab.locator("script, img:not([role])").count() == 0
    assert tab.evaluate("window.hacked") is None
