"""Quotes of earlier replies, compared with the documents as they are now."""

import json
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from api.requests import VerifyRequest
from index.errors import FootnotedError, UnknownDocumentError
from index.store import Store
from index.types import Span
from qa.types import Verification, Verified
from qa.verifying import verify

__all__ = ["NoCitationsError", "check_citations"]

FIELDS = ("document_id", "quote", "start", "end")


class NoCitationsError(FootnotedError):
    """A file that should hold replies does not."""


def check_citations(content: str, store: Store) -> Iterator[dict[str, Any]]:
    """Check every citation in the JSON or JSON Lines that `ask` printed.

    Yields:
        For each citation its document, quote, `verification`, and where it stands now.

    Raises:
        NoCitationsError: The content is no JSON, or a citation lacks a field.
    """
    for citation in _citations(content):
        claim = _claim(citation)
        found = _compare(claim, store)
        yield {
            "document_id": claim.document_id,
            "quote": claim.quote,
            "verification": found.verification.value,
            "start": found.span.start if found.span else None,
            "end": found.span.end if found.span else None,
        }


def _claim(citation: Any) -> VerifyRequest:
    fields = citation if isinstance(citation, dict) else {}
    try:
        return VerifyRequest.model_validate({name: fields.get(name) for name in FIELDS})
    except ValidationError as error:
        raise NoCitationsError(f"this is no citation: {error.errors()[0]['msg']}") from None


def _compare(claim: VerifyRequest, store: Store) -> Verified:
    span = None
    if claim.start is not None and claim.end is not None:
        span = Span(claim.start, claim.end)
    try:
        return verify(store.document(claim.document_id).text, claim.quote, span)
    except UnknownDocumentError:
        return Verified(Verification.NOT_FOUND)


def _citations(content: str) -> Iterator[Any]:
    try:
        replies = [json.loads(content)]
    except ValueError:
        replies = [
            _line(number, line)
            for number, line in enumerate(content.split("\n"), 1)
            if line.strip()
        ]
    for reply in replies:
        for item in reply if isinstance(reply, list) else [reply]:
            if not isinstance(item, dict):
                raise NoCitationsError("expected replies of `ask --json` or `ask --jsonl`")
            found = item.get("citations", [item] if "quote" in item else [])
            if not isinstance(found, list):
                raise NoCitationsError("the citations of a reply are a list")
            yield from found


def _line(number: int, line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError as error:
        raise NoCitationsError(f"line {number} is not JSON: {error}") from None
