"""The results as drawings: bars, one drawing a figure."""

from collections.abc import Mapping
from pathlib import Path

from benchmarks.peers.contenders import FOOTNOTED
from benchmarks.recording import Figures

__all__ = ["draw"]

OURS, THEIRS = "#0b6e4f", "#9aa0a6"
SHORT = {
    "forty-lines": "40 lines",
    "txtai": "txtai",
    "chroma": "Chroma",
    "langchain": "LangChain",
    "llamaindex": "LlamaIndex",
    "haystack": "Haystack",
}
WIDTH, HEIGHT, HEIGHT_OF_BAR = 7.0, 0.9, 0.32  # inches


def draw(results: Figures, folder: Path) -> None:
    """Write peers-NAME.svg for each of the four figures that was measured."""
    if "questions" in results:
        ways = results["questions"]["ways"]
        values = {
            _named(name, mode): times["cpu_ms"]["p50"]
            for name, modes in ways.items()
            for mode, times in modes.items()
        }
        _bars(values, folder / "peers-question.svg", "CPU milliseconds of a question, median")
    if "serving" in results:
        served = {n: found for n, found in results["serving"].items() if isinstance(found, dict)}
        memory = {_short(n): found["memory"]["resident_mib"] for n, found in served.items()}
        _bars(memory, folder / "peers-memory.svg", "MiB resident, served, 20,000 passages")
        rates = {_short(n): found["clients"]["8"]["a_second"] for n, found in served.items()}
        _bars(rates, folder / "peers-http.svg", "Questions a second over HTTP, 8 clients")
    if "cold" in results:
        values = {_short(n): found["s"]["best"] for n, found in results["cold"]["ways"].items()}
        _bars(values, folder / "peers-cold.svg", "Seconds from start to first answer, best round")


def _bars(values: Mapping[str, float], file: Path, title: str) -> None:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    # Equal figures give equal files; letters stay letters.
    mpl.rcParams.update({"svg.hashsalt": "footnoted", "svg.fonttype": "none"})
    figure = Figure(figsize=(WIDTH, HEIGHT + HEIGHT_OF_BAR * len(values)), layout="constrained")
    axes = figure.subplots()
    names = list(values)
    colours = [OURS if name.startswith(FOOTNOTED) else THEIRS for name in names]
    bars = axes.barh(names, list(values.values()), color=colours)
    axes.bar_label(
        bars,
        [f"{value:,.3g}" if value < 100 else f"{value:,.0f}" for value in values.values()],
        padding=3,
    )
    axes.invert_yaxis()
    axes.set_title(title, loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.12)
    figure.savefig(file, metadata={"Date": None})


def _named(name: str, mode: str) -> str:
    return f"{FOOTNOTED}, {mode}" if name == FOOTNOTED else _short(name)


def _short(name: str) -> str:
    return SHORT.get(name, name.replace("`", ""))
