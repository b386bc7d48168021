# mypy: disable-error-code="import-not-found"
# Run as a file in the peer's own environment, where its neighbours are found and mypy is not.
"""LlamaIndex: VectorStoreIndex and BM25Retriever in a QueryFusionRetriever, as in its example."""

from collections.abc import Sequence
from pathlib import Path

import Stemmer
from llama_index.core import StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.llms import MockLLM
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.schema import TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.retrievers.bm25 import BM25Retriever
from running import Hit, K, Row, Vectors, main


class WithLlamaIndex:
    def __init__(self, model: str) -> None:
        self.embed = HuggingFaceEmbedding(model_name=model, device="cpu")

    def build(self, folder: Path, rows: Sequence[Row], vectors: Vectors | None) -> None:
        self.folder = folder
        self.index = VectorStoreIndex(nodes_of(rows, vectors), embed_model=self.embed)
        self.save()

    def open(self, folder: Path) -> None:
        self.folder = folder
        context = StorageContext.from_defaults(persist_dir=str(folder))
        self.index = load_index_from_storage(context, embed_model=self.embed)
        self.put_together(BM25Retriever.from_persist_dir(str(folder / "bm25")))

    def ask(self, question: str, mode: str) -> list[Hit]:
        retriever = self.dense if mode == "dense" else self.hybrid
        return [
            {"id": found.node.node_id, "text": found.node.text, "score": found.score}
            for found in retriever.retrieve(question)
        ]

    def add(self, rows: Sequence[Row], vectors: Vectors) -> None:
        self.index.insert_nodes(nodes_of(rows, vectors))
        self.save()

    def save(self) -> None:
        self.index.storage_context.persist(str(self.folder))
        words = BM25Retriever.from_defaults(
            docstore=self.index.docstore,
            similarity_top_k=K,
            stemmer=Stemmer.Stemmer("english"),
            language="english",
        )
        words.persist(str(self.folder / "bm25"))
        self.put_together(words)

    def put_together(self, words: BM25Retriever) -> None:
        self.dense = self.index.as_retriever(similarity_top_k=K)
        self.hybrid = QueryFusionRetriever(
            [self.dense, words],
            llm=MockLLM(),  # asked for nothing, as one query is the question itself
            num_queries=1,
            similarity_top_k=K,
            mode="reciprocal_rerank",
            use_async=False,
        )


def nodes_of(rows: Sequence[Row], vectors: Vectors | None) -> list[TextNode]:
    given = [None] * len(rows) if vectors is None else vectors.tolist()
    return [
        TextNode(id_=name, text=text, embedding=vector)
        for (name, text, _), vector in zip(rows, given, strict=True)
    ]


if __name__ == "__main__":
    main(WithLlamaIndex)
