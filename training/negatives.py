"""Passages that the encoder ranks first for a question and that do not answer it."""

import gzip
import json
import random
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer
from transformers import BertModel

from training.examples import Example

__all__ = ["MeanEncoder", "retrieved"]

# Answers to vague questions stand in many passages, and Spanish ones cannot be found by words.
ASKED_OF = (
    "squad-train-parts", "squad-contexts-5q", "squadshifts-newwiki", "nq-qed", "nq-open-gold",
    "doc2dial", "musique-hops", "timeqa",
)  # fmt: skip
DEPTH = 12
PIECES = 128
BATCH = 64


class MeanEncoder:
    """The encoder as it is before training: unit means of the last layer."""

    def __init__(self, model: Path) -> None:
        self._bert = BertModel.from_pretrained(model, add_pooling_layer=False).eval()
        self._tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
        self._tokenizer.enable_truncation(PIECES)
        self._tokenizer.enable_padding()
        self.width = int(self._bert.config.hidden_size)

    @torch.inference_mode()
    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Shape (len(texts), width), in the order of the texts; like lengths go together."""
        order = sorted(range(len(texts)), key=lambda n: len(texts[n]))
        rows = np.zeros((len(texts), self.width), dtype=np.float32)
        for start in range(0, len(order), BATCH):
            part = order[start : start + BATCH]
            encoded = self._tokenizer.encode_batch([texts[n] for n in part])
            mask = torch.tensor([row.attention_mask for row in encoded])
            with torch.autocast("cpu", dtype=torch.bfloat16):
                states = self._bert(torch.tensor([row.ids for row in encoded]), mask)[0]
            mean = (states.float() * mask[..., None]).sum(1)
            rows[part] = torch.nn.functional.normalize(mean, dim=1).numpy()
        return rows


def retrieved(
    examples: Sequence[Example], encoder: MeanEncoder, cache: Path, *, count: int, seed: int
) -> list[Example]:
    """For `count` questions one of the three best passages that do not hold the answer's words.

    Args:
        examples: What is trained on.
        encoder: As it is before training.
        cache: Where the result is kept, so that a resumed run need not embed again.
        count: How many questions are asked.
        seed: Of the choice among them.
    """
    if not cache.exists():
        _write(cache, _retrieve(examples, encoder, count=count, seed=seed))
    with gzip.open(cache, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [Example(**{**row, "answers": ()}) for row in rows]


def _retrieve(
    examples: Sequence[Example], encoder: MeanEncoder, *, count: int, seed: int
) -> list[Example]:
    lot = random.Random(seed)
    pool = [example for example in examples if example.answerable and example.file in ASKED_OF]
    passages = list({example.passage: example for example in pool}.values())
    asked = lot.sample(pool, min(count, len(pool)))
    index = faiss.IndexFlatIP(encoder.width)
    index.add(encoder.embed([example.passage for example in passages]))
    _, found = index.search(encoder.embed([example.question for example in asked]), DEPTH)
    made = []
    for example, numbers in zip(asked, found, strict=True):
        wrong = [passages[n] for n in numbers if not _answers(example, passages[n].passage)]
        if wrong:
            other = lot.choice(wrong[:3])
            made.append(
                Example("retrieved", example.question, other.title, other.passage, (), False)
            )
    return made


def _answers(example: Example, passage: str) -> bool:
    words = passage.casefold()
    return any(answer.casefold() in words for answer in example.said())


def _write(path: Path, examples: Sequence[Example]) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(asdict(example)) + "\n" for example in examples)
