"""What stands in front of a passage for the encoder."""

import pytest

from index.context import context_of
from index.types import Metadata, Provenance

OPENING = Metadata(title="It sails at", provenance={"title": Provenance.OPENING_WORDS})


@pytest.mark.parametrize(
    ("heading", "metadata", "context"),
    [
        ("Rules › Fishing", Metadata(title="The Ferry"), "Fishing"),
        ("", Metadata(title="The Ferry"), "The Ferry"),
        ("", OPENING, ""),
        ("Fishing", OPENING, "Fishing"),
        ("", Metadata(), ""),
    ],
)
def test_the_innermost_heading_is_the_context_or_else_the_title(
    heading: str, metadata: Metadata, context: str
) -> None:
    assert context_of(heading, metadata) == context
