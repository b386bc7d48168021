"""What a stated field of metadata may hold, whichever format states it."""

import re
from dataclasses import replace
from urllib.parse import urlsplit

from index.types import Metadata, Provenance

__all__ = ["language_code", "sensible", "state", "web_address"]

FIELDS = ("title", "publisher", "author", "published", "url", "language", "tags")
LANGUAGE = re.compile(r"([A-Za-z]{2,3})([-_][A-Za-z0-9]+)*")  # RFC 5646, and en_US as files have it
FILE_NAME = re.compile(
    r"\.(docx?|odt|rtf|tex|dvi|pdf|pptx?|xlsx?|indd|qxd|pages|txt|html?)$", re.IGNORECASE
)
PLACEHOLDER = re.compile(
    r"(untitled|document|microsoft word)(\b.*)?|unknown|anonymous|author|user|owner|admin"
    r"|administrator|python-docx|word document",
    re.IGNORECASE,
)


def state(metadata: Metadata, source: Provenance) -> Metadata:
    """Say that every field which has a value was read from `source`."""
    found = {name: source for name in FIELDS if getattr(metadata, name)}
    return replace(metadata, provenance=found)


def web_address(value: str) -> str | None:
    """The address without surrounding space, None unless it is http or https with a host."""
    address = value.strip()
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    return address if is_web and address.isprintable() and " " not in address else None


def language_code(value: str) -> str | None:
    """The lower-case primary subtag, "en" of "en-US"; None when the value is no language tag."""
    match = LANGUAGE.fullmatch(value.strip())
    return match[1].lower() if match else None


def sensible(value: str | None) -> str | None:
    """The words of a title or author that a program wrote into a file's properties.

    None when they are a program's own: a placeholder, a file name, or no letters.
    """
    words = " ".join((value or "").split())
    is_name = any(character.isalpha() for character in words)
    is_filler = PLACEHOLDER.fullmatch(words) or FILE_NAME.search(words)
    return words if is_name and not is_filler else None
