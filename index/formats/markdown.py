"""Markdown, as the plain words that its reader sees."""

from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from index.formats import front_matter, plain
from index.formats.composing import Piece, compose, tidy
from index.types import AsideKind, BlockKind, Metadata, Provenance, Reading

__all__ = ["read"]

NESTING = 60  # markdown-it drops what is nested deeper; its own limit of 20 is within reach
UNSEEN = ("script", "style", "template")
LISTS = ("bullet_list", "ordered_list")


def read(content: bytes) -> Reading:
    """Read Markdown (CommonMark, tables, strikethrough) with YAML front matter.

    Raises:
        NotTextError: The bytes are no text.
        InvalidDocumentError: The front matter is broken or its date is none.
    """
    head = front_matter.split(plain.decode(content).lstrip("\n"))
    parser = MarkdownIt("commonmark", {"maxNesting": NESTING}).enable(["table", "strikethrough"])
    pieces = list(_pieces(SyntaxTreeNode(parser.parse(head.body))))
    pieces, metadata = _with_title(pieces, head.metadata)
    return compose(pieces, metadata)


def _with_title(pieces: list[Piece], metadata: Metadata) -> tuple[list[Piece], Metadata]:
    """Take a heading that opens the text for the title, or for its repetition."""
    if not pieces or pieces[0].kind is not BlockKind.HEADING:
        return pieces, metadata
    first, rest = pieces[0], pieces[1:]
    if metadata.title is None and first.level == 1:
        provenance = {**metadata.provenance, "title": Provenance.TEXT}
        titled = replace(metadata, title=" ".join(first.text.split()), provenance=provenance)
        return [Piece(first.text, BlockKind.ASIDE, aside=AsideKind.TITLE), *rest], titled
    if metadata.title is not None and _same(first.text, metadata.title):
        return [Piece(first.text, BlockKind.ASIDE, aside=AsideKind.TITLE_REPEATED), *rest], metadata
    return pieces, metadata


def _same(text: str, title: str) -> bool:
    return text.casefold().split() == title.casefold().split()


def _pieces(parent: SyntaxTreeNode) -> Iterator[Piece]:
    for node in parent.children:
        if node.type == "heading":
            yield Piece(_words(node), BlockKind.HEADING, level=int(node.tag[1]))
        elif node.type == "paragraph":
            yield Piece(_words(node))
        elif node.type in LISTS:
            yield from _list(node)
        elif node.type == "table":
            yield Piece(_table(node))
        elif node.type in ("code_block", "fence"):
            yield Piece(node.content)
        elif node.type == "html_block":
            yield Piece(_visible(node.content))
        else:
            yield from _pieces(node)


def _list(node: SyntaxTreeNode) -> Iterator[Piece]:
    """One piece for the whole list, or one for each block where an item has several."""
    if all(_is_short(item) for item in node.children):
        yield Piece("\n".join(_lines(node, indent="")))
        return
    for item in node.children:
        for position, piece in enumerate(_pieces(item)):
            is_first = position == 0
            yield replace(piece, text=f"{_marker(item)} {piece.text}") if is_first else piece


def _is_short(item: SyntaxTreeNode) -> bool:
    """Whether an item is one paragraph, with lists of such items below it."""
    kinds = [child.type for child in item.children]
    below = [child for child in item.children if child.type in LISTS]
    fits = kinds.count("paragraph") <= 1 and len(kinds) == kinds.count("paragraph") + len(below)
    return fits and all(_is_short(inner) for child in below for inner in child.children)


def _lines(node: SyntaxTreeNode, *, indent: str) -> Iterator[str]:
    for item in node.children:
        paragraphs = [_words(child) for child in item.children if child.type == "paragraph"]
        words = " ".join("".join(paragraphs).split())
        if words:
            yield f"{indent}{_marker(item)} {words}"
        for child in item.children:
            if child.type in LISTS:
                yield from _lines(child, indent=indent + "  ")


def _marker(item: SyntaxTreeNode) -> str:
    return f"{item.info}." if item.info else "-"


def _table(node: SyntaxTreeNode) -> str:
    rows = [row for part in node.children for row in part.children]
    cells = [[" ".join(_words(cell).split()) for cell in row.children] for row in rows]
    return "\n".join(" | ".join(row) for row in cells if any(row))


def _words(node: SyntaxTreeNode) -> str:
    return tidy("".join(_inline(child) for child in node.children))


def _inline(node: SyntaxTreeNode) -> str:
    if node.type in ("text", "code_inline"):
        return node.content
    if node.type == "softbreak":
        return " "
    if node.type == "hardbreak":
        return "\n"
    if node.type == "html_inline":
        return "\n" if node.content.lower().startswith("<br") else ""
    return "".join(_inline(child) for child in node.children)


def _visible(source: str) -> str:
    page = _VisibleWords()
    page.feed(source)
    page.close()
    return tidy("".join(page.parts))


class _VisibleWords(HTMLParser):
    """Gathers the text of raw HTML that a browser would show."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._unseen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in UNSEEN:
            self._unseen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._unseen:
            self._unseen.remove(tag)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(data)
