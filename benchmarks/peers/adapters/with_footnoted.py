# mypy: disable-error-code="import-not-found"
# Run as a file in the peer's own environment, where its neighbours are found and mypy is not.
"""footnoted, as its Python parts are put together by the command and by the server.

Modes: `dense`, `plain` (both legs), `shipped` (re-ranked by MaxSim); `quoted` is `shipped` with
the best sentence as the answer, `reader` with the exact words, as it comes.
"""

import json
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from running import Hit, K, Row, Vectors, main

from index.collection import Collection
from index.embedding import Encoded, Encoder, EncoderIdentity, TokenVectors
from index.encoders import encoder_for
from index.models import DEFAULT_MODEL, find_model
from index.search import RankingPolicy, Searcher
from index.types import Draft, Mode
from qa.answering import Answerer, TrainedReader
from qa.types import Grouping, Question

COPY = re.compile(r" \(copy \d+\)$")
NAME = "default"


class WithFootnoted:
    def __init__(self, model: str) -> None:
        self.encoder = encoder_for(find_model(DEFAULT_MODEL), threads=1)
        self.remembering = RememberingEncoder(self.encoder)

    def build(self, folder: Path, rows: Sequence[Row], vectors: Vectors | None) -> None:
        self.collection = Collection.create(folder, NAME, self.encoder.identity)
        self.put(rows)

    def open(self, folder: Path) -> None:
        for name in ("fusing", "reranking", "quoting", "reading"):
            self.__dict__.pop(name, None)
        self.collection = Collection.open(folder, NAME)

    def ask(self, question: str, mode: str) -> list[Hit]:
        if mode in {"quoted", "reader"}:
            # The corpus is made of copies, which would be looked through for five stories.
            asked = Question(question, top_k=K, group=Grouping.NONE)
            answerer = self.quoting if mode == "quoted" else self.reading
            hits = [passage.hit for passage in answerer.answer(asked).passages]
        else:
            wanted = Mode.DENSE if mode == "dense" else Mode.HYBRID
            searcher = self.reranking if mode == "shipped" else self.fusing
            hits = list(searcher.search(question, k=K, mode=wanted).hits)
        return [
            {"id": hit.passage.document_id, "text": hit.passage.text, "score": hit.scores.fused}
            for hit in hits
        ]

    def learn(self, rows: Sequence[Row]) -> None:
        from index.preparing import prepare

        for draft in drafts_of(rows):
            self.remembering.encode_passages(prepare(draft, self.encoder).texts)

    def add(self, rows: Sequence[Row], vectors: Vectors) -> None:
        self.put(rows)
        self.collection.snapshot()

    def put(self, rows: Sequence[Row]) -> None:
        # Whoever only asks does not wait for what only taking in needs.
        from index.ingest import Ingester
        from index.reports import Arrival

        arrivals = (Arrival("rows", "rows", draft) for draft in drafts_of(rows))
        for _ in Ingester(self.collection, self.remembering).ingest(arrivals):
            pass

    @cached_property
    def fusing(self) -> Searcher:
        return Searcher(self.collection, self.encoder, policy=RankingPolicy(rerank=0))

    @cached_property
    def reranking(self) -> Searcher:
        return Searcher(self.collection, self.encoder)

    @cached_property
    def quoting(self) -> Answerer:
        return Answerer(self.collection, self.encoder)

    @cached_property
    def reading(self) -> Answerer:
        from qa.shipped_reader import shipped_calibration, shipped_reader

        calibration = shipped_calibration(self.collection.store.model)
        trained = TrainedReader(shipped_reader(), calibration)
        return Answerer(self.collection, self.encoder, trained=trained)


def drafts_of(rows: Sequence[Row]) -> list[Draft]:
    """The rows as lines of a file of JSON Lines are read."""
    from index.loading import draft_of

    lines = (json.dumps({"id": name, "text": text}) for name, text, _ in rows)
    drafts = draft_of("\n".join(lines).encode(), name="rows.jsonl", origin="rows")
    return [draft for draft in drafts if isinstance(draft, Draft)]


class RememberingEncoder:
    """An `Encoder` for taking in, which encodes a passage once; its copies get the same."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._passages: dict[str, tuple[Vectors, TokenVectors]] = {}

    @property
    def identity(self) -> EncoderIdentity:
        return self._encoder.identity

    @property
    def window(self) -> int:
        return self._encoder.window

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._encoder.count_tokens(texts)

    def encode_queries(self, texts: Sequence[str]) -> Encoded:
        return self._encoder.encode_queries(texts)

    def encode_passages(self, texts: Sequence[str]) -> Encoded:
        plain = [COPY.sub("", text) for text in texts]
        if new := [text for text in dict.fromkeys(plain) if text not in self._passages]:
            encoded = self._encoder.encode_passages(new)
            each = zip(encoded.vectors, encoded.tokens, strict=True)
            self._passages |= zip(new, each, strict=True)
        vectors, tokens = zip(*(self._passages[text] for text in plain), strict=True)
        return Encoded(np.stack(vectors), tuple(tokens))


if __name__ == "__main__":
    main(WithFootnoted)
