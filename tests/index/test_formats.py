"""Laws that every format's reader keeps."""

from collections.abc import Callable
from functools import cache
from io import BytesIO

import docx
import pytest
from docx.document import Document
from fpdf import FPDF
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import SourceError
from index.formats import docx as docx_format
from index.formats import html, markdown, pdf, plain
from index.types import Reading

Read = Callable[[bytes], Reading]
Make = Callable[[], bytes]

MARKDOWN = """---
title: The old bridge
---

# The old bridge

Built in **1911**,
it carries [trams](https://example.org).

- one
- two
  1. inner

* first

  second paragraph of an item

> ## Quoted
> words

| Year | Cost |
|------|------|
| 2024 | 3 |

    code  here

<div>raw <b>words</b></div>
"""
PAGE = """<html lang="en"><head><title>The old bridge</title></head><body><article>
<h1>The old bridge</h1><p>It was built in 1911 and has carried trams <b>ever</b> since then.</p>
<h2>Repairs</h2><ul><li>Pillars<ul><li>stone</li></ul></li><li>Deck</li></ul>
<blockquote>It is a monument, said the mayor of the city.</blockquote>
<table><tr><th>Year</th><th>Cost</th></tr><tr><td>2024</td><td>3 million</td></tr></table>
<pre><code>first line
  second line</code></pre></article></body></html>"""
FRAGMENT = "<div>loose<p>paragraph</p>words<ol><li>one</li></ol>\u200b<p>\u00a0</p></div>"


@cache
def word_document() -> bytes:
    document = docx.Document()
    document.add_paragraph("The old bridge", style="Title")
    document.add_heading("Repairs", level=1)
    document.add_paragraph("  It was built in 1911.\nIt carries trams. ")
    document.add_paragraph("Pillars", style="List Bullet")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Year", "Cost"
    return saved(document)


def saved(document: Document) -> bytes:
    file = BytesIO()
    document.save(file)
    return file.getvalue()


@cache
def printed() -> bytes:
    file = FPDF()
    file.set_font("Helvetica", size=11)
    for words in ("The old bridge\nwas built in 1911.", "", "It carries trams."):
        file.add_page()
        file.multi_cell(0, 6, words)
    return bytes(file.output())


SOURCES = [
    pytest.param(markdown.read, MARKDOWN.encode, id="markdown"),
    pytest.param(html.read, PAGE.encode, id="html"),
    pytest.param(html.read, FRAGMENT.encode, id="html fragment"),
    pytest.param(pdf.read, printed, id="pdf"),
    pytest.param(docx_format.read, word_document, id="docx"),
]
unhurried = settings(deadline=None)  # the first call imports a format's library
READERS = [
    pytest.param(read, id=read.__module__)
    for read in (markdown.read, html.read, pdf.read, docx_format.read, plain.read)
]


@pytest.mark.parametrize(("read", "make"), SOURCES)
def test_every_visible_character_is_in_exactly_one_block(read: Read, make: Make) -> None:
    reading = read(make())

    assert_law(reading)
    assert len(reading.blocks or ()) > 1


@pytest.mark.parametrize(("read", "make"), SOURCES)
def test_equal_bytes_give_equal_readings(read: Read, make: Make) -> None:
    assert read(make()) == read(make())


@unhurried
@given(source=st.text())
def test_any_text_read_as_markdown_keeps_the_law(source: str) -> None:
    content = f"\n\n{source}".encode("utf-8", "ignore")

    assert_law_or_refusal(markdown.read, content)


@unhurried
@given(source=st.text(alphabet="# -*>`|<b/p>1.\n\tä[]()", max_size=200))
def test_any_mark_up_keeps_the_law(source: str) -> None:
    assert_law_or_refusal(markdown.read, source.encode())
    assert_law_or_refusal(html.read, source.encode())


@pytest.mark.parametrize("read", READERS)
@unhurried
@given(content=st.binary())
def test_any_bytes_are_read_or_refused_by_a_source_error(read: Read, content: bytes) -> None:
    assert_law_or_refusal(read, content)


@pytest.mark.parametrize(("read", "make"), SOURCES)
@unhurried
@given(place=st.floats(0, 1, exclude_max=True), wrong=st.binary(max_size=8))
def test_a_damaged_file_is_read_or_refused_by_a_source_error(
    read: Read, make: Make, place: float, wrong: bytes
) -> None:
    content = make()
    start = int(place * len(content))

    assert_law_or_refusal(read, content[:start] + wrong + content[start + len(wrong) :])


def assert_law_or_refusal(read: Read, content: bytes) -> None:
    try:
        reading = read(content)
    except SourceError:
        return
    assert_law(reading)


def assert_law(reading: Reading) -> None:
    text = reading.text
    spans = [block.span for block in reading.blocks or ()]
    words = [span.of(text) for span in spans]
    edges = [0, *(edge for span in spans for edge in (span.start, span.end)), len(text)]
    uncovered = [text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
    starts = list(reading.page_starts)

    assert edges == sorted(edges)
    assert reading.blocks is None or not "".join(uncovered).strip()
    assert [word.strip() for word in words] == words
    assert starts == sorted(starts)
    assert all(0 <= start <= len(text) for start in starts)
    assert "\0" not in text
    assert text.encode().decode() == text
