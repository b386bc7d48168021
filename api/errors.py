"""Problems as RFC 9457 describes them: the one table from error to HTTP status."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from api.checking import NoCitationsError
from api.cursors import BadCursorError
from api.key_file import KeyFileError, UnknownKeyError
from api.origins import OriginError
from api.question_pool import ProcessesEndedError
from api.questions import QuestionsError
from api.runs import RunFileError
from api.settings import SettingsError
from api.workers import OverloadedError
from index import errors as index_errors
from index.errors import FootnotedError, InvalidDocumentError
from qa.calibration import CalibrationError

__all__ = [
    "PROBLEMS",
    "ForbiddenError",
    "NotFoundError",
    "RateLimitError",
    "UnauthorizedError",
    "UnsupportedMediaError",
    "install",
    "problem",
    "problem_for",
]

log = logging.getLogger("footnoted")

LONGEST_INPUT = 200  # characters of an input that an error repeats
MOST_ERRORS = 20
STATUS_HEADERS = {
    401: {"WWW-Authenticate": "Bearer"},
    503: {"Retry-After": "1"},
}


class ForbiddenError(FootnotedError):
    """The request is understood and not allowed from where it came."""


class UnauthorizedError(FootnotedError):
    """No key came with the request, or one that opens nothing."""


class RateLimitError(FootnotedError):
    """A key or an address asked more often than it may.

    Attributes:
        retry_seconds: When the next request is let in, at least 1.
    """

    def __init__(self, limit: int, retry_seconds: int) -> None:
        self.retry_seconds = retry_seconds
        super().__init__(
            f"more than the {limit} requests that are allowed; ask again in {retry_seconds} s"
        )


class NotFoundError(FootnotedError):
    """There is nothing at the address; the text tells where it is."""


class UnsupportedMediaError(FootnotedError):
    """A body of a kind that this route does not take."""


# Every deliberate error and the status it has over HTTP. The most exact class counts.
PROBLEMS: Mapping[type[FootnotedError], tuple[int, str]] = {
    FootnotedError: (500, "internal-error"),
    index_errors.SourceError: (422, "unreadable-document"),
    index_errors.UnreadableSourceError: (422, "unreadable-document"),
    index_errors.UnsupportedFormatError: (415, "unsupported-format"),
    index_errors.NotTextError: (422, "not-text"),
    index_errors.EncryptedSourceError: (422, "encrypted-document"),
    index_errors.EmptySourceError: (422, "empty-document"),
    index_errors.OversizedSourceError: (413, "too-large"),
    index_errors.InvalidDocumentError: (422, "invalid-field"),
    index_errors.IndexMissingError: (404, "index-missing"),
    index_errors.UnknownCollectionError: (404, "unknown-collection"),
    index_errors.CollectionNameError: (422, "invalid-field"),
    index_errors.CollectionExistsError: (409, "collection-exists"),
    index_errors.IndexMovedError: (409, "index-moved"),
    index_errors.SnapshotError: (422, "invalid-field"),
    index_errors.NoOtherBuildError: (409, "index-moved"),
    index_errors.UnknownDocumentError: (404, "unknown-document"),
    index_errors.IndexLockedError: (409, "index-locked"),
    index_errors.IndexFormatError: (409, "index-format"),
    index_errors.IndexDamagedError: (503, "index-damaged"),
    index_errors.IndexRolledBackError: (503, "index-damaged"),
    index_errors.DiskFullError: (507, "disk-full"),
    index_errors.ModelMismatchError: (409, "model-mismatch"),
    index_errors.ModelError: (503, "model-unavailable"),
    index_errors.ModelChangedError: (503, "model-unavailable"),
    index_errors.RuntimeMissingError: (503, "model-unavailable"),
    index_errors.UnsupportedModelError: (503, "model-unavailable"),
    OverloadedError: (503, "overloaded"),
    ProcessesEndedError: (503, "not-ready"),
    BadCursorError: (400, "bad-cursor"),
    UnauthorizedError: (401, "unauthorized"),
    ForbiddenError: (403, "forbidden"),
    NotFoundError: (404, "not-found"),
    RateLimitError: (429, "rate-limited"),
    KeyFileError: (503, "not-ready"),
    UnsupportedMediaError: (415, "unsupported-format"),
    # These come from the command line only.
    NoCitationsError: (422, "invalid-field"),
    QuestionsError: (422, "invalid-field"),
    RunFileError: (422, "invalid-field"),
    CalibrationError: (422, "invalid-field"),
    SettingsError: (500, "internal-error"),
    OriginError: (422, "invalid-field"),
    UnknownKeyError: (404, "not-found"),
}

TITLES = {
    400: "Malformed request",
    401: "Key needed",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Too large",
    415: "Unsupported format",
    422: "Invalid request",
    429: "Too many requests",
    500: "Internal error",
    503: "Not available now",
    507: "No room left",
}


def problem(
    request: Request,
    status: int,
    kind: str,
    detail: str,
    *,
    errors: Sequence[Mapping[str, str]] = (),
) -> Response:
    """A problem+json reply with the request's id."""
    body: dict[str, Any] = {
        "type": f"/problems/{kind}",
        "title": TITLES.get(status, "Error"),
        "status": status,
        "detail": printable(detail),
        "instance": request.scope.get("request_id", ""),
    }
    if errors:
        body["errors"] = [dict(error) for error in errors[:MOST_ERRORS]]
    return JSONResponse(
        body, status, STATUS_HEADERS.get(status), media_type="application/problem+json"
    )


def problem_for(request: Request, error: FootnotedError) -> Response:
    """The problem that a deliberate error is over HTTP."""
    status, kind = next(PROBLEMS[base] for base in type(error).__mro__ if base in PROBLEMS)
    fields = error.problems if isinstance(error, InvalidDocumentError) else ()
    errors = [{"pointer": place, "detail": printable(detail)} for place, detail in fields]
    told = problem(request, status, kind, str(error), errors=errors)
    if isinstance(error, RateLimitError):
        told.headers["Retry-After"] = str(error.retry_seconds)
    return told


def printable(text: str) -> str:
    """A text that UTF-8 can carry, and no longer than an error should be."""
    safe = text.encode("utf-8", "backslashreplace").decode()
    return safe if len(safe) <= 1000 else safe[:1000] + "…"


def install(app: FastAPI) -> None:
    """Make every error of an application a problem."""

    @app.exception_handler(FootnotedError)
    async def _deliberate(request: Request, error: FootnotedError) -> Response:
        return problem_for(request, error)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:
        return _validation_problem(request, error)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        kind = {404: "not-found", 405: "method-not-allowed", 413: "too-large"}
        detail = {
            404: f"there is nothing at {request.url.path[:LONGEST_INPUT]}",
            405: f"{request.method} is not possible here",
            413: "the request's body is larger than this service takes",
        }
        status = error.status_code
        reply = problem(
            request, status, kind.get(status, "malformed"), detail.get(status, str(error.detail))
        )
        for name, value in (error.headers or {}).items():
            reply.headers[name] = value
        return reply

    @app.exception_handler(Exception)
    async def _unforeseen(request: Request, error: Exception) -> Response:
        log.error("unforeseen error", exc_info=error)
        return problem(request, 500, "internal-error", "this is our fault; it was written down")


def _validation_problem(request: Request, error: RequestValidationError) -> Response:
    found = error.errors()
    if any(item["type"] == "json_invalid" for item in found):
        reason = found[0].get("ctx", {}).get("error", "")
        return problem(request, 400, "malformed", f"the body is not JSON: {reason}")
    errors = [
        {"pointer": _pointer(item["loc"]), "detail": _detail(item)} for item in found[:MOST_ERRORS]
    ]
    summary = "; ".join(f"{item['pointer']}: {item['detail']}" for item in errors[:3])
    return problem(request, 422, "invalid-field", summary, errors=errors)


def _pointer(location: Sequence[str | int]) -> str:
    parts = [str(part) for part in location if part not in {"body", "query", "path"}]
    return printable("/" + "/".join(part[:LONGEST_INPUT] for part in parts))


def _detail(item: Mapping[str, Any]) -> str:
    message = str(item["msg"]).removeprefix("Value error, ")
    value = item.get("input")
    if isinstance(value, str | int | float) and item["type"] != "missing":
        return printable(f"{message}, got {str(value)[:LONGEST_INPUT]!r}")
    return printable(message)
