"""Web pages: the main text without what stands around it, and what the page states of itself."""

import codecs
import re
from collections.abc import Iterator

from lxml.html import HtmlElement
from trafilatura import bare_extraction, load_html

from index.formats import page_metadata, plain
from index.formats.composing import Piece, compose, tidy
from index.types import AsideKind, BlockKind, Metadata, Reading

__all__ = ["read"]

CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
CHARSET_WITHIN = 1024  # bytes, WHATWG HTML 4.2.5.4
SHORT = 250  # characters; the length below which trafilatura itself doubts what it found
# Encodings of the web, and those that WHATWG Encoding 4.2 reads in place of the claimed ones.
WEB_ENCODING = re.compile(r"(cp|iso|koi8|mac|big5|gb|hz|euc|shift_jis).*")
READ_INSTEAD = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "shift_jis": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
}
LISTS = frozenset(("list", "ul", "ol", "menu"))
TABLES = frozenset(("table",))
ROWS = ("row", "tr")
CELLS = frozenset(("cell", "td", "th"))
AROUND = frozenset(("nav", "footer"))
VERBATIM = frozenset(("pre", "code"))
BREAKS = frozenset(("br", "lb"))
UNSEEN = frozenset(
    (
        *("script", "style", "noscript", "template", "iframe", "object", "svg", "canvas"),
        *("audio", "video", "select"),
    )
)
# Of HTML and of the tree that trafilatura makes (hi, lb, ref, graphic).
INLINE = frozenset(
    (
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "cite", "code", "data", "del"),
        *("dfn", "em", "font", "graphic", "hi", "i", "img", "ins", "kbd", "label", "lb", "mark"),
        *("nobr", "q", "ref", "s", "samp", "small", "span", "strike", "strong", "sub", "sup"),
        *("time", "tt", "u", "var", "wbr"),
    )
)


def read(content: bytes) -> Reading:
    """Read the main text of a page, or all its visible text where no main text stands out.

    In all the visible text, navigation and footers are asides.

    Raises:
        NotTextError: The bytes are no text.
    """
    source = _decode(content)
    tree = load_html(source)
    if tree is None:  # a fragment
        tree = load_html(f"<html><body>{source}</body></html>")
    if tree is None:
        return compose([], Metadata())
    metadata = page_metadata.find(tree)
    pieces = _main_text(tree)
    if sum(len(piece.text) for piece in pieces) < SHORT:
        pieces = _all_text(tree)
    return compose(_with_title(pieces, metadata.title), metadata)


def _decode(content: bytes) -> str:
    """UTF-8 if the bytes are valid in it, else as the page claims, else as any text."""
    claim = CHARSET.search(content[:CHARSET_WITHIN])
    encoding = _python_name(claim[1].decode("ascii", "replace")) if claim else None
    is_ascii_escaped = encoding is not None and encoding.startswith("iso2022")
    if encoding is None or (_is_utf8(content) and not is_ascii_escaped):
        return plain.decode(content)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return plain.decode(content)


def _python_name(label: str) -> str | None:
    try:
        name = codecs.lookup(label).name
    except LookupError:
        return None
    name = READ_INSTEAD.get(name, name)
    return name if WEB_ENCODING.fullmatch(name) else None


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _main_text(tree: HtmlElement) -> list[Piece]:
    page = bare_extraction(tree, include_comments=False, include_tables=True)
    body = getattr(page, "body", None)
    return [] if body is None else _visible(_pieces(body))


def _all_text(tree: HtmlElement) -> list[Piece]:
    bodies = tree.xpath("//body") or [tree]
    return _visible(_pieces(bodies[0]))


def _visible(pieces: Iterator[Piece]) -> list[Piece]:
    return [piece for piece in pieces if piece.text.strip()]


def _with_title(pieces: list[Piece], title: str | None) -> list[Piece]:
    if not pieces or title is None or pieces[0].kind is not BlockKind.HEADING:
        return pieces
    words, known = pieces[0].text.casefold().split(), title.casefold().split()
    if pieces[0].level > 1 or known[: len(words)] != words:  # "Bridge" of "Bridge - The Daily"
        return pieces
    return [Piece(pieces[0].text, BlockKind.ASIDE, aside=AsideKind.TITLE), *pieces[1:]]


def _pieces(parent: HtmlElement) -> Iterator[Piece]:
    """The blocks inside an element; words between blocks are paragraphs."""
    words = [_flat(parent.text)]
    for child in parent:
        if _is_seen(child) and _is_block(child):
            yield Piece(tidy("".join(words)))
            words = []
            yield from _block(child)
        elif _is_seen(child):
            words.append(_words(child))
        words.append(_flat(child.tail))
    yield Piece(tidy("".join(words)))


def _block(element: HtmlElement) -> Iterator[Piece]:
    if level := _heading_level(element):
        yield Piece(" ".join(_words(element).split()), BlockKind.HEADING, level=level)
    elif element.tag in LISTS:
        yield Piece("\n".join(_lines(element, indent="")))
    elif element.tag in TABLES and not _is_for_layout(element):
        yield Piece("\n".join(_rows(element)))
    elif element.tag in VERBATIM:
        yield Piece("".join(element.itertext()))
    elif element.tag in AROUND:
        for piece in _pieces(element):
            yield Piece(piece.text, BlockKind.ASIDE, aside=AsideKind.NAVIGATION)
    else:
        yield from _pieces(element)


def _is_seen(element: HtmlElement) -> bool:
    if not isinstance(element.tag, str) or element.tag in UNSEEN:  # a comment has no name
        return False
    style = element.get("style", "").replace(" ", "").lower()
    return "hidden" not in element.attrib and "display:none" not in style


def _is_block(element: HtmlElement) -> bool:
    if element.tag == "code" and any("\n" in words for words in element.itertext()):
        return True
    return any(inner.tag not in INLINE for inner in element.iter() if isinstance(inner.tag, str))


def _heading_level(element: HtmlElement) -> int:
    name = element.get("rend", "h2") if element.tag == "head" else element.tag
    match = re.fullmatch(r"h([1-6])", name)
    return int(match[1]) if match else 0


def _is_for_layout(table: HtmlElement) -> bool:
    """Whether cells hold blocks of their own, so that a row is no line of words."""
    inner = (element.tag for element in table.iterdescendants() if element.tag != table.tag)
    return bool(table.findall(".//table")) or any(
        tag in LISTS or tag in ("head", "h1", "h2", "h3") for tag in inner
    )


def _rows(table: HtmlElement) -> Iterator[str]:
    for row in table.iter(*ROWS):
        cells = [" ".join(_words(cell).split()) for cell in row if cell.tag in CELLS]
        if any(cells):
            yield " | ".join(cells)


def _lines(parent: HtmlElement, *, indent: str) -> Iterator[str]:
    is_numbered = "ol" in (parent.tag, parent.get("rend"))
    number = 0
    for item in filter(_is_seen, parent):
        is_list = item.tag in LISTS  # a list directly in a list, which HTML forbids and pages do
        words = "" if is_list else " ".join(_words(item, without=LISTS).split())
        if words:
            number += 1
            yield f"{indent}{f'{number}.' if is_numbered else '-'} {words}"
        for below in [item] if is_list else item.iterchildren(*LISTS):
            yield from _lines(below, indent=indent + "  ")


def _words(element: HtmlElement, *, without: frozenset[str] = frozenset()) -> str:
    """All words in an element, a newline only where the page breaks the line."""
    if element.tag in BREAKS:
        return "\n"
    parts = [_flat(element.text)]
    for child in element:
        if _is_seen(child) and child.tag not in without:
            gap = "" if child.tag in INLINE else " "
            parts.append(f"{gap}{_words(child)}{gap}")
        parts.append(_flat(child.tail))
    return "".join(parts)


def _flat(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")
