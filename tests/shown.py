"""Pages as tests see them: replies and documents to show, and an outline of what is shown."""

from html.parser import HTMLParser
from typing import Any

from api.pages import Pages

__all__ = [
    "PAGES", "QUOTE", "Outline", "a_citation", "a_document", "a_passage", "a_reply",
    "an_abstention", "ask", "read",
]  # fmt: skip

PAGES = Pages()
QUESTION = "What fee does El Salvador charge?"
QUOTE = "a fee, low for the U.S."
TEXT = f"Bukele would charge {QUOTE} He said so."


class Outline(HTMLParser):
    """Collects what the tests ask about: tags with their attributes, and the words inside them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"input", "link", "meta"}:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        del self._open[len(self._open) - 1 - self._open[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        self.words.append((self._open[-1] if self._open else "", data))

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]

    def text(self, tag: str) -> list[str]:
        return [words for name, words in self.words if name == tag]

    def links(self) -> list[str | None]:
        return [attrs.get("href") for attrs in self.attributes("a")]

    def ids(self) -> list[str]:
        return [attrs["id"] or "" for _, attrs in self.tags if "id" in attrs]


def a_citation(**changes: Any) -> dict[str, Any]:
    citation = {
        "number": 1, "document_id": "d1", "passage_id": "p1", "quote": QUOTE, "start": 120,
        "end": 143, "prefix": "", "suffix": "", "content_sha256": "0" * 64, "title": "A deal",
        "publisher": "NewsVane", "author": "Jack Wilson", "published": "2025-02-05",
        "published_source": "byline", "url": None, "source": "deal.txt", "page": 3,
        "language": "en", "link": "/documents/d1?start=120&end=143#:~:text=a%20fee",
        "verification": "exact",
    }  # fmt: skip
    return citation | changes


def a_passage(**changes: Any) -> dict[str, Any]:
    passage = {
        "rank": 1, "id": "p1", "document_id": "d1", "title": "A deal", "heading": "The fee",
        "text": TEXT, "start": 100, "end": 155, "citation": 1, "scores": {},
        "highlights": [
            {"start": 20, "end": 43, "kind": "answer"},
            {"start": 22, "end": 25, "kind": "term"},
        ],
    }  # fmt: skip
    return passage | changes


def a_reply(**changes: Any) -> dict[str, Any]:
    reply = {
        "id": "r", "question": QUESTION, "read_as": None, "created_at": "2026-01-01T00:00:00Z",
        "status": "answered", "abstained_because": None,
        "answer": {
            "text": QUOTE, "kind": "extractive",
            "spans": [{"start": 0, "end": len(QUOTE), "citations": [1]}],
        },
        "citations": [a_citation()], "passages": [a_passage()],
        "index": {
            "collection": "default", "generation": 12, "model": "m", "documents": 5,
            "passages": 61, "newest_published": "2025-04-16", "complete": True,
        },
        "timings_ms": {"total": 8.3},
    }  # fmt: skip
    return reply | changes


def an_abstention(because: str, **changes: Any) -> dict[str, Any]:
    nothing = {"status": "abstained", "answer": None, "citations": []}
    passages = [a_passage(citation=None, highlights=[])]
    return a_reply(**nothing, abstained_because=because, passages=passages) | changes


def ask(reply: dict[str, Any] | None = None, **changes: Any) -> str:
    arguments: dict[str, Any] = {
        "question": QUESTION if reply else "", "reply": reply, "problem": None, "filters": {},
        "documents": 5, "passages": 61, "examples": ["One?", "Two?", "Three?", "Four?"],
    }  # fmt: skip
    return PAGES.ask(**arguments | changes)


def a_document(**changes: Any) -> dict[str, Any]:
    text = "A deal\n\nThe fee\n\nOne is low.\n\nTwo is not.\n\nDetails\n\nThree.\n\nShare this"
    document = {
        "id": "d1", "title": "A deal", "publisher": "NewsVane", "author": None,
        "published": "2025-02-05", "published_source": "url", "url": "https://news.example/a",
        "language": "en", "source": "deal.txt", "text": text,
        "passages": [
            {"id": "p1", "start": 17, "end": 28, "heading": "The fee", "page": None},
            {"id": "p2", "start": 30, "end": 41, "heading": "The fee", "page": None},
            {"id": "p3", "start": 52, "end": 58, "heading": "The fee › Details", "page": None},
        ],
        "asides": [
            {"start": 0, "end": 6, "reason": "title"},
            {"start": 8, "end": 15, "reason": "heading"},
            {"start": 43, "end": 50, "reason": "heading"},
            {"start": 60, "end": 70, "reason": "share link"},
        ],
    }  # fmt: skip
    return document | changes


def read(document: dict[str, Any], cited: tuple[int, int] | None = None) -> Outline:
    return Outline(PAGES.document(document=document, cited=cited))
