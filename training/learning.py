"""The run: batches, schedule, checkpoints. A run that was ended goes on where it was."""

import json
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import count, islice
from pathlib import Path
from typing import Any

import torch
from torch import nn

from qa.windows import Window, WindowCutter
from training.examples import Example, draw
from training.framing import batches
from training.network import (
    LossWeights,
    ReaderNetwork,
    Target,
    batch_of,
    half_precision,
    loss_of,
)
from training.scoring import score

__all__ = ["Plan", "learn"]

SAVE_EVERY = 100
SCORE_EVERY = 500
CHECKPOINT = "checkpoint.pt"
CURVES = "curves.jsonl"


@dataclass(frozen=True, slots=True)
class Plan:
    """A run's numbers, as `training/reader.toml` names them."""

    seed: int
    steps: int
    batch: int
    rate: float
    head_rate: float
    warmup: float
    decay: float
    clip: float
    frozen: tuple[str, ...]
    loss: LossWeights
    rows: Mapping[str, int]
    span_weights: Mapping[str, float]
    families: int


def learn(
    network: ReaderNetwork,
    cutter: WindowCutter,
    plan: Plan,
    folder: Path,
    *,
    train: Sequence[Example],
    families: Sequence[Sequence[Example]],
    held_out: Sequence[Example],
) -> None:
    """Train in place, writing a checkpoint and curves to a folder; resumes from what is there.

    Args:
        network: What learns.
        cutter: Cuts windows.
        plan: The run's numbers.
        folder: Of checkpoint and curves.
        train: Rows that are read one by one.
        families: Rows that are read together, of which an epoch has `plan.families`.
        held_out: What the curves' scores are measured on.
    """
    steps = plan.steps
    optimiser = _optimiser(network, plan)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda n: _pace(n, steps, plan.warmup))
    done = _resume(folder / CHECKPOINT, network, optimiser, schedule)
    pace = time.monotonic()
    for step, pairs in enumerate(_from(done, train, families, cutter, plan), start=done + 1):
        torch.manual_seed(plan.seed + step)
        parts = _step(network, optimiser, pairs, plan)
        schedule.step()
        row: dict[str, Any] = {"step": step, "of": steps, **parts}  # Any: numbers and a few texts
        if step % SCORE_EVERY == 0 or step == steps:
            row |= asdict(score(network.eval(), held_out, cutter))
        row["seconds"] = round(time.monotonic() - pace, 2)
        pace = time.monotonic()
        with (folder / CURVES).open("a") as curves:
            curves.write(json.dumps(row) + "\n")
        if step % SAVE_EVERY == 0 or step == steps:
            _save(folder / CHECKPOINT, step, network, optimiser, schedule)


def _step(
    network: ReaderNetwork,
    optimiser: torch.optim.Optimizer,
    pairs: Sequence[tuple[Window, Target]],
    plan: Plan,
) -> dict[str, float]:
    network.train()
    device = next(network.parameters()).device
    batch = batch_of([window for window, _ in pairs], [target for _, target in pairs]).to(device)
    with half_precision(device):
        outputs = network.read(batch)
    parts = loss_of(outputs, batch.targets, plan.loss)
    optimiser.zero_grad(set_to_none=True)
    parts["all"].backward()
    nn.utils.clip_grad_norm_(network.parameters(), plan.clip)
    optimiser.step()
    return {name: round(part.item(), 4) for name, part in parts.items()}


def _optimiser(network: ReaderNetwork, plan: Plan) -> torch.optim.AdamW:
    """Heads learn faster than the encoder; biases and norms do not decay."""
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, parameter in network.named_parameters():
        if any(frozen in name for frozen in plan.frozen):
            parameter.requires_grad_(False)
            continue
        rate = plan.rate if name.startswith("encoder.") else plan.head_rate
        decay = plan.decay if parameter.ndim > 1 else 0.0
        groups.setdefault((rate, decay), []).append(parameter)
    return torch.optim.AdamW(
        [
            {"params": parameters, "lr": rate, "weight_decay": decay}
            for (rate, decay), parameters in groups.items()
        ]
    )


def _pace(step: int, steps: int, warmup: float) -> float:
    """A share of the rate: up in a line over the first steps, then down to nothing."""
    rising = max(1, round(steps * warmup))
    return min((step + 1) / rising, max(0.0, (steps - step) / max(1, steps - rising)))


def _from(
    done: int,
    train: Sequence[Example],
    families: Sequence[Sequence[Example]],
    cutter: WindowCutter,
    plan: Plan,
) -> Iterator[list[tuple[Window, Target]]]:
    """The batches that are still to be read; those before are cut again and left out."""

    def every() -> Iterator[list[tuple[Window, Target]]]:
        for number in count():
            yield from batches(
                _epoch(train, families, plan, seed=plan.seed + number),
                cutter,
                size=plan.batch,
                span_weights=plan.span_weights,
                seed=plan.seed + number,
            )

    return islice(every(), done, plan.steps)


def _epoch(
    train: Sequence[Example], families: Sequence[Sequence[Example]], plan: Plan, *, seed: int
) -> list[Sequence[Example]]:
    """Rows and families in one order; of the families a part of its own for each seed."""
    lot = random.Random(seed)
    drawn: list[Sequence[Example]] = [(row,) for row in draw(train, plan.rows, seed=seed)]
    drawn += lot.sample(families, min(plan.families, len(families)))
    lot.shuffle(drawn)
    return drawn


def _resume(
    path: Path,
    network: ReaderNetwork,
    optimiser: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LambdaLR,
) -> int:
    if not path.exists():
        return 0
    kept = torch.load(path, weights_only=True)
    network.load_state_dict(kept["network"])
    optimiser.load_state_dict(kept["optimiser"])
    schedule.load_state_dict(kept["schedule"])
    return int(kept["step"])


def _save(
    path: Path,
    step: int,
    network: ReaderNetwork,
    optimiser: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LambdaLR,
) -> None:
    fresh = path.with_suffix(".new")
    torch.save(
        {
            "step": step,
            "network": network.state_dict(),
            "optimiser": optimiser.state_dict(),
            "schedule": schedule.state_dict(),
        },
        fresh,
    )
    fresh.replace(path)
