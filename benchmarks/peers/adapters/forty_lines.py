# mypy: disable-error-code="import-not-found"
# Run as a file in the peer's own environment, where its neighbours are found and mypy is not.
"""The usual forty lines: sentence-transformers, a flat FAISS index, texts in a JSON file."""

import json
from collections.abc import Sequence
from pathlib import Path

import faiss
import numpy as np
from running import Hit, K, Row, Vectors, main
from sentence_transformers import SentenceTransformer


class FortyLines:
    def __init__(self, model: str) -> None:
        self.model = SentenceTransformer(model, device="cpu")

    def build(self, folder: Path, rows: Sequence[Row], vectors: Vectors | None) -> None:
        self.folder, self.texts = folder, [[name, text] for name, text, _ in rows]
        if vectors is None:
            vectors = self.encode([text for _, text in self.texts])
        self.index: faiss.Index = faiss.IndexFlatIP(vectors.shape[1])
        self.index.add(vectors)
        self.save()

    def open(self, folder: Path) -> None:
        self.folder = folder
        self.index = faiss.read_index(str(folder / "index.faiss"))
        self.texts = json.loads((folder / "texts.json").read_text(encoding="utf-8"))

    def ask(self, question: str, mode: str) -> list[Hit]:
        scores, places = self.index.search(self.encode([question]), K)
        return [
            {"id": self.texts[place][0], "text": self.texts[place][1], "score": float(score)}
            for score, place in zip(scores[0], places[0], strict=True)
        ]

    def add(self, rows: Sequence[Row], vectors: Vectors) -> None:
        self.texts += [[name, text] for name, text, _ in rows]
        self.index.add(vectors)
        self.save()

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors = self.model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)

    def save(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        faiss.write_index(self.index, str(self.folder / "index.faiss"))
        (self.folder / "texts.json").write_text(json.dumps(self.texts), encoding="utf-8")


if __name__ == "__main__":
    main(FortyLines)
