"""`python -m training.export --weights FILE`: the reader in eight bits, into the package."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
import numpy.typing as npt

from index.bert import read_bert
from index.bert_graph import reader_graph
from index.models import DEFAULT_MODEL, DEFAULT_MODEL_SHA256, find_model
from qa.shipped_reader import FACTS, GRAPH, MODEL
from training.network import ReaderNetwork
from training.reader import CONFIGURATION, configured
from training.shipped import weights_at

__all__ = ["mean_of", "weights_of"]

Weights = Mapping[str, npt.NDArray[np.float32]]


@click.command()
@click.option(
    "--weights",
    "files",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    required=True,
    help="A checkpoint or a graph; of several the mean of their weights is written.",
)
@click.option("--to", type=click.Path(path_type=Path), default=MODEL, show_default=True)
@click.option(
    "--run",
    "runs",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    default=[CONFIGURATION],
    help="Configuration of a run; of each where several led to the checkpoint, in their order.",
)
@click.option("--full", is_flag=True, help="In 32 bits, to compare with.")
def main(files: tuple[Path, ...], to: Path, runs: tuple[Path, ...], *, full: bool) -> None:
    """Write the graph of the weights in FILES, and what is known of it."""
    model = find_model(DEFAULT_MODEL).path
    state = ReaderNetwork(model).state_dict()
    length = configured(runs[-1])["window"]["length"]
    graph = reader_graph(
        mean_of([weights_of(weights_at(file, state)) for file in files]),
        read_bert(model),
        length=length,
        quantized=not full,
    )
    facts = {
        "sha256": hashlib.sha256(graph).hexdigest(),
        "length": length,
        "mean_of": [hashlib.sha256(file.read_bytes()).hexdigest() for file in files],
        "from_weights_sha256": DEFAULT_MODEL_SHA256,
        "runs": {run.name: hashlib.sha256(run.read_bytes()).hexdigest() for run in runs},
    }
    to.mkdir(parents=True, exist_ok=True)
    (to / GRAPH).write_bytes(graph)
    (to / FACTS).write_text(json.dumps(facts, indent=1) + "\n", "utf-8")
    click.echo(f"{to / GRAPH}: {len(graph):,} bytes, sha256 {facts['sha256']}")


def weights_of(state: Mapping[str, Any]) -> Weights:  # Any: tensors
    """A network's weights by the names that `reader_graph` knows them by."""
    return {name.removeprefix("encoder."): value.float().numpy() for name, value in state.items()}


def mean_of(weights: Sequence[Weights]) -> Weights:
    """The mean of several networks' weights, name by name."""
    return {name: np.mean([each[name] for each in weights], axis=0) for name in weights[0]}


if __name__ == "__main__":
    main()
