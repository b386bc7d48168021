"""What the reader reads: a question and a stretch of a passage, as numbered word pieces.

    [CLS] question [SEP] title [SEP] stretch of the passage [SEP]

Training and answering cut texts with the same code.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.word_pieces import WordPieces

__all__ = ["Stretch", "Window", "WindowCutter"]

# More of a question or a title tells the reader little, and takes room from the passage.
QUESTION_PIECES = 48
TITLE_PIECES = 16
# A tokenizer reads a whole text before it is cut: cut characters first.
CHARACTERS_PER_PIECE = 16
ANY_LENGTH = 1 << 40


@dataclass(frozen=True, slots=True)
class Stretch:
    """Word pieces that stand in a row in one text.

    Attributes:
        ids: Numbers in the vocabulary, shape (n,).
        places: Where each stands in the text, half-open ranges of characters, shape (n, 2).
    """

    ids: npt.NDArray[np.int64]
    places: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, part: slice) -> "Stretch":
        return Stretch(self.ids[part], self.places[part])


@dataclass(frozen=True, slots=True)
class Window:
    """One input of the reader.

    Attributes:
        ids: Word pieces with the special ones, shape (n,).
        kinds: 0 for the question's part, 1 for the rest, shape (n,).
        first: Where the passage's first word piece stands in `ids`.
        places: Where the passage's pieces stand in the passage, shape (m, 2), first + m < n.
    """

    ids: npt.NDArray[np.int64]
    kinds: npt.NDArray[np.int64]
    first: int
    places: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.ids)


class WindowCutter:
    """Cuts questions and passages into windows.

    Args:
        tokenizer: A `tokenizer.json` of the BERT family.
        length: Most word pieces of a window, special ones counted.
    """

    def __init__(self, tokenizer: Path, *, length: int) -> None:
        self._pieces = WordPieces(tokenizer, most=ANY_LENGTH)
        self._cls, self._sep = self._pieces.of("").ids.tolist()
        self._length = length

    def pieces(self, text: str, *, most: int | None = None) -> Stretch:
        """A text's first word pieces; all of them unless `most` is given."""
        found = self._pieces.of(text if most is None else text[: most * CHARACTERS_PER_PIECE])
        own = ~found.is_special
        return Stretch(found.ids[own], found.places[own])[:most]

    def head(self, question: str, title: str) -> tuple[Stretch, Stretch]:
        """The word pieces of a question and of a title, as many as are read."""
        return (
            self.pieces(question, most=QUESTION_PIECES),
            self.pieces(title, most=TITLE_PIECES),
        )

    def room(self, head: tuple[Stretch, Stretch]) -> int:
        """How many word pieces of a passage stand in a window beside this head."""
        question, title = head
        return self._length - len(question) - len(title) - 4

    def window(self, head: tuple[Stretch, Stretch], stretch: Stretch) -> Window:
        """One window; the stretch must not be longer than there is room."""
        question, title = head
        before = [self._cls, *question.ids, self._sep]
        after = [*title.ids, self._sep, *stretch.ids, self._sep]
        ids = np.array(before + after, dtype=np.int64)
        kinds = np.repeat(np.array([0, 1], dtype=np.int64), [len(before), len(after)])
        return Window(ids, kinds, len(before) + len(title) + 1, stretch.places)

    def windows(self, question: str, title: str, passage: str) -> Iterator[Window]:
        """Windows that together hold a whole passage; neighbours share a third of their room."""
        head = self.head(question, title)
        pieces, room = self.pieces(passage), self.room(head)
        step = room - room // 3
        for start in range(0, max(len(pieces) - room // 3, 1), step):
            yield self.window(head, pieces[start : start + room])
