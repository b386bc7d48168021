# mypy: disable-error-code="import-not-found"
# Run as a file in the peer's own environment, where its neighbours are found and mypy is not.
"""Chroma: a collection of a persistent client, with the embedding function for local models."""

from collections.abc import Sequence
from pathlib import Path

import chromadb
from chromadb.utils.embedding_functions import SentenceTransformerEmbeddingFunction
from running import Hit, K, Row, Vectors, main


class WithChroma:
    def __init__(self, model: str) -> None:
        self.embed = SentenceTransformerEmbeddingFunction(model_name=model, device="cpu")

    def build(self, folder: Path, rows: Sequence[Row], vectors: Vectors | None) -> None:
        self.open(folder)
        self.add(rows, vectors)

    def open(self, folder: Path) -> None:
        self.client = chromadb.PersistentClient(path=str(folder))
        self.collection = self.client.get_or_create_collection(
            "texts", embedding_function=self.embed
        )

    def ask(self, question: str, mode: str) -> list[Hit]:
        found = self.collection.query(query_texts=[question], n_results=K)
        columns = zip(found["ids"][0], found["documents"][0], found["distances"][0], strict=True)
        return [{"id": name, "text": text, "score": -far} for name, text, far in columns]

    def add(self, rows: Sequence[Row], vectors: Vectors | None) -> None:
        most = self.client.get_max_batch_size()
        for start in range(0, len(rows), most):
            some = rows[start : start + most]
            self.collection.add(
                ids=[name for name, _, _ in some],
                documents=[text for _, text, _ in some],
                embeddings=None if vectors is None else vectors[start : start + most],
            )


if __name__ == "__main__":
    main(WithChroma)
