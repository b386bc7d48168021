"""The description of the HTTP interface; `python -m api.openapi` prints it."""

import json
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, Field

from api.document_schemas import DocumentRequest

__all__ = ["ErrorModel", "ProblemModel", "describe", "description"]

METHODS = frozenset({"get", "post", "put", "delete"})
REFERENCE = "#/components/schemas/{model}"
KEY = {
    "type": "http",
    "scheme": "bearer",
    "description": "Needed where the operator made keys; a public one may also stand in the "
    "address, as `key`.",
}
SUPERSEDED = ("HTTPValidationError", "ValidationError")  # FastAPI's own, which are never sent


class ErrorModel(BaseModel):
    """What is wrong with one field."""

    pointer: str = Field(description="Where the field stands, as a JSON pointer.")
    detail: str


class ProblemModel(BaseModel):
    """An error as RFC 9457 describes it."""

    type: str = Field(description="Address of a page that says what this kind of problem is.")
    title: str
    status: int
    detail: str = Field(description="What happened, with the values, and what to do.")
    instance: str = Field(description="Id of the request, as in the log.")
    errors: list[ErrorModel] | None = None


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of an application, with the problems that it sends as errors."""
    document = get_openapi(
        title=app.title, version=app.version, summary=app.summary, routes=app.routes
    )
    schemas = document["components"]["schemas"]
    for name in SUPERSEDED:
        schemas.pop(name, None)
    for model in (ErrorModel, ProblemModel, DocumentRequest):
        schema = model.model_json_schema(ref_template=REFERENCE)
        schema.pop("$defs", None)
        schemas[model.__name__] = schema
    document["components"]["securitySchemes"] = {"key": KEY}
    document["security"] = [{}, {"key": []}]
    for operations in document["paths"].values():
        for method in METHODS & operations.keys():
            responses = operations[method]["responses"]
            responses.pop("422", None)
            responses["4XX"] = _problem("The request cannot be done as it is.")
            responses["503"] = _problem("Not now; Retry-After says when to try again.")
    return document


def description() -> str:
    """The OpenAPI document as it is kept in docs/openapi.json."""
    from api.app import create_app
    from api.settings import Settings

    return json.dumps(create_app(Settings()).openapi(), indent=2, ensure_ascii=False) + "\n"


def _problem(text: str) -> dict[str, Any]:
    schema = {"$ref": REFERENCE.format(model=ProblemModel.__name__)}
    return {"description": text, "content": {"application/problem+json": {"schema": schema}}}


if __name__ == "__main__":
    print(description(), end="")
