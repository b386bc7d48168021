# mypy: disable-error-code="import-not-found"
# Run as a file in the peer's own environment, where its neighbours are found and mypy is not.
"""Haystack: both in-memory retrievers and a DocumentJoiner, as in its tutorial on hybrid search."""

from collections.abc import Sequence
from pathlib import Path

from haystack import Document, Pipeline
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import (
    InMemoryBM25Retriever,
    InMemoryEmbeddingRetriever,
)
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack.utils import ComponentDevice
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)
from running import Hit, K, Row, Vectors, main

FILE = "store.json"


class WithHaystack:
    def __init__(self, model: str) -> None:
        self.model, self.device = model, ComponentDevice.from_str("cpu")

    def build(self, folder: Path, rows: Sequence[Row], vectors: Vectors | None) -> None:
        self.folder = folder
        self.store = InMemoryDocumentStore(embedding_similarity_function="cosine")
        documents = documents_of(rows, vectors)
        if vectors is None:
            embedder = SentenceTransformersDocumentEmbedder(
                model=self.model, device=self.device, progress_bar=False
            )
            documents = embedder.run(documents)["documents"]
        self.save(documents)
        self.put_together()

    def open(self, folder: Path) -> None:
        self.folder = folder
        if "store" in self.__dict__:  # stores of one name share their documents in a process
            self.store.delete_documents([one.id for one in self.store.filter_documents()])
        self.store = InMemoryDocumentStore.load_from_disk(str(folder / FILE))
        self.put_together()

    def ask(self, question: str, mode: str) -> list[Hit]:
        if mode == "dense":
            found = self.dense.run({"text": {"text": question}})["nearest"]["documents"]
        else:
            asked = {"text": {"text": question}, "words": {"query": question}}
            found = self.hybrid.run(asked)["joiner"]["documents"]
        return [{"id": one.id, "text": one.content, "score": one.score} for one in found[:K]]

    def add(self, rows: Sequence[Row], vectors: Vectors) -> None:
        self.save(documents_of(rows, vectors))

    def save(self, documents: Sequence[Document]) -> None:
        self.store.write_documents(list(documents))
        self.folder.mkdir(parents=True, exist_ok=True)
        self.store.save_to_disk(str(self.folder / FILE))

    def put_together(self) -> None:
        self.dense, self.hybrid = self.pipeline(), self.pipeline()
        self.hybrid.add_component(
            "words", InMemoryBM25Retriever(document_store=self.store, top_k=K)
        )
        joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=K)
        self.hybrid.add_component("joiner", joiner)
        self.hybrid.connect("nearest", "joiner")
        self.hybrid.connect("words", "joiner")

    def pipeline(self) -> Pipeline:
        """From a question to the nearest documents."""
        pipeline = Pipeline()
        embedder = SentenceTransformersTextEmbedder(
            model=self.model, device=self.device, progress_bar=False
        )
        pipeline.add_component("text", embedder)
        pipeline.add_component(
            "nearest", InMemoryEmbeddingRetriever(document_store=self.store, top_k=K)
        )
        pipeline.connect("text.embedding", "nearest.query_embedding")
        return pipeline


def documents_of(rows: Sequence[Row], vectors: Vectors | None) -> list[Document]:
    given = [None] * len(rows) if vectors is None else vectors.tolist()
    return [
        Document(id=name, content=text, embedding=vector)
        for (name, text, _), vector in zip(rows, given, strict=True)
    ]


if __name__ == "__main__":
    main(WithHaystack)
