"""The words that a passage is read with: the heading above it, or else the document's title."""

from index.types import Metadata, Provenance

__all__ = ["HEADING_SEPARATOR", "context_of", "in_context"]

HEADING_SEPARATOR = " › "
LONGEST = 150  # characters; a longer line is a sentence, and would crowd the passage out


def context_of(heading: str, metadata: Metadata) -> str:
    """What stands in front of a passage for the encoder, or "".

    The innermost heading says best what a passage is about. A title that is only the text's
    opening words would say the same thing twice and is left out, as is a line of some length.
    """
    context = heading.rpartition(HEADING_SEPARATOR)[2]
    if not heading and metadata.provenance.get("title") is not Provenance.OPENING_WORDS:
        context = metadata.title or ""
    return context if len(context) <= LONGEST else ""


def in_context(context: str, words: str) -> str:
    """What the encoder reads of a passage: its words, behind its context if it has one."""
    return f"{context}\n{words}" if context else words
