"""Documents over HTTP: list, read, add, replace, delete, in bulk."""

import hashlib
import json
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.datastructures import UploadFile

from api.addresses import is_loopback
from api.cursors import BadCursorError, decode_cursor, encode_cursor
from api.document_schemas import (
    DocumentId,
    DocumentList,
    DocumentModel,
    ReportModel,
    document_model,
    entry_model,
    report_model,
)
from api.errors import ForbiddenError, UnsupportedMediaError
from api.guard import key_came_with
from api.state import State, state_of
from index.errors import InvalidDocumentError, NotTextError, SourceError
from index.ingest import Arrival, Report, Status
from index.loading import check_reading, derived_id, draft_of
from index.types import Draft

__all__ = ["router"]


async def require_own_page(request: Request) -> None:
    """Only this machine may change documents, and no page of another site in its browser.

    A browser sends some requests across sites without asking first; it names the site, though.
    Where there are keys, an admin key has let the request in, from wherever it came.
    """
    if key_came_with(request.scope):
        return
    origin = request.headers.get("origin")
    if origin and origin.partition("://")[2] != request.headers.get("host"):
        raise ForbiddenError(f"documents cannot be changed from the site {origin[:200]}")
    if not is_loopback(request.client.host if request.client else ""):
        raise ForbiddenError("documents can be changed from the machine of the service only")


router = APIRouter(prefix="/v1/documents", tags=["Documents"])
Collection = Annotated[str | None, Query(description="Default: the service's own.")]
OneFileOrJson: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/DocumentRequest"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
        },
    }
}
JsonLines: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
    }
}


@router.get("", summary="List documents")
async def list_documents(
    request: Request,
    collection: Collection = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> DocumentList:
    """Documents by id, page by page."""
    state = state_of(request)
    name = state.collection_name(collection)
    after = decode_cursor(cursor, of=f"documents {name}") if cursor else ""
    if not isinstance(after, str):
        raise BadCursorError("this cursor belongs to another listing")
    store = state.service.collection(name).store
    entries = await state.workers.run(lambda: store.entries(after=after, limit=limit + 1))
    following = None
    if len(entries) > limit:
        following = encode_cursor(entries[limit - 1].document_id, of=f"documents {name}")
    return DocumentList(
        documents=[entry_model(entry) for entry in entries[:limit]], next_cursor=following
    )


@router.post(
    "/bulk",
    summary="Add documents as JSON Lines",
    dependencies=[Depends(require_own_page)],
    openapi_extra=JsonLines,
    response_class=StreamingResponse,
    responses={200: {"content": {"application/x-ndjson": {}}}},
)
async def add_in_bulk(request: Request, collection: Collection = None) -> StreamingResponse:
    """One document a line; one result a line, in order, each sent when it is durable."""
    state = state_of(request)
    body = await request.body()
    arrivals = (
        Arrival("bulk.jsonl", "upload:bulk.jsonl", outcome)
        for outcome in draft_of(
            body,
            name="bulk.jsonl",
            origin="upload:bulk.jsonl",
            limits=state.service.settings.limits(),
        )
    )
    name = state.collection_name(collection)
    reports = await state.workers.run(lambda: state.service.ingester(name).ingest(arrivals))
    return StreamingResponse(_lines(state, reports), media_type="application/x-ndjson")


@router.post(
    "",
    summary="Add a document",
    status_code=201,
    dependencies=[Depends(require_own_page)],
    openapi_extra=OneFileOrJson,
)
async def add_document(
    request: Request, response: Response, collection: Collection = None
) -> ReportModel:
    """JSON, or a form with one file. Acknowledged when it is durable and can be asked about."""
    state = state_of(request)
    draft = await _draft(request, state, document_id=None)
    return await _put(state, draft, collection, response)


@router.put(
    "/{document_id:path}",
    summary="Replace or add a document",
    dependencies=[Depends(require_own_page)],
    openapi_extra=OneFileOrJson,
)
async def put_document(
    request: Request, response: Response, document_id: DocumentId, collection: Collection = None
) -> ReportModel:
    """The same document twice changes nothing and says `unchanged`."""
    state = state_of(request)
    draft = await _draft(request, state, document_id=document_id)
    return await _put(state, draft, collection, response)


@router.get("/{document_id:path}", summary="Read a document")
async def read_document(
    request: Request, document_id: str, collection: Collection = None
) -> DocumentModel:
    """Text, metadata with its provenance, passages, and what was left out of them."""
    state = state_of(request)
    store = state.service.collection(state.collection_name(collection)).store

    def read() -> DocumentModel:
        with store.reading():
            return document_model(store.document(document_id), store.passages(document_id))

    return await state.workers.run(read)


@router.delete(
    "/{document_id:path}",
    summary="Delete a document",
    status_code=204,
    dependencies=[Depends(require_own_page)],
)
async def delete_document(
    request: Request, document_id: str, collection: Collection = None
) -> None:
    """Gone when this replies: it is not shown again by any search."""
    state = state_of(request)
    held = state.service.collection(state.collection_name(collection))

    def remove() -> None:
        held.store.document(document_id)
        with held.writing() as writer:
            writer.remove(document_id)

    await state.workers.run(remove)


async def _put(
    state: State, draft: Draft, collection: str | None, response: Response
) -> ReportModel:
    name = state.collection_name(collection)
    arrival = Arrival(draft.source, draft.origin, draft)
    [report] = await state.workers.run(lambda: list(state.service.ingester(name).ingest([arrival])))
    if report.status is Status.REJECTED:
        raise SourceError(report.reason or "rejected")
    response.status_code = 201 if report.status is Status.ADDED else 200
    response.headers["Location"] = f"/v1/documents/{quote(draft.document_id, safe='')}"
    return report_model(report)


async def _draft(request: Request, state: State, *, document_id: str | None) -> Draft:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _uploaded(request, state, document_id)
    if kind != "application/json":
        raise UnsupportedMediaError(
            f"content type {kind[:100]!r} is not taken here; send application/json, or "
            "multipart/form-data with one file"
        )
    body = await request.body()
    return await state.workers.run(lambda: _sent(body, state, document_id))


def _sent(body: bytes, state: State, document_id: str | None) -> Draft:
    from index.formats.jsonlines import read_record

    try:
        record = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotTextError(f"the body is not JSON: {error}") from None
    reading, given = read_record(record)
    if document_id and given and given != document_id:
        detail = f"the address says {document_id[:200]!r}, the body {given[:200]!r}"
        raise InvalidDocumentError((("/id", detail),))
    sha256 = hashlib.sha256(
        json.dumps(record, sort_keys=True, ensure_ascii=True).encode()
    ).hexdigest()
    basis = reading.metadata.url or hashlib.sha256(reading.text.encode()).hexdigest()
    named = reading.metadata.url or reading.metadata.title or "text"
    chosen = document_id or given or derived_id(named, basis)
    source = reading.metadata.url or chosen
    return Draft(
        source,
        f"upload:{chosen}",
        sha256,
        check_reading(reading, state.service.settings.limits()),
        chosen,
    )


async def _uploaded(request: Request, state: State, document_id: str | None) -> Draft:
    async with request.form() as form:
        files = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
        if len(files) != 1 or not files[0].filename:
            raise InvalidDocumentError((("/file", f"one named file is needed, got {len(files)}"),))
        content = await files[0].read()
    name = files[0].filename.replace("\\", "/").rpartition("/")[2]
    outcomes = await state.workers.run(
        lambda: list(
            draft_of(
                content,
                name=name,
                origin=f"upload:{name}",
                limits=state.service.settings.limits(),
            )
        )
    )
    if len(outcomes) != 1:
        raise UnsupportedMediaError("a file of many documents goes to /v1/documents/bulk")
    [outcome] = outcomes
    if isinstance(outcome, SourceError):
        raise outcome
    if document_id:
        return Draft(
            outcome.source, outcome.origin, outcome.source_sha256, outcome.reading, document_id
        )
    return outcome


async def _lines(state: State, reports: Iterator[Report]) -> AsyncIterator[str]:
    while report := await state.workers.run(lambda: next(reports, None)):
        yield report_model(report).model_dump_json() + "\n"
