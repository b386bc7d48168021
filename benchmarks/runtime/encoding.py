"""What encoding costs: questions and passages, by sentence-transformers and by us, in turns."""

import gzip
import json
import os
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.quality.sets import spread
from benchmarks.recording import Figures
from index.models import DEFAULT_MODEL, find_model
from index.onnx_encoder import OnnxEncoder
from index.runtimes import installed

__all__ = ["measure_encoding"]

SETS = ("squad", "chunking")
QUESTIONS = 100
PASSAGES = 200
ROUNDS = 5  # the best counts: other work on the machine only ever adds

Action = Callable[[], object]


def measure_encoding(shared: Path, *, most: int | None) -> Figures:
    """CPU milliseconds of a question, and passages of a CPU second, the best of some rounds.

    Args:
        shared: Folder of the sets.
        most: Questions, and passages.
    """
    questions = spread(_texts(shared, "questions", "question"), min(most or QUESTIONS, QUESTIONS))
    passages = spread(_texts(shared, "passages", "text"), min(most or PASSAGES, PASSAGES))
    asked, read = _ways(questions, passages)
    times = _best({**asked, **read})
    return {
        "questions": len(questions),
        "passages": len(passages),
        "rounds": ROUNDS,
        "cpu_ms_of_a_question": {
            way: round(1000 * times[way] / len(questions), 2) for way in asked
        },
        "passages_of_a_cpu_second": {way: round(len(passages) / times[way], 1) for way in read},
    }


def _ways(
    questions: Sequence[str], passages: Sequence[str]
) -> tuple[dict[str, Action], dict[str, Action]]:
    """Ways to encode questions one by one, and passages all at once."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(1)
    folder = find_model(DEFAULT_MODEL)
    model = SentenceTransformer(str(folder.path), device="cpu", local_files_only=True)
    ours = OnnxEncoder(folder, threads=1)
    encode = partial(model.encode, show_progress_bar=False)

    def half() -> None:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            encode(list(passages))

    asked: dict[str, Action] = {
        "question, sentence-transformers": lambda: [encode([text]) for text in questions],
        "question, ours": lambda: [ours.encode_queries([text]) for text in questions],
    }
    read: dict[str, Action] = {
        "passages, sentence-transformers": lambda: encode(list(passages)),
        "passages, sentence-transformers in bfloat16": half,
        "passages, ours": lambda: ours.encode_passages(passages),
    }
    for runtime in installed()[1:]:
        other = OnnxEncoder(folder, threads=1, runtime=runtime)
        read[f"passages, ours by {runtime}"] = partial(other.encode_passages, passages)
    return asked, read


def _best(ways: dict[str, Action]) -> dict[str, float]:
    """CPU seconds of each way, taken in turns, the first round left out."""
    rounds: list[list[float]] = []
    for _ in range(1 + ROUNDS):
        rounds.append([_timed(action) for action in ways.values()])
        print(" ".join(f"{seconds:.2f}" for seconds in rounds[-1]), flush=True)
    return dict(zip(ways, np.min(rounds[1:], axis=0).tolist(), strict=True))


def _timed(action: Action) -> float:
    start = time.process_time()
    action()
    return time.process_time() - start


def _texts(shared: Path, file: str, field: str) -> list[str]:
    texts: list[str] = []
    for name in SETS:
        with gzip.open(shared / "evals" / name / f"{file}.jsonl.gz", "rt") as lines:
            texts += [json.loads(line)[field] for line in lines]
    return texts
