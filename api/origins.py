"""Origins of web pages, as browsers write them (RFC 6454, HTML's serialisation)."""

from ipaddress import ip_address
from urllib.parse import urlsplit

import idna

from index.errors import FootnotedError

__all__ = ["OriginError", "normal_origin", "own_origin"]

DEFAULT_PORTS = {"http": 80, "https": 443}


class OriginError(FootnotedError):
    """A text that names no origin which a browser could send."""


def normal_origin(text: str) -> str:
    """The one spelling in which browsers send an origin.

    Browsers always send this spelling, so a request's header is compared with it letter by letter;
    what had to be tidied there did not come from a browser.

    Args:
        text: Scheme, host and port as a person writes them, such as https://Bücher.example:443.

    Returns:
        Scheme and host in lower case, the host in punycode, without the scheme's own port.

    Raises:
        OriginError: There is more or less than an origin, or a wildcard.
    """
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        raise _no_origin(text) from None
    host = parts.hostname or ""
    beyond = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in DEFAULT_PORTS or beyond or not host:
        raise _no_origin(text)
    shown = _ascii_host(host, text)
    return f"{parts.scheme}://{shown}" + (
        "" if port in {None, DEFAULT_PORTS[parts.scheme]} else f":{port}"
    )


def own_origin(scheme: str, host: str) -> str | None:
    """The origin of the service's own pages by a request's Host; None where that is nonsense."""
    try:
        return normal_origin(f"{scheme}://{host}")
    except OriginError:
        return None


def _ascii_host(host: str, text: str) -> str:
    try:
        address = ip_address(host)
        return f"[{address.compressed}]" if address.version == 6 else address.compressed
    except ValueError:
        pass
    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        raise _no_origin(text) from None


def _no_origin(text: str) -> OriginError:
    return OriginError(
        f"{text[:200]!r} is not the origin of a page; write scheme, host and, where it is not the "
        "usual one, port: https://news.example.org"
    )
