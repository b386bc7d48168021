"""PDF: pages, paragraphs, margins, and files that cannot be read."""

from io import BytesIO

import pytest
from fpdf import FPDF
from pypdf import PdfWriter

from index.errors import EncryptedSourceError, UnreadableSourceError
from index.formats import pdf
from index.formats.page_lines import find_pieces
from index.types import AsideKind, BlockKind, Metadata, Provenance, Reading

WRAPPED = "The old bridge was built in 1911, and it has carried trams over"
LAST = "the river since then."
BOTH = f"{WRAPPED} {LAST}"


def printed(*pages: str, title: str = "", author: str = "") -> bytes:
    file = FPDF()
    file.set_title(title)
    file.set_author(author)
    file.set_font("Helvetica", size=11)
    for words in pages:
        file.add_page()
        file.multi_cell(0, 6, words)
    return bytes(file.output())


def encrypted(content: bytes, *, user: str) -> bytes:
    writer = PdfWriter(clone_from=BytesIO(content))
    writer.encrypt(user, owner_password="owner", algorithm="RC4-128")
    file = BytesIO()
    writer.write(file)
    return file.getvalue()


def pieces(*pages: str) -> list[list[tuple[str, BlockKind]]]:
    return [
        [(piece.text, piece.kind) for piece in page if piece.text] for page in find_pieces(pages)
    ]


def paragraphs(page: str) -> list[str]:
    return [text for text, kind in pieces(page)[0] if kind is BlockKind.PARAGRAPH]


def margins(reading: Reading) -> list[str]:
    return [
        block.span.of(reading.text)
        for block in reading.blocks or ()
        if block.aside is AsideKind.PAGE_MARGIN
    ]


def test_each_page_says_where_it_starts_even_an_empty_one() -> None:
    reading = pdf.read(printed("It was built in 1911.", "", "It carries trams.", ""))

    assert reading.text == "It was built in 1911.\n\nIt carries trams."
    assert reading.page_starts == (0, 23, 23, 40)
    assert reading.text[23:] == "It carries trams."


def test_wrapped_lines_become_one_line() -> None:
    reading = pdf.read(printed(f"{BOTH} {BOTH} {BOTH}"))

    assert reading.text == f"{BOTH} {BOTH} {BOTH}"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (f"{WRAPPED}\n{LAST}", [BOTH]),
        (f"{WRAPPED}\n{LAST}\n{WRAPPED}\n{LAST}", [BOTH, BOTH]),
        (f"{WRAPPED}\n\n{LAST}", [WRAPPED, LAST]),
        (f"{WRAPPED} an exam-\nple of it.", [f"{WRAPPED} an example of it."]),
        (f"{WRAPPED} Jean-\nPaul too.", [f"{WRAPPED} Jean- Paul too."]),
        (f"{WRAPPED}\n• Pillars\n• Deck", [WRAPPED, "• Pillars", "• Deck"]),
        (f"{WRAPPED}\nYear Cost\n2024 3", [f"{WRAPPED} Year Cost\n2024 3"]),
        ("The oﬃce is ﬁne.", ["The office is fine."]),
    ],
)
def test_paragraphs_are_put_together_from_lines(lines: str, expected: list[str]) -> None:
    assert paragraphs(lines) == expected


def test_a_word_that_has_its_hyphen_elsewhere_keeps_it_at_the_end_of_a_line() -> None:
    page = f"{WRAPPED} a well-\nknown river. It is well-known."

    assert paragraphs(page) == [f"{WRAPPED} a well-known river. It is well-known."]


def test_a_short_line_above_prose_is_a_heading() -> None:
    assert pieces(f"Introduction\n{WRAPPED}\n{LAST}\n2.1 Repairs\n{WRAPPED}\n{LAST}")[0] == [
        ("Introduction", BlockKind.HEADING),
        (BOTH, BlockKind.PARAGRAPH),
        ("2.1 Repairs", BlockKind.HEADING),
        (BOTH, BlockKind.PARAGRAPH),
    ]


def test_lines_repeated_on_most_pages_and_page_numbers_are_margins() -> None:
    reading = pdf.read(
        printed(
            "Annual report\nFirst it was built.\n1",
            "Annual report\nThen it carried trams.\n2",
            "Annual report\nAt last it was repaired.\n3",
            "Here it ends.\nPage 4 of 4",
        )
    )

    assert margins(reading) == [
        *("Annual report", "1", "Annual report", "2", "Annual report", "3"),
        "Page 4 of 4",
    ]


def test_a_running_head_that_ends_in_the_page_number_is_a_margin() -> None:
    reading = pdf.read(
        printed(
            *(
                f"Functions {page}\nWords of {name}."
                for page, name in zip((7, 8, 9), "abc", strict=True)
            )
        )
    )

    assert margins(reading) == ["Functions 7", "Functions 8", "Functions 9"]


def test_the_only_words_of_a_page_are_no_margin_even_if_repeated_or_a_number() -> None:
    assert margins(pdf.read(printed("Draft", "Draft", "Draft"))) == []
    assert margins(pdf.read(printed("1984"))) == []


def test_title_and_author_are_read_and_the_creation_date_is_not() -> None:
    content = printed("Words.", title="The old bridge", author="Jane Roe")

    assert pdf.read(content).metadata == Metadata(
        title="The old bridge",
        author="Jane Roe",
        provenance={"title": Provenance.METADATA, "author": Provenance.METADATA},
    )


@pytest.mark.parametrize(
    "title", ["Microsoft Word - bridge.docx", "bridge.pdf", "untitled", "Untitled-1", "12", "  "]
)
def test_a_title_that_a_program_made_up_is_none(title: str) -> None:
    assert pdf.read(printed("Words.", title=title, author="user")).metadata == Metadata()


def test_a_file_protected_without_a_password_is_read() -> None:
    assert pdf.read(encrypted(printed("Words."), user="")).text == "Words."


def test_a_file_that_needs_a_password_is_refused() -> None:
    with pytest.raises(EncryptedSourceError, match="save a copy without a password"):
        pdf.read(encrypted(printed("Words."), user="secret"))


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"%PDF-1.7\nnonsense %%EOF", b"words"])
def test_a_damaged_file_is_refused_with_the_reason(content: bytes) -> None:
    with pytest.raises(UnreadableSourceError, match=r"the PDF is damaged: \S.*save a copy"):
        pdf.read(content)


def test_pages_without_text_are_refused_with_the_way_out() -> None:
    with pytest.raises(UnreadableSourceError, match=r"no text on its 2 page\(s\).*OCR"):
        pdf.read(printed("", ""))
