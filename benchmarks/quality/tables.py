"""The results as the Markdown tables of benchmarks/README.md."""

from collections.abc import Iterable, Sequence

from benchmarks.quality.variants import PLAIN, READ, SHIPPED, VARIANTS
from benchmarks.recording import Figures
from qa.results import Measure

__all__ = ["tables"]

SURE = 0.05  # p below which a difference is marked
NONE = "–"


def tables(results: Figures) -> str:
    """All parts that were measured, each under its heading."""
    parts = {
        "ask": (_sets, _read_sets, _ablation),
        "pool": (_pooled,),
        "wordings": (_wordings,),
        "cost": (_search, _ingest),
        "codes": (_codes,),
        "order": (_order,),
    }
    found = [
        table(results[part]) for part, some in parts.items() if part in results for table in some
    ]
    return "\n\n".join([*(text for text in found if text), _origin(results)])


def _read_sets(sets: Figures) -> str:
    return _sets(sets, variant=READ)


def _sets(sets: Figures, *, variant: str = SHIPPED) -> str:
    head = (
        "set", "weights chosen on it", "passages", "questions", "Recall@1", "Success@1",
        "Success@3", "Recall@5", "MRR@10", "nDCG@10", "right place quoted", "silent wrongly",
        "kept silent",
    )  # fmt: skip
    rows = []
    for name, found in sets.items():
        shipped = found["variants"].get(variant)
        if shipped is None:
            continue
        rows.append(
            (
                name,
                "yes" if found["weights_chosen_on_it"] else "no",
                f"{found['passages']:,}",
                f"{found['answerable']:,}",
                _ranged(shipped, Measure.RECALL_1),
                _ranged(shipped, Measure.SUCCESS_1),
                _plain(shipped, Measure.SUCCESS_3),
                _plain(shipped, Measure.RECALL_5),
                _plain(shipped, Measure.MRR_10),
                _ranged(shipped, Measure.NDCG_10),
                _plain(shipped, Measure.RIGHT_CITATION),
                _plain(shipped, Measure.SILENT_WRONGLY),
                _kept(shipped),
            )
        )
    return _table(f"The ranking as {variant}", head, rows)


def _ablation(sets: Figures) -> str:
    """Success@1 of each variant; marked where the paired test tells it from the shipped one."""
    rows = []
    for variant in VARIANTS:
        cells = [_told_apart(found["variants"].get(variant)) for found in sets.values()]
        if any(cell != NONE for cell in cells):
            rows.append((variant, *cells))
    title = f"Success@1 with one part changed (▲ better, ▼ worse than shipped at p < {SURE})"
    return _table(title, ("variant", *sets), rows)


def _told_apart(figures: Figures | None) -> str:
    if figures is None:
        return NONE
    change = figures["against_shipped"]
    mark = "" if change["p"] >= SURE else " ▲" if change["difference"] > 0 else " ▼"
    return _plain(figures, Measure.SUCCESS_1) + mark


def _pooled(sets: Figures) -> str:
    rows = []
    for name, found in sets.items():
        for variant, figures in found["variants"].items():
            change = figures["against_alone"]
            rows.append(
                (
                    name,
                    variant,
                    f"{change['before']:.3f}",
                    f"{change['now']:.3f}",
                    f"{change['difference']:+.3f}",
                    _p(change),
                    _plain(figures, Measure.NDCG_10),
                )
            )
    head = ("set", "variant", "Success@1 alone", "pooled", "change", "p", "nDCG@10 pooled")
    return _table("Squad and chunking in one index", head, rows)


def _wordings(found: Figures) -> str:
    rows = [
        (name, f"{change['questions']:,}", *_before_and_now(change))
        for name, change in found["wordings"].items()
    ]
    head = ("wording", "questions", "Success@1 as written", "so worded", "change", "95 %", "p")
    return _table("The same questions, worded otherwise", head, rows)


def _search(parts: Figures) -> str:
    if "search" not in parts:
        return ""
    found = parts["search"]
    fields = ("cpu_ms_p50", "cpu_ms_p95", "wall_ms_p50", "wall_ms_p95")
    rows = [
        (name.replace("_", " "), *(f"{found[name][field]:.1f}" for field in fields))
        for name in ("encoding_the_question", PLAIN, SHIPPED, "difference")
    ]
    copies = found["passages_that_are_copies"]
    title = (
        f"A search in {found['passages']:,} passages, of which {copies:,} are copies; "
        f"{found['questions']:,} questions; peak {found['peak_resident_mib']:,.0f} MiB resident"
    )
    return _table(title, ("ms", "CPU p50", "CPU p95", "clock p50", "clock p95"), rows)


def _ingest(parts: Figures) -> str:
    if "ingest" not in parts:
        return ""
    found = parts["ingest"]
    plain = found["median_cpu_seconds"]["plain_encode"]
    rows = [
        (
            way.replace("_", " "),
            ", ".join(f"{one:.1f}" for one in found["cpu_seconds"][way]),
            f"{median:.1f}",
            f"{median / plain:.2f}",
        )
        for way, median in found["median_cpu_seconds"].items()
    ]
    title = f"Taking in {found['passages']:,} passages (target: {found['target']} × plain encode)"
    return _table(title, ("way", "CPU seconds", "median", "× plain"), rows)


def _codes(found: Figures) -> str:
    rows = [
        (name, measure, f"{change['questions']:,}", *_before_and_now(change))
        for name, changes in found.items()
        if isinstance(changes, dict)
        for measure, change in changes.items()
    ]
    title = (
        f"Word pieces at one bit a dimension: {found['bytes_of_150_word_pieces']:,} bytes a "
        f"passage of 150 (target: within {found['target']} of Success@1)"
    )
    head = ("set", "measure", "questions", "full precision", "one bit", "change", "95 %", "p")
    return _table(title, head, rows)


def _order(found: Figures) -> str:
    rows = [(way, f"{count:,}") for way, count in found["different"].items()]
    for key in ("different_in_any", "different_as_a_set", "different_at_the_first_place"):
        rows.append((key.replace("_", " "), f"{found[key]:,}"))
    title = (
        f"Questions of {found['questions']:,} whose first ten are not those of order 1, threads 1"
    )
    return _table(title, ("way in", "questions"), rows)


def _origin(results: Figures) -> str:
    """Where and from what state of the code the figures come."""
    found = [
        one for part in results.values() for one in ([part] if "commit" in part else part.values())
    ]
    commits = ", ".join(dict.fromkeys(one["commit"] for one in found))
    return f"Commits {commits}; {'; '.join(dict.fromkeys(one['machine'] for one in found))}."


def _plain(figures: Figures, measure: Measure) -> str:
    return f"{figures[measure.value]['value']:.3f}" if measure.value in figures else NONE


def _ranged(figures: Figures, measure: Measure) -> str:
    mean = figures[measure.value]
    if mean["low"] is None:
        return _plain(figures, measure)
    return f"{mean['value']:.3f} ({mean['low']:.3f}–{mean['high']:.3f})"


def _kept(figures: Figures) -> str:
    mean = figures.get(Measure.KEPT_SILENT.value)
    if not mean:
        return NONE
    return f"{round(mean['value'] * mean['questions'])} of {mean['questions']}"


def _before_and_now(change: Figures) -> tuple[str, ...]:
    between = NONE if change["low"] is None else f"{change['low']:+.3f} to {change['high']:+.3f}"
    return (
        f"{change['before']:.3f}",
        f"{change['now']:.3f}",
        f"{change['difference']:+.3f}",
        between,
        _p(change),
    )


def _p(change: Figures) -> str:
    return "< .001" if change["p"] < 0.001 else f"{change['p']:.3f}"


def _table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join([f"**{title}**", "", *(f"| {' | '.join(line)} |" for line in lines)])
