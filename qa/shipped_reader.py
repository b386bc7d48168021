"""The reader that the package carries: found, checked, loaded."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from index.embedding import EncoderIdentity
from index.errors import ModelError
from index.models import DEFAULT_MODEL, DEFAULT_MODEL_SHA256, find_model
from qa.calibration import Calibration
from qa.passage_reader import PassageReader

__all__ = [
    "CALIBRATION",
    "FACTS",
    "GRAPH",
    "MODEL",
    "OTHER_ENCODERS",
    "ReaderFiles",
    "find_reader",
    "shipped_calibration",
    "shipped_reader",
]

MODEL = Path(__file__).with_name("model")
GRAPH, FACTS, CALIBRATION = "reader.onnx", "reader.json", "calibration.json"
OTHER_ENCODERS = "calibration-other-encoders.json"
TOKENIZER = "tokenizer.json"  # the default model's, whose weights the reader was trained from


@dataclass(frozen=True, slots=True)
class ReaderFiles:
    """Where a reader is.

    Attributes:
        sha256: Of the graph, by which the reader is known.
        length: Most word pieces of a window.
    """

    graph: Path
    sha256: str
    length: int
    tokenizer: Path


def find_reader(folder: Path = MODEL) -> ReaderFiles:
    """Locate the reader without loading it.

    Raises:
        ModelError: It is not there, or the default model with its tokenizer is not.
    """
    try:
        facts = json.loads((folder / FACTS).read_text("utf-8"))
    except (OSError, ValueError):
        raise ModelError(f"no reader in {folder.name}") from None
    tokenizer = find_model(DEFAULT_MODEL).path / TOKENIZER
    return ReaderFiles(folder / GRAPH, facts["sha256"], facts["length"], tokenizer)


def shipped_reader(folder: Path = MODEL) -> PassageReader:
    """Load the reader.

    Raises:
        ModelError: It is not there, or not as it was shipped.
    """
    files = find_reader(folder)
    try:
        graph = files.graph.read_bytes()
    except OSError as error:
        raise ModelError(f"the reader cannot be read: {error}") from None
    if (found := hashlib.sha256(graph).hexdigest()) != files.sha256:
        raise ModelError(
            f"the reader has sha256 {found}, expected {files.sha256}; install footnoted again"
        )
    return PassageReader(graph, files.tokenizer, length=files.length, name=files.sha256[:12])


def shipped_calibration(encoder: EncoderIdentity, folder: Path = MODEL) -> Calibration:
    """What the reader's numbers mean, as it was learnt in training with the default encoder; for
    another one a calibration that does without what an encoder says.

    Raises:
        ModelError: It is not there, or cannot be read.
    """
    try:
        is_default = encoder.sha256 == DEFAULT_MODEL_SHA256
        return Calibration.read(folder / (CALIBRATION if is_default else OTHER_ENCODERS))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"the reader's calibration cannot be read: {error}") from None
