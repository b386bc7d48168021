"""`python -m benchmarks.scale.plot`: how cost grows, from results/scale.json."""

from collections.abc import Callable
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt

from benchmarks.recording import RESULTS, read

PICTURE = RESULTS / "scale.svg"
LINES: dict[str, dict[str, Callable[[Any], float]]] = {
    "a question, ms": {
        "whole, CPU p50": lambda f: f["ask"]["question"]["cpu_ms_p50"],
        "whole, CPU p95": lambda f: f["ask"]["question"]["cpu_ms_p95"],
        "dense leg": lambda f: f["ask"]["stages_ms"]["dense"],
        "lexical leg": lambda f: f["ask"]["stages_ms"]["lexical"],
        "fusing": lambda f: f["ask"]["stages_ms"]["fuse"],
        "fetching": lambda f: f["ask"]["stages_ms"]["fetch"],
        "limit: reading every vector": lambda f: f["ask"]["limits"]["reading_every_vector_ms"],
        "limit: encoding the question": lambda f: f["ask"]["limits"]["encoding_ms"],
    },
    "changes and opening, CPU seconds": {
        "taking all in": lambda f: f["build"]["taken_in"]["cpu_ms"] / 1000,
        "graphs": lambda f: f["build"]["graphs"]["cpu_ms"] / 1000,
        "opening to the first answer": lambda f: f["open"]["first_answer"]["cpu_ms"] / 1000,
        "100 passages more": lambda f: f["add"]["hundred_passages"]["cpu_ms"] / 1000,
        "deleting 1 %": lambda f: f["delete"]["deleted"]["cpu_ms"] / 1000,
    },
    "room, MiB": {
        "resident": lambda f: f["ask"]["resident_mib"],
        "on disk": lambda f: sum(f["build"]["disk_mib"].values()),
        "limit: the vectors": lambda f: f["passages"] * 768 / 2**20,
    },
}


def main() -> None:
    """Draw what was measured with all vectors in memory."""
    found = sorted(read(RESULTS / "scale.json")["full"].values(), key=lambda f: int(f["passages"]))
    mpl.rcParams.update({"svg.hashsalt": "scale", "svg.fonttype": "none", "font.size": 9})
    figure, panels = plt.subplots(1, len(LINES), figsize=(14, 4.4), layout="constrained")
    for axes, (title, lines) in zip(panels, LINES.items(), strict=True):
        for name, value in lines.items():
            limit = name.startswith("limit")
            points = [(f["passages"], value(f)) for f in found if _has(value, f)]
            style = {"linestyle": "--", "color": "grey"} if limit else {"marker": "o"}
            axes.plot(*zip(*points, strict=True), label=name, linewidth=1.2, **style)
        axes.set(xscale="log", yscale="log", xlabel="passages", title=title)
        axes.legend(frameon=False, fontsize=7)
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(PICTURE, metadata={"Date": None})


def _has(value: Callable[[Any], float], figures: Any) -> bool:
    try:
        return value(figures) > 0
    except KeyError:
        return False


if __name__ == "__main__":
    main()
