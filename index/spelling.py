"""What a misspelt word was meant to be. The only door to rapidfuzz."""

from collections.abc import Mapping

__all__ = ["SHORTEST_CORRECTED", "near_words"]

SHORTEST_CORRECTED = 5  # letters; shorter words have too many neighbours
TWO_EDITS_FROM = 8  # letters; shorter words are corrected by one edit only


def near_words(word: str, known: Mapping[str, int]) -> list[str]:
    """Known words that a word may have been meant to be, those the fewest edits away first.

    An edit inserts, removes or replaces a letter, or swaps two neighbours.

    Args:
        word: In small letters without accents.
        known: Words and in how many passages each stands.

    Returns:
        Of equally near ones the more frequent first, then by alphabet.
    """
    # Most questions have no such word, and a command that answers one need not wait for it.
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    most = 2 if len(word) >= TWO_EDITS_FROM else 1
    near = process.extract(
        word, known.keys(), scorer=OSA.distance, score_cutoff=most, limit=None, processor=None
    )
    found = [(distance, -known[other], other) for other, distance, _ in near if other.isalpha()]
    return [other for _, _, other in sorted(found)]
