"""Whatever is sent, the service says what is wrong with it and goes on."""

import http.client
import json
import socket

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ASKS = ["/v1/ask", "/v1/search", "/v1/ask/stream"]
DEEP = b'{"question": "x", "filters": ' + b"[" * 3000 + b"]" * 3000 + b"}"
JSON_TYPE = {"content-type": "application/json"}

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
names = st.sampled_from(
    ["question", "filters", "top_k", "limit", "cursor", "collection", "mode", "answer", "group",
     "document_id", "quote", "start", "end", "id", "text", "title", "published", "tags", "url"]
)  # fmt: skip
bodies = values | st.dictionaries(names | st.text(), values, max_size=6)


def sent(client, path, body):
    """As JSON that Python writes: with NaN, and with halves of surrogate pairs."""
    return client.post(path, content=json.dumps(body).encode(), headers=JSON_TYPE)


def connected(desk):
    name, port = desk.url.removeprefix("http://").split(":")
    return socket.create_connection((name, int(port)), timeout=10)


@pytest.mark.parametrize("path", ASKS)
@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("", "at least 1 character"),
        (" \n\t", "at least 1 character"),
        ("x" * 1001, "at most 1000 characters"),
        ("x" * 10_000, "at most 1000 characters"),
        ("a\0b", "NUL"),
        ("a\ud800b", "unicode"),
        (None, "valid string"),
        (12, "valid string"),
        (["x"], "valid string"),
    ],
)
def test_a_question_that_cannot_be_asked_is_told_by_its_field(desk, problem, path, question, told):
    body = problem(sent(desk.client, path, {"question": question}), 422, "invalid-field")

    [error] = body["errors"]
    assert error["pointer"] == "/question"
    assert told in error["detail"]


@pytest.mark.parametrize(
    "question", ["x" * 1000, "???", "🐙", "\u0301", "'; DROP TABLE documents; --", 'AND OR "x* :^~']
)
def test_any_other_question_is_answered_or_abstained_from(desk, question):
    response = sent(desk.client, "/v1/ask", {"question": question})

    assert response.status_code == 200


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"qestion": "x"}, "/qestion"),
        ({"top_k": 0}, "/top_k"),
        ({"top_k": 101}, "/top_k"),
        ({"top_k": "many"}, "/top_k"),
        ({"mode": "magic"}, "/mode"),
        ({"answer": "generative"}, "/answer"),
        ({"filters": {"publishers": []}}, "/filters/publishers"),
        ({"filters": {"published_from": "yesterday"}}, "/filters/published_from"),
        ({"filters": {"publisher": "NewsVane"}}, "/filters/publisher"),
        ({"filters": {"tag": [""]}}, "/filters/tag/0"),
        ({"filters": [[[[]]]]}, "/filters"),
        ({"max_error_rate": 2}, "/max_error_rate"),
        ({"collection": ""}, "/collection"),
    ],
)
def test_a_wrong_field_is_told_by_a_pointer_to_it(desk, problem, fields, pointer):
    body = problem(sent(desk.client, "/v1/ask", {"question": "x", **fields}), 422, "invalid-field")

    assert [error["pointer"] for error in body["errors"]] == [pointer]
    assert pointer in body["detail"]


@pytest.mark.parametrize(
    "parameters", [{}, {"q": " "}, {"q": "x", "nonsense": 1}, {"q": "x", "top_k": "y"}]
)
def test_a_question_by_address_is_checked_alike(desk, problem, parameters):
    problem(desk.client.get("/v1/ask", params=parameters), 422, "invalid-field")


def test_errors_are_at_most_twenty_and_their_inputs_at_most_200_characters(desk, problem):
    wrong = {f"field{n}": "y" * 5000 for n in range(40)}

    body = problem(sent(desk.client, "/v1/ask", {"question": "x", **wrong}), 422, "invalid-field")

    assert len(body["errors"]) == 20
    assert max(error["detail"].count("y") for error in body["errors"]) == 200


@pytest.mark.parametrize(
    "content", [b"", b"{", b"question=x", b"\xff\xfe", b'{"question": "x",}', DEEP]
)
def test_what_is_no_json_is_malformed(desk, problem, content):
    response = desk.client.post("/v1/ask", content=content, headers=JSON_TYPE)

    body = problem(response, response.status_code, response.json()["type"].rpartition("/")[2])
    assert body["status"] in {400, 422}


@pytest.mark.parametrize("path", [*ASKS, "/v1/batch", "/v1/verify", "/v1/documents"])
def test_another_content_type_is_not_taken(desk, problem, path):
    response = desk.client.post(path, content=b"question=x", headers={"content-type": "text/plain"})

    problem(response, 415, "unsupported-format")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b"NaN", b"[1]", b'"x"', b"1" * 5000, b"[" * 5000, DEEP, b'{"text": {}}'],
)
def test_a_document_that_is_no_json_object_of_text_is_refused(desk, problem, body):
    response = desk.client.post("/v1/documents", content=body, headers=JSON_TYPE)

    problem(response, 422, response.json()["type"].rpartition("/")[2])


@pytest.mark.parametrize("depth", range(100, 1000, 20))
def test_no_depth_of_json_is_a_fault(desk, problem, depth):
    body = b'{"text": "x", "tags": ' + b"[" * depth + b"]" * depth + b"}"

    response = desk.client.post("/v1/documents", content=body, headers=JSON_TYPE)

    problem(response, 422, response.json()["type"].rpartition("/")[2])


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ({}, "/text"),
        ({"text": " "}, "/text"),
        ({"text": "a\0b"}, "/text"),
        ({"text": "a\ud800"}, "/text"),
        ({"text": "x", "body": "y"}, "/body"),
        ({"text": "x", "published": "soon"}, "/published"),
        ({"text": "x", "url": "javascript:alert(1)"}, "/url"),
        ({"text": "x", "tags": "one"}, "/tags"),
        ({"text": "x", "id": "\n"}, "/id"),
        ({"text": "x", "id": 7}, "/id"),
    ],
)
def test_a_wrong_field_of_a_document_is_told_by_a_pointer(desk, problem, document, pointer):
    body = problem(sent(desk.client, "/v1/documents", document), 422, "invalid-field")

    assert [error["pointer"] for error in body["errors"]] == [pointer]


def test_an_unknown_collection_is_told_with_those_that_there_are(desk, problem):
    response = sent(desk.client, "/v1/ask", {"question": "x", "collection": "nope"})

    assert "default" in problem(response, 404, "unknown-collection")["detail"]


@pytest.mark.parametrize("name", ["../default", "Default", "a b", "x" * 64])
def test_no_name_of_a_collection_leads_out_of_the_data_folder(desk, problem, name):
    response = sent(desk.client, "/v1/ask", {"question": "x", "collection": name})

    problem(response, 404, "unknown-collection")


@pytest.mark.parametrize("path", [*ASKS, "/v1/batch", "/v1/verify"])
def test_a_question_of_more_than_a_megabyte_is_too_large(desk, problem, path):
    response = sent(desk.client, path, {"question": "x" * 1_000_001})

    problem(response, 413, "too-large")


def test_a_text_of_50_mb_is_too_large_and_the_limit_is_told(desk, problem):
    body = problem(
        sent(desk.client, "/v1/documents", {"text": "word " * 10_000_000}), 413, "too-large"
    )

    assert "10,000,000" in body["detail"]


def test_a_body_that_is_larger_than_any_file_may_be_is_cut_off(serving, tmp_path, problem):
    with serving(tmp_path, max_file_bytes=1000) as served:
        response = sent(served.client, "/v1/documents", {"text": "x" * 1_100_000})

    problem(response, 413, "too-large")


@pytest.mark.parametrize(
    "path", ["/nothing", "/v1", "/v1/ask/x", "/static/../api/app.py", "/v2/ask"]
)
def test_an_address_that_is_not_there_is_a_problem(desk, problem, path):
    problem(desk.client.get(path), 404, "not-found")


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "/v1/ask"), ("GET", "/v1/search"), ("POST", "/healthz")]
)
def test_a_method_that_is_not_there_is_a_problem(desk, problem, method, path):
    problem(desk.client.request(method, path), 405, "method-not-allowed")


@pytest.mark.parametrize(
    "host", [b"evil.example.org", b"[", b"[::1", b"", b"a b", b"127.0.0.1:x", b"\xff"]
)
def test_no_host_header_is_a_fault_of_the_service(desk, host):
    with connected(desk) as connection:
        connection.sendall(
            b"GET /nothing HTTP/1.1\r\nHost: " + host + b"\r\nConnection: close\r\n\r\n"
        )
        status = connection.recv(100).split()[1]

    assert status in {b"400", b"403", b"404"}


HEADS_WITHOUT_AN_END = {
    "one long address": (b"GET /", b"a" * 10_000),
    "one long header": (b"GET / HTTP/1.1\r\nHost: x\r\nX: ", b"a" * 10_000),
    "many headers": (b"GET / HTTP/1.1\r\n", b"X-Name: " + b"a" * 9_990 + b"\r\n"),
}


@pytest.mark.parametrize(("start", "more"), HEADS_WITHOUT_AN_END.values(), ids=HEADS_WITHOUT_AN_END)
def test_headers_without_an_end_are_refused_before_they_fill_the_memory(desk, start, more):
    with connected(desk) as connection:
        connection.sendall(start)
        for _ in range(7):
            connection.sendall(more)
        answer = connection.recv(1000)

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.endswith(b"headers are too large.")


def test_a_long_body_in_one_piece_with_its_headers_is_no_long_head(desk):
    body = json.dumps({"question": "x" * 100_000}).encode()
    connection = http.client.HTTPConnection(desk.url.removeprefix("http://"), timeout=10)

    for _ in range(2):
        connection.request("POST", "/v1/ask", body, JSON_TYPE)
        response = connection.getresponse()
        assert (response.status, response.read()[:1]) == (422, b"{")
    connection.close()


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/search", "/v1/verify", "/v1/documents"])
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=bodies)
def test_no_json_is_a_fault_of_the_service(desk, path, body):
    response = sent(desk.client, path, body)

    kinds = {200: "application/json", 201: "application/json"}
    assert response.status_code < 500
    assert response.headers["content-type"] == kinds.get(
        response.status_code, "application/problem+json"
    )


@pytest.mark.parametrize(
    "path", ["/v1/ask", "/v1/batch", "/v1/verify", "/v1/documents", "/v1/documents/bulk"]
)
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=st.binary(max_size=60))
def test_no_bytes_are_a_fault_of_the_service(desk, path, content):
    assert desk.client.post(path, content=content, headers=JSON_TYPE).status_code < 500
