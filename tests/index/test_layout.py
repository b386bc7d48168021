"""How the lines of a plain text become paragraphs, headings and asides."""

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.layout import Layout, arrange
from index.types import AsideKind, Block, BlockKind, Metadata, Provenance, Reading, Span

WRAPPED = """\
The harbour of the old town was built in the summer
of the year in which the railway came, and nobody who
saw it then could have told how soon it would silt up
and be given over to the gulls.
"""


def laid_out(text: str, **stated: object) -> Layout:
    metadata = Metadata(**stated)  # type: ignore[arg-type]  # a wrong field fails the test
    return arrange(Reading(text, metadata=metadata))


def told(text: str, kind: BlockKind, **stated: object) -> list[str]:
    layout = laid_out(text, **stated)
    return [block.span.of(text) for block in layout.blocks if block.kind is kind]


def paragraphs(text: str, **stated: object) -> list[str]:
    return told(text, BlockKind.PARAGRAPH, **stated)


def headings(text: str, **stated: object) -> list[str]:
    return told(text, BlockKind.HEADING, **stated)


def asides(text: str, **stated: object) -> list[tuple[str, AsideKind | None]]:
    blocks = laid_out(text, **stated).blocks
    return [(b.span.of(text), b.aside) for b in blocks if b.kind is BlockKind.ASIDE]


@given(st.text() | st.text(alphabet="aA.\n\r\t \u2028\u00a0:-1By|é東", max_size=80))
@example("Title\r\n\r\nBy Ann\r\n\tA line.\rAnother")
def test_every_visible_character_is_in_exactly_one_block(text: str) -> None:
    blocks = laid_out(text).blocks

    covered = sorted(place for block in blocks for place in range(block.span.start, block.span.end))
    visible = [place for place, character in enumerate(text) if not character.isspace()]
    assert len(covered) == len(set(covered))
    assert set(visible) <= set(covered)


@given(st.text(alphabet="aA.\n :-1|", max_size=80))
def test_blocks_come_in_the_order_of_the_text(text: str) -> None:
    spans = [block.span for block in laid_out(text).blocks]

    assert spans == sorted(spans)


def test_blank_lines_part_paragraphs() -> None:
    assert paragraphs("It rained all day.\n\n \nThen it stopped.") == [
        "It rained all day.",
        "Then it stopped.",
    ]


def test_a_line_that_ends_a_sentence_ends_a_paragraph() -> None:
    assert paragraphs("It rained all day.\nThen it stopped.\n") == [
        "It rained all day.",
        "Then it stopped.",
    ]


def test_a_sentence_broken_over_two_lines_is_one_paragraph() -> None:
    text = "They met guests such as\nMaria Lind and a baker from Turku."

    assert paragraphs(text) == [text]


def test_text_wrapped_at_one_width_is_one_paragraph() -> None:
    assert paragraphs(WRAPPED) == [WRAPPED.strip()]


def test_a_list_stays_together_with_the_line_that_announces_it() -> None:
    text = "The ferry carries:\n- cars\n- Bicycles\n- people."

    assert paragraphs(text) == [text]


def test_a_short_line_in_title_case_is_a_heading() -> None:
    text = "The ferry sailed.\nNew Harbour Rules\nNobody may fish from the pier."

    assert headings(text) == ["New Harbour Rules"]
    assert paragraphs(text) == ["The ferry sailed.", "Nobody may fish from the pier."]


def test_a_short_line_of_its_own_is_a_heading_even_in_small_letters() -> None:
    text = "The ferry sailed.\n\nWhat comes next\n\nNobody knows what comes."

    assert headings(text) == ["What comes next"]


def test_headings_may_stand_on_each_other() -> None:
    text = "It sailed.\nThe Northern Coast\nRules of the Harbour\nNobody may fish."

    assert headings(text) == ["The Northern Coast", "Rules of the Harbour"]


def test_a_heading_with_nothing_under_it_is_text_that_can_be_found() -> None:
    text = "It sailed.\n\nThe Northern Coast"

    assert (headings(text), paragraphs(text)) == ([], ["It sailed.", "The Northern Coast"])


def test_the_first_line_is_the_title() -> None:
    text = "A Ferry for the Islands\n\nIt sails at noon."

    layout = laid_out(text)

    assert layout.metadata.title == "A Ferry for the Islands"
    assert layout.metadata.provenance == {"title": Provenance.TEXT}
    assert asides(text) == [("A Ferry for the Islands", AsideKind.TITLE)]


@pytest.mark.parametrize(
    "text",
    [
        "It sails at noon.\n\nNobody knows why.",
        "the ferry sails\n\nNobody knows why.",
        "A Ferry for the Islands and the\nCoast sails at noon.",
        "Subscribe to our newsletter\n\nIt sails at noon.",
        "By Ann Berg\n\nIt sails at noon.",
        "April 16, 2025\n\nIt sails at noon.",
        "A Ferry for the Islands",
    ],
)
def test_a_first_line_that_is_a_sentence_or_furniture_is_no_title(text: str) -> None:
    assert laid_out(text).metadata.title is None


def test_a_stated_title_wins_over_the_first_line() -> None:
    layout = laid_out("Another Line\n\nIt sails at noon.", title="Stated")

    assert layout.metadata.title == "Stated"


def test_a_title_repeated_with_the_publishers_name_tells_the_publisher() -> None:
    text = "A New Ferry\nA New Ferry | The Gull\nIt sails at noon."

    layout = laid_out(text)

    assert asides(text)[1] == ("A New Ferry | The Gull", AsideKind.TITLE_REPEATED)
    assert layout.metadata.publisher == "The Gull"
    assert layout.metadata.provenance["publisher"] is Provenance.TEXT


@pytest.mark.parametrize(
    "lines",
    [
        "Written by Ann Berg\nPublished: April 16, 2025",
        "By Ann Berg | April 16, 2025",
        "April 16, 2025\nby Ann Berg",
    ],
)
def test_byline_and_date_become_author_and_date(lines: str) -> None:
    metadata = laid_out(f"A New Ferry\n{lines}\nIt sails at noon.").metadata

    assert (metadata.author, metadata.published) == ("Ann Berg", dt.date(2025, 4, 16))
    assert metadata.provenance["author"] is Provenance.BYLINE
    assert metadata.provenance["published"] is Provenance.BYLINE


def test_byline_and_date_stand_in_no_paragraph() -> None:
    text = "A New Ferry\nBy Ann Berg\nApril 16, 2025\nIt sails at noon."

    assert paragraphs(text) == ["It sails at noon."]


def test_what_a_format_states_wins_over_the_byline() -> None:
    metadata = laid_out("By Ann Berg\nIt sails at noon.", author="Bo Lind").metadata

    assert (metadata.author, dict(metadata.provenance)) == ("Bo Lind", {})


def test_a_date_far_down_is_not_the_documents_date() -> None:
    text = "It sails at noon.\n" * 12 + "Published: April 16, 2025\n"

    layout = laid_out(text)

    assert layout.metadata.published is None
    assert paragraphs(text)[-1] == "Published: April 16, 2025"


def test_the_day_of_a_correction_is_left_out_and_not_the_documents_date() -> None:
    text = "A New Ferry\nLast updated: April 16, 2025\nIt sails at noon."

    assert laid_out(text).metadata.published is None
    assert asides(text)[1] == ("Last updated: April 16, 2025", AsideKind.DATE)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Sign up for our newsletter", AsideKind.NEWSLETTER),
        ("Invalid Email Address", AsideKind.FORM),
        ("Share on Facebook", AsideKind.SHARE),
        ("All rights reserved.", AsideKind.COPYRIGHT),
        ("* * *", AsideKind.SEPARATOR),
    ],
)
def test_page_furniture_stands_in_no_paragraph(line: str, kind: AsideKind) -> None:
    text = f"It sails at noon.\n{line}\nNobody knows why."

    assert asides(text) == [(line, kind)]
    assert paragraphs(text) == ["It sails at noon.", "Nobody knows why."]


def test_blocks_that_a_format_gives_are_kept() -> None:
    text = "Rules\nnobody may fish\nHome"
    blocks = (
        Block(Span(0, 5), BlockKind.HEADING, level=2),
        Block(Span(6, 21), BlockKind.PARAGRAPH),
        Block(Span(22, 26), BlockKind.PARAGRAPH),
    )

    layout = arrange(Reading(text, blocks, Metadata(title="Stated")))

    assert layout.blocks[:2] == blocks[:2]
    assert layout.blocks[2].aside is AsideKind.NAVIGATION


def test_the_first_heading_of_a_format_is_the_title() -> None:
    blocks = (
        Block(Span(0, 5), BlockKind.HEADING, level=1),
        Block(Span(6, 21), BlockKind.PARAGRAPH),
    )

    layout = arrange(Reading("Rules\nnobody may fish", blocks))

    assert layout.metadata.title == "Rules"
    assert layout.blocks[0].aside is AsideKind.TITLE
