"""The errors are a tree, drawn once."""

import inspect
import pickle
import re

import pytest

from index import errors
from index.errors import (
    EncryptedSourceError,
    FootnotedError,
    IndexLockedError,
    InvalidDocumentError,
    OversizedSourceError,
    UnknownCollectionError,
)

CLASSES = [error for _, error in inspect.getmembers(errors, inspect.isclass)]


def test_every_error_descends_from_one() -> None:
    assert [error for error in CLASSES if not issubclass(error, FootnotedError)] == []


def test_the_drawn_tree_is_the_real_one() -> None:
    drawn = {
        name: (len(indent) + 3) // 4
        for indent, name in re.findall(r"^([│├└─ ]*)(\w+Error)", errors.__doc__ or "", re.M)
    }

    real = {error.__name__: error.__mro__.index(FootnotedError) for error in CLASSES}
    assert drawn == real


@pytest.mark.parametrize(
    "error",
    [
        IndexLockedError("process 7"),
        OversizedSourceError(2000, 1000, unit="bytes", setting="X"),
        UnknownCollectionError("a", ("b", "c")),
        FootnotedError("as it is"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_comes_out_of_another_process_as_it_was(error: FootnotedError) -> None:
    came = pickle.loads(pickle.dumps(error))

    assert (type(came), str(came), vars(came)) == (type(error), str(error), vars(error))


@pytest.mark.parametrize("kind", ["PDF", "Word document"])
def test_an_encrypted_source_tells_what_it_is(kind: str) -> None:
    error = EncryptedSourceError(kind)

    assert str(error) == (
        f"the {kind} is encrypted; save a copy without a password and ingest that"
    )
    assert error.kind == kind


def test_every_problem_of_a_document_is_told() -> None:
    error = InvalidDocumentError((("/text", "is missing"), ("/url", "is no address")))

    assert str(error) == "/text: is missing; /url: is no address"


def test_sizes_are_kept_as_numbers() -> None:
    error = OversizedSourceError(2000, 1000, unit="bytes", setting="X")

    assert (error.size, error.limit) == (2000, 1000)
