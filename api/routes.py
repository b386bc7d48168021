"""Asking over HTTP: ask, stream, batch, search, verify."""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import StreamingResponse
from pydantic import ValidationError

from api import asking
from api.errors import problem_for
from api.limits import require_json
from api.replies import AskReply, SearchReply, VerifyReply, link_into
from api.requests import AskQuery, AskRequest, BatchRequest, SearchRequest, VerifyRequest
from api.state import State, state_of
from index.errors import FootnotedError
from index.types import Span
from qa.citing import document_link
from qa.verifying import verify

__all__ = ["answer_question", "router"]

router = APIRouter(prefix="/v1", tags=["Ask"], dependencies=[Depends(require_json)])


@router.post("/ask", summary="Ask a question", response_model=AskReply)
async def ask(request: Request, body: AskRequest) -> Response:
    """Answer in the words of the documents, with citations, or say that they do not say."""
    return _json(await answer_question(state_of(request), body))


@router.get("/ask", summary="Ask a question by address", response_model=AskReply)
async def ask_by_address(request: Request, query: Annotated[AskQuery, Query()]) -> Response:
    """The same with query parameters: no preflight for browsers, and a cache may keep it."""
    state = state_of(request)
    body = query.request()
    collection = state.collection_name(body.collection)
    store = state.service.collection(collection).store
    asked = f"{store.identity} {store.generation()} {body.model_dump_json()}"
    etag = f'W/"{hashlib.sha256(asked.encode()).hexdigest()[:24]}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return _json(await answer_question(state, body), headers)


@router.post(
    "/ask/stream",
    summary="Ask and get the reply in parts",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}}},
)
async def ask_in_parts(request: Request, body: AskRequest) -> StreamingResponse:
    """Server-sent events in the order `passages`, `answer`, `citations`, `done`."""
    state = state_of(request)
    reply = json.loads(await answer_question(state, body))
    return StreamingResponse(_events(reply), media_type="text/event-stream")


@router.post(
    "/batch",
    summary="Ask up to 100 questions",
    response_model=list[AskReply | dict[str, Any]],
)
async def batch(request: Request, body: BatchRequest) -> Response:
    """Answers in order, each a reply or a problem of its own."""
    state = state_of(request)
    answers = [await _one_of_batch(request, state, question) for question in body.questions]
    return _json(b"[" + b",".join(answers) + b"]")


@router.post("/search", summary="Find passages", response_model=SearchReply)
async def search(request: Request, body: SearchRequest) -> Response:
    """Passages for a question, best first, page by page, without an answer."""
    state = state_of(request)
    state.log_question(body.question)
    return _json(await state.questions.run(partial(asking.find, body=body)))


@router.post("/verify", summary="Check a quote")
async def check_quote(request: Request, body: VerifyRequest) -> VerifyReply:
    """Does a quote still stand where a citation says?"""
    state = state_of(request)
    name = state.collection_name(body.collection)
    collection = state.service.collection(name)
    claimed = None
    if body.start is not None and body.end is not None:
        claimed = Span(body.start, body.end)

    def compare() -> VerifyReply:
        document = collection.store.document(body.document_id)
        found = verify(document.text, body.quote, claimed)
        span = found.span
        link = document_link(body.document_id, span, found.quote or "") if span else None
        return VerifyReply(
            document_id=body.document_id,
            verification=found.verification,
            start=span.start if span else None,
            end=span.end if span else None,
            quote=found.quote,
            link=link and link_into(state.other_collection(name), link),
        )

    return await state.workers.run(compare)


async def answer_question(state: State, body: AskRequest) -> bytes:
    """The reply as JSON."""
    state.log_question(body.question)
    asked = await state.questions.run(partial(asking.answer, body=body))
    state.metrics.questions.labels(asked.status).inc()
    return asked.content


async def _one_of_batch(request: Request, state: State, question: dict[str, Any]) -> bytes:
    try:
        return await answer_question(state, AskRequest.model_validate(question))
    except ValidationError as error:
        invalid = RequestValidationError(error.errors())
        handler = request.app.exception_handlers[RequestValidationError]
        refused = await handler(request, invalid)
    except FootnotedError as error:
        refused = problem_for(request, error)
    return bytes(refused.body)


def _json(content: bytes, headers: Mapping[str, str] | None = None) -> Response:
    return Response(content, headers=headers, media_type="application/json")


async def _events(reply: dict[str, Any]) -> AsyncIterator[str]:
    parts = {
        "passages": {"passages": reply.pop("passages")},
        "answer": {
            "status": reply["status"],
            "abstained_because": reply["abstained_because"],
            "answer": reply.pop("answer"),
        },
        "citations": {"citations": reply.pop("citations")},
        "done": reply,
    }
    for event, data in parts.items():
        yield f"event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
