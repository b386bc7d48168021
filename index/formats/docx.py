"""Word documents (.docx): paragraphs, headings, lists, tables and notes in reading order."""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO

import docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.text.paragraph import Paragraph
from lxml.etree import LxmlError

from index.errors import EncryptedSourceError, UnreadableSourceError
from index.formats.composing import Piece, clean, compose, tidy
from index.formats.fields import sensible, state
from index.types import AsideKind, BlockKind, Metadata, Provenance, Reading

__all__ = ["read"]

OLE_SIGNATURE = b"\xd0\xcf\x11\xe0"  # old .doc files, and .docx files with a password
ENCRYPTED_PART = "EncryptedPackage".encode("utf-16-le")  # MS-OFFCRYPTO 2.3.4.4
UNPACKED_LIMIT = 512 * 1024 * 1024  # bytes; far above any book, below what fills a memory
# What python-docx lets through from archives that break the rules of the format.
DAMAGE = (
    OpcError,
    LxmlError,
    zipfile.BadZipFile,
    AttributeError,
    AssertionError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
NOTES = (RELATIONSHIP_TYPE.FOOTNOTES, RELATIONSHIP_TYPE.ENDNOTES)
BREAKS = {qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:tab"): " ", qn("w:noBreakHyphen"): "-"}
# Pictures, with the text boxes in them, and what a reviewer moved away; other deleted words and
# the codes of fields have elements of their own.
APART = frozenset(map(qn, ("w:pPr", "w:rPr", "w:pict", "w:drawing", "w:object", "w:moveFrom")))
LISTS = ("List Bullet", "List Number")
HEADING = re.compile(r"Heading ([1-9])")
WRAPPERS = frozenset(map(qn, ("w:sdt", "w:sdtContent", "w:ins", "w:moveTo", "w:customXml")))


@dataclass(frozen=True, slots=True)
class _Line:
    """A paragraph, before those of one list become one piece."""

    text: str
    style: str
    is_item: bool
    depth: int = 0


def read(content: bytes) -> Reading:
    """Read a Word document.

    Words that a reviewer inserted are read, deleted ones are not. Footnotes and endnotes come
    after the text. Headers, footers and text boxes are passed over. The title is the stated one,
    else the paragraph in the style Title; dates of the file are no publication dates.

    Raises:
        EncryptedSourceError: The file opens only with a password.
        UnreadableSourceError: The file is damaged, or no Word document.
    """
    if content.startswith(OLE_SIGNATURE):
        if ENCRYPTED_PART in content:
            raise EncryptedSourceError("Word document")
        raise UnreadableSourceError(
            "the file is an old .doc; open it in a word processor and save it as .docx"
        )
    try:
        _check_size(content)
        document = docx.Document(BytesIO(content))
        pieces = [*_pieces(document.element.body, document), *_notes(document)]
        metadata = _metadata(document)
    except DAMAGE as error:
        reason = clean(str(error)).strip() or type(error).__name__
        raise UnreadableSourceError(
            f"the Word document is damaged: {reason[:200]}; open it in a word processor, "
            "save a copy as .docx and ingest that"
        ) from error
    return compose(*_with_title(pieces, metadata))


def _check_size(content: bytes) -> None:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        size = sum(member.file_size for member in archive.infolist())
    if size > UNPACKED_LIMIT:
        raise UnreadableSourceError(
            f"the Word document unpacks to {size:,} bytes, the limit is {UNPACKED_LIMIT:,}; "
            "split it into smaller documents"
        )


def _metadata(document: Document) -> Metadata:
    stated = document.core_properties
    found = Metadata(title=sensible(stated.title), author=sensible(stated.author))
    return state(found, Provenance.METADATA)


def _with_title(pieces: list[Piece], metadata: Metadata) -> tuple[list[Piece], Metadata]:
    """Settle what the first paragraph in the style Title is beside the stated title."""
    titles = [piece for piece in pieces if piece.aside is AsideKind.TITLE]
    if not titles:
        return pieces, metadata
    first = titles[0]
    title = " ".join(first.text.split())
    if metadata.title is None:
        provenance = {**metadata.provenance, "title": Provenance.TEXT}
        return pieces, replace(metadata, title=title, provenance=provenance)
    if title.casefold() == metadata.title.casefold():
        settled = replace(first, aside=AsideKind.TITLE_REPEATED)
    else:
        settled = Piece(first.text, BlockKind.HEADING, level=1)
    return [settled if piece is first else piece for piece in pieces], metadata


def _pieces(parent: BaseOxmlElement, document: Document) -> Iterator[Piece]:
    items: list[str] = []
    for element in _blocks(parent):
        if element.tag == qn("w:tbl"):
            yield Piece("\n".join(items))
            yield from _table(element, document)
            items = []
            continue
        line = _line(element, document)
        if line.is_item and line.text:
            items.append(f"{'  ' * line.depth}- {' '.join(line.text.split())}")
        elif line.text:
            yield Piece("\n".join(items))
            yield _piece(line)
            items = []
    yield Piece("\n".join(items))


def _blocks(parent: BaseOxmlElement) -> Iterator[BaseOxmlElement]:
    """Paragraphs and tables, also those in content controls and reviewers' insertions."""
    for child in parent:
        if child.tag in WRAPPERS:
            yield from _blocks(child)
        elif child.tag in (qn("w:p"), qn("w:tbl")):
            yield child


def _piece(line: _Line) -> Piece:
    if line.style == "Title":
        return Piece(line.text, BlockKind.ASIDE, aside=AsideKind.TITLE)
    if line.style.startswith("toc"):
        return Piece(line.text, BlockKind.ASIDE, aside=AsideKind.NAVIGATION)
    if match := HEADING.fullmatch(line.style):
        return Piece(" ".join(line.text.split()), BlockKind.HEADING, level=int(match[1]))
    return Piece(line.text)


def _line(element: BaseOxmlElement, document: Document) -> _Line:
    text = tidy("".join(_words(element)))
    style = _style(Paragraph(element, document))
    numbers = element.xpath("./w:pPr/w:numPr/w:numId/@w:val")
    levels = element.xpath("./w:pPr/w:numPr/w:ilvl/@w:val")
    # Number 0 takes a paragraph out of the list that its style puts it in.
    is_item = numbers != ["0"] and (style == "List" or (not style and bool(numbers)))
    return _Line(text, style, is_item, depth=int(levels[0]) if levels else 0)


def _style(paragraph: Paragraph) -> str:
    """What the style or one that it is based on says: "Title", "Heading 2", "toc", "List" or ""."""
    style = paragraph.style
    while style is not None:
        name = style.name or ""
        if name.lower().startswith("toc"):
            return "toc"
        if name == "Title" or HEADING.fullmatch(name):
            return name
        if name.startswith(LISTS):
            return "List"
        style = style.base_style
    return ""


def _words(element: BaseOxmlElement) -> Iterator[str]:
    for child in element:
        if child.tag == qn("w:t"):
            yield child.text or ""
        elif child.tag in BREAKS:
            yield BREAKS[child.tag]
        elif child.tag not in APART:
            yield from _words(child)


def _table(element: BaseOxmlElement, document: Document) -> Iterator[Piece]:
    rows = [_cells(row) for row in element.xpath("./w:tr | ./w:sdt/w:sdtContent/w:tr")]
    if all(len(cells) == 1 for cells in rows):  # a frame around text
        for cells in rows:
            yield from _pieces(cells[0], document)
        return
    lines = [[" ".join(_cell_words(cell)) for cell in cells] for cells in rows]
    yield Piece("\n".join(" | ".join(line) for line in lines if any(line)))


def _cells(row: BaseOxmlElement) -> list[BaseOxmlElement]:
    return list(row.xpath("./w:tc | ./w:sdt/w:sdtContent/w:tc"))


def _cell_words(cell: BaseOxmlElement) -> Iterator[str]:
    for paragraph in cell.iter(qn("w:p")):
        yield from "".join(_words(paragraph)).split()


def _notes(document: Document) -> Iterator[Piece]:
    for relationship in document.part.rels.values():
        if relationship.reltype in NOTES:
            notes = parse_xml(relationship.target_part.blob)
            # Notes with a type are the rules that Word draws between text and notes.
            for note in notes.xpath("./*[not(@w:type) or @w:type='normal']"):
                yield from _pieces(note, document)
