# mypy: disable-error-code="import-not-found"
# Run as a file in the peer's own environment, where its neighbours are found and mypy is not.
"""LangChain: FAISS and BM25Retriever in an EnsembleRetriever, as in its how-to on hybrid search."""

from collections.abc import Sequence
from pathlib import Path

from langchain_classic.retrievers import EnsembleRetriever
from langchain_community.retrievers import BM25Retriever
from langchain_community.vectorstores import FAISS
from langchain_huggingface import HuggingFaceEmbeddings
from running import Hit, K, Row, Vectors, main


class WithLangChain:
    def __init__(self, model: str) -> None:
        self.embeddings = HuggingFaceEmbeddings(model_name=model, model_kwargs={"device": "cpu"})

    def build(self, folder: Path, rows: Sequence[Row], vectors: Vectors | None) -> None:
        ids = [name for name, _, _ in rows]
        texts = [text for _, text, _ in rows]
        if vectors is None:
            self.store = FAISS.from_texts(texts, self.embeddings, ids=ids)
        else:
            pairs = zip(texts, vectors.tolist(), strict=True)
            self.store = FAISS.from_embeddings(pairs, self.embeddings, ids=ids)
        self.folder = folder
        self.store.save_local(str(folder))
        self.put_together()

    def open(self, folder: Path) -> None:
        self.folder = folder
        self.store = FAISS.load_local(
            str(folder), self.embeddings, allow_dangerous_deserialization=True
        )
        self.put_together()

    def ask(self, question: str, mode: str) -> list[Hit]:
        retriever = self.dense if mode == "dense" else self.hybrid
        found = retriever.invoke(question)[:K]
        return [{"id": one.id, "text": one.page_content, "score": None} for one in found]

    def add(self, rows: Sequence[Row], vectors: Vectors) -> None:
        texts = (text for _, text, _ in rows)
        pairs = zip(texts, vectors.tolist(), strict=True)
        self.store.add_embeddings(pairs, ids=[name for name, _, _ in rows])
        self.store.save_local(str(self.folder))
        self.put_together()

    def put_together(self) -> None:
        """BM25Retriever is kept nowhere: it is made of all documents at each start."""
        names = self.store.index_to_docstore_id
        documents = [self.store.docstore.search(names[place]) for place in sorted(names)]
        words = BM25Retriever.from_documents(documents)
        words.k = K
        self.dense = self.store.as_retriever(search_kwargs={"k": K})
        self.hybrid = EnsembleRetriever(retrievers=[words, self.dense], weights=[0.5, 0.5])


if __name__ == "__main__":
    main(WithLangChain)
