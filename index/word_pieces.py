"""Texts to the word pieces of a model. The only door to tokenizers."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

__all__ = ["Pieces", "WordPieces"]


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text as a model reads it.

    Attributes:
        ids: Special ones included, shape (t,).
        places: Half-open ranges of characters, shape (t, 2); of special ones (0, 0).
        is_special: Shape (t,).
    """

    ids: npt.NDArray[np.int64]
    places: npt.NDArray[np.int32]
    is_special: npt.NDArray[np.bool_]


class WordPieces:
    """A model's tokenizer. Safe to share between threads.

    Args:
        file: In the format of the library tokenizers.
        most: Word pieces of one text, special ones included; what is behind them is left out.
    """

    def __init__(self, file: Path, *, most: int) -> None:
        self._tokenizer = _loaded(file)
        self._before, self._behind = self._special()
        self.window = most - len(self._before) - len(self._behind)

    def count(self, texts: Sequence[str]) -> list[int]:
        """Word pieces of each whole text, special ones not counted."""
        encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(encoding.ids) for encoding in encodings]

    def of(self, text: str) -> Pieces:
        """The first word pieces of a text, between the special ones."""
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        ids, offsets = encoding.ids[: self.window], encoding.offsets[: self.window]
        nowhere = [(0, 0)]
        is_special = np.ones(len(self._before) + len(ids) + len(self._behind), dtype=bool)
        is_special[len(self._before) : len(self._before) + len(ids)] = False
        places = nowhere * len(self._before) + offsets + nowhere * len(self._behind)
        return Pieces(
            np.array([*self._before, *ids, *self._behind], dtype=np.int64),
            np.array(places, dtype=np.int32).reshape(-1, 2),
            is_special,
        )

    def _special(self) -> tuple[list[int], list[int]]:
        """What the tokenizer puts in front of a text and behind it."""
        encoding = self._tokenizer.encode("a")
        own = [i for i, is_special in enumerate(encoding.special_tokens_mask) if not is_special]
        return encoding.ids[: own[0]], encoding.ids[own[-1] + 1 :]


@lru_cache(maxsize=4)
def _loaded(file: Path) -> Tokenizer:
    """A tokenizer, read once for the encoder and the reader that share it."""
    tokenizer = Tokenizer.from_file(str(file))
    # What the file says of both is of how the model was trained, not of how it is used.
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer
