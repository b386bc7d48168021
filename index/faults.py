"""What can be wrong with a collection, and what helps."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Fault", "FaultKind", "Remedy"]


class FaultKind(StrEnum):
    """What was compared and did not agree."""

    PAGES = "pages of the store"
    ORPHANS = "rows without an owner"
    CONTENT = "hash of a text"
    OFFSETS = "offsets of passages"
    FACETS = "filter values"
    VECTORS = "vectors"
    CODES = "token codes"
    GENERATION = "generation"
    DENSE = "dense index"
    LEXICAL = "lexical index"
    RECALL = "recall of the dense index"


class Remedy(StrEnum):
    """What helps. All but the last two are done by `footnoted check --repair`."""

    TIDY = "remove or rewrite the rows"
    REBUILD = "build the derived indexes anew, from stored vectors"
    EMBED = "embed the passages again"
    INGEST = "ingest the document again"
    RESTORE = "restore a snapshot"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it should be.

    Attributes:
        kind: What was compared.
        detail: With the values, for people.
        remedy: What helps.
        document_id: Whose, where it is one document's.
    """

    kind: FaultKind
    detail: str
    remedy: Remedy
    document_id: str | None = None
