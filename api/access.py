"""Who may do what: the one table from route to right, and the judgement of a key."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.routing import compile_path

from api.errors import ForbiddenError, UnauthorizedError
from api.keys import Key, KeyKind, KeyRing, Right

__all__ = ["RULES", "Rule", "Visit", "admit", "rule_for"]

# First match counts. What no rule names asks for an admin key, so that a forgotten route is shut.
RULES: Final[Mapping[tuple[str, str], Right]] = {
    ("GET", "/healthz"): Right.OPEN,
    ("GET", "/readyz"): Right.OPEN,
    ("GET", "/openapi.json"): Right.OPEN,
    ("GET", "/docs"): Right.OPEN,
    ("GET", "/problems/{kind}"): Right.OPEN,
    ("GET", "/static/{path:path}"): Right.OPEN,
    ("GET", "/widget"): Right.OPEN,
    ("GET", "/widget/ask.js"): Right.OPEN,
    ("GET", "/widget/ask.d.ts"): Right.OPEN,
    ("GET", "/widget/{version}/ask.js"): Right.OPEN,
    ("GET", "/metrics"): Right.READ,
    ("GET", "/"): Right.READ,
    ("GET", "/documents/{document_id:path}"): Right.READ,
    ("POST", "/v1/ask"): Right.ASK,
    ("GET", "/v1/ask"): Right.ASK,
    ("POST", "/v1/ask/stream"): Right.ASK,
    ("POST", "/v1/batch"): Right.ASK,
    ("POST", "/v1/search"): Right.ASK,
    ("POST", "/v1/verify"): Right.READ,
    ("GET", "/v1/documents"): Right.READ,
    ("POST", "/v1/documents"): Right.ADMIN,
    ("POST", "/v1/documents/bulk"): Right.ADMIN,
    ("GET", "/v1/documents/{document_id:path}"): Right.READ,
    ("PUT", "/v1/documents/{document_id:path}"): Right.ADMIN,
    ("DELETE", "/v1/documents/{document_id:path}"): Right.ADMIN,
    ("GET", "/v1/collections"): Right.READ,
    ("POST", "/v1/collections"): Right.ADMIN,
    ("GET", "/v1/collections/{name}"): Right.READ,
    ("DELETE", "/v1/collections/{name}"): Right.ADMIN,
}
PAGES: Final = re.compile(r"^/(?:documents/.*)?$")


@dataclass(frozen=True, slots=True)
class Rule:
    """What a route asks for; `path` is its pattern, as the log names it."""

    path: str
    right: Right


PATTERNS: Final = [
    (method, compile_path(path)[0], Rule(path, right)) for (method, path), right in RULES.items()
]


@dataclass(frozen=True, slots=True)
class Visit:
    """What a request says of itself.

    Attributes:
        secret: The key that came with it, "" for none.
        in_address: Whether the key stood in the address, which ends up in logs.
        origin: Of the page that sent it, None where the request names none.
        own_origin: Of the service's own pages.
        from_browser: Whether a browser says that it sent it, by Origin or Sec-Fetch-Site.
    """

    secret: str
    in_address: bool
    origin: str | None
    own_origin: str | None
    from_browser: bool


def rule_for(method: str, path: str, *, open_pages: bool = False) -> Rule:
    """What a request asks for; HEAD is a GET.

    Args:
        open_pages: Whether everyone may use the page to ask on and read documents.
    """
    asked = "GET" if method == "HEAD" else method
    if open_pages and asked == "GET" and PAGES.match(path):
        return Rule(path, Right.OPEN)
    found = (rule for on, pattern, rule in PATTERNS if on == asked and pattern.match(path))
    return next(found, Rule("unmatched", Right.ADMIN))


def admit(visit: Visit, right: Right, ring: KeyRing, now: dt.datetime) -> Key | None:
    """Let a visit in, or say why not.

    Without any key on the ring everybody is let in: the address that the service listens on is
    the only lock then.

    Returns:
        The key that opened, None where none was needed.

    Raises:
        UnauthorizedError: No key, an unknown one, or one that has ended.
        ForbiddenError: A key that may not do this, or not from there.
    """
    if right is Right.OPEN:
        return None
    if not visit.secret:
        if ring.keys:
            raise UnauthorizedError("a key is needed here; send it as `Authorization: Bearer KEY`")
        return None
    key = ring.find(visit.secret)
    if key is None:
        raise UnauthorizedError("this key is not known here")
    _refuse_ended(key, now)
    _refuse_place(key, visit)
    if right not in key.kind.rights:
        raise ForbiddenError(f"key {key.id} is of the kind {key.kind.value}, which may not do this")
    return key


def _refuse_ended(key: Key, now: dt.datetime) -> None:
    if key.revoked is not None:
        raise UnauthorizedError(f"key {key.id} was revoked")
    if not key.is_live(now):
        raise UnauthorizedError(f"key {key.id} expired at {key.expires:%Y-%m-%d %H:%M} UTC")


def _refuse_place(key: Key, visit: Visit) -> None:
    if key.kind is KeyKind.ADMIN and visit.from_browser:
        raise ForbiddenError("an admin key is not taken from a browser, where pages can read it")
    if key.kind is not KeyKind.PUBLIC:
        if visit.in_address:
            raise ForbiddenError(
                "only a public key may stand in an address; send this one as "
                "`Authorization: Bearer KEY`, and make a new one: addresses are written to logs"
            )
        return
    # A request that names no origin comes from no page of another site.
    if (visit.origin or visit.own_origin) not in key.origins:
        raise ForbiddenError(
            f"key {key.id} may not be used from {(visit.origin or 'outside a page')[:200]}; "
            "the operator can make one for it with `footnoted keys create public --origin`"
        )
