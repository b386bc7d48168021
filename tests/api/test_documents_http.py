"""Documents over HTTP: list, add, replace, delete, in bulk; what is written can be asked about."""

import json
from urllib.parse import quote

import pytest

TEXT = "The lighthouse keeper counts seals every morning.\n\nIn winter he counts {} of them."
REPORT = {
    "source", "id", "status", "passages", "cleaned", "reason", "duplicate_of", "similar_to",
    "similarity",
}  # fmt: skip
ENTRY = {
    "id", "title", "publisher", "author", "published", "published_source", "language", "source",
    "url", "tags", "passages", "content_sha256", "ingested_at",
}  # fmt: skip
DOCUMENT = ENTRY - {"ingested_at"} | {"provenance", "text", "cleaned"}


@pytest.fixture
def shelf(serving, tmp_path):
    """A client of a server without any documents."""
    with serving(tmp_path) as served:
        yield served.client


def put(client, document_id, text, **fields):
    path = f"/v1/documents/{quote(document_id, safe='')}"
    return client.put(path, json={"text": text, **fields})


def bulk(client, *lines):
    response = client.post("/v1/documents/bulk", content="\n".join(lines))
    return [json.loads(line) for line in response.text.splitlines()]


def test_the_first_document_makes_the_index(shelf, problem):
    problem(shelf.get("/v1/documents"), 404, "index-missing")

    added = shelf.post("/v1/documents", json={"id": "seals", "text": TEXT.format(12)})

    assert added.status_code == 201
    assert [each["id"] for each in shelf.get("/v1/documents").json()["documents"]] == ["seals"]


def test_what_was_written_can_be_asked_about_at_once(shelf):
    put(shelf, "seals", TEXT.format("twelve"))

    reply = shelf.post("/v1/ask", json={"question": "winter counts", "max_error_rate": 1}).json()

    assert reply["answer"]["text"] == "In winter he counts twelve of them."


def test_adding_reports_what_became_of_the_document(shelf):
    response = shelf.post("/v1/documents", json={"id": "seals", "text": TEXT.format(12)})

    report = response.json()
    assert set(report) == REPORT
    assert (report["id"], report["status"], report["passages"]) == ("seals", "added", 2)
    assert (report["cleaned"], report["reason"]) == ({}, None)
    assert response.headers["location"] == "/v1/documents/seals"


def test_the_same_document_again_changes_nothing(shelf):
    put(shelf, "seals", TEXT.format(12))
    before = shelf.get("/readyz").json()["generation"]

    again = put(shelf, "seals", TEXT.format(12))

    assert (again.status_code, again.json()["status"]) == (200, "unchanged")
    assert shelf.get("/readyz").json()["generation"] == before


def test_a_changed_document_replaces_its_old_version(shelf):
    put(shelf, "seals", TEXT.format("twelve"))

    changed = put(shelf, "seals", TEXT.format("thirteen"))

    assert (changed.status_code, changed.json()["status"]) == (200, "updated")
    assert "thirteen" in shelf.get("/v1/documents/seals").json()["text"]
    [found] = shelf.post("/v1/search", json={"question": "winter", "limit": 1}).json()["passages"]
    assert "thirteen" in found["text"]


def test_a_document_of_the_same_address_replaces_the_old_one_whatever_its_title(shelf):
    url = "https://news.example.org/seals"
    first = shelf.post("/v1/documents", json={"text": TEXT.format(12), "title": "One", "url": url})

    second = shelf.post("/v1/documents", json={"text": TEXT.format(9), "title": "Two", "url": url})

    assert second.json()["status"] == "updated"
    assert second.json()["id"] == first.json()["id"]


def test_a_text_without_id_or_address_is_known_again_by_its_words(shelf):
    first = shelf.post("/v1/documents", json={"text": TEXT.format(12)})

    again = shelf.post("/v1/documents", json={"text": TEXT.format(12)})

    assert again.json() == {**first.json(), "status": "unchanged"}


def test_exactly_the_same_text_under_another_id_is_reported_and_kept(shelf):
    put(shelf, "seals", TEXT.format(12))

    report = put(shelf, "copy", TEXT.format(12)).json()

    assert (report["status"], report["duplicate_of"]) == ("duplicate_of", "seals")
    assert shelf.get("/v1/documents/copy").status_code == 200


def test_nearly_the_same_text_is_reported_with_its_likeness_and_kept(shelf):
    long = " ".join(f"Sentence number {n} tells of seals on rock {n * n}." for n in range(60))
    put(shelf, "seals", long)

    report = put(shelf, "near", f"{long} One more sentence.").json()

    assert (report["status"], report["similar_to"]) == ("added", "seals")
    assert 0.8 <= report["similarity"] <= 1


def test_a_deleted_document_is_gone_when_this_is_acknowledged(shelf, problem):
    put(shelf, "seals", TEXT.format(12))

    deleted = shelf.delete("/v1/documents/seals")

    assert (deleted.status_code, deleted.content) == (204, b"")
    problem(shelf.get("/v1/documents/seals"), 404, "unknown-document")
    problem(shelf.delete("/v1/documents/seals"), 404, "unknown-document")


def test_the_last_document_can_be_deleted_and_the_index_still_be_asked(shelf):
    put(shelf, "seals", TEXT.format(12))
    shelf.delete("/v1/documents/seals")

    reply = shelf.post("/v1/ask", json={"question": "Who counts seals?"}).json()

    assert (reply["status"], reply["abstained_because"]) == ("abstained", "no_passages")


@pytest.mark.parametrize(
    "document_id", ["a/b/c", "día 🐙", "50% & more?#", "bulk", "x/", "ß" * 200]
)
def test_any_printable_id_can_be_written_read_cited_and_deleted(desk, document_id):
    added = put(desk.client, document_id, f"A text that only {document_id} holds.")
    filters = {"document_id": [document_id]}
    asked = {"question": "text", "filters": filters, "max_error_rate": 1}

    reply = desk.client.post("/v1/ask", json=asked).json()
    address = reply["citations"][0]["link"].partition("#")[0]
    page = desk.client.get(address)
    removed = desk.client.delete(added.headers["location"])

    assert added.json()["id"] == document_id
    assert (page.status_code, removed.status_code) == (200, 204)


@pytest.mark.parametrize("path", ["", "%00", "%20", "x" * 201, "%0A", "..."])
def test_an_id_that_no_document_can_have_is_refused_in_the_address(desk, problem, path):
    response = desk.client.put(f"/v1/documents/{path}", json={"text": "Some words."})

    problem(response, 422, "invalid-field")


def test_two_different_ids_for_one_document_are_refused(desk, problem):
    response = desk.client.put("/v1/documents/one", json={"id": "two", "text": "Some words."})

    assert problem(response, 422, "invalid-field")["errors"][0]["pointer"] == "/id"


def test_a_document_is_given_back_with_metadata_passages_and_what_was_left_out(desk):
    fields = {"title": "Seals", "publisher": "Coast", "author": "A. Keeper", "tags": ["sea"]}
    put(desk.client, "full", TEXT.format(1), published="2024-05-06", language="en", **fields)

    document = desk.client.get("/v1/documents/full").json()

    assert set(document) == DOCUMENT
    assert {name: document[name] for name in fields} == fields
    assert (document["published"], document["published_source"]) == ("2024-05-06", "metadata")
    assert document["provenance"]["title"] == "metadata"
    words = [document["text"][p["start"] : p["end"]] for p in document["passages"]]
    assert words == TEXT.format(1).split("\n\n")


def test_what_is_in_no_passage_is_told_with_its_reason_and_place(desk):
    text = "Seals of the coast\n\nThe keeper counts seals.\n\nSubscribe to our newsletter"
    report = put(desk.client, "cleaned", text).json()

    document = desk.client.get("/v1/documents/cleaned").json()

    left_out = document["cleaned"]
    assert sum(report["cleaned"].values()) == len(left_out) >= 1
    assert [document["text"][c["start"] : c["end"]] for c in left_out] == [
        c["text"] for c in left_out
    ]


def test_the_list_of_documents_is_paged_by_id_without_gaps_or_repeats(shelf):
    ids = [f"d{n:02}" for n in range(7)]
    bulk(shelf, *[json.dumps({"id": name, "text": f"Text of {name}."}) for name in ids])

    first = shelf.get("/v1/documents", params={"limit": 4}).json()
    second = shelf.get("/v1/documents", params={"limit": 4, "cursor": first["next_cursor"]}).json()

    assert [each["id"] for each in first["documents"] + second["documents"]] == ids
    assert second["next_cursor"] is None
    assert set(first["documents"][0]) == ENTRY


@pytest.mark.parametrize("cursor", ["x", "NQ", "WzEsImEiXQ"])
def test_a_cursor_that_was_not_given_out_is_refused(desk, problem, cursor):
    problem(desk.client.get("/v1/documents", params={"cursor": cursor}), 400, "bad-cursor")


def test_a_cursor_of_a_search_is_none_of_the_list(desk, problem):
    put(desk.client, "another", "A second text for the desk.")
    found = desk.client.post("/v1/search", json={"question": "text", "limit": 1}).json()

    response = desk.client.get("/v1/documents", params={"cursor": found["next_cursor"]})

    problem(response, 400, "bad-cursor")


def test_bulk_gives_one_result_line_for_each_document_in_order(shelf):
    reports = bulk(shelf, *[json.dumps({"id": n, "text": f"Words of {n}."}) for n in "abc"])

    assert [(each["id"], each["status"]) for each in reports] == [
        ("a", "added"), ("b", "added"), ("c", "added"),
    ]  # fmt: skip
    assert set(reports[0]) == REPORT


def test_a_broken_line_in_the_middle_is_told_by_its_number_and_the_rest_is_taken(shelf):
    reports = bulk(
        shelf, '{"id": "a", "text": "Words."}', "{broken", '{"id": "c", "text": "Three."}'
    )

    assert [each["status"] for each in reports] == ["added", "rejected", "added"]
    assert "line 2" in reports[1]["reason"]
    assert len(shelf.get("/v1/documents").json()["documents"]) == 2


def test_in_bulk_the_later_of_two_with_one_id_stays(shelf):
    reports = bulk(shelf, '{"id": "a", "text": "First."}', '{"id": "a", "text": "Second."}')

    assert [each["status"] for each in reports] == ["added", "updated"]
    assert shelf.get("/v1/documents/a").json()["text"] == "Second."


def test_a_bulk_without_documents_is_told(shelf):
    [report] = bulk(shelf, "", "  ")

    assert (report["status"], report["id"]) == ("rejected", None)
    assert report["reason"]


def test_a_write_waits_for_no_other_process_for_long(serving, tmp_path, problem):
    from filelock import FileLock

    with serving(tmp_path) as served:
        put(served.client, "first", "Some words.")
        with FileLock(tmp_path / "collections/default/writer.lock"):
            response = put(served.client, "second", "More words.")

    problem(response, 409, "index-locked")
