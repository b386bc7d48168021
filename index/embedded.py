"""Prepared documents with their vectors and token codes, ready to be stored."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from index.embedding import Encoder
from index.late_interaction import codes_of
from index.preparing import Prepared
from index.records import Extras
from index.types import Vectors
from index.writing import Writer

__all__ = ["Embedded", "embed_documents", "recipe_of"]

# Names the rules from bytes to passages: a change of them makes documents new, not `unchanged`.
RECIPE = "2"
EMBEDDED_TOGETHER = 64  # passages; enough to fill the encoder's batches, and to show progress


@dataclass(frozen=True, slots=True)
class Embedded:
    """A document with all that is stored of it.

    Attributes:
        vectors: One for each passage.
        codes: Token codes, one for each passage, or none where they are not kept.
    """

    prepared: Prepared
    vectors: Vectors
    codes: tuple[bytes, ...]

    def put(self, writer: Writer, *, recipe: str, ingested_at: str) -> None:
        """Store it, in the place of the document with its id."""
        writer.put(
            self.prepared.document,
            self.prepared.passages,
            self.vectors,
            recipe=recipe,
            ingested_at=ingested_at,
            extras=Extras(self.prepared.bands, self.codes, self.prepared.abbreviations),
        )


def recipe_of(encoder: Encoder, *, keep_tokens: bool) -> str:
    """Names the rules and the model that a document was stored with."""
    tokens = "" if keep_tokens else "/no tokens"
    return f"{RECIPE}/{encoder.identity.sha256[:12]}{tokens}"


def embed_documents(
    documents: Sequence[Prepared],
    encoder: Encoder,
    *,
    keep_tokens: bool,
    on_embedded: Callable[[int], None] = lambda count: None,
) -> list[Embedded]:
    """Embed several documents' passages together: small documents fill a batch.

    Args:
        documents: Each with a passage at least.
        encoder: The collection's own.
        keep_tokens: Keep what re-ranking needs.
        on_embedded: Called with the passages that are embedded by now.
    """
    texts = [text for prepared in documents for text in prepared.texts]
    owners = [(prepared, passage) for prepared in documents for passage in prepared.passages]
    vectors: list[Vectors] = []
    codes: list[bytes] = []
    for start in range(0, len(texts), EMBEDDED_TOGETHER):
        some = slice(start, start + EMBEDDED_TOGETHER)
        encoded = encoder.encode_passages(texts[some])
        vectors.append(encoded.vectors)
        if keep_tokens:
            codes += [
                codes_of(passage, text, tokens, prepared.document.metadata.language)
                for (prepared, passage), text, tokens in zip(
                    owners[some], texts[some], encoded.tokens, strict=True
                )
            ]
        on_embedded(start + len(encoded.vectors))
    together = np.concatenate(vectors)
    ends = np.cumsum([0, *(len(prepared.texts) for prepared in documents)]).tolist()
    return [
        Embedded(prepared, together[start:end], tuple(codes[start:end]))
        for prepared, (start, end) in zip(documents, pairwise(ends), strict=True)
    ]
