"""The reader: an encoder with two small heads, and the loss that it learns by."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import BertModel

from qa.windows import Window

__all__ = [
    "Batch",
    "LossWeights",
    "Outputs",
    "ReaderNetwork",
    "Target",
    "batch_of",
    "half_precision",
    "loss_of",
]

NOT_HERE = -1e4  # a logit for pieces where no answer may start or end; finite, for half precision


@dataclass(frozen=True, slots=True)
class Target:
    """What one window should give.

    Attributes:
        start, end: First and last piece of the answer in the window; 0, the first special piece,
            where it has none.
        answerable: Whether it holds an answer.
        relevant: Whether it is of a passage to show; None where neither is right.
        span_weight: How much the answer's ends count.
        family: The same number for passages that are ordered for one question; -1 for none.
    """

    start: int
    end: int
    answerable: bool
    relevant: bool | None
    span_weight: float
    family: int = -1


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows of one forward pass, padded: `ids`, `kinds`, `mask`, `here` of shape (b, n).

    `here` is true for the first special piece and for pieces of the passage, `targets` has the
    columns of `Target` with -1 for "neither", shape (b, 6).
    """

    ids: Tensor
    kinds: Tensor
    mask: Tensor
    here: Tensor
    targets: Tensor

    def to(self, device: torch.device) -> "Batch":
        """The same on another device."""
        return Batch(*(getattr(self, field.name).to(device) for field in fields(self)))


@dataclass(frozen=True, slots=True)
class Outputs:
    """Logits: `start` and `end` of shape (b, n), `answerable` and `relevant` of shape (b,)."""

    start: Tensor
    end: Tensor
    answerable: Tensor
    relevant: Tensor


@dataclass(frozen=True, slots=True)
class LossWeights:
    """How much each part counts."""

    span: float
    answerable: float
    relevant: float
    order: float = 0.0


class ReaderNetwork(nn.Module):
    """Where an answer starts and ends, whether there is one, whether the passage is relevant.

    Args:
        model: A BERT folder with safetensors weights.
        dropout: Of the encoder and the heads, while training.
    """

    def __init__(self, model: Path, *, dropout: float = 0.0) -> None:
        super().__init__()
        self.encoder = BertModel.from_pretrained(
            model,
            add_pooling_layer=False,
            attn_implementation="eager",  # in half precision on a CPU the fastest
            hidden_dropout_prob=dropout,
            attention_probs_dropout_prob=dropout,
        )
        width = self.encoder.config.hidden_size
        self.span = nn.Linear(width, 2)
        self.verdict = nn.Sequential(
            nn.Linear(width, width), nn.Tanh(), nn.Dropout(dropout), nn.Linear(width, 2)
        )

    def forward(
        self, ids: Tensor, kinds: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Logits of start, end, answerable, relevant; see `Outputs`."""
        states = self.encoder(
            input_ids=ids, token_type_ids=kinds, attention_mask=mask
        ).last_hidden_state
        start, end = self.span(states).unbind(-1)
        answerable, relevant = self.verdict(states[:, 0]).unbind(-1)
        return start, end, answerable, relevant

    def read(self, batch: Batch) -> Outputs:
        """Logits in full precision, with no answer outside the passage."""
        start, end, answerable, relevant = (
            logits.float() for logits in self(batch.ids, batch.kinds, batch.mask)
        )
        elsewhere = ~batch.here
        return Outputs(
            start.masked_fill(elsewhere, NOT_HERE),
            end.masked_fill(elsewhere, NOT_HERE),
            answerable,
            relevant,
        )


def batch_of(windows: Sequence[Window], targets: Sequence[Target]) -> Batch:
    """Pad windows to the longest of them."""
    size = len(windows), max(map(len, windows))
    ids, kinds, mask = (torch.zeros(size, dtype=torch.long) for _ in range(3))
    here = torch.zeros(size, dtype=torch.bool)
    here[:, 0] = True
    for row, window in enumerate(windows):
        ids[row, : len(window)] = torch.from_numpy(window.ids)
        kinds[row, : len(window)] = torch.from_numpy(window.kinds)
        mask[row, : len(window)] = 1
        here[row, window.first : window.first + len(window.places)] = True
    columns = [
        (
            t.start,
            t.end,
            t.answerable,
            -1 if t.relevant is None else t.relevant,
            t.span_weight,
            t.family,
        )
        for t in targets
    ]
    return Batch(ids, kinds, mask, here, torch.tensor(columns, dtype=torch.float32))


def half_precision(device: torch.device) -> torch.autocast:
    """bfloat16 where it is fast: on a processor without AVX-512 it takes sixteen times as long."""
    is_fast = device.type != "cpu" or torch.backends.cpu.get_cpu_capability().startswith("AVX512")
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=is_fast)


def loss_of(outputs: Outputs, targets: Tensor, weights: LossWeights) -> dict[str, Tensor]:
    """The parts of the loss, each the mean over the rows that it is about, and their sum."""
    start, end, answerable, relevant, span_weight, family = targets.unbind(1)
    cross_entropy = nn.functional.cross_entropy
    span = (
        cross_entropy(outputs.start, start.long(), reduction="none")
        + cross_entropy(outputs.end, end.long(), reduction="none")
    ) / 2
    decided = relevant >= 0
    binary = nn.functional.binary_cross_entropy_with_logits
    parts = {
        "span": (span * span_weight).sum() / span_weight.sum(),
        "answerable": binary(outputs.answerable, answerable),
        "relevant": (
            binary(outputs.relevant, relevant.clamp(min=0), reduction="none") * decided
        ).sum()
        / decided.sum().clamp(min=1),
        "order": _order(outputs.relevant, relevant, family),
    }
    parts["all"] = sum(
        (getattr(weights, name) * part for name, part in parts.items()), torch.zeros(())
    )
    return parts


def _order(logits: Tensor, relevant: Tensor, family: Tensor) -> Tensor:
    """How surely the right passage comes before its rivals: mean cross-entropy over families."""
    together = family[:, None] == family
    rivals = logits.expand(len(logits), -1).masked_fill(~together, NOT_HERE)
    right = (family >= 0) & (relevant == 1)
    missed = rivals.logsumexp(1) - logits
    return (missed * right).sum() / right.sum().clamp(min=1)
