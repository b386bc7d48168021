"""Asking over HTTP: ask, stream, batch, search, verify."""

import hashlib
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import StreamingResponse
from pydantic import ValidationError

from api.cursors import decode_cursor, encode_cursor
from api.errors import BadCursorError, problem_for
from api.limits import require_json
from api.replies import AskReply, SearchReply, VerifyReply, link_into
from api.requests import AskQuery, AskRequest, BatchRequest, SearchRequest, VerifyRequest
from api.state import State, state_of
from index.errors import FootnotedError, IndexMovedError
from index.types import Span
from qa.citing import document_link
from qa.types import Question, Reply
from qa.verifying import verify

__all__ = ["answer_question", "router"]

router = APIRouter(prefix="/v1", tags=["Ask"], dependencies=[Depends(require_json)])


@router.post("/ask", summary="Ask a question")
async def ask(request: Request, body: AskRequest) -> AskReply:
    """Answer in the words of the documents, with citations, or say that they do not say."""
    return await answer_question(state_of(request), body)


@router.get("/ask", summary="Ask a question by address")
async def ask_by_address(
    request: Request, response: Response, query: Annotated[AskQuery, Query()]
) -> AskReply:
    """The same with query parameters: no preflight for browsers, and a cache may keep it."""
    state = state_of(request)
    body = query.request()
    collection = state.collection_name(body.collection)
    store = state.service.collection(collection).store
    asked = f"{store.identity} {store.generation()} {body.model_dump_json()}"
    etag = f'W/"{hashlib.sha256(asked.encode()).hexdigest()[:24]}"'
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "private, no-cache"
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=dict(response.headers))  # type: ignore[return-value]  # no body
    return await answer_question(state, body)


@router.post(
    "/ask/stream",
    summary="Ask and get the reply in parts",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}}},
)
async def ask_in_parts(request: Request, body: AskRequest) -> StreamingResponse:
    """Server-sent events in the order `passages`, `answer`, `citations`, `done`."""
    state = state_of(request)
    reply = (await answer_question(state, body)).model_dump(mode="json")
    return StreamingResponse(_events(reply), media_type="text/event-stream")


@router.post("/batch", summary="Ask up to 100 questions")
async def batch(request: Request, body: BatchRequest) -> list[AskReply | dict[str, Any]]:
    """Answers in order, each a reply or a problem of its own."""
    state = state_of(request)
    return [await _one_of_batch(request, state, question) for question in body.questions]


@router.post("/search", summary="Find passages")
async def search(request: Request, body: SearchRequest) -> SearchReply:
    """Passages for a question, best first, page by page, without an answer."""
    state = state_of(request)
    collection = state.collection_name(body.collection)

    def find() -> SearchReply:
        store = state.service.collection(collection).store
        same = body.model_copy(update={"cursor": None, "limit": 1}).model_dump_json()
        listing = f"{collection} {store.identity} {store.generation()} {same}"
        offset = decode_cursor(body.cursor, of=listing) if body.cursor else 0
        if not isinstance(offset, int):
            raise BadCursorError("this cursor belongs to another listing")
        reply = _reply(state, body.domain(), collection, offset=offset)
        following = offset + len(reply.passages)
        return SearchReply.of(
            reply,
            collection=collection,
            next_cursor=encode_cursor(following, of=listing) if reply.more else None,
        )

    return await state.workers.run(find)


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


async def answer_question(state: State, body: AskRequest) -> AskReply:
    collection = state.collection_name(body.collection)

    def answer() -> AskReply:
        return AskReply.of(
            _reply(state, body.domain(), collection),
            collection=collection,
            links_name_it=bool(state.other_collection(collection)),
        )

    answered = await state.workers.run(answer)
    state.metrics.questions.labels(answered.status).inc()
    return answered


def _reply(state: State, question: Question, collection: str, *, offset: int = 0) -> Reply:
    answerer = state.service.answerer(collection)
    state.log_question(question.text)
    try:
        return answerer.answer(question, offset=offset)
    except IndexMovedError:  # between the two lines above; what stands there now is asked instead
        return state.service.answerer(collection).answer(question, offset=offset)


async def _one_of_batch(
    request: Request, state: State, question: dict[str, Any]
) -> AskReply | dict[str, Any]:
    try:
        return await answer_question(state, AskRequest.model_validate(question))
    except ValidationError as error:
        invalid = RequestValidationError(error.errors())
        handler = request.app.exception_handlers[RequestValidationError]
        refused = await handler(request, invalid)
    except FootnotedError as error:
        refused = problem_for(request, error)
    body: dict[str, Any] = json.loads(refused.body)
    return body


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
