# mypy: disable-error-code="import-not-found"
# Run as a file in the peer's own environment, where its neighbours are found and mypy is not.
"""txtai: a hybrid index with its content, as in its documentation."""

from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import numpy as np
from running import Hit, K, Row, Vectors, main
from txtai import Embeddings


class WithTxtai:
    def __init__(self, model: str) -> None:
        self.model = model
        self.lock = Lock()  # with several threads at once, its database raises ProgrammingError

    def build(self, folder: Path, rows: Sequence[Row], vectors: Vectors | None) -> None:
        self.folder = folder
        self.embeddings = Embeddings(path=self.model, hybrid=True, content=True)
        with Given(self.embeddings, rows, vectors):
            self.embeddings.index([(name, text) for name, text, _ in rows])
        self.embeddings.save(str(folder))

    def open(self, folder: Path) -> None:
        self.folder = folder
        self.embeddings = Embeddings()
        self.embeddings.load(str(folder))

    def ask(self, question: str, mode: str) -> list[Hit]:
        weights = 1.0 if mode == "dense" else None
        with self.lock:
            return list(self.embeddings.search(question, K, weights=weights))

    def add(self, rows: Sequence[Row], vectors: Vectors) -> None:
        with Given(self.embeddings, rows, vectors):
            self.embeddings.upsert([(name, text) for name, text, _ in rows])
        self.embeddings.save(str(self.folder))


class Given:
    """While it is entered, the model gives the vectors that were computed before."""

    def __init__(
        self, embeddings: Embeddings, rows: Sequence[Row], vectors: Vectors | None
    ) -> None:
        self.embeddings, self.model = embeddings, embeddings.model.model
        if vectors is not None:
            texts = (text for _, text, _ in rows)
            self.vectors = dict(zip(texts, vectors, strict=True))
            embeddings.model.model = self

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        self.embeddings.model.model = self.model

    def encode(self, texts: Sequence[str], **options: object) -> Vectors:
        return np.stack([self.vectors[text] for text in texts])


if __name__ == "__main__":
    main(WithTxtai)
