"""The door of the service: keys, limits, and which pages of other sites may read a reply."""

import datetime as dt
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl, urlencode

from fastapi import Request
from fastapi.responses import Response
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access import Visit, admit, rule_for
from api.addresses import is_loopback
from api.errors import RateLimitError, problem_for
from api.key_file import KeyFile
from api.keys import KeyRing, Right
from api.origins import own_origin
from api.rates import Allowance, Rates
from index.errors import FootnotedError

__all__ = ["Guard", "key_came_with"]

PREFLIGHT_SECONDS: Final = 600
EXPOSED: Final = "RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, X-Request-Id"
ADMITTED: Final = "footnoted.key"


class Guard:
    """Lets a request in or answers it with a problem.

    A page of another site may read a reply where the key that it sent is tied to its origin, and
    the reply never depends on a cookie: credentials are not allowed.

    Args:
        keys: Looked at on every request, so that a revoked key ends at once.
        open_pages: Whether everyone may use the pages for people.
    """

    def __init__(self, app: ASGIApp, *, keys: KeyFile, rates: Rates, open_pages: bool) -> None:
        self._app = app
        self._keys = keys
        self._rates = rates
        self._open_pages = open_pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        visit = _take_visit(scope)
        rule = rule_for(scope["method"], scope["path"], open_pages=self._open_pages)
        told: dict[str, str] = {}
        try:
            ring = self._keys.ring() if rule.right is not Right.OPEN else KeyRing()
            told |= _for_other_sites(visit, ring)
            if is_preflight(scope):
                await self._preflight(visit)(scope, receive, send)
                return
            self._let_in(scope, visit, rule.right, ring, told)
        except FootnotedError as error:
            scope["route"] = rule  # which the log names; the router has not come to it
            refused = problem_for(Request(scope), error)
            refused.headers.update(told)
            await refused(scope, receive, send)
            return
        await self._app(scope, receive, _adding(told, send))

    def _let_in(
        self, scope: Scope, visit: Visit, right: Right, ring: KeyRing, told: dict[str, str]
    ) -> None:
        if right is Right.OPEN:
            return
        address = (scope.get("client") or ("",))[0]
        # Whoever has no keys and asks from this machine is the owner, and often a script.
        if ring.keys or not is_loopback(address):
            _spend(self._rates.of_address(address), told)
        key = admit(visit, right, ring, _now())
        if key is not None:
            scope[ADMITTED] = key.id
            _spend(self._rates.of_key(key.id), told)

    def _preflight(self, visit: Visit) -> Response:
        """A preflight names no key, so it asks whether there is any for the page."""
        allowed = visit.origin and self._keys.ring().knows_origin(visit.origin, _now())
        if not allowed:
            return Response(status_code=403, headers={"Vary": "Origin"})
        headers = {
            "Access-Control-Allow-Origin": visit.origin or "",
            "Access-Control-Allow-Methods": "GET, POST",
            "Access-Control-Allow-Headers": "Authorization, Content-Type",
            "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
            "Vary": "Origin",
        }
        return Response(status_code=204, headers=headers)


def key_came_with(scope: Mapping[str, object]) -> bool:
    """Whether a key let this request in; without one, only this machine may change documents."""
    return ADMITTED in scope


def is_preflight(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return (
        scope["method"] == "OPTIONS"
        and "origin" in headers
        and "access-control-request-method" in headers
    )


def _take_visit(scope: Scope) -> Visit:
    """What the request says; a key is taken out of its address, so that no log has it."""
    headers = Headers(scope=scope)
    scheme, _, sent = headers.get("authorization", "").partition(" ")
    secret = sent.strip() if scheme.lower() == "bearer" else ""
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    in_address = [value for name, value in query if name == "key"]
    if in_address:
        rest = [(name, value) for name, value in query if name != "key"]
        scope["query_string"] = urlencode(rest).encode("ascii")
    # Two Origin headers come from no browser; joined, they are no origin of anybody.
    origin = ", ".join(headers.getlist("origin")) if "origin" in headers else None
    return Visit(
        secret=secret or (in_address[0] if in_address else ""),
        in_address=bool(in_address) and not secret,
        origin=origin,
        own_origin=own_origin(scope["scheme"], headers.get("host", "")),
        from_browser=origin is not None or "sec-fetch-site" in headers,
    )


def _for_other_sites(visit: Visit, ring: KeyRing) -> dict[str, str]:
    key = ring.find(visit.secret) if visit.secret and visit.origin else None
    if key is None or visit.origin not in key.origins:
        return {"Vary": "Origin"} if ring.keys else {}
    return {
        "Access-Control-Allow-Origin": visit.origin,
        "Access-Control-Expose-Headers": EXPOSED,
        "Vary": "Origin",
    }


def _spend(allowance: Allowance, told: dict[str, str]) -> None:
    # Of two limits the nearer one is told.
    if int(told.get("RateLimit-Remaining", allowance.remaining)) >= allowance.remaining:
        told |= allowance.headers()
    if not allowance.allowed:
        raise RateLimitError(allowance.limit, allowance.reset_seconds)


def _adding(told: dict[str, str], send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            added = [(name.lower().encode(), value.encode()) for name, value in told.items()]
            message["headers"] = [*message["headers"], *added]
        await send(message)

    return sending


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
