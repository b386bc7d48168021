"""Reads a passage for a question: the words that answer, and whether they do."""

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.forward_pass import ForwardPass
from index.sentences import sentence_spans
from index.types import Span
from qa.windows import Window, WindowCutter

__all__ = ["PassageReader", "Verdict", "best_ends"]

LONGEST = 30  # word pieces of an answer
MOST_WINDOWS = 4  # of one passage; what is behind is not read
# What stands at the edge of an answer and does not belong to it, unless it has a partner inside.
LOOSE = " \t\n.,;:!?-–—\"“”'‘’«»"
BRACKETS = {")": "(", "]": "["}
ABBREVIATED = re.compile(r"\b(?:\w\.)+\w$")  # "U.S" of "U.S."

Logits = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one passage is to one question. Numbers are log-odds, as the reader has them.

    Attributes:
        span: The words that answer best, a range of the passage's text within one sentence; None
            where it has none.
        margin: Of these words against "no words here".
        answerable: That the passage answers.
        relevant: That the passage is one to show.
    """

    span: Span | None
    margin: float
    answerable: float
    relevant: float


class PassageReader:
    """An extractive reader: BERT with two heads, in eight bits. Safe to share between threads.

    Everything is loaded at the first use.

    Args:
        graph: As `index.bert_graph.reader_graph` writes it.
        tokenizer: Of the model that the reader was trained from.
        length: Most word pieces of a window.
        name: What the reader is known by.
    """

    def __init__(self, graph: bytes, tokenizer: Path, *, length: int, name: str) -> None:
        self.name = name
        self._graph = graph
        self._tokenizer = tokenizer
        self._length = length
        self._loading = threading.Lock()

    def read(
        self, question: str, title: str, passage: str, *, language: str | None = None
    ) -> Verdict:
        """Read one passage; of a long one each stretch apart, and the best of all counts.

        Args:
            question: As it was asked.
            title: Of the document.
            passage: Any text; words that answer stand within one of its sentences.
            language: ISO 639-1 code of the passage, for where its sentences end.
        """
        cutter, run = self._parts
        sentences = sentence_spans(passage, language=language)
        best: Verdict | None = None
        for number, window in enumerate(cutter.windows(question, title, passage)):
            if number == MOST_WINDOWS:
                break
            found = _verdict(window, passage, sentences, *run.outputs(_inputs(window)))
            best = found if best is None else _better(best, found)
        if best is None:
            raise AssertionError("every passage has a window")
        return best

    @property
    def _parts(self) -> tuple[WindowCutter, ForwardPass]:
        with self._loading:
            return self._loaded

    @cached_property
    def _loaded(self) -> tuple[WindowCutter, ForwardPass]:
        return WindowCutter(self._tokenizer, length=self._length), ForwardPass(self._graph)


def best_ends(ends: Logits, sentences: Numbers) -> tuple[int, int, float]:
    """The best answer among word pieces, all of it in one sentence.

    Args:
        ends: Logits that an answer starts and ends at a piece, shape (n, 2), n at least 1.
        sentences: Number of the sentence that each piece is of, shape (n,).

    Returns:
        The first and the last piece, and the sum of their logits.
    """
    count = len(ends)
    totals = ends[:, :1] + ends[np.newaxis, :, 1]
    length = np.arange(count) - np.arange(count)[:, np.newaxis]
    is_one = sentences == sentences[:, np.newaxis]
    totals = np.where((length >= 0) & (length < LONGEST) & is_one, totals, -np.inf)
    first, last = np.unravel_index(int(totals.argmax()), totals.shape)
    return int(first), int(last), float(totals[first, last])


def _inputs(window: Window) -> dict[str, npt.NDArray[np.int64]]:
    return {"input_ids": window.ids, "token_type_ids": window.kinds}


def _verdict(
    window: Window, passage: str, sentences: Sequence[Span], ends: Logits, verdicts: Logits
) -> Verdict:
    answerable, relevant = verdicts.tolist()
    count = len(window.places)
    if not count:
        return Verdict(None, 0.0, answerable, relevant)
    last_places = [sentence.end for sentence in sentences]
    numbers = np.searchsorted(last_places, window.places[:, 0], side="right")
    first, last, total = best_ends(ends[window.first : window.first + count], numbers)
    margin = total - float(ends[0].sum())
    start, end = int(window.places[first, 0]), int(window.places[last, 1])
    return Verdict(_trimmed(passage, start, end), margin, answerable, relevant)


def _better(one: Verdict, other: Verdict) -> Verdict:
    """The words of the stretch that answers rather; whichever shows the passage to be relevant."""
    best = max(one, other, key=lambda verdict: verdict.answerable)
    return Verdict(best.span, best.margin, best.answerable, max(one.relevant, other.relevant))


def _trimmed(text: str, start: int, end: int) -> Span | None:
    """Whole words, without punctuation around them."""
    while start > 0 and _is_inside_word(text, start):
        start -= 1
    while end < len(text) and _is_inside_word(text, end):
        end += 1
    while start < end and text[start] in LOOSE and not _is_sign(text, start):
        start += 1
    while end > start and text[end - 1] in LOOSE:
        end -= 1
    if text[end : end + 1] == "." and ABBREVIATED.search(text[start:end]):
        end += 1
    for closing, opening in BRACKETS.items():
        words = text[start:end]
        if words.endswith(closing) and opening not in words:
            end -= 1
        elif words.startswith(opening) and closing not in words:
            start += 1
    return Span(start, end) if start < end else None


def _is_inside_word(text: str, place: int) -> bool:
    return re.fullmatch(r"\w\w", text[place - 1 : place + 1]) is not None


def _is_sign(text: str, place: int) -> bool:
    """Whether a stroke belongs to the number behind it."""
    return text[place] in "-–" and text[place + 1 : place + 2].isdigit()
