"""Opaque paging cursors: where the next page begins, and of what."""

import base64
import hashlib
import json

from index.errors import FootnotedError

__all__ = ["BadCursorError", "decode_cursor", "encode_cursor"]


class BadCursorError(FootnotedError):
    """A paging cursor that this service did not give for this request."""


def encode_cursor(position: int | str, *, of: str) -> str:
    """A cursor for one listing.

    Args:
        position: Where the next page begins.
        of: What is listed: anything that must be equal on the next request.
    """
    content = json.dumps([position, _digest(of)], separators=(",", ":"))
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *, of: str) -> int | str:
    """The position in a cursor.

    Raises:
        BadCursorError: The cursor is no cursor, or belongs to another listing.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        position, digest = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
    except (ValueError, TypeError):
        raise BadCursorError("this is not a cursor that the service gave out") from None
    if digest != _digest(of) or not isinstance(position, int | str):
        raise BadCursorError(
            "this cursor belongs to another question, other filters, or an older state of the "
            "index; start again without a cursor"
        )
    return position


def _digest(of: str) -> str:
    return hashlib.sha256(of.encode()).hexdigest()[:16]
