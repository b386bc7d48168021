"""`python -m training.reader --data FOLDER --work FOLDER`: rows, negatives, the run."""

import random
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import torch

from index.models import DEFAULT_MODEL, find_model
from qa.windows import WindowCutter
from training.examples import Example, read_rows, split_off
from training.learning import Plan, learn
from training.negatives import MeanEncoder, retrieved
from training.network import LossWeights, ReaderNetwork
from training.swaps import swapped

__all__ = ["CONFIGURATION", "configured"]

CONFIGURATION = Path(__file__).with_name("reader.toml")
MADE_HERE = frozenset({"retrieved", "swapped"})
SCORED = 1200  # held-out rows behind each point of the curves


@click.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--work", type=click.Path(path_type=Path), required=True)
@click.option("--threads", type=int, default=0, help="CPU threads; 0: all cores.")
def main(data: Path, work: Path, threads: int) -> None:
    """Train the reader on DATA, keeping checkpoints, negatives and curves in WORK."""
    configuration = configured()
    if threads:
        torch.set_num_threads(threads)
    work.mkdir(parents=True, exist_ok=True)
    model = find_model(DEFAULT_MODEL).path
    seed, rows = configuration["seed"], configuration["rows"]
    files = [name for name in rows if name not in MADE_HERE]
    train, held_out = split_off(
        list(read_rows(data, files)), share=configuration["held_out"]["share"]
    )
    click.echo(f"{len(train):,} rows to train on, {len(held_out):,} held out", err=True)
    train += swapped(train, seed=seed)
    train += retrieved(
        train, MeanEncoder(model), work / "retrieved.jsonl.gz", count=rows["retrieved"], seed=seed
    )
    torch.manual_seed(seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    network = ReaderNetwork(model, dropout=configuration["network"]["dropout"]).to(device)
    learn(
        network,
        WindowCutter(model / "tokenizer.json", length=configuration["window"]["length"]),
        _plan(configuration),
        work,
        train=train,
        held_out=_scored(held_out, seed=seed),
    )


def configured() -> dict[str, Any]:  # Any: as TOML has it
    """The numbers of a run."""
    return tomllib.loads(CONFIGURATION.read_text("utf-8"))


def _plan(configuration: dict[str, Any]) -> Plan:  # Any: as TOML has it
    return Plan(
        seed=configuration["seed"],
        frozen=tuple(configuration["network"]["frozen"]),
        loss=LossWeights(**configuration["loss"]),
        rows=configuration["rows"],
        span_weights=configuration["span_weight"],
        **configuration["optimiser"],
    )


def _scored(held_out: Sequence[Example], *, seed: int) -> list[Example]:
    """A fixed part of what is held out: as many rows of each file as it has a share of all."""
    return random.Random(seed).sample(held_out, min(SCORED, len(held_out)))


if __name__ == "__main__":
    main()
