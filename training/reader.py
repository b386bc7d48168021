"""`python -m training.reader --data FOLDER --work FOLDER`: rows, negatives, the run.

A second run goes on from the first with other rows: `--configuration training/second.toml --begin
FIRST/checkpoint.pt --work SECOND`; or from the shipped reader: `--begin qa/model/reader.onnx`.
"""

import random
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import torch

from index.models import DEFAULT_MODEL, find_model
from qa.shipped_reader import MODEL, shipped_reader
from qa.windows import WindowCutter
from training.cuts import cut
from training.examples import Example, read_rows, split_off
from training.learning import Plan, learn
from training.misjudged import misjudged
from training.negatives import MeanEncoder, retrieved
from training.network import LossWeights, ReaderNetwork
from training.rivals import families
from training.shipped import weights_at
from training.shortened import shortened
from training.swaps import swapped, swapped_within
from training.written import WRITTEN_HERE, read_written

__all__ = ["CONFIGURATION", "configured"]

CONFIGURATION = Path(__file__).with_name("reader.toml")
MADE_HERE = frozenset({"retrieved", "swapped", "swapped-within", "cut", "misjudged", "shortened"})
SCORED = 1200  # held-out rows behind each point of the curves


@click.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--work", type=click.Path(path_type=Path), required=True)
@click.option("--configuration", type=click.Path(path_type=Path), default=CONFIGURATION)
@click.option("--begin", type=click.Path(path_type=Path), help="Weights to begin with.")
@click.option(
    "--judge",
    type=click.Path(path_type=Path),
    default=MODEL,
    show_default=True,
    help="Folder of the reader whose errors are read again.",
)
@click.option("--threads", type=int, default=0, help="CPU threads; 0: all cores.")
def main(
    data: Path, work: Path, configuration: Path, begin: Path | None, judge: Path, threads: int
) -> None:
    """Train the reader on DATA, keeping checkpoints, negatives and curves in WORK."""
    numbers = configured(configuration)
    if threads:
        torch.set_num_threads(threads)
    work.mkdir(parents=True, exist_ok=True)
    model = find_model(DEFAULT_MODEL).path
    seed, rows = numbers["seed"], numbers["rows"]
    files = [name for name in rows if name not in MADE_HERE | WRITTEN_HERE]
    read = list(read_rows(data, files))
    read += read_written(rows, read)
    train, held_out = split_off(read, share=numbers["held_out"]["share"])
    click.echo(f"{len(train):,} rows to train on, {len(held_out):,} held out", err=True)
    made = _made(train, numbers, work, model, judge)
    together = numbers.get("families")
    found = families(train, work, rivals=together["rivals"], seed=seed) if together else []
    torch.manual_seed(seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    network = ReaderNetwork(model, dropout=numbers["network"]["dropout"]).to(device)
    if begin:
        network.load_state_dict(weights_at(begin, network.state_dict()))
    learn(
        network,
        WindowCutter(model / "tokenizer.json", length=numbers["window"]["length"]),
        _plan(numbers),
        work,
        train=[*train, *made],
        families=found,
        held_out=_scored(held_out, seed=seed),
    )


def configured(configuration: Path = CONFIGURATION) -> dict[str, Any]:  # Any: as TOML has it
    """The numbers of a run."""
    return tomllib.loads(configuration.read_text("utf-8"))


def _made(
    train: Sequence[Example],
    numbers: dict[str, Any],  # Any: as TOML has it
    work: Path,
    model: Path,
    judge: Path,
) -> list[Example]:
    """Rows made of those to train on, of every kind that the run may draw from."""
    seed, rows = numbers["seed"], numbers["rows"]
    made = [*swapped(train, seed=seed), *swapped_within(train, seed=seed)]
    made += [*cut(train), *shortened(train)]
    if rows.get("retrieved"):
        made += retrieved(
            train,
            MeanEncoder(model),
            work / "retrieved.jsonl.gz",
            count=rows["retrieved"],
            seed=seed,
        )
    if rows.get("misjudged"):
        made += misjudged(train, shipped_reader(judge), work)
    return made


def _plan(numbers: dict[str, Any]) -> Plan:  # Any: as TOML has it
    return Plan(
        seed=numbers["seed"],
        frozen=tuple(numbers["network"]["frozen"]),
        loss=LossWeights(**numbers["loss"]),
        rows=numbers["rows"],
        span_weights=numbers["span_weight"],
        families=numbers.get("families", {}).get("questions", 0),
        **numbers["optimiser"],
    )


def _scored(held_out: Sequence[Example], *, seed: int) -> list[Example]:
    """A fixed part of what is held out: as many rows of each file as it has a share of all."""
    return random.Random(seed).sample(held_out, min(SCORED, len(held_out)))


if __name__ == "__main__":
    main()
