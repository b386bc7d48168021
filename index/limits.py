"""How large a source may be."""

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest source that is taken."""

    file_bytes: int = 100_000_000
    text_characters: int = 10_000_000
