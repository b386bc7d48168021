"""From a draft to a document with its passages, ready to be embedded."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from index.abbreviations import Abbreviation, find_abbreviations
from index.context import context_of, in_context
from index.dates import date_in_name, date_in_url
from index.duplicates import bands_of, signature_of
from index.embedding import Encoder
from index.errors import EmptySourceError
from index.languages import detect_language
from index.layout import arrange
from index.splitting import Division, divide
from index.types import Document, Draft, Metadata, Passage, Provenance

__all__ = ["Prepared", "prepare", "prepare_stored"]

CONTEXT_TOKENS = 48  # of the encoder's window, kept free for title and headings
CONTEXT_SHARE = 4  # and no more than this part of a small window
OPENING_WORDS = 90  # characters of an untitled text that stand for its title


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document, its passages, and what the encoder reads for each of them.

    Attributes:
        texts: Each passage with its context in front, within the encoder's window.
        bands: Of the near-duplicate fingerprint.
        abbreviations: That it defines.
    """

    document: Document
    passages: tuple[Passage, ...]
    texts: tuple[str, ...]
    bands: tuple[int, ...]
    abbreviations: tuple[Abbreviation, ...]


def prepare(draft: Draft, encoder: Encoder) -> Prepared:
    """Find layout, metadata and passages of a draft.

    Raises:
        EmptySourceError: Nothing in it is a paragraph.
    """
    layout = arrange(draft.reading)
    metadata = _completed(layout.metadata, draft)
    kept_free = min(CONTEXT_TOKENS, encoder.window // CONTEXT_SHARE)
    division = divide(
        draft.reading.text,
        layout.blocks,
        document_id=draft.document_id,
        count_tokens=encoder.count_tokens,
        window=encoder.window - kept_free,
        language=metadata.language,
        page_starts=draft.reading.page_starts,
    )
    if not division.passages:
        raise EmptySourceError("there are no paragraphs in it, only headings and page furniture")
    document = _document(draft, metadata, division)
    return Prepared(
        document,
        division.passages,
        _texts(document, division.passages, encoder, most=kept_free),
        tuple(bands_of(signature_of(document.text))),
        tuple(find_abbreviations(document.text)),
    )


def prepare_stored(document: Document, passages: Sequence[Passage], encoder: Encoder) -> Prepared:
    """The same for a document that is stored, whose source may be gone: its passages stay.

    Where the encoder's window is smaller than the one that they were made for, it reads no more
    than their beginning.
    """
    kept_free = min(CONTEXT_TOKENS, encoder.window // CONTEXT_SHARE)
    return Prepared(
        document,
        tuple(passages),
        _texts(document, passages, encoder, most=kept_free),
        tuple(bands_of(signature_of(document.text))),
        tuple(find_abbreviations(document.text)),
    )


def _document(draft: Draft, metadata: Metadata, division: Division) -> Document:
    title = metadata.title
    if not title:
        title = _opening_words(division.passages[0].text)
        provenance = {**metadata.provenance, "title": Provenance.OPENING_WORDS}
        metadata = replace(metadata, title=title, provenance=provenance)
    return Document(
        id=draft.document_id,
        source=draft.source,
        origin=draft.origin,
        text=draft.reading.text,
        title=title,
        metadata=metadata,
        asides=division.asides,
        source_sha256=draft.source_sha256,
        content_sha256=hashlib.sha256(draft.reading.text.encode()).hexdigest(),
    )


def _texts(
    document: Document, passages: Sequence[Passage], encoder: Encoder, *, most: int
) -> tuple[str, ...]:
    contexts = [context_of(passage.heading, document.metadata) for passage in passages]
    distinct = list(dict.fromkeys(contexts))
    counts = encoder.count_tokens([f"{context}\n" for context in distinct])
    # A context that is longer is left out as a whole: cut off, it would say something else.
    fitting = {
        context for context, count in zip(distinct, counts, strict=True) if context and count < most
    }
    return tuple(
        in_context(context if context in fitting else "", passage.text)
        for context, passage in zip(contexts, passages, strict=True)
    )


def _completed(metadata: Metadata, draft: Draft) -> Metadata:
    """Fill in what neither the format nor the first lines state, and tell where it came from."""
    provenance = dict(metadata.provenance)
    published, language = metadata.published, metadata.language
    if published is None and metadata.url and (published := date_in_url(metadata.url)):
        provenance["published"] = Provenance.URL
    if published is None and (published := date_in_name(Path(draft.source).name)):
        provenance["published"] = Provenance.FILE
    if language is None and (language := detect_language(draft.reading.text)):
        provenance["language"] = Provenance.DETECTED
    return replace(metadata, published=published, language=language, provenance=provenance)


def _opening_words(text: str) -> str:
    words = " ".join(text.split())
    if len(words) <= OPENING_WORDS:
        return words.rstrip(".")
    return words[:OPENING_WORDS].rsplit(" ", 1)[0].rstrip(",;:") + "…"
