"""`python -m training.plot --work FOLDER`: a run's loss and scores as a picture."""

import json
from pathlib import Path

import click
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np

PICTURE = Path(__file__).with_name("curves.svg")
SMOOTH = 50  # steps
PARTS = ("span", "answerable", "relevant", "order")
SCORES = {"exact": "exact match", "f1": "F1", "near": "AUROC, near misses", "far": "AUROC, others"}


@click.command()
@click.option("--work", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--to", type=click.Path(path_type=Path), default=PICTURE, show_default=True)
def main(work: Path, to: Path) -> None:
    """Draw the curves of the run in WORK."""
    lines = (work / "curves.jsonl").read_text("utf-8").splitlines()
    # A run that went on from a checkpoint has written a few steps twice.
    rows = list({row["step"]: row for row in map(json.loads, lines)}.values())
    mpl.rcParams.update({"svg.hashsalt": "reader", "svg.fonttype": "none", "font.size": 10})
    figure, (losses, scores) = plt.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
    for part in (name for name in PARTS if name in rows[0]):
        values = np.convolve([row[part] for row in rows], np.ones(SMOOTH) / SMOOTH, "valid")
        losses.plot(range(SMOOTH, SMOOTH + len(values)), values, label=part, linewidth=1.2)
    losses.set(xlabel="step", ylabel=f"loss, mean of {SMOOTH} steps", ylim=(0, None))
    scored = [row for row in rows if "f1" in row]
    for name, label in SCORES.items():
        places = [row["step"] for row in scored]
        scores.plot(places, [row[name] for row in scored], marker="o", label=label, linewidth=1.2)
    scores.set(xlabel="step", ylabel="on held-out rows", ylim=(0, 1))
    for axes in (losses, scores):
        axes.legend(frameon=False)
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(to, metadata={"Date": None})


if __name__ == "__main__":
    main()
