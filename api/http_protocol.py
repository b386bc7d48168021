"""HTTP/1.1 from bytes: uvicorn over httptools, which takes less time than h11 and a head of any
length. docs/performance.md has what it brings."""

from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

__all__ = ["MOST_HEAD_BYTES", "BoundedProtocol"]

MOST_HEAD_BYTES: Final = 65_536  # of a request's line and headers; as h11 has it


class BoundedProtocol(HttpToolsProtocol):
    """Refuses a request whose head does not end, before it fills the memory."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._head_bytes = 0
        self._is_in_body = False

    def data_received(self, data: bytes) -> None:
        if not self._is_in_body:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._head_bytes > MOST_HEAD_BYTES:
            self.send_400_response("The request's headers are too large.")

    def on_headers_complete(self) -> None:
        self._head_bytes, self._is_in_body = 0, True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._is_in_body = False
        super().on_message_complete()
