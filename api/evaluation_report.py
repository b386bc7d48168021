"""An evaluation as one page: it holds all that it shows, and needs no script and no network."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from api.charts import Caption, Point, bar_chart, histogram, line_chart, scatter
from api.evaluation_figures import GROUPS, LABELS, chance, described, moment, share, sureness
from qa.figures import Evaluation, Figures
from qa.results import Measure, Result

__all__ = ["report_page", "worst"]

WORST_SHOWN = 20
NEVER = 10**9  # the rank of what was not found, when results are put in order
MARKS = [("none", 0.0), *((str(rank), 1 / rank) for rank in (5, 3, 2, 1))]
MOVEMENTS = Caption(
    "movements",
    "Rank of the first right passage, before and now",
    "Each dot is a question, before from left to right, now from bottom to top. "
    "Dots above the dotted line did better.",
    "rank before",
    "rank now",
)
RANKS = Caption(
    "ranks",
    "Rank of the first right passage",
    "Number of questions for each rank.",
    "rank of the first right passage",
)
LATENCY = Caption(
    "latency",
    "Time of a question",
    "Number of questions by the milliseconds that they took.",
    "milliseconds",
    "questions",
)
RISK = Caption(
    "risk",
    "Errors and coverage",
    "The error rate among the surest answers, for every share of questions that is answered.",
    "questions answered, the surest first",
    "wrong",
)
RELIABILITY = Caption(
    "reliability",
    "Confidence and truth",
    "The share of right answers for each range of confidence; on the diagonal confidence is what "
    "it says.",
    "confidence",
    "right",
)


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure at the head of the page."""

    name: str
    value: str
    note: str


def report_page(evaluation: Evaluation) -> str:
    """The page of one evaluation, with what changed where there is an earlier run."""
    results, figures = evaluation.run.results, evaluation.figures
    movements = _movements(evaluation)
    return (
        _environment()
        .get_template("evaluation.html")
        .render(
            evaluation=evaluation,
            conditions=evaluation.run.conditions,
            figures=figures,
            comparison=evaluation.comparison,
            described=list(described(evaluation)),
            tiles=_tiles(figures),
            groups={
                name: [m for m in group if m in figures.means] for name, group in GROUPS.items()
            },
            labels=LABELS,
            movements=scatter(MOVEMENTS, movements, marks=MARKS) if movements else None,
            moved=Counter(point.kind for point in movements),
            ranks=_ranks(results, evaluation.run.conditions.depth),
            latency=_latency(results, figures),
            sureness=list(sureness(figures)),
            risk=_risk(figures),
            reliability=_reliability(figures),
            worst=worst(results),
        )
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "chance": chance,
        "moment": moment,
        "share": share,
        "signed": lambda value: f"{value:+.3f}".replace("-", "−"),
    }
    return environment


def worst(results: Sequence[Result]) -> list[Result]:
    """Judged questions without a right passage in front, the latest found and lowest nDCG first."""
    missed = [result for result in results if result.judged and result.rank != 1]
    missed.sort(key=lambda r: (-(r.rank or NEVER), r.scores.get(Measure.NDCG_10, 0.0)))
    return missed[:WORST_SHOWN]


def _tiles(figures: Figures) -> list[Tile]:
    shown = {
        Measure.SUCCESS_1: "Right passage first",
        Measure.RECALL_20: "In the first 20",
        Measure.RIGHT_ANSWER: "Answered rightly",
        Measure.SILENT_WRONGLY: "Silent wrongly",
        Measure.KEPT_SILENT: "Kept silent",
    }
    tiles = []
    for measure, name in shown.items():
        if mean := figures.means.get(measure):
            around = mean.interval
            note = f"{around.low:.1%} to {around.high:.1%}" if around else "a single question"
            tiles.append(Tile(name, f"{mean.value:.1%}", note))
    latency = figures.latency
    return [*tiles, Tile("Median time", f"{latency.p50:.0f} ms", f"p95 {latency.p95:.0f} ms")]


def _ranks(results: Sequence[Result], depth: int) -> Markup | None:
    """How many questions have their first right passage at which rank."""
    judged = [result for result in results if result.judged]
    if not judged:
        return None
    counts = Counter(_range(result.rank, depth) for result in judged)
    names = ["1", "2", "3", "4", "5", "6–10", "11–20"]
    names += [f"21–{depth}"] if depth > 20 else []
    return bar_chart(RANKS, [(name, counts[name]) for name in [*names, "none"]])


def _range(rank: int | None, depth: int) -> str:
    if rank is None:
        return "none"
    if rank <= 5:
        return str(rank)
    if rank <= 10:
        return "6–10"
    return "11–20" if rank <= 20 else f"21–{depth}"


def _movements(evaluation: Evaluation) -> list[Point]:
    """Each common question's reciprocal rank then and now; none without an earlier run."""
    if evaluation.earlier is None:
        return []
    before = {result.key: result for result in evaluation.earlier.results if result.judged}
    pairs = [(before[r.key], r) for r in evaluation.run.results if r.judged and r.key in before]
    return [
        Point(
            now.key,
            f"{now.question} Rank {earlier.rank or 'none'} before, {now.rank or 'none'} now.",
            _reciprocal(earlier),
            _reciprocal(now),
        )
        for earlier, now in pairs
    ]


def _reciprocal(result: Result) -> float:
    return 1 / result.rank if result.rank else 0.0


def _latency(results: Sequence[Result], figures: Figures) -> Markup:
    lines = [("p50", figures.latency.p50), ("p95", figures.latency.p95)]
    times = [result.milliseconds for result in results]
    return histogram(LATENCY, times, lines=lines, unit="ms")


def _risk(figures: Figures) -> Markup | None:
    """Errors among the surest answers, for every share that is answered."""
    return line_chart(RISK, figures.selective.curve) if figures.selective else None


def _reliability(figures: Figures) -> Markup | None:
    """The share that is right beside what was said of it."""
    if figures.selective is None:
        return None
    bins = figures.selective.bins
    titles = [
        f"{each.questions:,} questions: confidence {each.confidence:.2f}, {each.right:.0%} right"
        for each in bins
    ]
    places = [(each.confidence, each.right) for each in bins]
    return line_chart(RELIABILITY, places, titles=titles, has_diagonal=True)
