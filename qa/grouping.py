"""Stories: passages of different documents that report the same thing in nearly the same words."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.types import Hit
from qa.types import Story

__all__ = ["Group", "group_stories"]

Shingles = frozenset[tuple[str, ...]]

SHINGLE = 3  # words
SAME = 0.6  # Jaccard similarity; two reports of one event in their own words stay below .2


@dataclass(frozen=True, slots=True)
class Group:
    """The best ranked passage of a story, and the story if there are copies of it."""

    hit: Hit
    story: Story | None = None


def group_stories(hits: Sequence[Hit]) -> list[Group]:
    """Fold copies under the best ranked of them.

    Args:
        hits: Best first.

    Returns:
        One group a story, in the order of their best passages. Passages of one document are never
        copies of each other.
    """
    leaders: list[tuple[Hit, Shingles, list[Hit]]] = []
    for hit in hits:
        shingles = _shingles(hit.passage.text)
        for leader, theirs, copies in leaders:
            others = {leader.passage.document_id, *(copy.passage.document_id for copy in copies)}
            if hit.passage.document_id not in others and _jaccard(shingles, theirs) >= SAME:
                copies.append(hit)
                break
        else:
            leaders.append((hit, shingles, []))
    return [Group(leader, _story(leader, copies)) for leader, _, copies in leaders]


def _story(leader: Hit, copies: Sequence[Hit]) -> Story | None:
    if not copies:
        return None
    members = sorted(hit.passage.id for hit in (leader, *copies))
    also_in = tuple(sorted(copy.passage.document_id for copy in copies))
    digest = hashlib.sha256("\n".join(members).encode()).hexdigest()[:16]
    return Story(digest, len(members), also_in)


def _shingles(text: str) -> Shingles:
    words = re.findall(r"\w+", text.casefold())
    if len(words) < SHINGLE:
        return frozenset({tuple(words)})
    return frozenset(zip(*(words[n:] for n in range(SHINGLE)), strict=False))


def _jaccard(one: Shingles, other: Shingles) -> float:
    fewer, more = sorted((len(one), len(other)))
    if fewer < SAME * more:  # it is at most fewer / more
        return 0.0
    shared = len(one & other)
    return shared / (fewer + more - shared)
