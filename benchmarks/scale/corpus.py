"""Texts and vectors of any number, that cost what real ones cost.

Words are drawn by Zipf's law from a vocabulary that grows with the collection by Heaps' law; a
paragraph has a log-normal number of them, 55 in the middle. Vectors lie in clusters on a surface of
forty dimensions, with noise in all 384: exact search finds neighbours there about as hard to
separate as those of sentence vectors. The words of a passage have nothing to do with its vector.

Questions have no stop words, as the lexical leg asks none: their words are drawn by the same law
without its forty commonest. A term of 600 questions of `squad` stands in .007 of the passages
(median; .10 at the 95th percentile), all terms of one question in .20 of them together (.51); here
it is .006 (.11) and .19 (.5).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.types import Document, Metadata, Passage, Span, Vectors

__all__ = ["DIMENSIONS", "Made", "Maker"]

WORLD = 20261122
DIMENSIONS = 384
SURFACE = 40
CLUSTER = 50  # passages
SPREAD, NOISE = 0.6, 1.5
ZIPF = 1.07
HEAPS = 12.0, 0.6  # words = 12 n^0.6 of n passages, at least so many:
LEAST_WORDS = 5_000
STOP_WORDS = 40
ASKED, ASKED_SIGMA = 9, 0.45  # words of a question
MIDDLE, SIGMA = 55, 0.5  # of the words of a paragraph
PARAGRAPHS = 12  # of a document
LETTERS = np.array(list("aeinorst" * 3 + "bcdfghlmpuvwy"))


@dataclass(frozen=True, slots=True)
class Made:
    """A document with its passages and their vectors."""

    document: Document
    passages: tuple[Passage, ...]
    vectors: Vectors


class Maker:
    """Makes the documents of a collection of `size` passages, and questions of the same world.

    Args:
        size: Passages of the whole collection; words and clusters grow with it.
        seed: Of what is drawn. The world it is drawn from depends on the size alone.
    """

    def __init__(self, size: int, *, seed: int = 1) -> None:
        world = np.random.default_rng(WORLD)
        words = max(LEAST_WORDS, int(HEAPS[0] * size ** HEAPS[1]))
        self._words = _vocabulary(words, world)
        weights = 1 / np.arange(1, words + 1) ** ZIPF
        self._cumulated = np.cumsum(weights / weights.sum())
        self._centres = world.standard_normal((size // CLUSTER + 1, SURFACE))
        self._surface = world.standard_normal((SURFACE, DIMENSIONS)).astype(np.float32)
        self._random = np.random.default_rng(seed)

    def documents(self, number: int, *, first: int = 0) -> Iterator[Made]:
        """So many passages, in documents of twelve."""
        for start in range(first, first + number, PARAGRAPHS):
            count = min(PARAGRAPHS, first + number - start)
            yield self._document(f"s{start}", count)

    def words(self, count: int) -> list[str]:
        """Words as they are in texts; the rarer, the fewer."""
        return self._drawn(count, above=0.0)

    def _drawn(self, count: int, *, above: float) -> list[str]:
        lots = above + (1 - above) * self._random.random(count)
        places = np.searchsorted(self._cumulated, lots)
        return [str(self._words[place]) for place in np.minimum(places, len(self._words) - 1)]

    def questions(self, count: int) -> list[str]:
        """So many questions of words that a question keeps."""
        lengths = self._random.lognormal(np.log(ASKED), ASKED_SIGMA, count).round().astype(int)
        first = self._cumulated[STOP_WORDS - 1]
        return [" ".join(self._drawn(max(1, n), above=first)) for n in lengths]

    def vectors(self, count: int) -> Vectors:
        """Unit vectors, shape (count, 384)."""
        centres = self._centres[self._random.integers(0, len(self._centres), count)]
        latent = centres + SPREAD * self._random.standard_normal((count, SURFACE))
        rows = latent.astype(np.float32) @ self._surface
        rows += NOISE * self._random.standard_normal(rows.shape, dtype=np.float32)
        unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit

    def _document(self, name: str, count: int) -> Made:
        lengths = np.maximum(5, self._random.lognormal(np.log(MIDDLE), SIGMA, count)).astype(int)
        drawn = iter(self.words(int(lengths.sum())))
        paragraphs = [" ".join(next(drawn) for _ in range(length)) for length in lengths]
        text = "\n\n".join(paragraphs)
        starts = np.cumsum([0, *(len(p) + 2 for p in paragraphs)])[:-1].tolist()
        passages = tuple(
            Passage(f"{name}:{n}", name, n, Span(start, start + len(paragraph)), paragraph)
            for n, (start, paragraph) in enumerate(zip(starts, paragraphs, strict=True))
        )
        title = " ".join(self.words(6))
        metadata = Metadata(title=title, publisher=f"publisher {int(name[1:]) % 40}", language="en")
        document = Document(name, f"{name}.txt", name, text, title, metadata, (), name, name)
        return Made(document, passages, self.vectors(count))


def _vocabulary(words: int, random: np.random.Generator) -> npt.NDArray[np.str_]:
    """Distinct words, the common ones short."""
    made: dict[str, None] = {}
    while len(made) < words:
        length = 2 + int(random.poisson(1.5 + np.log1p(len(made)) / 2))
        made["".join(random.choice(LETTERS, length))] = None
    return np.array(list(made))
