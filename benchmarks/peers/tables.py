"""The results as the Markdown tables of benchmarks/README.md."""

from collections.abc import Iterable, Iterator, Sequence

from benchmarks.peers.contenders import CONTENDERS, FOOTNOTED
from benchmarks.peers.corpus import SETS
from benchmarks.recording import Figures

__all__ = ["tables"]

NONE = "–"
BASE = "forty-lines"
MEANINGS = {
    "dense": "vectors alone",
    "plain": "both legs",
    "shipped": "both legs and MaxSim",
    "quoted": "the same, best sentence quoted",
    "reader": "the same, with the reader",
    "hybrid": "hybrid",
}


def tables(results: Figures) -> str:
    """Markdown of every part that was measured."""
    makers = {
        "environments": _environments,
        "building": _building,
        "questions": _questions,
        "serving": _serving,
        "cold": _cold,
    }
    found = [make(results) for part, make in makers.items() if part in results]
    return "\n\n".join([*found, _left_out(results), _origin(results)])


def _environments(results: Figures) -> str:
    rows = [
        (_label(name), f"{found['mib']:,}", str(found["packages"]))
        for name, found in results["environments"].items()
        if "failed" not in found
    ]
    return _table(
        "What each installs, the model's weights not counted", ("", "MiB", "packages"), rows
    )


def _building(results: Figures) -> str:
    head = (
        "", "passages a CPU second", "R@1 squad, vectors alone", "R@1 squad, best ranking",
        "R@1 chunking, vectors alone", "R@1 chunking, best ranking", "adding 100 to 20,000, CPU s",
        "the same, clock s", "disk, MiB",
    )  # fmt: skip
    rows = [
        (
            _label(name),
            f"{found['ingest']['a_cpu_second']:.1f}",
            *_firsts(results, name),
            *_adding(results, name),
            f"{found['disk_mib']:,.0f}",
        )
        for name, found in results["building"].items()
        if "failed" not in found
    ]
    if "encode" in results:
        alone = ("sentence-transformers alone", f"{results['encode']['a_cpu_second']:.1f}")
        rows.append((*alone, *[NONE] * (len(head) - len(alone))))
    title = (
        "Taking in, and the share of questions whose first passage is right, in 3,126 passages; "
        "adding and disk with 20,000"
    )
    return _table(title, head, rows)


def _adding(results: Figures, name: str) -> tuple[str, str]:
    found = results.get("adding", {}).get(name, {})
    return (f"{found['cpu_s']:.2f}", f"{found['s']:.2f}") if "s" in found else (NONE, NONE)


def _firsts(results: Figures, name: str) -> Iterator[str]:
    """Of each set that of vectors alone, then that of the last ranking."""
    shares = results.get("ranking", {}).get(name, {}).get("first_is_right", {})
    best = list(shares)[-1] if shares else "dense"
    for of in SETS:
        yield f"{shares['dense'][of]:.3f}" if shares else NONE
        yield NONE if best == "dense" else f"{shares[best][of]:.3f}"


def _questions(results: Figures) -> str:
    found = results["questions"]
    ways = {
        (name, mode): times
        for name, modes in found["ways"].items()
        for mode, times in modes.items()
    }
    base = ways.get((BASE, "dense"))
    rows = [
        (
            _row_label(name, mode),
            *_both(times["cpu_ms"], 1),
            *_both(times["ms"], 1),
            _ratio(times["cpu_ms"]["p50"], base["cpu_ms"]["p50"] if base else None),
        )
        for (name, mode), times in ways.items()
    ]
    head = ("", "CPU-ms p50", "p95", "clock ms p50", "p95", "× the 40 lines, CPU p50")
    title = (
        f"A question in process, encoding included, in 20,000 passages; "
        f"{found['questions']} questions, in turns"
    )
    return _table(title, head, rows)


def _serving(results: Figures) -> str:
    ways = {name: found for name, found in results["serving"].items() if isinstance(found, dict)}
    base = ways.get(BASE)
    rows = []
    for name, found in ways.items():
        one, eight = found["clients"]["1"], found["clients"]["8"]
        rows.append(
            (
                _served_label(name),
                f"{one['ms_p50']:.0f} / {one['ms_p95']:.0f}",
                f"{eight['ms_p50']:.0f} / {eight['ms_p95']:.0f}",
                f"{eight['a_second']:.0f}",
                _ratio(eight["a_second"], base["clients"]["8"]["a_second"] if base else None),
                f"{eight['cpu_ms_a_question']:.1f}",
                f"{found['memory']['resident_mib']:,}",
                f"{found['memory']['of_no_file_mib']:,}",
            )
        )
    head = (
        "", "1 client, ms p50 / p95", "8 clients, ms p50 / p95", "questions a second, 8 clients",
        "× the 40 lines", "server's CPU-ms a question", "resident MiB", "of these not of files",
    )  # fmt: skip
    return _table("Over HTTP, 20,000 passages", head, rows)


def _cold(results: Figures) -> str:
    found = results["cold"]
    rows = [
        (
            _served_label(name),
            *(f"{times[kind][which]:.2f}" for kind in ("s", "cpu_s") for which in times[kind]),
        )
        for name, times in found["ways"].items()
    ]
    head = ("", "s, best", "s, median", "CPU s, best", "CPU s, median")
    title = f"From the start of a process to an answer, 20,000 passages; {found['rounds']} rounds"
    return _table(title, head, rows)


def _left_out(results: Figures) -> str:
    """Who failed, with the reason, and of whom a part has no figures."""
    failed = [
        f"{_label(name)} ({part}: {found['failed']})"
        for part in ("environments", "building", "ranking", "adding")
        for name, found in results.get(part, {}).items()
        if "failed" in found
    ]
    for part in ("building", "ranking", "adding", "questions", "cold", "serving"):
        found = results.get(part, {})
        there = {name.partition(",")[0] for name in found.get("ways", found)}
        if part in results and (missing := [name for name in CONTENDERS if name not in there]):
            failed.append(f"{part} of {', '.join(missing)}")
    return f"Not measured: {'; '.join(failed)}." if failed else "Nobody was left out."


def _origin(results: Figures) -> str:
    """Where and from what state of the code the figures come."""
    parts = [
        one for part in results.values() for one in ([part] if "commit" in part else part.values())
    ]
    commits = ", ".join(dict.fromkeys(one["commit"] for one in parts))
    return f"Commits {commits}; {'; '.join(dict.fromkeys(one['machine'] for one in parts))}."


def _label(name: str) -> str:
    return CONTENDERS[name].label


def _row_label(name: str, mode: str) -> str:
    return f"footnoted, {MEANINGS[mode]}" if name == FOOTNOTED else _label(name)


def _served_label(name: str) -> str:
    if name in CONTENDERS:
        return _label(name)
    mode, *processes = name.removeprefix("footnoted, ").split(", ")
    return ", ".join(["footnoted", MEANINGS.get(mode, mode), *processes])


def _both(found: Figures, digits: int) -> Iterator[str]:
    return (f"{found[which]:.{digits}f}" for which in ("p50", "p95"))


def _ratio(value: float, base: float | None) -> str:
    return f"{value / base:.2f}" if base else NONE


def _table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return f"**{title}**\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines)
