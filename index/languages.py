"""The language of a text. The only door to py3langid."""

import re

__all__ = ["detect_language"]

FEWEST_LETTERS = 60  # below that the guess is wrong too often to be shown to anyone
SAMPLE = 5_000  # characters


def detect_language(text: str) -> str | None:
    """ISO 639-1 code of the language, None where the text is too short to tell."""
    sample = text[:SAMPLE]
    if len(re.findall(r"[^\W\d_]", sample)) < FEWEST_LETTERS:
        return None
    import py3langid

    code, _ = py3langid.classify(sample)
    return str(code)
