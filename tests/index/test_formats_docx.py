"""Word documents: headings, lists, tables, notes and what a reviewer changed."""

import zipfile
from collections.abc import Callable
from io import BytesIO

import docx
import pytest
from docx.document import Document
from docx.oxml.parser import parse_xml

from index.errors import EncryptedSourceError, UnreadableSourceError
from index.formats import docx as docx_format
from index.types import AsideKind, BlockKind, Metadata, Provenance, Reading

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'

OLE_HEADER = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read(write: Callable[[Document], object]) -> Reading:
    document = docx.Document()
    write(document)
    file = BytesIO()
    document.save(file)
    return docx_format.read(file.getvalue())


def told(reading: Reading) -> list[tuple[str, BlockKind, int]]:
    return [
        (block.span.of(reading.text), block.kind, block.level) for block in reading.blocks or ()
    ]


def body(xml: str) -> Callable[[Document], object]:
    return lambda document: document.element.body.insert(0, parse_xml(xml))


def test_paragraphs_headings_lists_and_tables_come_in_order() -> None:
    def write(document: Document) -> None:
        document.add_heading("Works", level=2)
        document.add_paragraph("It was built\nin  1911.")
        document.add_paragraph("Pillars", style="List Bullet")
        document.add_paragraph("Deck", style="List Number")
        table = document.add_table(rows=2, cols=2)
        for cell, words in zip(table._cells, ("Year", "Cost", "2024", "3"), strict=True):
            cell.text = words
        document.add_paragraph("It carries trams.")

    assert told(read(write)) == [
        ("Works", BlockKind.HEADING, 2),
        ("It was built\nin 1911.", BlockKind.PARAGRAPH, 0),
        ("- Pillars\n- Deck", BlockKind.PARAGRAPH, 0),
        ("Year | Cost\n2024 | 3", BlockKind.PARAGRAPH, 0),
        ("It carries trams.", BlockKind.PARAGRAPH, 0),
    ]


def test_a_merged_cell_is_told_once() -> None:
    def write(document: Document) -> None:
        table = document.add_table(rows=1, cols=3)
        table.cell(0, 0).merge(table.cell(0, 1)).text = "Both"
        table.cell(0, 2).text = "Third"

    assert read(write).text == "Both | Third"


def test_a_frame_of_one_cell_is_told_as_the_paragraphs_in_it() -> None:
    def write(document: Document) -> None:
        cell = document.add_table(rows=1, cols=1).cell(0, 0)
        cell.text = "First."
        cell.add_paragraph("Second.")

    assert read(write).text == "First.\n\nSecond."


def test_inserted_words_are_read_and_deleted_ones_are_not() -> None:
    xml = (
        f"<w:p {W}><w:r><w:t xml:space='preserve'>It is </w:t></w:r>"
        "<w:del><w:r><w:delText>old</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>new</w:t></w:r></w:ins></w:p>"
    )

    assert read(body(xml)).text == "It is new"


def test_words_in_content_controls_and_links_are_read() -> None:
    xml = (
        f"<w:sdt {W}><w:sdtContent><w:p><w:hyperlink><w:r><w:t>linked</w:t><w:tab/><w:t>words"
        "</w:t></w:r></w:hyperlink></w:p></w:sdtContent></w:sdt>"
    )

    assert read(body(xml)).text == "linked words"


def test_the_title_paragraph_is_the_title_where_none_is_stated() -> None:
    reading = read(lambda document: document.add_paragraph("The old bridge", style="Title"))

    assert reading.metadata == Metadata(
        title="The old bridge", provenance={"title": Provenance.TEXT}
    )
    assert aside(reading) is AsideKind.TITLE


@pytest.mark.parametrize(
    ("stated", "kind", "expected"),
    [
        ("The Old Bridge", BlockKind.ASIDE, AsideKind.TITLE_REPEATED),
        ("Report 7", BlockKind.HEADING, None),
    ],
)
def test_a_stated_title_stands_and_the_title_paragraph_repeats_it_or_is_a_heading(
    stated: str, kind: BlockKind, expected: AsideKind | None
) -> None:
    def write(document: Document) -> None:
        document.core_properties.title = stated
        document.add_paragraph("The old bridge", style="Title")

    reading = read(write)

    assert reading.metadata.title == stated
    assert reading.metadata.provenance == {"title": Provenance.METADATA}
    assert (told(reading)[0][1], aside(reading)) == (kind, expected)


def test_the_author_is_read_and_the_dates_of_the_file_are_not() -> None:
    def write(document: Document) -> None:
        document.core_properties.author = "Jane Roe"
        document.add_paragraph("Words.")

    assert read(write).metadata == Metadata(
        author="Jane Roe", provenance={"author": Provenance.METADATA}
    )


def test_properties_that_a_program_filled_in_are_none() -> None:
    assert read(lambda document: document.add_paragraph("Words.")).metadata == Metadata()


def test_a_document_without_words_is_an_empty_text() -> None:
    assert read(lambda document: document.add_paragraph(" ")) == Reading("", blocks=())


def other_archive() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "words")
    return file.getvalue()


@pytest.mark.parametrize("content", [b"", b"words", b"PK\x03\x04", other_archive()])
def test_a_damaged_file_is_refused_with_the_reason(content: bytes) -> None:
    with pytest.raises(UnreadableSourceError, match=r"the Word document is damaged: \S"):
        docx_format.read(content)


def test_an_old_document_is_refused_with_the_way_out() -> None:
    with pytest.raises(UnreadableSourceError, match=r"old \.doc; .* save it as \.docx"):
        docx_format.read(OLE_HEADER)


def test_a_document_with_a_password_is_refused_as_such() -> None:
    content = OLE_HEADER + bytes(1024) + "EncryptedPackage".encode("utf-16-le")

    with pytest.raises(EncryptedSourceError, match="the Word document is encrypted; save a copy"):
        docx_format.read(content)


def aside(reading: Reading) -> AsideKind | None:
    return reading.blocks[0].aside if reading.blocks else None
