"""How much of a request is read, and of which kind: what is larger or foreign gets a problem."""

from fastapi import HTTPException, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import UnsupportedMediaError

__all__ = ["BodyLimit", "require_json"]

DOCUMENTS = "/v1/documents"
QUESTION_BYTES = 1_000_000  # a hundred questions with all their filters
FRAME_BYTES = 1_000_000  # of a body beside the document in it: multipart frames, JSON escapes


class BodyLimit:
    """Stops reading a body that is larger than the service takes.

    Starlette's own limit replies in plain text, outside the log; contract 4 asks for a problem.

    Args:
        document_bytes: The largest document.
    """

    def __init__(self, app: ASGIApp, *, document_bytes: int) -> None:
        self._app = app
        self._document_bytes = document_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        read = 0
        is_document = scope.get("path", "").startswith(DOCUMENTS)
        most = self._document_bytes + FRAME_BYTES if is_document else QUESTION_BYTES

        async def receiving() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                # FastAPI makes a 400 of any other error that comes while it reads a body.
                raise HTTPException(413)
            return message

        await self._app(scope, receiving, send)


async def require_json(request: Request) -> None:
    """A question is JSON; else its bytes would be taken for a field that is wrong.

    Without `async`, FastAPI would ask a worker thread each time.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method == "POST" and kind != "application/json":
        raise UnsupportedMediaError(
            f"content type {kind[:100]!r} is not taken here; send application/json"
        )
