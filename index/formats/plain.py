"""Plain text in whatever encoding it was saved."""

import codecs
import re
import string
import unicodedata

from index.errors import NotTextError
from index.formats.composing import clean
from index.types import Reading

__all__ = ["decode", "read"]

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SIGNATURES = (
    (b"%PDF-", "a PDF file"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"{\\rtf", "an RTF document"),
)
# Asked in this order where nothing else decides; one for each script that text files were
# commonly saved in. Rare code pages only attract short texts in the common ones.
CODE_PAGES = (
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257"),
    *("koi8_r", "cp932", "euc_jp", "gb18030", "big5", "cp949", "cp874", "cp1258"),
)
WESTERN = "cp1252"
CHAOS_TIE = 0.02  # charset-normalizer's chaos and coherence go from 0 to 1; closer is no
COHERENCE_TIE = 0.1  # evidence in a short text, and then the commonest code page is the best guess
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1d\x1f\x7f-\x84\x86-\x9f]")  # none that parts lines
LETTERS = string.ascii_letters.encode() + b" "
ZERO_BYTES = (
    "the file holds zero bytes, so it is data rather than text; "
    "save it as UTF-8 text, or give it the ending of its format"
)
FEW_CONTROLS = 2  # strays, as an old word processor leaves them
CONTROL_SHARE = 0.02


def read(content: bytes) -> Reading:
    """Read plain text; its layout is left to be inferred.

    Raises:
        NotTextError: The bytes are no text.
    """
    return Reading(decode(content))


def decode(content: bytes) -> str:
    """Text of bytes whose encoding is not known.

    A byte order mark decides, else UTF-8 if the bytes are valid in it, else UTF-16 or UTF-32 by
    where the zero bytes stand, else the likeliest code page.

    Returns:
        Text with lines ended by newlines, free of other control characters than tabs.

    Raises:
        NotTextError: The bytes are no text.
    """
    for signature, name in SIGNATURES:
        if content.startswith(signature):
            raise NotTextError(f"the file is {name}, not text; give it the ending of its format")
    text = _decode(content)
    controls = len(CONTROLS.findall(text))
    if "\0" in text or controls > max(FEW_CONTROLS, len(text) * CONTROL_SHARE):
        raise NotTextError(
            f"the file holds {controls:,} control characters, so it is data rather than text; "
            "save it as UTF-8 text, or give it the ending of its format"
        )
    return clean(text)


def _decode(content: bytes) -> str:
    for mark, encoding in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _decode_marked(content, encoding)
    if b"\0" in content:
        return _decode_wide(content)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_code_page(content)


def _decode_marked(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise NotTextError(
            f"the file begins like {encoding.removesuffix('-sig').upper()} but byte {error.start:,}"
            " does not fit; save it again as UTF-8"
        ) from error


def _decode_wide(content: bytes) -> str:
    """UTF-32 or UTF-16 without a mark: the zero bytes of common characters stand at one parity."""
    if _is_ascii_but_for_zeros(content):
        raise NotTextError(ZERO_BYTES)
    encodings = ["utf-32-le", "utf-32-be"]
    odd, even = content[1::2].count(0), content[::2].count(0)
    if max(odd, even) >= 9 * min(odd, even):
        encodings.append("utf-16-le" if odd > even else "utf-16-be")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text and _is_assigned(text):
            return text
    raise NotTextError(ZERO_BYTES)


def _is_ascii_but_for_zeros(content: bytes) -> bool:
    """Whether few zeros stand among letters at both parities, of which UTF-16 would make Chinese.

    In Latin text one parity is all zeros, in Japanese mostly 0x30, in Chinese any byte.
    """
    halves = [half.replace(b"\0", b"") for half in (content[::2], content[1::2])]
    are_letters = (
        2 * len(half.translate(None, delete=LETTERS)) < len(half) > len(content) / 4
        for half in halves
    )
    return all(are_letters)


def _is_assigned(text: str) -> bool:
    return not any(unicodedata.category(character) in ("Cn", "Co", "Cs") for character in text)


def _decode_code_page(content: bytes) -> str:
    from charset_normalizer import from_bytes

    matches = from_bytes(content, cp_isolation=list(CODE_PAGES)) or from_bytes(content)
    best = matches.best()
    if best is None:
        raise NotTextError(
            "the file is no text in any known encoding; "
            "save it as UTF-8 text, or give it the ending of its format"
        )
    for match in matches:
        is_western = WESTERN in match.could_be_from_charset
        is_calm = match.chaos <= best.chaos + CHAOS_TIE
        if is_western and is_calm and match.coherence >= best.coherence - COHERENCE_TIE:
            return content.decode(WESTERN)
    return content.decode(best.encoding)
