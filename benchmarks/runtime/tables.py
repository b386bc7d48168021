"""The results as tables for benchmarks/README.md."""

from collections.abc import Iterable, Sequence

from benchmarks.recording import Figures

__all__ = ["tables"]


def tables(results: Figures) -> str:
    """Markdown of every part that was measured."""
    makers = {"encoding": _encoding, "commands": _commands, "precision": _precision}
    return "\n\n".join(make(results[part]) for part, make in makers.items() if part in results)


def _encoding(found: Figures) -> str:
    asked, read = found["cpu_ms_of_a_question"], found["passages_of_a_cpu_second"]
    slowest, fewest = max(asked.values()), read["passages, sentence-transformers"]
    rows = [
        *((way, f"{ms} CPU-ms", f"{slowest / ms:.1f} ×") for way, ms in asked.items()),
        *((way, f"{rate} a CPU-second", f"{rate / fewest:.1f} ×") for way, rate in read.items()),
    ]
    return f"{_about(found)}\n\n{_table(('', 'measured', 'as fast'), rows)}"


def _commands(found: Figures) -> str:
    rows = [
        (f"`{way}`", str(each["cpu_ms"]), str(each["peak_mib"]))
        for way, each in found["ways"].items()
    ]
    return f"{_about(found)}\n\n{_table(('process', 'CPU-ms', 'peak MiB'), rows)}"


def _precision(sets: Figures) -> str:
    [first, *_] = sets.values()
    ways = [way for way in first if "bits" in way]
    rows = [
        (name, variant, *(_share(found[way][variant]) for way in ways))
        for name, found in sets.items()
        for variant in found[ways[0]]
    ]
    return f"{_about(first)}\n\n{_table(('set', 'ranking', *ways), rows)}"


def _share(figures: Figures) -> str:
    return f"{figures['success_1']['value']:.3f} (p {figures['against_32_bits']['p']:.2f})"


def _about(found: Figures) -> str:
    return f"Commit {found['commit']}, {found['machine']}."


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
