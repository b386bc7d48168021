"""What every adapter does: it obeys lines of JSON, answers one question, or serves over HTTP.

Runs in the peer's own environment and imports nothing of the project.

    python ADAPTER talk MODEL                         one order a line, one reply a line
    python ADAPTER answer MODEL INDEX MODE QUESTION   from the start of a process to an answer
    python ADAPTER serve MODEL INDEX MODE PORT        POST /ask, with uvicorn
"""

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

__all__ = ["Hit", "K", "Peer", "Row", "Vectors", "main"]

K = 5  # passages of a reply
Hit = dict[str, Any]  # id, text and score of a passage
Order = dict[str, Any]  # as JSON has it
Row = tuple[str, str, int]  # id, text, row of the vectors
Vectors = npt.NDArray[np.float32]  # shape (n, 384), rows of L2 norm 1


class Peer(Protocol):
    """One way to ask one's own documents, set up as its documentation says."""

    def build(self, folder: Path, rows: Sequence[Row], vectors: Vectors | None) -> None:
        """Make an index on disk; embed the texts where no vectors are given."""

    def open(self, folder: Path) -> None:
        """Load an index."""

    def ask(self, question: str, mode: str) -> list[Hit]:
        """The K best passages, best first."""

    def add(self, rows: Sequence[Row], vectors: Vectors) -> None:
        """Add passages to the open index; they are on disk, and found, when this returns."""


@runtime_checkable
class Learner(Protocol):
    """A peer that takes no vectors from elsewhere, and remembers its own instead."""

    def learn(self, rows: Sequence[Row]) -> None:
        """Embed what `add` will be given."""


def main(make: Callable[[str], Peer]) -> None:
    """Run one of the three commands.

    Args:
        make: Takes the folder of the model.
    """
    command, model, *rest = sys.argv[1:]
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints is no reply
    peer = make(model)
    if command == "talk":
        for line in sys.stdin:
            print(json.dumps(_obeyed(peer, json.loads(line))), file=replies, flush=True)
        return
    folder, mode, last = rest
    peer.open(Path(folder))
    if command == "answer":
        print(peer.ask(last, mode)[0]["id"], file=replies, flush=True)
    else:
        _serve(peer, mode, int(last))


def _obeyed(peer: Peer, order: Order) -> Order:
    if order["do"] == "ask":
        return _asked(peer, order["questions"], order["mode"])
    if order["do"] == "open":
        return _spent(lambda: peer.open(Path(order["folder"])))
    rows: list[Row] = json.loads(Path(order["rows"]).read_text(encoding="utf-8"))
    if order["do"] == "learn" and isinstance(peer, Learner):
        return _spent(lambda: peer.learn(rows))
    if order["do"] == "build" and order["vectors"] is None:
        return _spent(lambda: peer.build(Path(order["folder"]), rows, None))
    vectors = np.load(order["vectors"])[[row for _, _, row in rows]]
    if order["do"] == "build":
        return _spent(lambda: peer.build(Path(order["folder"]), rows, vectors))
    return _spent(lambda: peer.add(rows, vectors))


def _asked(peer: Peer, questions: Sequence[str], mode: str) -> Order:
    """Ids of each question's passages, and its milliseconds."""
    found: list[list[str]] = []

    def ask(question: str) -> None:
        found.append([hit["id"] for hit in peer.ask(question, mode)])

    times = [_spent(partial(ask, question)) for question in questions]
    return {
        "found": found,
        "cpu_ms": [spent["cpu_ms"] for spent in times],
        "ms": [spent["ms"] for spent in times],
    }


def _spent(action: Callable[[], object]) -> Order:
    """Milliseconds of all threads' processor time, and of the clock."""
    cpu, clock = time.process_time(), time.perf_counter()
    action()
    return {
        "cpu_ms": (time.process_time() - cpu) * 1000,
        "ms": (time.perf_counter() - clock) * 1000,
    }


def _serve(peer: Peer, mode: str, port: int) -> None:
    import uvicorn
    from fastapi import FastAPI
    from pydantic import BaseModel

    class Question(BaseModel):
        question: str

    app = FastAPI()

    @app.post("/ask")
    def ask(body: Question) -> dict[str, Any]:
        return {"passages": peer.ask(body.question, mode)}

    uvicorn.run(app, port=port, log_level="warning", access_log=False)
