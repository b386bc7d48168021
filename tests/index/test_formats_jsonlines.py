"""JSON documents: what each field may hold, and that one broken line spoils no other."""

import datetime as dt
import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import InvalidDocumentError
from index.formats.jsonlines import Row, read_record, read_rows
from index.types import Metadata, Provenance, Reading

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def test_a_document_needs_no_more_than_text() -> None:
    assert read_record({"text": "one\r\n\r\ntwo"}) == (Reading("one\n\ntwo", blocks=None), None)


def test_every_field_is_read() -> None:
    record: dict[str, object] = {
        "id": "bridge-1",
        "title": "The old bridge",
        "text": "Words.",
        "url": "https://example.org/a",
        "published": "2025-04-16T10:00:00Z",
        "publisher": "NewsVane",
        "author": "Jack Wilson",
        "language": "en-US",
        "tags": ["stone", "iron"],
    }

    reading, document_id = read_record(record)

    found = reading.metadata
    assert document_id == "bridge-1"
    assert found.published == dt.date(2025, 4, 16)
    assert (found.title, found.language, found.tags) == ("The old bridge", "en", ("stone", "iron"))
    assert set(found.provenance.values()) == {Provenance.METADATA}


def test_null_and_blank_fields_count_as_absent() -> None:
    record: dict[str, object] = {
        "text": "Words.",
        "title": None,
        "author": " ",
        "tags": [],
        "id": None,
    }

    assert read_record(record) == (Reading("Words.", metadata=Metadata()), None)


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("text", "", "/text: must hold words"),
        ("text", 7, "/text: must be a string, got 7"),
        ("text", None, "/text: must be a string, got None"),
        ("text", "a\0b", r"/text: holds a NUL character"),
        ("title", "a\ud800", r"/title: holds half of a surrogate pair.*'a\\ud800'"),
        ("titel", "x", "/titel: unknown field 'titel'; did you mean 'title'?"),
        ("a/b~", "x", "/a~1b~0: unknown field 'a/b~'; known are id, title"),
        ("url", "javascript:alert(1)", "/url: must be an http or https address"),
        ("url", "https://", "/url: must be an http or https address"),
        ("published", "16.4.2025", "/published: must be a date YYYY-MM-DD, got '16.4.2025'"),
        ("published", "2025-02-30", "/published: must be a date YYYY-MM-DD"),
        ("published", 2025, "/published: must be a string, got 2025"),
        ("language", "English", "/language: must be a code such as 'en', got 'English'"),
        ("tags", "stone", "/tags: must be a list of strings, got 'stone'"),
        ("tags", ["stone", 3], "/tags/1: must be a string, got 3"),
        ("id", "", "/id: must be 1 to 200 printable characters"),
        ("id", "..", "/id: must be"),
        ("id", "a\nb", "/id: must be"),
        ("id", "x" * 201, "/id: must be"),
        ("id", 5, "/id: must be .* got 5"),
    ],
)
def test_a_wrong_field_is_named_with_its_value(field: str, value: object, problem: str) -> None:
    with pytest.raises(InvalidDocumentError, match=problem):
        read_record({"text": "Words.", field: value})


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(InvalidDocumentError, match="/tags") as caught:
        read_record({"url": "x", "tags": 1})

    assert [pointer for pointer, _ in caught.value.problems] == ["/url", "/tags", "/text"]


def test_a_long_wrong_value_is_cut() -> None:
    with pytest.raises(InvalidDocumentError, match=r"/published: .*") as caught:
        read_record({"text": "Words.", "published": "9" * 10_000})

    assert len(str(caught.value)) < 300


def test_only_an_object_is_a_document() -> None:
    with pytest.raises(InvalidDocumentError, match="must be an object with fields, got 'words'"):
        read_record("words")


def test_lines_after_a_broken_one_are_read() -> None:
    lines = b'{"text": "one", "id": "a"}\r\n\n{"text": oops}\n{"text": "two"}'

    rows = list(read_rows(lines))

    assert [(row.line, text(row), row.document_id) for row in rows] == [
        (1, "one", "a"),
        (3, None, None),
        (4, "two", None),
    ]
    assert str(rows[1].error) == "line 3, column 10: not valid JSON: Expecting value"


def test_a_row_has_the_hash_of_its_bytes_without_the_line_end() -> None:
    line = b'{"text": "one"}'

    rows = list(read_rows(line + b"\r\n" + line))

    assert [row.raw_sha256 for row in rows] == [hashlib.sha256(line).hexdigest()] * 2


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b'{"text": "caf\xe9"}', "line 1, column 14: not UTF-8"),
        (b'{"text": "a", "text": "b"}', "the field 'text' stands twice"),
        (b'{"text": NaN}', "NaN is no JSON value"),
        (b"[" * 100_000, "line 1, column 1: not valid JSON"),
        (b'{"text": ' + b"9" * 5000 + b"}", "line 1, column 1: not valid JSON"),
        (b'"words"', ": must be an object"),
    ],
)
def test_a_line_that_is_no_document_says_why(line: bytes, problem: str) -> None:
    (row,) = read_rows(line)

    assert row.reading is None
    assert problem in str(row.error)


@given(record=JSON)
def test_any_json_is_a_document_or_an_invalid_one(record: object) -> None:
    (row,) = read_rows(json.dumps(record).encode())

    assert (row.reading is None) == isinstance(row.error, InvalidDocumentError)


def text(row: Row) -> str | None:
    return row.reading.text if row.reading else None
