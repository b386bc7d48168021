"""Pages for people, and what operators and programs look at first."""

import json
from importlib.resources import files
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import ValidationError

from api.document_schemas import document_model
from api.errors import problem
from api.requests import AskRequest
from api.routes import answer_question
from api.service import Service
from api.state import State, state_of
from index.errors import (
    FootnotedError,
    IndexMissingError,
    UnknownCollectionError,
    UnknownDocumentError,
)

__all__ = ["PROBLEM_TEXTS", "router", "swagger_folder"]

router = APIRouter()

PROBLEM_PAGES = "/problems/{kind}"


def swagger_folder() -> str:
    """Where Swagger UI's files were installed, so that /docs needs no other host."""
    return str(files("fastapi_offline").joinpath("static"))


@router.get("/", response_class=HTMLResponse, include_in_schema=False)
async def ask_page(request: Request) -> HTMLResponse:
    """The page to ask on. Its form sends the question as `q`, with filters that may be blank."""
    state = state_of(request)
    given = {name: request.query_params.getlist(name) for name in request.query_params}
    filters = {name: [v for v in given.get(name, []) if v.strip()] for name in FILTER_NAMES}
    question = " ".join(given.get("q", [])).strip()
    collection = state.collection_name("".join(given.get("collection", [])) or None)
    reply, refusal = None, None
    if question:
        reply, refusal = await _asked(state, question, collection, filters)
    documents, passages = _figures(state, collection)
    page = state.pages.ask(
        question=question[:1000],
        reply=reply,
        problem=refusal,
        filters={
            name: values[0] if name in DATES and values else values
            for name, values in filters.items()
        },
        documents=documents,
        passages=passages,
        examples=state.service.settings.examples,
        collection=state.other_collection(collection),
    )
    return HTMLResponse(page, status_code=422 if refusal else 200)


@router.get("/documents/{document_id:path}", response_class=HTMLResponse, include_in_schema=False)
async def document_page(
    request: Request,
    document_id: str,
    start: Annotated[int | None, Query(ge=0)] = None,
    end: Annotated[int | None, Query(ge=1)] = None,
    collection: str | None = None,
) -> HTMLResponse:
    """A document for reading, with the cited words marked."""
    state = state_of(request)
    name = state.collection_name(collection)

    def read() -> dict[str, Any]:
        store = state.service.collection(name).store
        with store.reading():
            found = document_model(store.document(document_id), store.passages(document_id))
        shown = found.model_dump(mode="json")
        return {**shown, "asides": shown.pop("cleaned")}

    try:
        document = await state.workers.run(read)
    except (UnknownDocumentError, UnknownCollectionError, IndexMissingError) as error:
        page = state.pages.problem(title="No such document", status=404, detail=str(error))
        return HTMLResponse(page, status_code=404)
    cited = (start, end) if start is not None and end is not None and start < end else None
    other = state.other_collection(name)
    return HTMLResponse(state.pages.document(document=document, cited=cited, collection=other))


@router.get("/docs", response_class=HTMLResponse, include_in_schema=False)
async def docs_page(request: Request) -> HTMLResponse:
    """The HTTP interface, to read and to try."""
    return HTMLResponse(state_of(request).pages.docs(openapi_url="/openapi.json"))


@router.get(PROBLEM_PAGES, response_class=HTMLResponse, include_in_schema=False)
async def problem_page(request: Request, kind: str) -> HTMLResponse:
    """What a problem's type means."""
    pages = state_of(request).pages
    if kind not in PROBLEM_TEXTS:
        page = pages.problem(title="No such problem", status=404, detail=f"{kind[:100]!r}")
        return HTMLResponse(page, status_code=404)
    status, text = PROBLEM_TEXTS[kind]
    return HTMLResponse(pages.problem(title=kind.replace("-", " "), status=status, detail=text))


@router.get("/healthz", tags=["Operations"], summary="Does the process live?")
async def healthz() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/readyz", tags=["Operations"], summary="Can it be asked?")
async def readyz(request: Request) -> Response:
    """200 with the generation of the default collection, 503 while there is none."""
    state = state_of(request)
    name = state.service.settings.collection
    try:
        generation = await state.questions.run(Service.ready)
    except FootnotedError as error:
        kind = "index-missing" if isinstance(error, IndexMissingError) else "not-ready"
        return problem(request, 503, kind, str(error))
    return JSONResponse({"status": "ready", "collection": name, "generation": generation})


@router.get("/metrics", tags=["Operations"], summary="Figures for Prometheus")
async def metrics(request: Request) -> Response:
    return Response(
        generate_latest(state_of(request).metrics.registry), media_type=CONTENT_TYPE_LATEST
    )


DATES = frozenset({"from", "before"})
FILTER_NAMES = ("from", "before", "publisher", "language", "tag")

PROBLEM_TEXTS = {
    "bad-cursor": (400, "The cursor was not given out for this request. Start without a cursor."),
    "collection-exists": (409, "There is a collection of this name already."),
    "disk-full": (507, "There is no room for a change; nothing of what was stored is lost."),
    "empty-document": (422, "There are no words in the document, so nothing could be cited."),
    "encrypted-document": (422, "The file needs a password. Send a copy without one."),
    "forbidden": (403, "The request is not allowed from where it came."),
    "index-damaged": (
        503,
        "The index is not as it was written, and is not answered from. Restore a snapshot.",
    ),
    "index-format": (409, "The index was made by another version of footnoted."),
    "index-locked": (409, "Another process is writing to the index. Try again when it is done."),
    "index-missing": (404, "Nothing was ingested yet. Run `footnoted ingest PATH`."),
    "index-moved": (
        409,
        "The collection was deleted, restored or switched to another model. Ask again.",
    ),
    "internal-error": (500, "A fault of the service. The log has it, under the request's id."),
    "invalid-field": (422, "A field is unknown, missing or wrong; `errors` names each."),
    "malformed": (400, "The body is not JSON."),
    "method-not-allowed": (405, "The address is right, the method is not."),
    "model-mismatch": (409, "The index was made with another model than the one set."),
    "model-unavailable": (503, "The model that is set cannot be loaded."),
    "not-ready": (503, "The service lives and cannot answer; the detail says why."),
    "not-found": (404, "There is nothing at this address."),
    "not-text": (422, "What should be text is not."),
    "overloaded": (503, "Too many questions are waiting. Retry-After says when to ask again."),
    "rate-limited": (429, "Too many requests from one key or address. Retry-After says when."),
    "too-large": (413, "The document or body is larger than the service takes."),
    "unauthorized": (401, "A key is needed, and none came that opens. See `footnoted keys`."),
    "unknown-collection": (404, "There is no collection of this name."),
    "unknown-document": (404, "There is no document of this id."),
    "unreadable-document": (422, "The document cannot be read."),
    "unsupported-format": (415, "There is no reader for this kind of file."),
}


async def _asked(
    state: State, question: str, collection: str, filters: dict[str, list[str]]
) -> tuple[dict[str, Any] | None, str | None]:
    """The reply, or why the question could not be asked."""
    try:
        body = AskRequest.model_validate(
            {
                "question": question,
                "collection": collection,
                "filters": {
                    "published_from": next(iter(filters["from"]), None),
                    "published_before": next(iter(filters["before"]), None),
                    "publisher": filters["publisher"],
                    "language": filters["language"],
                    "tag": filters["tag"],
                },
            }
        )
        return json.loads(await answer_question(state, body)), None
    except ValidationError as error:
        first = error.errors()[0]
        return None, f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    except FootnotedError as error:
        return None, str(error)


def _figures(state: State, collection: str) -> tuple[int, int]:
    try:
        corpus = state.service.collection(collection).store.corpus()
    except FootnotedError:
        return 0, 0
    return corpus.documents, corpus.passages
