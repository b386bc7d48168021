"""Errors over HTTP: one table, one shape, one page for each kind, and nothing secret in them."""

import html
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

import api.cli  # noqa: F401  with all that it imports, so that every error class is known
from api import checking, limits, settings  # noqa: F401  for the same reason
from api.errors import PROBLEMS
from api.page_routes import PROBLEM_TEXTS
from index.errors import FootnotedError


def descendants(error):
    return {error}.union(*(descendants(child) for child in error.__subclasses__()))


def put(client, document_id="a", text="Some words."):
    return client.put(f"/v1/documents/{document_id}", json={"text": text})


def test_every_deliberate_error_has_a_status():
    assert descendants(FootnotedError) == set(PROBLEMS)


def test_every_kind_of_problem_has_a_page_that_tells_its_status():
    assert {kind: status for status, kind in PROBLEMS.values()}.items() <= {
        kind: status for kind, (status, _) in PROBLEM_TEXTS.items()
    }.items()


@pytest.mark.parametrize("kind", sorted(PROBLEM_TEXTS))
def test_the_type_of_a_problem_leads_to_its_explanation(desk, kind):
    page = desk.client.get(f"/problems/{kind}")

    assert page.status_code == 200
    assert PROBLEM_TEXTS[kind][1] in html.unescape(page.text)


def test_an_unknown_kind_of_problem_is_not_found(desk):
    page = desk.client.get("/problems/<script>")

    assert page.status_code == 404
    assert "<script>" not in page.text


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/ask", {"question": "x"}),
        ("POST", "/v1/search", {"question": "x"}),
        ("GET", "/v1/documents", None),
        ("GET", "/v1/documents/a", None),
        ("DELETE", "/v1/documents/a", None),
        ("POST", "/v1/verify", {"document_id": "a", "quote": "x"}),
    ],
)
def test_before_anything_was_ingested_the_way_to_begin_is_told(
    serving, tmp_path, problem, method, path, body
):
    with serving(tmp_path) as served:
        response = served.client.request(method, path, json=body)

    assert "footnoted ingest" in problem(response, 404, "index-missing")["detail"]


def test_an_index_of_another_model_is_refused_by_name_with_the_way_out(serving, tmp_path, problem):
    with serving(tmp_path, encoder="first") as served:
        put(served.client)

    with serving(tmp_path, encoder="second") as served:
        asked = served.client.post("/v1/ask", json={"question": "words"})
        added = put(served.client, "b")

    detail = problem(asked, 409, "model-mismatch")["detail"]
    assert "'first'" in detail
    assert "'second'" in detail
    assert "--model" in detail
    problem(added, 409, "model-mismatch")


def test_an_index_that_is_none_is_refused_and_left_as_it_was(serving, tmp_path, problem):
    store = tmp_path / "collections/default/store.sqlite"
    store.parent.mkdir(parents=True)
    store.write_bytes(b"this is no index")

    with serving(tmp_path) as served:
        asked = served.client.post("/v1/ask", json={"question": "words"})

    problem(asked, 409, "index-format")
    assert store.read_bytes() == b"this is no index"


def test_a_collection_that_is_not_there_beside_one_that_is(serving, tmp_path, problem):
    with serving(tmp_path, collection="news") as served:
        put(served.client)
        response = served.client.get("/v1/documents", params={"collection": "default"})

    assert "news" in problem(response, 404, "unknown-collection")["detail"]


def test_too_many_questions_at_once_are_refused_with_the_time_to_come_again(
    serving, tmp_path, problem
):
    with serving(tmp_path, workers=1, waiting=0) as served:
        put(served.client)
        together = threading.Barrier(12)

        def ask(_):
            with httpx.Client(base_url=served.url) as client:
                together.wait()
                return client.post("/v1/ask", json={"question": "words"})

        with ThreadPoolExecutor(12) as pool:
            replies = list(pool.map(ask, range(12)))

    refused = [reply for reply in replies if reply.status_code != 200]
    assert {reply.status_code for reply in replies} == {200, 503}
    problem(refused[0], 503, "overloaded")
    assert refused[0].headers["retry-after"] == "1"


@pytest.mark.parametrize(
    "origin", ["https://evil.example.org", "null", "http://[", "http://127.0.0.1:1"]
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/documents"),
        ("PUT", "/v1/documents/a"),
        ("DELETE", "/v1/documents/a"),
        ("POST", "/v1/documents/bulk"),
    ],
)
def test_a_page_of_another_site_cannot_change_documents(desk, problem, method, path, origin):
    response = desk.client.request(
        method, path, json={"text": "Bad words."}, headers={"origin": origin}
    )

    problem(response, 403, "forbidden")


def test_the_services_own_page_can_change_documents(desk):
    response = desk.client.put(
        "/v1/documents/own", json={"text": "Own words."}, headers={"origin": desk.url}
    )

    assert response.status_code == 201


@pytest.mark.parametrize("path", ["/", "/v1/ask?q=x", "/v1/documents", "/healthz", "/docs"])
@pytest.mark.parametrize(
    "host",
    ["evil.example.org", "127.0.0.1.evil.example.org", "localhost.evil.example.org", "10.0.0.1"],
)
def test_a_name_that_another_site_points_at_this_machine_is_refused(desk, problem, host, path):
    problem(desk.client.get(path, headers={"host": host}), 403, "forbidden")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:99", "[::1]:8080", "LOCALHOST:1"])
def test_every_name_of_this_machine_is_its_own(desk, host):
    assert desk.client.get("/healthz", headers={"host": host}).status_code == 200


def test_other_sites_get_no_permission_to_read(desk):
    response = desk.client.get("/v1/documents", headers={"origin": "https://evil.example.org"})

    assert not [name for name in response.headers if name.startswith("access-control")]


def test_a_fault_is_told_without_its_inside_and_logged_with_it(
    serving, tmp_path, problem, caplog, monkeypatch
):
    def break_down(*_, **__):
        raise RuntimeError("secret inside")

    monkeypatch.setattr("qa.answering.ExtractiveReader.read", break_down)
    with serving(tmp_path) as served:
        put(served.client)
        response = served.client.post("/v1/ask", json={"question": "words"})

    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["instance"]
    assert not re.search(r"secret|Traceback|RuntimeError|\.py", response.text)
    assert "RuntimeError: secret inside" in caplog.text
