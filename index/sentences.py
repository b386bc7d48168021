"""Sentences of a paragraph as exact ranges. The only door to sentencex."""

from sentencex import get_sentence_boundaries

from index.types import Span

__all__ = ["sentence_spans"]


def sentence_spans(text: str, *, language: str | None = None) -> list[Span]:
    """Split a text into sentences.

    Args:
        text: Any text; white space between sentences belongs to none of them.
        language: ISO 639-1 code that chooses the rules for abbreviations; English where it is
            None.

    Returns:
        Disjoint spans in order. Every visible character of `text` is in exactly one.
    """
    code = (language or "en").partition("-")[0]
    spans: list[Span] = []
    for boundary in get_sentence_boundaries(code, text):
        start, end = boundary["start_index"], boundary["end_index"]
        sentence = text[start:end]
        if stripped := sentence.strip():
            start += len(sentence) - len(sentence.lstrip())
            spans.append(Span(start, start + len(stripped)))
    return spans
