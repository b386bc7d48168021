"""A model's ONNX graph, made once, kept in the user's cache folder, and checked before it is used.

A graph is derived from the model's weights, like an index from its documents: one that is damaged
or missing is made again. That takes a second or two and needs no torch.
"""

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from platformdirs import user_cache_path

from index.bert import Bert
from index.forward_pass import ForwardPass
from index.models import ModelFolder
from index.runtimes import LEAST_COSINE
from index.types import Vectors
from index.word_pieces import WordPieces

__all__ = ["Export", "exported"]

LAYOUT = 1  # one more whenever graphs are written otherwise, so that no older one is used
SAMPLE = (
    "What fee does El Salvador charge?",
    "How many people were detained since 2022, and where are they held?",
    "the treaty that ended the war between both kingdoms",
    "A canal links two oceans.",
    "The council approved the budget by 7 votes to 2 on Tuesday evening, after three hours of "
    "debate, and sent the plan for the new harbour back to the committee.",
    "In 1887 the chemist isolated the compound from bark; its structure was settled only in 1931, "
    "when X-ray diffraction showed a ring of six carbon atoms. It melts at 122.4 °C.",
    "¿Cuánto cuesta el billete de tren?",
    "Prices rose by 3.2% in March, the fastest since last summer.",
)


@dataclass(frozen=True, slots=True)
class Export:
    """A graph, and how near its vectors are to those of the full precision.

    Attributes:
        graph: As `graph_of` writes it.
        quantized: Whether it computes in eight bits.
        cosine: Of the vectors of a sample of texts with those in 32 bits, the mean.
    """

    graph: bytes
    quantized: bool
    cosine: float


@dataclass(frozen=True, slots=True)
class _Note:
    """What stands beside a graph."""

    weights_sha256: str
    graph_sha256: str
    quantized: bool
    cosine: float


def exported(model: ModelFolder, bert: Bert) -> Export:
    """The graph of a model, from the cache folder or else from the model's weights.

    Where the cache folder cannot be written, the graph is made each time.

    Raises:
        ModelChangedError: The weights are not those that the model is known by.
    """
    name = f"{Path(model.name).name}-{model.sha256[:16]}-{LAYOUT}.onnx"
    place = user_cache_path("footnoted", appauthor=False) / "onnx" / name
    if held := _read(place, model):
        return held
    model.check()
    made = _made(bert)
    with suppress(OSError):
        _write(place, made, model)
    return made


def _made(bert: Bert) -> Export:
    from index.bert_graph import graph_of  # imports protobuf, which nobody needs again

    full, small = (graph_of(bert, quantized=quantized) for quantized in (False, True))
    pieces = WordPieces(bert.tokenizer, most=bert.most_tokens)
    cosine = _likeness(_sample_vectors(full, pieces), _sample_vectors(small, pieces))
    if cosine < LEAST_COSINE:
        return Export(full, quantized=False, cosine=1.0)
    return Export(small, quantized=True, cosine=round(cosine, 4))


def _sample_vectors(graph: bytes, pieces: WordPieces) -> Vectors:
    run = ForwardPass(graph)
    means = np.stack([run(pieces.of(text).ids).mean(axis=0) for text in SAMPLE])
    unit: Vectors = means / np.linalg.norm(means, axis=1, keepdims=True)
    return unit


def _likeness(some: Vectors, others: Vectors) -> float:
    return float((some * others).sum(axis=1).mean())


def _read(place: Path, model: ModelFolder) -> Export | None:
    """What is there, if it is whole and of these weights."""
    try:
        note = _Note(**json.loads(_note_of(place).read_text("utf-8")))
        graph = place.read_bytes()
    except (OSError, ValueError, TypeError):
        return None
    is_whole = hashlib.sha256(graph).hexdigest() == note.graph_sha256
    if not is_whole or note.weights_sha256 != model.sha256:
        return None
    return Export(graph, note.quantized, note.cosine)


def _write(place: Path, export: Export, model: ModelFolder) -> None:
    """Put the graph there, then its note; whoever finds one without the other makes it again."""
    sha256 = hashlib.sha256(export.graph).hexdigest()
    note = _Note(model.sha256, sha256, export.quantized, export.cosine)
    place.parent.mkdir(parents=True, exist_ok=True)
    _put(place, export.graph)
    _put(_note_of(place), json.dumps(asdict(note), indent=1).encode())


def _put(place: Path, content: bytes) -> None:
    fresh = place.with_name(f"{place.name}.{os.getpid()}")
    fresh.write_bytes(content)
    fresh.replace(place)


def _note_of(place: Path) -> Path:
    return place.with_name(f"{place.name}.json")
