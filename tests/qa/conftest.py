"""Collections of a few short documents, and what asks them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes import WordHashEncoder, arrival

from index.collection import Collection
from index.ingest import Ingester
from index.types import Hit, Metadata, Passage, Scores, Span
from qa.answering import Answerer
from qa.types import Finding

Library = Callable[..., Answerer]


@pytest.fixture
def fake() -> WordHashEncoder:
    """With a window wide enough that no paragraph of these tests is split."""
    return WordHashEncoder(window=400)


@pytest.fixture
def held(tmp_path: Path, fake: WordHashEncoder) -> Iterator[Collection]:
    """An empty collection."""
    opened = Collection.create(tmp_path / "held", "default", fake.identity)
    yield opened
    opened.close()


@pytest.fixture
def library(held: Collection, fake: WordHashEncoder) -> Library:
    """Makes an answerer over texts that are named by their document ids."""

    def make(**texts: str) -> Answerer:
        arrivals = [arrival(text, document_id=name) for name, text in texts.items()]
        list(Ingester(held, fake).ingest(arrivals))
        return Answerer(held, fake)

    return make


@pytest.fixture
def hit() -> Callable[..., Hit]:
    """Makes a hit on a passage that is the whole of a document."""

    def make(text: str, *, document: str = "a", ordinal: int = 0) -> Hit:
        passage = Passage(
            f"{document}-{ordinal}", document, ordinal, Span(0, max(1, len(text))), text
        )
        return Hit(passage, document, Metadata(), f"{document}.txt", "0" * 64, Scores(1.0))

    return make


@pytest.fixture
def found(held: Collection, fake: WordHashEncoder) -> Callable[..., Finding]:
    """Stores a document and points at words of it."""

    def make(text: str, words: str, *, document: str = "a") -> Finding:
        list(Ingester(held, fake).ingest([arrival(text, document_id=document)]))
        passage = next(p for p in held.store.passages(document) if words in p.text)
        start = passage.text.index(words)
        holding = Hit(passage, document, Metadata(), f"{document}.txt", "0" * 64, Scores(1.0))
        return Finding(holding, Span(start, start + len(words)))

    return make
