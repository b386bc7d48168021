"""Asking a running server, with nothing heavier than http.client."""

import json
import sys
from collections.abc import Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from http.client import HTTPConnection
    from urllib.parse import SplitResult

__all__ = ["ClientError", "ask_server", "connection_to", "http_for"]


class ClientError(Exception):
    """The server did not answer; `exit_code` is that of the contract's section 7."""

    def __init__(self, message: str, exit_code: int) -> None:
        self.exit_code = exit_code
        super().__init__(message)


def ask_server(
    url: str, body: Mapping[str, Any], *, timeout: float, key: str = ""
) -> dict[str, Any]:
    """Ask a server.

    Args:
        url: Of the service, such as http://127.0.0.1:8080.
        body: The request of the contract's section 2.
        timeout: Seconds.
        key: Of the kind search or admin; "" where the server asks for none.

    Returns:
        The reply of the contract's section 2.

    Raises:
        ClientError: No server there, a refusal, a fault of the server, or no answer in time.
    """
    # Here, since `ask --help` has no use for it, and it takes as long as the rest of the command.
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ClientError(f"{url!r} is not the address of a server; try http://127.0.0.1:8080", 2)
    http = http_for(parts.scheme)
    try:
        connection = connection_to(parts, timeout=timeout)
        path = f"{parts.path.rstrip('/')}/v1/ask"
        content = json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        connection.request("POST", path, content, headers)
        response = connection.getresponse()
        status, payload = response.status, response.read()
        connection.close()
    except TimeoutError:
        raise ClientError(f"no answer from {url} within {timeout:g} seconds", 6) from None
    except (OSError, http.HTTPException, ValueError) as error:
        raise ClientError(f"there is no server at {url}: {error}", 3) from None
    return _reply(url, status, payload)


def connection_to(parts: "SplitResult", *, timeout: float) -> "HTTPConnection":
    """An open connection to a server, or with TLS one that opens itself.

    Args:
        parts: Of its address.
        timeout: Seconds.

    Raises:
        OSError: There is no server.
        ValueError: The port is no number.
    """
    import socket

    http, host = http_for(parts.scheme), parts.hostname or ""
    if parts.scheme == "https":
        secure: HTTPConnection = http.HTTPSConnection(host, parts.port, timeout=timeout)
        return secure
    plain: HTTPConnection = http.HTTPConnection(host, parts.port, timeout=timeout)
    # As `connect` does it, but the name is given in bytes: for a text Python loads the tables of
    # international names.
    name = host.encode("ascii" if host.isascii() else "idna")
    plain.sock = socket.create_connection((name, plain.port), timeout)  # type: ignore[arg-type]  # its stub knows no bytes
    plain.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return plain


def http_for(scheme: str) -> ModuleType:
    """`http.client`; for `http` without TLS, which takes a tenth of the time of `ask` to load.

    Python may be built without it, so that the module does without where it is not there.
    """
    if scheme != "https" and "ssl" not in sys.modules:
        sys.modules["ssl"] = None  # type: ignore[assignment]  # an import says that there is none
    try:
        import http.client
    finally:
        if sys.modules.get("ssl", sys) is None:
            del sys.modules["ssl"]
    return http.client


def _reply(url: str, status: int, payload: bytes) -> dict[str, Any]:
    try:
        reply = json.loads(payload)
    except ValueError:
        raise ClientError(f"{url} does not answer as footnoted does (HTTP {status})", 5) from None
    if status == 200 and isinstance(reply, dict):
        return reply
    detail = reply.get("detail", "") if isinstance(reply, dict) else ""
    codes = {401: 4, 403: 4, 404: 3, 409: 3, 422: 2, 400: 2}
    raise ClientError(detail or f"{url} answers HTTP {status}", codes.get(status, 5))
