"""Ways to ask over HTTP: by address, in parts, many at once, page by page; and checking quotes."""

import json

import pytest

FEE = "What fee does El Salvador charge?"
CHANGING = ("id", "created_at", "timings_ms")


def lasting(reply):
    return {name: value for name, value in reply.items() if name not in CHANGING}


def events(response):
    blocks = response.text.strip().split("\n\n")
    fields = [dict(line.split(": ", 1) for line in block.splitlines()) for block in blocks]
    return [(each["event"], json.loads(each["data"])) for each in fields]


def test_get_and_post_give_equal_replies(client):
    filters = {"publisher": ["NewsVane"], "published_from": "2025-01-01", "language": ["en"]}

    posted = client.post(
        "/v1/ask",
        json={"question": FEE, "top_k": 3, "mode": "dense", "group": "none", "filters": filters},
    )
    got = client.get(
        "/v1/ask", params={"q": FEE, "top_k": 3, "mode": "dense", "group": "none", **filters}
    )

    assert lasting(got.json()) == lasting(posted.json())


def test_a_reply_by_address_is_not_sent_again_while_the_index_is_the_same(client):
    first = client.get("/v1/ask", params={"q": FEE})

    again = client.get(
        "/v1/ask", params={"q": FEE}, headers={"If-None-Match": first.headers["etag"]}
    )

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize("changed", [{"q": "Who is Rubio?"}, {"top_k": 4}, {"publisher": "X"}])
def test_another_question_by_address_has_another_tag(client, changed):
    tags = [
        client.get("/v1/ask", params={"q": FEE, **parameters}).headers["etag"]
        for parameters in ({}, changed)
    ]

    assert tags[0] != tags[1]


def test_a_change_of_the_documents_changes_the_tag(desk):
    first = desk.client.get("/v1/ask", params={"q": "desk"})
    desk.client.put("/v1/documents/second", json={"text": "Another text on the desk."})

    again = desk.client.get(
        "/v1/ask", params={"q": "desk"}, headers={"If-None-Match": first.headers["etag"]}
    )

    assert again.status_code == 200


def test_a_reply_in_parts_comes_as_passages_answer_citations_and_done(client):
    response = client.post("/v1/ask/stream", json={"question": FEE})

    assert response.headers["content-type"].startswith("text/event-stream")
    assert [name for name, _ in events(response)] == ["passages", "answer", "citations", "done"]


def test_the_parts_together_are_the_reply(client):
    whole = client.post("/v1/ask", json={"question": FEE}).json()

    parts = [data for _, data in events(client.post("/v1/ask/stream", json={"question": FEE}))]

    joined = {name: value for part in parts for name, value in part.items()}
    assert lasting(joined) == lasting(whole)


def test_a_question_that_cannot_be_asked_is_a_problem_and_no_stream(client, problem):
    problem(client.post("/v1/ask/stream", json={"question": " "}), 422, "invalid-field")


def test_a_batch_is_answered_in_order(client):
    questions = [{"question": FEE}, {"question": "best pasta recipe"}, {"question": FEE}]

    replies = client.post("/v1/batch", json={"questions": questions}).json()

    assert [reply["status"] for reply in replies] == ["answered", "abstained", "answered"]
    assert [reply["question"] for reply in replies] == [each["question"] for each in questions]


def test_a_wrong_question_in_a_batch_is_a_problem_of_its_own(client):
    questions = [{"question": ""}, {"question": FEE}, {"question": FEE, "collection": "nope"}]

    replies = client.post("/v1/batch", json={"questions": questions}).json()

    assert [reply["status"] for reply in replies] == [422, "answered", 404]
    assert replies[0]["type"] == "/problems/invalid-field"
    assert replies[0]["errors"][0]["pointer"] == "/question"
    assert replies[2]["type"] == "/problems/unknown-collection"


@pytest.mark.parametrize("number", [0, 101])
def test_a_batch_holds_one_to_a_hundred_questions(client, problem, number):
    questions = [{"question": FEE}] * number

    problem(client.post("/v1/batch", json={"questions": questions}), 422, "invalid-field")


def test_search_finds_the_passages_of_ask_without_an_answer(client):
    asked = client.post("/v1/ask", json={"question": FEE, "answer": "none"}).json()

    found = client.post("/v1/search", json={"question": FEE, "limit": 5}).json()

    assert found["passages"] == asked["passages"]
    assert set(asked) - set(found) == {
        "status", "abstained_because", "confidence", "answer", "citations",
    }  # fmt: skip
    assert set(found) - set(asked) == {"next_cursor"}


def pages(client, limit):
    cursor, found = None, []
    while cursor or not found:
        body = {"question": FEE, "limit": limit, "cursor": cursor}
        reply = client.post("/v1/search", json=body).json()
        found.append(reply["passages"])
        cursor = reply["next_cursor"]
    return found


@pytest.mark.parametrize("limit", [7, 20])
def test_pages_of_a_search_joined_are_the_whole_list(client, limit):
    whole = client.post("/v1/search", json={"question": FEE, "limit": 100}).json()["passages"]

    joined = [passage for page in pages(client, limit) for passage in page]

    assert [passage["id"] for passage in joined] == [passage["id"] for passage in whole]
    assert [passage["rank"] for passage in joined] == list(range(1, 45))


def test_the_last_page_has_no_cursor(client):
    assert (
        client.post("/v1/search", json={"question": FEE, "limit": 44}).json()["next_cursor"] is None
    )


@pytest.mark.parametrize(
    "cursor", ["x", "NQ", "W10", "bnVsbA", "eyJhIjoxLCJiIjoyfQ", "é", "A" * 500]
)
def test_what_is_no_cursor_is_refused(client, problem, cursor):
    response = client.post("/v1/search", json={"question": FEE, "cursor": cursor})

    problem(response, 400, "bad-cursor")


@pytest.mark.parametrize(
    "changed", [{"question": "Who is Rubio?"}, {"mode": "dense"}, {"group": "none"}]
)
def test_a_cursor_of_another_question_is_refused(client, problem, changed):
    cursor = client.post("/v1/search", json={"question": FEE}).json()["next_cursor"]

    response = client.post("/v1/search", json={"question": FEE, "cursor": cursor, **changed})

    problem(response, 400, "bad-cursor")


def test_a_cursor_of_an_older_state_of_the_index_is_refused(desk, problem):
    desk.client.put("/v1/documents/third", json={"text": "More words for the desk."})
    body = {"question": "desk", "limit": 1}
    cursor = desk.client.post("/v1/search", json=body).json()["next_cursor"]
    desk.client.put("/v1/documents/fourth", json={"text": "Fourth words for the desk."})

    problem(desk.client.post("/v1/search", json={**body, "cursor": cursor}), 400, "bad-cursor")


def test_a_quote_is_checked_where_it_is_said_to_stand(desk):
    body = {"document_id": "first", "quote": "first words", "start": 4, "end": 15}

    found = desk.client.post("/v1/verify", json=body).json()

    assert found == {
        "document_id": "first",
        "verification": "exact",
        "start": 4,
        "end": 15,
        "quote": "first words",
        "link": "/documents/first?start=4&end=15#:~:text=first%20words",
    }


@pytest.mark.parametrize(
    ("claim", "kind", "start"),
    [
        ({"quote": "first words", "start": 0, "end": 11}, "moved", 4),
        ({"quote": "First  WORDS"}, "normalized", 4),
        ({"quote": "last words"}, "not_found", None),
    ],
)
def test_a_quote_that_stands_elsewhere_or_in_another_form_or_not_at_all_is_told(
    desk, claim, kind, start
):
    found = desk.client.post("/v1/verify", json={"document_id": "first", **claim}).json()

    assert (found["verification"], found["start"]) == (kind, start)


@pytest.mark.parametrize(
    "claim",
    [{"quote": " "}, {"quote": "x", "start": 1}, {"quote": "x", "start": 3, "end": 3}, {}],
)
def test_a_claim_that_makes_no_sense_is_refused(desk, problem, claim):
    response = desk.client.post("/v1/verify", json={"document_id": "first", **claim})

    problem(response, 422, "invalid-field")


def test_a_quote_of_an_unknown_document_is_a_problem(desk, problem):
    response = desk.client.post("/v1/verify", json={"document_id": "nope", "quote": "x"})

    problem(response, 404, "unknown-document")
