"""The values by which documents are filtered."""

from index.facets import Facet, facets_of, wanted_facets
from index.types import Filters, Metadata


def test_a_document_has_a_facet_for_each_value() -> None:
    metadata = Metadata(publisher=" The GULL ", language="en-US", tags=("Sea", " Sea ", ""))

    assert facets_of("Doc-1", metadata) == (
        Facet("document_id", "Doc-1"),
        Facet("language", "en"),
        Facet("language", "en-us"),
        Facet("publisher", "the gull"),
        Facet("tag", "sea"),
    )


def test_a_document_without_metadata_is_found_by_its_id() -> None:
    assert facets_of("a", Metadata()) == (Facet("document_id", "a"),)


def test_values_of_one_field_are_alternatives_and_fields_must_all_hold() -> None:
    filters = Filters(publisher=("Gull", "TERN"), language=("EN",))

    assert wanted_facets(filters) == (
        (Facet("publisher", "gull"), Facet("publisher", "tern")),
        (Facet("language", "en"),),
    )


def test_no_filter_wants_nothing() -> None:
    assert wanted_facets(Filters()) == ()
    assert not Filters()
