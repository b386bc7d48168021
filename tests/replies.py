"""A small real server for tests of the widget: pages of any site, and replies made by hand."""

import copy
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

__all__ = ["ABSTAINED", "ANSWERED", "CONFLICTING", "Answer", "ReplyServer", "changed", "page"]

DIST = Path(__file__).parents[1] / "api/widget/dist"
Json = dict[str, Any]

QUOTE = (
    "Bukele also said that El Salvador would charge the United States a fee, one that is low for "
    "the U.S. but large enough to sustain the Salvadoran prison system."
)
PASSAGE = f"Bukele confirmed the arrangement and declared his government ready. {QUOTE}"
DOCUMENT: Json = {
    "title": "El Salvador Agrees to Take In Deportees From the United States",
    "heading": "How the arrangement would work",
    "publisher": "NewsVane",
    "author": None,
    "published": "2025-02-05",
    "language": "en",
}
CITATION: Json = {
    **DOCUMENT,
    "number": 1,
    "document_id": "deal",
    "quote": QUOTE,
    "start": 68,
    "end": 68 + len(QUOTE),
    "url": None,
    "link": f"/documents/deal?start=68&end={68 + len(QUOTE)}#:~:text=Bukele,system.",
}


def passage(rank: int, text: str, **chosen: Any) -> Json:
    return {
        **DOCUMENT,
        "rank": rank,
        "document_id": f"document-{rank}",
        "text": text,
        "start": 0,
        "end": len(text),
        "citation": None,
        "highlights": [],
        "story": None,
        **chosen,
    }


PASSAGES = [
    passage(
        1,
        PASSAGE,
        document_id="deal",
        citation=1,
        highlights=[
            {"start": 68, "end": 68 + len(QUOTE), "kind": "answer"},
            {"start": 0, "end": 6, "kind": "term"},
        ],
    ),
    passage(
        2,
        "More than 84,000 people have been detained, about 1.7% of the population. " * 4,
        title="The anti-gang campaign in figures",
        published="2025-04-16",
        story={"id": "s", "copies": 3, "also_in": ["a", "b"]},
    ),
    *(
        passage(rank, f"Passage number {rank} says something about prisons.", publisher=None,
                published=None, heading="", title=f"Document {rank}")
        for rank in range(3, 8)
    ),
]  # fmt: skip
ANSWERED: Json = {
    "question": "fee",
    "read_as": None,
    "status": "answered",
    "answer": {"text": QUOTE, "spans": [{"start": 0, "end": len(QUOTE), "citations": [1]}]},
    "citations": [CITATION],
    "passages": PASSAGES,
}
ABSTAINED: Json = {
    **ANSWERED,
    "status": "abstained",
    "answer": None,
    "citations": [],
    "passages": [{**each, "citation": None, "highlights": []} for each in PASSAGES[:3]],
}
CONFLICTING: Json = {
    **ANSWERED,
    "status": "conflicting",
    "citations": [
        CITATION,
        {**CITATION, "number": 2, "title": "A later count", "document_id": "document-2",
         "url": "https://news.example.org/count", "published": "2025-04-16"},
    ],
    "disagreements": [
        {
            "about": "arrests",
            "values": [
                {"text": "over 83,000", "citations": [1]},
                {"text": "over 84,000", "citations": [2], "latest": True},
            ],
        }
    ],
}  # fmt: skip


def changed(reply: Json, **fields: Any) -> Json:
    """A reply of its own with some fields changed."""
    return {**copy.deepcopy(reply), **fields}


def page(head: str = "", body: str = "", *, tag: str = "", script: str = "/widget/ask.js") -> str:
    """A page of somebody's site with the widget on it."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A site</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="data:,">{head}<script src="{script}" defer></script></head><body>'
        f"<main><h1>A site</h1>{tag or '<ask-widget></ask-widget>'}{body}</main></body></html>"
    )


@dataclass(frozen=True)
class Answer:
    """What the server says to a question; `parts` are sent as server-sent events instead."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0
    parts: tuple[Json, ...] = ()


class ReplyServer:
    """Answers with what a test put there, and remembers what it was asked.

    Attributes:
        answers: By question; any other question gets `ANSWERED`.
        pages: Path to HTML and response headers.
        asked: Questions in the order of arrival.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: dict[str, Answer] = {}
        self.pages: dict[str, tuple[str, Mapping[str, str]]] = {}
        self.asked: list[str] = []
        self.requests: list[str] = []

    def forget(self) -> None:
        self.answers.clear()
        self.asked.clear()
        self.requests.clear()
        self.pages.clear()

    def show(self, path: str, html: str, **headers: str) -> str:
        """Serve a page; its address."""
        self.pages[path] = (html, {name.replace("_", "-"): text for name, text in headers.items()})
        return self.url + path

    @classmethod
    @contextmanager
    def running(cls) -> Iterator["ReplyServer"]:
        http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server = cls(f"http://127.0.0.1:{http.server_port}")
        http.replies = server  # type: ignore[attr-defined]  # how a handler finds it
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        yield server
        http.shutdown()
        http.server_close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        replies: ReplyServer = self.server.replies  # type: ignore[attr-defined]
        parts = urlsplit(self.path)
        replies.requests.append(self.path)
        if parts.path in replies.pages:
            html, headers = replies.pages[parts.path]
            self._send(200, html.encode(), {"Content-Type": "text/html; charset=utf-8", **headers})
        elif parts.path == "/widget/ask.js":
            script = (DIST / "ask.js").read_bytes()
            self._send(200, script, {"Content-Type": "text/javascript; charset=utf-8"})
        elif parts.path == "/v1/ask":
            question = parse_qs(parts.query)["q"][0]
            replies.asked.append(question)
            self._answer(replies.answers.get(question, Answer(ANSWERED)))
        else:
            self._send(404, b"", {})

    def _answer(self, answer: Answer) -> None:
        time.sleep(answer.delay)
        if answer.parts:
            lines = [f"event: part\ndata: {json.dumps(part)}\n\n" for part in answer.parts]
            self._send(200, "".join(lines).encode(), {"Content-Type": "text/event-stream"})
            return
        kind = "application/json" if answer.status == 200 else "application/problem+json"
        content = (
            answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        )
        self._send(answer.status, content, {"Content-Type": kind, **answer.headers})

    def _send(self, status: int, content: bytes, headers: Mapping[str, str]) -> None:
        try:
            self.send_response(status)
            for name, value in {"Access-Control-Allow-Origin": "*", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the page has given this question up

    def log_message(self, *_: Any) -> None:
        """Nothing: a test's output is its own."""
