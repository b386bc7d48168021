"""Web pages: the main text, and only what the page itself states."""

import datetime as dt

import pytest

from index.formats import html
from index.types import AsideKind, BlockKind, Metadata, Provenance, Reading

PARAGRAPH = (
    "The old bridge was built in 1911, and it has carried trams over the river since then, "
    "through two wars and three floods, until the city council agreed to repair it this spring."
)
TIME = '<time datetime="2024-03-05T10:00">5 March</time>'


def article(body: str, head: str = "") -> bytes:
    page = (
        f"<!doctype html><html lang='en-GB'><head><meta charset='utf-8'>{head}</head><body>"
        f"<nav><a href='/'>Home page</a></nav><article>{body}<p>{PARAGRAPH}</p><p>{PARAGRAPH}"
        " It is said to last.</p></article><footer>All rights reserved</footer></body></html>"
    )
    return page.encode()


def metadata(head: str = "", body: str = "") -> Metadata:
    return html.read(article(body, head)).metadata


def told(reading: Reading) -> list[tuple[str, BlockKind, int]]:
    return [
        (block.span.of(reading.text), block.kind, block.level) for block in reading.blocks or ()
    ]


def test_a_page_is_told_in_headings_paragraphs_lists_quotes_and_tables() -> None:
    body = (
        "<p>It <b>is</b> a<br>bridge of <a href='/x'>stone</a>, as everyone in the city knows.</p>"
        "<h2>Works</h2><ol><li>Pillars<ul><li>stone</li></ul></li><li>Deck</li></ol>"
        "<blockquote><p>A monument, said the mayor.</p></blockquote>"
        "<table><tr><th>Year</th><th>Cost</th></tr><tr><td>2024</td><td>3</td></tr></table>"
    )

    assert told(html.read(article(body)))[:5] == [
        ("It is a\nbridge of stone, as everyone in the city knows.", BlockKind.PARAGRAPH, 0),
        ("Works", BlockKind.HEADING, 2),
        ("1. Pillars\n  - stone\n2. Deck", BlockKind.PARAGRAPH, 0),
        ("A monument, said the mayor.", BlockKind.PARAGRAPH, 0),
        ("Year | Cost\n2024 | 3", BlockKind.PARAGRAPH, 0),
    ]


def test_what_stands_around_the_main_text_is_left_out() -> None:
    text = html.read(article("")).text

    assert text == f"{PARAGRAPH}\n\n{PARAGRAPH} It is said to last."


def test_the_title_repeated_as_first_heading_is_an_aside() -> None:
    head = '<title>River | The Daily</title><meta property="og:title" content="The River">'

    reading = html.read(article("<h1>The river</h1>", head))

    first = (reading.blocks or ())[0]
    assert (first.kind, first.aside) == (BlockKind.ASIDE, AsideKind.TITLE)
    assert reading.metadata.title == "The River"


def test_a_tiny_page_gives_all_visible_words() -> None:
    page = (
        b"<body><nav>Home</nav><p>Hi <i>there</i></p>loose<ul><li>one</ul><p hidden>no</p>"
        b"<script>no()</script><p style='display: none'>no</p><!-- no --></body>"
    )

    assert told(html.read(page)) == [
        ("Home", BlockKind.ASIDE, 0),
        ("Hi there", BlockKind.PARAGRAPH, 0),
        ("loose", BlockKind.PARAGRAPH, 0),
        ("- one", BlockKind.PARAGRAPH, 0),
    ]


@pytest.mark.parametrize("source", [b"", b" \n", b"<html><body></body></html>", b"<p>\xc2\xa0</p>"])
def test_a_page_without_words_is_an_empty_text(source: bytes) -> None:
    assert html.read(source) == Reading("", blocks=())


@pytest.mark.parametrize(
    ("claim", "encoding", "words"),
    [
        ("iso-8859-1", "cp1252", "El niño dijo “sí”"),
        ("windows-1250", "cp1250", "žluťoučký kůň"),
        ("shift_jis", "cp932", "吾輩は猫である"),
        ("iso-2022-jp", "iso2022_jp", "吾輩は猫である"),
        ("utf-8", "utf-8", "El niño dijo “sí”"),
        ("windows-1251", "utf-8", "El niño dijo “sí”"),
        ("nonsense", "utf-8", "El niño dijo “sí”"),
    ],
)
def test_the_claimed_encoding_is_used_unless_the_bytes_are_utf_8(
    claim: str, encoding: str, words: str
) -> None:
    page = f'<html><head><meta charset="{claim}"></head><body><p>{words}</p></body></html>'

    assert html.read(page.encode(encoding)).text == words


def test_title_site_author_address_and_language_are_the_stated_ones() -> None:
    head = (
        '<title>River</title><meta property="og:site_name" content="The Daily">'
        '<meta name="author" content="Jane Roe"><link rel="canonical" href="https://ex.org/r">'
    )

    assert metadata(head) == Metadata(
        title="River",
        publisher="The Daily",
        author="Jane Roe",
        url="https://ex.org/r",
        language="en",
        provenance=dict.fromkeys(
            ("title", "publisher", "author", "url", "language"), Provenance.METADATA
        ),
    )


def test_an_author_who_stands_only_on_the_visible_page_is_a_byline() -> None:
    found = metadata(body="<div class='author'>Jane Roe</div>")

    assert (found.author, found.provenance["author"]) == ("Jane Roe", Provenance.BYLINE)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ('<meta property="article:published_time" content="2024-03-05T23:00:00-05:00">', ""),
        ('<meta name="date" content="2024-03-05">', ""),
        ('<meta name="DC.date.issued" content="5 March 2024">', ""),
        ('<script type="application/ld+json">{"datePublished": "2024-03-05"}</script>', ""),
        ("", TIME),
        ("", f"{TIME}<time datetime='2025-01-01' class='updated'>1 January</time>"),
        ("", "<time pubdate datetime='2024-03-05'>then</time><time>2020-01-01</time>"),
    ],
)
def test_a_date_of_publication_that_the_page_states_is_read(head: str, body: str) -> None:
    found = metadata(head, body)

    assert found.published == dt.date(2024, 3, 5)
    assert found.provenance["published"] is Provenance.METADATA


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ('<meta property="article:modified_time" content="2024-03-05">', ""),
        ('<meta name="last-modified-date" content="2024-03-05">', ""),
        ('<meta itemprop="copyrightYear" content="2024">', ""),
        ('<meta name="description" content="On 2024-03-05T10:00 it opened">', ""),
        ('<script type="application/ld+json">{"dateModified": "2024-03-05"}</script>', ""),
        ("", "<p>Opened on 5 March 2024.</p><p class='date'>2024-03-05</p>"),
        ("", "<time>2024-03-05</time><time>2024-03-06</time>"),
        ("", "<time datetime='10:30'>half past ten</time>"),
    ],
)
def test_no_date_is_guessed_from_changes_or_from_the_words(head: str, body: str) -> None:
    assert metadata(head, body).published is None


def test_a_date_that_stands_only_in_the_address_says_so() -> None:
    found = metadata('<link rel="canonical" href="https://ex.org/2024/03/05/river">')

    assert found.published == dt.date(2024, 3, 5)
    assert found.provenance["published"] is Provenance.URL
