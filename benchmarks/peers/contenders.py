"""Who takes part, and how each of them is set up."""

from dataclasses import dataclass

__all__ = ["CONTENDERS", "FOOTNOTED", "Contender"]

FOOTNOTED = "footnoted"


@dataclass(frozen=True, slots=True)
class Contender:
    """One environment with what runs in it.

    Attributes:
        label: For tables.
        adapter: File in `adapters`.
        modes: Ways of ranking, the one that is served last.
        given: How it got the vectors that were computed before; for everyone but footnoted the
            rate of taking in is measured without them.
    """

    label: str
    adapter: str
    modes: tuple[str, ...]
    given: str


CONTENDERS = {
    FOOTNOTED: Contender(
        "footnoted",
        "with_footnoted.py",
        ("dense", "plain", "shipped", "quoted", "reader"),
        "its own vectors and token codes, remembered from taking the same texts in",
    ),
    "forty-lines": Contender(
        "40 lines: sentence-transformers, FAISS, FastAPI",
        "forty_lines.py",
        ("dense",),
        "added to the FAISS index",
    ),
    "txtai": Contender(
        "txtai, hybrid with content",
        "with_txtai.py",
        ("dense", "hybrid"),
        "in the place of its model while it indexes",
    ),
    "chroma": Contender(
        "Chroma", "with_chroma.py", ("dense",), "by `embeddings=` of `Collection.add`"
    ),
    "langchain": Contender(
        "LangChain: FAISS and BM25Retriever in an EnsembleRetriever",
        "with_langchain.py",
        ("dense", "hybrid"),
        "by `FAISS.from_embeddings`",
    ),
    "llamaindex": Contender(
        "LlamaIndex: VectorStoreIndex and BM25Retriever in a QueryFusionRetriever",
        "with_llamaindex.py",
        ("dense", "hybrid"),
        "as `TextNode.embedding`",
    ),
    "haystack": Contender(
        "Haystack: in-memory store, both retrievers, DocumentJoiner",
        "with_haystack.py",
        ("dense", "hybrid"),
        "as `Document.embedding`",
    ),
}
