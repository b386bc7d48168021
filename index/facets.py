"""The values by which documents are filtered, in the one form that both legs compare."""

from collections.abc import Iterable
from dataclasses import dataclass

from index.types import Filters, Metadata

__all__ = ["Facet", "facets_of", "wanted_facets"]


@dataclass(frozen=True, slots=True, order=True)
class Facet:
    """One filterable value of a document, such as publisher = newsvane."""

    field: str
    value: str


def facets_of(document_id: str, metadata: Metadata) -> tuple[Facet, ...]:
    """Every facet of a document. A language stands in its full form and as its primary subtag."""
    language = (metadata.language or "").casefold()
    values = {
        "document_id": [document_id],
        "publisher": [(metadata.publisher or "").strip().casefold()],
        "language": {language, language.partition("-")[0]},
        "tag": [tag.strip().casefold() for tag in metadata.tags],
    }
    return tuple(sorted({facet for field in values for facet in _facets(field, values[field])}))


def wanted_facets(filters: Filters) -> tuple[tuple[Facet, ...], ...]:
    """What a document must have: at least one facet of every group."""
    groups = (
        _facets("document_id", filters.document_id),
        _facets("publisher", (value.strip().casefold() for value in filters.publisher)),
        _facets("language", (value.strip().casefold() for value in filters.language)),
        _facets("tag", (value.strip().casefold() for value in filters.tag)),
    )
    return tuple(group for group in groups if group)


def _facets(field: str, values: Iterable[str]) -> tuple[Facet, ...]:
    return tuple(Facet(field, value) for value in values if value)
