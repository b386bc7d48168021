"""Markdown: the words that its reader sees, and the fields above them."""

import datetime as dt

import pytest

from index.errors import InvalidDocumentError
from index.formats import markdown
from index.types import AsideKind, BlockKind, Metadata, Provenance, Reading


def read(source: str) -> Reading:
    return markdown.read(source.encode())


def head(*lines: str) -> Metadata:
    return read("\n".join(("---", *lines, "---", "Words."))).metadata


def words(source: str) -> str:
    return read(source).text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("**bold** and *italic* and ~~old~~", "bold and italic and old"),
        ("[the link](https://example.org 'title')", "the link"),
        ("<https://example.org>", "https://example.org"),
        ("![a bridge *of stone*](bridge.png)", "a bridge of stone"),
        ("use `a  b`", "use a b"),
        ("one\ntwo", "one two"),
        ("one  \ntwo", "one\ntwo"),
        ("one<br>two", "one\ntwo"),
        ("a <b>tag</b>", "a tag"),
        ("<div>\n<b>raw</b> words\n<script>no();</script>\n</div>", "raw words"),
        ("<!-- a comment -->\n\nwords", "words"),
        (r"2 \* 3 &amp; 4 < 5", "2 * 3 & 4 < 5"),
        ("> quoted\n> words", "quoted words"),
        ("```python\ndef f():\n    return 1\n```", "def f():\n    return 1"),
        ("one\n\n---\n\ntwo", "one\n\ntwo"),
        ("1. one\n2. two", "1. one\n2. two"),
        ("- one\n  - inner\n- two", "- one\n  - inner\n- two"),
        ("| a | b |\n|---|---|\n| c |  |", "a | b\nc |"),
        ("[ref]\n\n[ref]: https://example.org", "ref"),
    ],
)
def test_the_text_is_what_a_reader_of_the_page_sees(source: str, text: str) -> None:
    assert words(source) == text


def test_a_list_is_one_paragraph() -> None:
    reading = read("- one\n- two\n\n- three")

    assert [block.span.of(reading.text) for block in reading.blocks or ()] == [
        "- one\n- two\n- three"
    ]


def test_a_list_whose_items_have_paragraphs_is_told_paragraph_by_paragraph() -> None:
    assert words("1. one\n\n   more\n\n2. two") == "1. one\n\nmore\n\n2. two"


def test_headings_keep_their_level() -> None:
    reading = read("words\n\n## Second\n\nThird\n=====")

    kinds = [(block.kind, block.level) for block in reading.blocks or ()]
    assert kinds == [
        (BlockKind.PARAGRAPH, 0),
        (BlockKind.HEADING, 2),
        (BlockKind.HEADING, 1),
    ]


def test_text_nested_thirty_deep_is_not_lost() -> None:
    assert words(">" * 30 + " words") == "words"


def test_a_first_level_heading_at_the_start_is_the_title() -> None:
    reading = read("# The *old* bridge\n\nWords.")

    assert reading.metadata == Metadata(
        title="The old bridge", provenance={"title": Provenance.TEXT}
    )
    assert aside(reading) is AsideKind.TITLE


def test_a_heading_that_repeats_the_stated_title_is_an_aside() -> None:
    reading = read("---\ntitle: The old  bridge\n---\n## The Old Bridge\n\nWords.")

    assert reading.metadata.provenance == {"title": Provenance.METADATA}
    assert aside(reading) is AsideKind.TITLE_REPEATED


def test_a_heading_beside_another_stated_title_stays_a_heading() -> None:
    reading = read("---\ntitle: A report\n---\n# Introduction\n\nWords.")

    assert aside(reading) is None
    assert reading.metadata.title == "A report"


def aside(reading: Reading) -> AsideKind | None:
    return reading.blocks[0].aside if reading.blocks else None


def test_every_known_field_is_read_and_others_are_ignored() -> None:
    metadata = head(
        "Title: 1984",
        "site_name: NewsVane",
        "authors: [Jack Wilson, Jane Roe]",
        "date: 2025-04-16T23:30:00-05:00",
        "link: https://example.org/a",
        "lang: en_US",
        "tags: stone, iron, stone",
        "source: 003.txt",
    )

    assert metadata == Metadata(
        title="1984",
        publisher="NewsVane",
        author="Jack Wilson, Jane Roe",
        published=dt.date(2025, 4, 16),
        url="https://example.org/a",
        language="en",
        tags=("stone", "iron"),
        provenance=dict.fromkeys(
            ("title", "publisher", "author", "published", "url", "language", "tags"),
            Provenance.METADATA,
        ),
    )


@pytest.mark.parametrize(
    "value",
    [
        "2025-04-16",
        "'2025-04-16'",
        "2025-04-16 10:00:00",
        "April 16, 2025",
        "16 de abril de 2025",
        "Wed, 16 Apr 2025 10:00:00 +0200",
        "16/04/2025",
    ],
)
def test_a_date_is_read_however_it_is_written(value: str) -> None:
    assert head(f"published: {value}").published == dt.date(2025, 4, 16)


@pytest.mark.parametrize("value", ["2025-13-45", "yesterday", "2025", "04/05/2025", "soon"])
def test_a_date_that_is_no_certain_day_is_refused_by_value(value: str) -> None:
    with pytest.raises(InvalidDocumentError, match=rf"/date: '{value}' .* write it as YYYY-MM-DD"):
        head(f"date: {value}")


def test_broken_front_matter_is_refused_with_its_line() -> None:
    with pytest.raises(InvalidDocumentError, match="front matter: line 3 is not valid YAML"):
        head("title: fine", "author: Jack: Roe")


@pytest.mark.parametrize("line", ["url: /posts/bridge", "url: javascript:alert(1)", "author: null"])
def test_a_field_that_says_nothing_usable_is_passed_over(line: str) -> None:
    assert head(line) == Metadata()


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    assert words("---\n\nJust words\n\n---\n\nmore") == "Just words\n\nmore"
