"""Prints the description of the HTTP interface: `python -m api.openapi`."""

import json

from api.app import create_app
from api.settings import Settings

__all__ = ["description"]


def description() -> str:
    """The OpenAPI document as it is kept in docs/openapi.json."""
    return json.dumps(create_app(Settings()).openapi(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(description(), end="")
