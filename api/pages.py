"""The pages that people read: replies and documents of the public contract as HTML.

Pure functions of their arguments; the web framework stands outside. Words of documents reach a
page as escaped text only: markup is made from offsets, never from what a document says.
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from api.document_view import document_blocks, left_out
from api.segments import Json, Segment, segments

__all__ = ["Pages", "Segment", "segments"]

FILTERS: Final = ("from", "before", "publisher", "language", "tag")
"""Names of the form's filters, as they stand in the page's address."""

MONTHS: Final = (  # not strftime's, which follow the process's locale
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip

PARAGRAPH: Final = re.compile(r"\S(?:(?!\n\n).)*", re.DOTALL)

LONG: Final = 220  # characters of a quotation that is set smaller

HINTS: Final = {
    "metadata": "from the metadata",
    "byline": "from the byline",
    "text": "from the text",
    "url": "from the web address",
    "file": "from the file",
    "detected": "detected",
}
"""How a page says where a piece of metadata was read; an unknown place is not mentioned."""

OF_THE_DOCUMENT: Final = (
    "publisher", "author", "published", "published_source", "language", "source",
)  # fmt: skip


class Part(NamedTuple):
    """Some words, and whether they are those that answer, beside others that do not."""

    text: str
    stands_out: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph of an answer with its footnotes; `anchors` are the footnotes not met before."""

    parts: tuple[Part, ...]
    citations: tuple[int, ...] = ()
    anchors: tuple[int, ...] = ()
    language: str | None = None

    @property
    def is_long(self) -> bool:
        return sum(len(part.text) for part in self.parts) > LONG


class Pages:
    """Renders the pages. Templates are loaded once; every method returns a whole page."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {
            "ask_url": _ask_url,
            "counted": counted,
            "document_url": _document_url,
            "hint": lambda source: HINTS.get(source, ""),
            "language_tag": language_tag,
            "local_url": lambda link, fallback: link if is_local(link) else fallback,
            "reference": reference,
            "segments": segments,
            "web_url": web_url,
            "written": written,
        }

    def ask(
        self,
        *,
        question: str,
        reply: Json | None,
        problem: str | None,
        filters: Json,
        documents: int,
        passages: int,
        examples: Sequence[str],
        collection: str = "",
    ) -> str:
        """The page to ask on, with the reply to what was asked.

        Args:
            reply: As section 2 of the contract has it, None where nothing was asked. A passage
                may also carry publisher, author, published, published_source, language and
                source; what it lacks is taken from a citation of the same document.
            problem: Why the question could not be asked, in words for people.
            filters: Any of `FILTERS`, each a value, a sequence of values or None.
            examples: Questions offered where nothing was asked; the first three are shown.
            collection: Which is asked, if it is not the service's own.
        """
        return self._render(
            "ask.html",
            question=question,
            reply=reply,
            problem=problem,
            filters=form_filters(filters),
            documents=documents,
            passages=passages,
            examples=examples[:3],
            collection=collection,
            pieces=list(pieces(reply)) if reply else [],
            found=[described(passage, reply) for passage in reply["passages"]] if reply else [],
        )

    def document(
        self, *, document: Json, cited: tuple[int, int] | None, collection: str = ""
    ) -> str:
        """One document to read, headings and passages in the order of its text.

        Args:
            document: id, title, publisher, author, published, published_source, url, language,
                source, text, passages and asides. An optional `provenance` tells, for each
                field of the metadata, where it was read.
            cited: The range of the text to mark, which may cross passages.
            collection: Where it is, if not in the service's own.
        """
        blocks = list(document_blocks(document, cited))
        return self._render(
            "document.html",
            document=document,
            collection=collection,
            blocks=blocks,
            cited=cited,
            first_cited=next((block for block in blocks if block.cited), None),
            left_out=left_out(document),
            provenance={
                "published": document["published_source"],
                **document.get("provenance", {}),
            },
        )

    def docs(self, *, openapi_url: str) -> str:
        """The interactive description of the HTTP interface."""
        return self._render("docs.html", openapi_url=openapi_url)

    def widget(self, *, version: str, integrity: str) -> str:
        """The page to try the widget on and to copy its tag."""
        return self._render("widget.html", version=version, integrity=integrity)

    def problem(self, *, title: str, status: int, detail: str) -> str:
        """What went wrong, for people."""
        return self._render("problem.html", title=title, status=status, detail=detail)

    def _render(self, template: str, **context: object) -> str:
        page = {
            "question": "",
            "collection": "",
            "filters": form_filters({}),
            "problem": None,
            **context,
        }
        return self._environment.get_template(template).render(page)


def pieces(reply: Json) -> Iterator[Piece]:
    """An answer's paragraphs, with the words that answer told apart from those around them."""
    answer = reply["answer"]
    if answer is None:
        return
    languages = {citation["number"]: citation["language"] for citation in reply["citations"]}
    seen: set[int] = set()
    for line in PARAGRAPH.finditer(answer["text"]):
        spans = [
            span
            for span in answer["spans"]
            if span["start"] < line.end() and span["end"] > line.start()
        ]
        numbers = tuple(dict.fromkeys(number for span in spans for number in span["citations"]))
        new = tuple(number for number in numbers if number not in seen)
        language = languages.get(numbers[0]) if numbers else None
        yield Piece(tuple(_parts(line, spans)), numbers, new, language)
        seen.update(numbers)


def _parts(line: re.Match[str], spans: Sequence[Json]) -> Iterator[Part]:
    at, text = line.start(), line.string
    for span in sorted(spans, key=lambda span: int(span["start"])):
        start, end = max(at, span["start"]), min(span["end"], line.end())
        if at < start:
            yield Part(text[at:start], stands_out=False)
        if start < end:
            yield Part(text[start:end], stands_out=(start, end) != line.span())
        at = max(at, end)
    if at < line.end():
        yield Part(text[at : line.end()], stands_out=False)


def described(passage: Json, reply: Json) -> Json:
    """A passage with what its reply's citations know about its document."""
    known = (c for c in reply["citations"] if c["document_id"] == passage["document_id"])
    citation: Json = next(known, {})
    fields = {name: citation[name] for name in OF_THE_DOCUMENT if name in citation}
    return {**fields, **passage}


def form_filters(filters: Json) -> dict[str, list[str]]:
    """The values of each of the form's filters, without blanks."""
    values: dict[str, list[str]] = {}
    for name in FILTERS:
        value = filters.get(name)
        several = [value] if isinstance(value, str | dt.date | None) else value
        values[name] = [str(each) for each in several if each]
    return values


def reference(place: Json) -> str:
    """Where words stand, on one line: what a reader pastes below a quote."""
    published = [written(place["published"]) or "no date given"] if "published" in place else []
    origin = [place.get("author"), place.get("publisher"), *published]
    page = f"page {place['page']}" if place.get("page") else ""
    characters = f"characters {place['start']}–{place['end']}"
    stands = [place.get("heading"), page, place.get("source"), characters]
    sentences = [place["title"], ", ".join(filter(None, origin)), ", ".join(filter(None, stands))]
    return " ".join(
        words if words[-1] in ".?!…؟。" else f"{words}." for words in sentences if words
    )


def written(published: str | None) -> str:
    """A date written out, "5 February 2025"; "" for none, what is no ISO date unchanged."""
    if not published:
        return ""
    try:
        day = dt.date.fromisoformat(published[:10])
    except ValueError:
        return published
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def counted(number: int, noun: str) -> str:
    """A number with its noun: "1 document", "12,345 documents"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def document_url(document_id: str, passage_id: str = "", *, collection: str = "") -> str:
    """Address of a document's page, at one of its passages where one is named."""
    query = f"?collection={collection}" if collection else ""
    fragment = f"#passage-{quote(passage_id, safe='')}" if passage_id else ""
    return f"/documents/{quote(document_id, safe='')}{query}{fragment}"


@pass_context
def _document_url(page: Context, document_id: str, passage_id: str = "") -> str:
    return document_url(document_id, passage_id, collection=page["collection"])


@pass_context
def _ask_url(page: Context, question: str) -> str:
    """Address of the page that asks a question of the same collection, without filters."""
    asked = {"q": question, "collection": page["collection"]}
    return "/?" + urlencode({name: value for name, value in asked.items() if value})


def is_local(link: str) -> bool:
    """Whether a link stays on this host; `//host` and its spelling with a backslash leave it."""
    return re.match(r"/(?![/\\])", link) is not None and not re.search(r"[\x00-\x20]", link)


def web_url(url: str | None) -> str:
    """The url where a reader may safely follow it, else "": only http and https, with a host."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return ""
    return (url or "") if parts.scheme in {"http", "https"} and parts.netloc else ""


def language_tag(language: str | None) -> str:
    """The language where it can stand in a `lang` attribute, else ""."""
    well_formed = re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", language or "")
    return well_formed.group() if well_formed else ""
