"""Clients that check the law of the contract: every quote stands where its reply says."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import httpx

__all__ = ["check_claims", "lawful_client"]

Json = dict[str, Any]


def claims(value: Any) -> Iterator[Json]:
    """Every object in a reply that says which words stand where in a document."""
    if isinstance(value, dict):
        if isinstance(value.get("start"), int) and isinstance(value.get("document_id"), str):
            yield value
        for inner in value.values():
            yield from claims(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from claims(inner)


def check_claims(reply: Any, read: Callable[[str, str | None], str]) -> None:
    """The law of the contract: document.text[start:end] == quote, for passages and quotes, and
    every word of an answer that is said to be cited stands in a quote that it cites."""
    if isinstance(reply, dict) and reply.get("answer") and "citations" in reply:
        quotes = {citation["number"]: citation["quote"] for citation in reply["citations"]}
        for span in reply["answer"]["spans"]:
            words = reply["answer"]["text"][span["start"] : span["end"]]
            assert any(words in quotes[number] for number in span["citations"]), words
    collection = reply.get("index", {}).get("collection") if isinstance(reply, dict) else None
    for claim in claims(reply):
        words = claim["quote"] if "quote" in claim else claim["text"]
        assert read(claim["document_id"], collection)[claim["start"] : claim["end"]] == words


def replies_in(response: httpx.Response) -> Iterator[Any]:
    kind = response.headers.get("content-type", "")
    if kind == "application/json" and response.read():
        yield response.json()
    if kind.startswith("text/event-stream"):
        lines = response.read().decode().splitlines()
        yield from (json.loads(line[5:]) for line in lines if line.startswith("data:"))


@contextmanager
def lawful_client(url: str) -> Iterator[httpx.Client]:
    """A client that compares the quotes of every reply with the documents themselves."""
    with httpx.Client(base_url=url, timeout=60) as plain:

        def read(document_id: str, collection: str | None) -> str:
            path = f"/v1/documents/{quote(document_id, safe='')}"
            query = {"collection": collection} if collection else {}
            text: str = plain.get(path, params=query).json()["text"]
            return text

        def check(response: httpx.Response) -> None:
            for reply in replies_in(response):
                check_claims(reply, read)

        hooks = {"response": [check]}
        with httpx.Client(base_url=url, timeout=60, event_hooks=hooks) as client:
            yield client
