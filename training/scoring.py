"""How good the reader is on held-out rows: exact match, F1 of words, AUROC of both verdicts."""

import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from sklearn.metrics import roc_auc_score

from qa.windows import Window, WindowCutter
from training.examples import Example
from training.framing import frame
from training.network import ReaderNetwork, batch_of, half_precision

__all__ = ["Scores", "f1_of_words", "score"]

LONGEST = 24  # word pieces of an answer
BATCH = 32


@dataclass(frozen=True, slots=True)
class Scores:
    """On held-out rows, each from 0 to 1.

    Attributes:
        exact, f1: Of the best span where the passage answers.
        near: AUROC of `answerable`, against passages of the same subject that do not answer.
        far: AUROC of `relevant`, against passages that a search found wrongly.
    """

    exact: float
    f1: float
    near: float
    far: float


@torch.inference_mode()
def score(network: ReaderNetwork, examples: Sequence[Example], cutter: WindowCutter) -> Scores:
    """Read one window of each example, the one with the answer where there is one."""
    device = next(network.parameters()).device
    lot = random.Random(0)
    framed = [frame(example, cutter, lot=lot, titled=1.0) for example in examples]
    order = sorted(range(len(framed)), key=lambda n: len(framed[n][0]))
    said: dict[int, str] = {}
    answerable, relevant = np.zeros(len(framed)), np.zeros(len(framed))
    for start in range(0, len(order), BATCH):
        rows = order[start : start + BATCH]
        windows = [framed[n][0] for n in rows]
        with half_precision(device):
            outputs = network.read(batch_of(windows, [framed[n][1] for n in rows]).to(device))
        answerable[rows] = outputs.answerable.cpu().numpy()
        relevant[rows] = outputs.relevant.cpu().numpy()
        for row, n in enumerate(rows):
            span = _best(
                outputs.start[row].cpu().numpy(), outputs.end[row].cpu().numpy(), windows[row]
            )
            said[n] = examples[n].passage[span[0] : span[1]]
    asked = [n for n, example in enumerate(examples) if example.answerable]
    gold = [examples[n].said() for n in asked]
    return Scores(
        float(np.mean([said[n] in answers for n, answers in zip(asked, gold, strict=True)])),
        float(
            np.mean(
                [
                    max(f1_of_words(said[n], answer) for answer in answers)
                    for n, answers in zip(asked, gold, strict=True)
                ]
            )
        ),
        _auroc(examples, answerable, near=True),
        _auroc(examples, relevant, near=False),
    )


def f1_of_words(said: str, answer: str) -> float:
    """F1 of the words that two texts share, without case, articles and punctuation (SQuAD)."""
    first, second = _words(said), _words(answer)
    shared = sum((Counter(first) & Counter(second)).values())
    return 2 * shared / (len(first) + len(second)) if first and second else float(first == second)


def _words(text: str) -> list[str]:
    return re.sub(r"\b(a|an|the)\b|[^\w\s]", " ", text.casefold()).split()


def _auroc(examples: Sequence[Example], scores: np.ndarray, *, near: bool) -> float:
    """Against rows whose relevance is open (near) or denied (far)."""
    kept = [
        n
        for n, example in enumerate(examples)
        if example.answerable or (example.relevant is None) == near
    ]
    return float(roc_auc_score([examples[n].answerable for n in kept], scores[kept]))


def _best(start: np.ndarray, end: np.ndarray, window: Window) -> tuple[int, int]:
    """Characters of the best span in the passage."""
    m = len(window.places)
    s, e = start[window.first :][:m], end[window.first :][:m]
    total = s[:, None] + e[None, :]
    allowed = np.triu(np.ones((m, m), dtype=bool)) & ~np.triu(np.ones((m, m), dtype=bool), LONGEST)
    first, last = np.unravel_index(np.where(allowed, total, -np.inf).argmax(), total.shape)
    return int(window.places[first, 0]), int(window.places[last, 1])
