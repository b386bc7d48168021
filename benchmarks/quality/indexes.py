"""What the parts of one run share: the encoder, and one index for each set."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np

from benchmarks.quality.sets import UNANSWERABLE, QuestionSet, read_set
from index.collection import Collection
from index.embedding import Encoded, Encoder, EncoderIdentity
from index.encoders import encoder_for
from index.ingest import Ingester
from index.models import DEFAULT_MODEL, find_model
from index.records import Extras
from index.store import Store, Writer
from index.token_table import codes_by_key
from index.types import Filters
from qa.answering import TrainedReader
from qa.results import Result
from qa.shipped_reader import shipped_calibration, shipped_reader

__all__ = ["Bench", "RememberingEncoder"]

RECIPE = "copied"


class RememberingEncoder:
    """An `Encoder` that encodes a question once, however many variants ask it."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._questions: dict[str, Encoded] = {}

    @property
    def identity(self) -> EncoderIdentity:
        return self._encoder.identity

    @property
    def window(self) -> int:
        return self._encoder.window

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._encoder.count_tokens(texts)

    def encode_queries(self, texts: Sequence[str]) -> Encoded:
        [text] = texts  # a search asks one question
        if text not in self._questions:
            self._questions[text] = self._encoder.encode_queries([text])
        return self._questions[text]

    def encode_passages(self, texts: Sequence[str]) -> Encoded:
        return self._encoder.encode_passages(texts)


class Bench:
    """Sets and their indexes, each read and built at its first use.

    Args:
        shared: Folder of the sets that are not in the repository.
        folder: Of the indexes; those that are there are used as they are.
        most: Questions of a set.
        unanswerable: Unanswerable ones of a set; None for all.
    """

    def __init__(
        self,
        shared: Path,
        folder: Path,
        *,
        most: int | None,
        unanswerable: int | None = UNANSWERABLE,
    ) -> None:
        self.shared = shared
        self.unanswerable = unanswerable
        self.folder = folder
        self.most = most
        self.encoder = RememberingEncoder(encoder_for(find_model(DEFAULT_MODEL)))
        self.results: dict[tuple[str, str], tuple[Result, ...]] = {}  # by set and variant
        self._sets: dict[str, QuestionSet] = {}
        self._collections: dict[str, Collection] = {}

    @cached_property
    def trained(self) -> TrainedReader:
        """The reader as it is shipped."""
        return TrainedReader(shipped_reader(), shipped_calibration(self.encoder.identity))

    def limit(self, count: int) -> int:
        """A part's own number of questions, or `most` where that is less."""
        return count if self.most is None else min(count, self.most)

    def questions(self, name: str) -> QuestionSet:
        """Raises FileNotFoundError where the set is not on this machine."""
        if name not in self._sets:
            self._sets[name] = read_set(
                name, self.shared, most=self.most, unanswerable=self.unanswerable
            )
        return self._sets[name]

    def collection(self, name: str) -> Collection:
        """The index of one set's documents."""
        if name not in self._collections:
            collection = self._made(name)
            for _ in Ingester(collection, self.encoder).ingest(self.questions(name).arrivals):
                pass
            self._collections[name] = collection
        return self._collections[name]

    def pooled(self, names: Sequence[str], *, least: int = 0) -> Collection:
        """One index of several sets' documents, with the vectors and token codes of their own.

        Args:
            names: Of the sets.
            least: Passages; documents are copied under further ids until there are as many.
        """
        digest = hashlib.sha256(" ".join(names).encode()).hexdigest()[:8]
        name = f"pooled-{least}-{digest}"
        if name not in self._collections:
            sources = [self.collection(one).store for one in names]
            collection = self._made(name)
            if not collection.store.generation():
                with collection.writing() as writer:
                    _fill(writer, sources, least=least)
            self._collections[name] = collection
        return self._collections[name]

    def _made(self, name: str) -> Collection:
        return Collection.create(self.folder, re.sub(r"\W+", "_", name), self.encoder.identity)


def _fill(writer: Writer, sources: Sequence[Store], *, least: int) -> None:
    passages, number = 0, 1
    while number == 1 or passages < least:
        for source in sources:
            if number == 1 or passages < least:
                most = None if number == 1 else least - passages
                passages += _copy(source, writer, number=number, most=most)
        number += 1


def _copy(source: Store, writer: Writer, *, number: int, most: int | None) -> int:
    """Put documents into another store, under ids of their own from the second time on.

    Returns:
        How many passages were put, at most `most` and a document's.
    """
    mark = f"~{number}" if number > 1 else ""
    by_document: dict[str, list[int]] = {}
    for item in source.indexed(source.admitted(Filters())):
        by_document.setdefault(item.passage.document_id, []).append(item.key)
    copied = 0
    for document_id, keys in by_document.items():
        if most is not None and copied >= most:
            break
        copied += _copy_document(source, writer, document_id, keys, mark)
    return copied


def _copy_document(
    source: Store, writer: Writer, document_id: str, keys: Sequence[int], mark: str
) -> int:
    where = np.array(keys, dtype=np.int64)
    document, passages = source.document(document_id), source.passages(document_id)
    with source.reading() as connection:
        codes = codes_by_key(connection, where)
    writer.put(
        replace(document, id=document.id + mark),
        [replace(p, id=p.id + mark, document_id=p.document_id + mark) for p in passages],
        source.vectors(where).vectors,
        recipe=RECIPE,
        ingested_at="",
        extras=Extras(codes=tuple(codes[key] for key in keys)),
    )
    return len(passages)
