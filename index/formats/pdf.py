"""PDF: the text layer of each page."""

import logging
import struct
import zlib
from io import BytesIO

from pypdf import PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

from index.errors import EncryptedSourceError, UnreadableSourceError
from index.formats.composing import clean, compose_pages
from index.formats.fields import sensible, state
from index.formats.page_lines import find_pieces
from index.types import Metadata, Provenance, Reading

__all__ = ["read"]

# Its warnings go to whoever listens, and otherwise not to the terminal: a file that cannot be read
# is reported with its reason.
logging.getLogger("pypdf").addHandler(logging.NullHandler())
# What pypdf lets through from files that break the rules of the format.
DAMAGE = (
    PyPdfError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


def read(content: bytes) -> Reading:
    """Read the words of a PDF, page by page.

    Lines are joined into paragraphs, and words parted at a line's end are put together, so the
    text is not the file's line by line. The file's creation date is no publication date.

    Raises:
        EncryptedSourceError: The file opens only with a password.
        UnreadableSourceError: The file is damaged, or its pages hold pictures of text.
    """
    try:
        file = _open(content)
        pages = [page.extract_text() for page in file.pages]
        metadata = _metadata(file)
    except (DependencyError, FileNotDecryptedError) as error:
        raise EncryptedSourceError("PDF") from error
    except DAMAGE as error:
        reason = clean(str(error)).strip() or type(error).__name__
        raise UnreadableSourceError(
            f"the PDF is damaged: {reason[:200]}; open it in a PDF viewer, "
            "save a copy and ingest that"
        ) from error
    reading = compose_pages(find_pieces(pages), metadata)
    if not reading.text:
        raise UnreadableSourceError(_without_text(len(pages)))
    return reading


def _open(content: bytes) -> PdfReader:
    file = PdfReader(BytesIO(content), strict=False)
    if file.is_encrypted and not file.decrypt(""):
        raise EncryptedSourceError("PDF")
    return file


def _metadata(file: PdfReader) -> Metadata:
    stated = file.metadata
    if stated is None:
        return Metadata()
    found = Metadata(title=sensible(stated.title), author=sensible(stated.author))
    return state(found, Provenance.METADATA)


def _without_text(pages: int) -> str:
    if not pages:
        return "the PDF has no pages; open it in a PDF viewer to see whether it is complete"
    return (
        f"the PDF has no text on its {pages:,} page(s), only pictures of text or nothing; "
        "recognise its text with an OCR program (for example `ocrmypdf`) and ingest the result"
    )
