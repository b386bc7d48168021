"""What operators look at: health, figures, the description of the interface, logs, headers."""

import json
import logging
import re
import signal
import subprocess
import sys

import pytest

from api.logs import JsonFormatter

FOREIGN = re.compile(r"(?:src|href|action)=[\"'](?:https?:)?//")


def put(client, document_id="a", text="Some words."):
    return client.put(f"/v1/documents/{document_id}", json={"text": text})


def test_the_process_lives(client):
    assert client.get("/healthz").json() == {"status": "ok"}


def test_readiness_names_the_generation(client):
    assert client.get("/readyz").json() == {
        "status": "ready",
        "collection": "default",
        "generation": client.post("/v1/ask", json={"question": "x"}).json()["index"]["generation"],
    }


def test_without_an_index_the_service_lives_and_is_not_ready(serving, tmp_path, problem):
    with serving(tmp_path) as served:
        alive = served.client.get("/healthz")
        response = served.client.get("/readyz")

    assert alive.status_code == 200
    problem(response, 503, "index-missing")
    assert response.headers["retry-after"] == "1"


def test_figures_count_requests_by_route_and_questions_by_outcome(serving, tmp_path):
    with serving(tmp_path) as served:
        put(served.client)
        served.client.post("/v1/ask", json={"question": "words", "max_error_rate": 1})
        served.client.post("/v1/ask", json={"question": "Who painted the ceiling?"})
        served.client.get("/secret-question-in-a-path")
        text = served.client.get("/metrics").text

    assert 'footnoted_questions_total{status="answered"} 1.0' in text
    assert 'footnoted_questions_total{status="abstained"} 1.0' in text
    assert 'method="POST",route="/v1/ask",status="200"} 2.0' in text
    assert "secret" not in text


def test_the_description_of_the_interface_is_the_one_in_the_repository(client, root):
    printed = subprocess.run(
        [sys.executable, "-m", "api.openapi"], cwd=root, capture_output=True, text=True, check=True
    ).stdout

    assert (root / "docs/openapi.json").read_text() == printed
    assert client.get("/openapi.json").json() == json.loads(printed)


@pytest.mark.parametrize("path", ["/", "/docs", "/?q=fee", "/problems/too-large"])
def test_pages_name_no_other_host(client, path):
    page = client.get(path)

    assert page.status_code == 200
    assert not FOREIGN.search(page.text)


def test_all_that_the_docs_need_comes_from_the_service_itself(client):
    files = re.findall(r'(?:src|href)="(/static/[^"]+)"', client.get("/docs").text)

    assert len(files) >= 4
    assert {client.get(path).status_code for path in files} == {200}


@pytest.mark.parametrize("path", ["/", "/docs", "/v1/documents", "/static/page.js", "/nothing"])
def test_every_reply_forbids_what_is_not_ours_to_run(client, path):
    headers = client.get(path).headers

    assert "default-src 'none'; script-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_a_request_has_one_id_in_its_header_its_problem_and_the_log(server):
    response = server.client.post("/v1/ask", json={"question": ""})
    server.client.get("/healthz")  # when it replies, the line of the request before is written

    lines = [json.loads(line) for line in server.log.read_text().splitlines()]
    [line] = [each for each in lines if each.get("request_id") == response.json()["instance"]]
    assert response.headers["x-request-id"] == line["request_id"]
    assert (line["method"], line["route"], line["status"]) == ("POST", "/v1/ask", 422)
    assert line["ms"] >= 0


def test_logs_are_json_without_the_text_of_questions(server):
    server.client.post("/v1/ask", json={"question": "Where is the hidden treasure?"})
    server.client.get("/v1/ask", params={"q": "Where is the hidden treasure?"})
    server.client.get("/", params={"q": "Where is the hidden treasure?"})

    log = server.log.read_text()
    assert [json.loads(line)["level"] for line in log.splitlines()]
    assert "treasure" not in log


@pytest.mark.parametrize(("wanted", "found"), [(True, 1), (False, 0)])
def test_questions_are_logged_where_the_operator_wants_that(
    serving, tmp_path, caplog, wanted, found
):
    caplog.set_level(logging.INFO, "footnoted")
    with serving(tmp_path, log_questions=wanted) as served:
        put(served.client)
        served.client.post("/v1/ask", json={"question": "Where is the treasure?"})

    lines = [json.loads(JsonFormatter().format(record)) for record in caplog.records]
    assert [line.get("question") for line in lines].count("Where is the treasure?") == found


def test_a_record_with_an_error_is_one_line_of_json():
    try:
        raise ValueError("two\nlines")
    except ValueError:
        error = sys.exc_info()
    record = logging.LogRecord("footnoted", logging.ERROR, "x.py", 1, "it %s", ("broke",), error)

    line = JsonFormatter().format(record)

    assert "\n" not in line
    assert json.loads(line)["message"] == "it broke"
    assert "ValueError: two\nlines" in json.loads(line)["traceback"]


def test_a_document_is_a_page_with_the_cited_words_marked(client):
    reply = client.post("/v1/ask", json={"question": "What fee does El Salvador charge?"}).json()

    [citation, *_] = reply["citations"]
    page = client.get(citation["link"].partition("#")[0])

    assert page.status_code == 200
    assert f'<mark class="cited" id="cited">{citation["quote"]}</mark>' in page.text


def test_the_words_of_a_document_never_become_markup(desk):
    put(desk.client, "hostile", "<script>alert(1)</script> is <b>bold</b> & more.")

    page = desk.client.get("/documents/hostile?start=0&end=8").text
    asked = desk.client.get("/", params={"q": "bold script alert"}).text

    assert "&lt;b&gt;bold&lt;/b&gt; &amp; more." in page
    assert "<script>alert" not in page + asked
    assert '<mark class="cited" id="cited">&lt;script&gt;</mark>' in page


@pytest.mark.parametrize("query", ["", "?start=5", "?start=9&end=3", "?start=999&end=1000"])
def test_a_range_that_marks_nothing_still_shows_the_document(desk, query):
    put(desk.client, "plain", "Plain words to read.")

    page = desk.client.get(f"/documents/plain{query}")

    assert page.status_code == 200
    assert "Plain words to read." in page.text
    assert "<mark" not in page.text


def test_a_document_that_is_not_there_is_a_page_that_says_so(desk):
    page = desk.client.get("/documents/<b>nope")

    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    assert "No such document" in page.text
    assert "<b>nope" not in page.text


@pytest.mark.parametrize("query", ["q=" + "x" * 1001, "q=fee&from=yesterday", "q=a%00b"])
def test_a_question_that_cannot_be_asked_is_told_on_the_page(desk, query):
    page = desk.client.get(f"/?{query}")

    assert page.status_code == 422
    assert 'role="alert"' in page.text


def test_the_page_without_an_index_tells_how_to_begin(serving, tmp_path):
    with serving(tmp_path) as served:
        empty = served.client.get("/")
        asked = served.client.get("/", params={"q": "words"})

    assert "footnoted ingest" in empty.text
    assert "footnoted ingest" in asked.text


def test_a_reply_on_a_connection_that_is_kept_takes_no_40_ms_of_waiting(client):
    times = sorted(client.get("/healthz").elapsed.total_seconds() for _ in range(9))

    assert times[2] < 0.03


def test_the_address_is_withdrawn_when_the_service_is_told_to_end(start, tmp_path):
    folder = ("--data", tmp_path, "--model", tmp_path / "none")
    process = start("footnoted", "serve", "--port", 0, *folder, stderr=subprocess.PIPE)
    while b"startup complete" not in process.stderr.readline():
        assert process.poll() is None
    was_there = (tmp_path / "server.json").exists()

    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)

    assert process.returncode == 0
    assert was_there
    assert not (tmp_path / "server.json").exists()


def test_an_address_that_is_taken_is_told_by_name(server, run, tmp_path):
    port = server.url.rpartition(":")[2]

    done = run("footnoted", "serve", "--port", port, "--data", tmp_path)

    assert done.code == 2
    assert f"cannot listen on 127.0.0.1 port {port}" in done.err
