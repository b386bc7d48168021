"""Collections over HTTP: list, look at, make, delete."""

from fastapi import APIRouter, Depends, Request, Response

from api.collection_schemas import (
    CollectionList,
    CollectionModel,
    CollectionRequest,
    collection_model,
    collection_models,
)
from api.document_routes import require_own_page
from api.limits import require_json
from api.state import state_of

__all__ = ["router"]

router = APIRouter(prefix="/v1/collections", tags=["Collections"])


@router.get("", summary="List collections")
async def list_collections(request: Request) -> CollectionList:
    """Collections by name, each with its model and figures."""
    state = state_of(request)
    found = await state.workers.run(lambda: collection_models(state.service))
    return CollectionList(collections=found)


@router.post(
    "",
    summary="Make a collection",
    status_code=201,
    dependencies=[Depends(require_own_page), Depends(require_json)],
)
async def make_collection(
    request: Request, response: Response, body: CollectionRequest
) -> CollectionModel:
    """Empty, for one model, which it keeps, with settings of its own."""
    state = state_of(request)

    def make() -> CollectionModel:
        state.service.create(body.name, body.settings())
        return collection_model(state.service, body.name)

    made = await state.workers.run(make)
    response.headers["Location"] = f"/v1/collections/{made.name}"
    return made


@router.get("/{name}", summary="Look at a collection")
async def look_at_collection(request: Request, name: str) -> CollectionModel:
    """Its model, figures and settings."""
    state = state_of(request)
    return await state.workers.run(lambda: collection_model(state.service, name))


@router.delete(
    "/{name}",
    summary="Delete a collection",
    status_code=204,
    dependencies=[Depends(require_own_page)],
)
async def delete_collection(request: Request, name: str) -> None:
    """Gone for good when this replies, with all its documents."""
    state = state_of(request)
    await state.workers.run(lambda: state.service.delete(name))
