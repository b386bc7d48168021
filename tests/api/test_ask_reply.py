"""The reply to a question, field by field, as section 2 of the contract has it."""

import datetime as dt
import hashlib
import re

import pytest

FEE = "What fee does El Salvador charge?"
FOREIGN = "best pasta carbonara recipe"
DATED = "How many people has the crackdown on gangs in El Salvador arrested?"
TEXT, NUMBER, NOTHING = str, int, type(None)


def types(value):
    return {name: type(content) for name, content in value.items()}


def ask(client, question=FEE, **fields):
    response = client.post("/v1/ask", json={"question": question, **fields})
    assert response.status_code == 200
    return response.json()


@pytest.fixture(scope="module")
def reply(server):
    return ask(server.client)


@pytest.fixture(scope="module")
def abstention(server):
    return ask(server.client, FOREIGN)


def test_a_reply_has_the_fields_of_the_contract_and_no_others(reply):
    assert types(reply) == {
        "id": TEXT, "question": TEXT, "created_at": TEXT, "status": TEXT, "read_as": NOTHING,
        "explanation": NOTHING,
        "abstained_because": NOTHING, "confidence": float, "answer": dict, "citations": list,
        "passages": list, "index": dict, "timings_ms": dict,
    }  # fmt: skip


def test_an_abstention_has_the_same_fields_with_a_reason_and_no_answer(abstention, reply):
    assert set(abstention) == set(reply)
    assert (abstention["status"], abstention["abstained_because"]) == (
        "abstained",
        "low_confidence",
    )
    assert (abstention["answer"], abstention["citations"]) == (None, [])
    assert [passage["citation"] for passage in abstention["passages"]] == [None] * 5


def test_what_later_versions_own_is_absent_rather_than_wrong(reply):
    assert "disagreements" not in reply


def test_the_answer_is_the_sentence_about_the_fee(reply):
    assert reply["status"] == "answered"
    assert "would charge the United States a fee" in reply["answer"]["text"]


def test_the_answer_names_its_citations_by_ranges_of_its_text(reply):
    text, spans = reply["answer"]["text"], reply["answer"]["spans"]

    assert reply["answer"] == {"text": text, "kind": "extractive", "spans": spans}
    assert [number for span in spans for number in span["citations"]] == [
        citation["number"] for citation in reply["citations"]
    ]
    assert all(0 <= span["start"] < span["end"] <= len(text) for span in spans)


def test_confidence_is_a_probability_also_of_an_answer_that_is_withheld(reply, abstention):
    assert 0 < abstention["confidence"] < reply["confidence"] < 1


def test_passages_come_by_relevance(reply):
    relevance = [passage["relevance"] for passage in reply["passages"]]

    assert relevance == sorted(relevance, reverse=True)
    assert all(0 <= each <= 1 for each in relevance)


def test_the_reply_names_its_reader(reply):
    assert re.fullmatch(r"[0-9a-f]{12}/[0-9a-f]{12}", reply["index"]["reader"])


def test_more_errors_are_put_up_with_only_where_it_is_asked_for(server):
    strict = ask(server.client, max_error_rate=0)
    lenient = ask(server.client, FOREIGN, max_error_rate=1)

    assert (strict["status"], lenient["status"]) == ("abstained", "answered")


def test_a_citation_has_the_fields_of_the_contract(reply):
    [citation] = reply["citations"]

    assert types(citation) == {
        "number": NUMBER, "document_id": TEXT, "passage_id": TEXT, "quote": TEXT, "start": NUMBER,
        "end": NUMBER, "prefix": TEXT, "suffix": TEXT, "content_sha256": TEXT, "title": TEXT,
        "heading": TEXT, "publisher": NOTHING, "author": NOTHING, "published": NOTHING,
        "published_source": TEXT, "url": NOTHING, "source": TEXT, "page": NOTHING,
        "language": TEXT, "link": TEXT, "verification": TEXT,
    }  # fmt: skip


def test_a_citation_can_be_checked_against_the_document(reply, client):
    [citation] = reply["citations"]

    document = client.get(f"/v1/documents/{citation['document_id']}").json()

    text, start, end = document["text"], citation["start"], citation["end"]
    assert text[start:end] == citation["quote"] == reply["answer"]["text"]
    assert text[start - 32 : start] == citation["prefix"]
    assert text[end : end + 32] == citation["suffix"]
    assert hashlib.sha256(text.encode()).hexdigest() == citation["content_sha256"]


def test_a_citation_says_that_it_was_verified_and_links_to_the_words(reply):
    [citation] = reply["citations"]

    assert citation["verification"] == "exact"
    assert citation["link"].startswith(
        f"/documents/{citation['document_id']}?start={citation['start']}&end={citation['end']}"
        "#:~:text=Bukele%20also%20said%20that"
    )


def test_a_document_without_a_date_is_cited_without_one(reply):
    [citation] = reply["citations"]

    assert (citation["published"], citation["published_source"]) == (None, "unknown")


def test_a_date_stands_with_the_place_where_it_was_read(client):
    found = ask(client, DATED, filters={"publisher": ["NewsVane"]})

    [citation] = found["citations"]
    assert citation["published"] == "2025-04-16"
    assert citation["published_source"] == "metadata"
    assert citation["publisher"] == "NewsVane"


def test_a_passage_has_the_fields_of_the_contract(reply):
    first = reply["passages"][0]

    assert types(first) == {
        "rank": NUMBER, "id": TEXT, "document_id": TEXT, "title": TEXT, "heading": TEXT,
        "text": TEXT, "start": NUMBER, "end": NUMBER, "page": NOTHING, "citation": NUMBER,
        "relevance": float,
        "highlights": list, "scores": dict, "story": NOTHING, "publisher": NOTHING,
        "author": NOTHING, "published": NOTHING, "published_source": TEXT, "language": TEXT,
        "source": TEXT, "explanation": NOTHING,
    }  # fmt: skip


def test_passages_are_ranked_from_one_and_the_cited_one_names_its_citation(reply):
    assert [passage["rank"] for passage in reply["passages"]] == [1, 2, 3, 4, 5]
    assert [passage["citation"] for passage in reply["passages"]] == [1, None, None, None, None]


def test_highlights_are_ranges_of_the_passage_the_answer_first(reply):
    first = reply["passages"][0]

    marked = [first["text"][mark["start"] : mark["end"]] for mark in first["highlights"]]
    assert first["highlights"][0]["kind"] == "answer"
    assert marked[0] == reply["answer"]["text"]
    assert {mark["kind"] for mark in first["highlights"][1:]} == {"term"}
    assert {"Salvador", "charge", "fee"} <= set(marked[1:])


def test_raw_scores_stand_apart_by_leg(reply):
    scores = reply["passages"][0]["scores"]

    assert set(scores) == {
        *("dense", "lexical", "dense_rank", "lexical_rank", "fused", "maxsim", "sentence")
    }
    assert 0 < scores["dense"] <= 1
    assert scores["dense_rank"] >= 1


def test_a_leg_that_was_not_asked_has_null_scores(client):
    scores = ask(client, mode="lexical")["passages"][0]["scores"]

    assert (scores["dense"], scores["dense_rank"], scores["lexical_rank"]) == (None, None, 1)


def test_the_state_of_the_index_is_named(reply):
    index = reply["index"]

    assert types(index) == {
        "collection": TEXT, "generation": NUMBER, "model": TEXT, "documents": NUMBER,
        "passages": NUMBER, "newest_published": TEXT, "reader": TEXT, "complete": bool,
    }  # fmt: skip
    assert (index["collection"], index["model"]) == ("default", "all-MiniLM-L6-v2")
    assert (index["documents"], index["passages"]) == (5, 44)
    assert (index["newest_published"], index["complete"]) == ("2025-04-16", True)


def test_timings_are_milliseconds_by_stage_with_a_total(reply):
    timings = reply["timings_ms"]

    assert {"embed", "dense", "lexical", "read", "total"} <= set(timings)
    assert timings["total"] == pytest.approx(sum(timings.values()) / 2, abs=0.1)


def test_the_time_is_in_utc_and_the_id_is_new_each_time(reply, client):
    again = ask(client)

    now = dt.datetime.now(dt.UTC)
    assert again["created_at"].endswith("Z")
    assert now - dt.datetime.fromisoformat(again["created_at"]) < dt.timedelta(seconds=10)
    assert re.fullmatch(r"[0-9a-f]{32}", again["id"])
    assert again["id"] != reply["id"]


def test_equal_questions_get_equal_replies(reply, client):
    changing = {"id", "created_at", "timings_ms"}

    again = ask(client)

    assert {name: again[name] for name in set(again) - changing} == {
        name: reply[name] for name in set(reply) - changing
    }


def test_white_space_around_a_question_means_nothing(client):
    assert ask(client, f"  {FEE}\n")["question"] == FEE


@pytest.mark.parametrize("top_k", [1, 3, 50])
def test_top_k_passages_come_back_where_there_are_as_many(client, top_k):
    assert len(ask(client, top_k=top_k)["passages"]) == min(top_k, 44)


def test_no_answer_is_made_where_none_is_asked_for(client):
    found = ask(client, answer="none")

    assert (found["answer"], found["citations"], len(found["passages"])) == (None, [], 5)


@pytest.mark.parametrize(
    ("filters", "sources"),
    [
        ({"publisher": ["newsvane"]}, {"pentagon-salvador-partnership.md"}),
        ({"published_before": "2025-03-01"}, {"rubio-visit-security.md"}),
        (
            {"published_from": "2025-02-05", "published_before": "2025-04-16"},
            {"rubio-visit-security.md"},
        ),
        ({"published_from": "2025-04-16"}, {"pentagon-salvador-partnership.md"}),
    ],
)
def test_filters_let_only_their_documents_through(client, filters, sources):
    passages = ask(client, filters=filters)["passages"]

    assert len(passages) == 5
    assert {passage["source"] for passage in passages} == sources


def test_filters_that_nothing_passes_are_the_reason(client):
    found = ask(client, filters={"publisher": ["Nobody"]})

    assert (found["status"], found["abstained_because"]) == ("abstained", "filtered_out")
    assert found["passages"] == []


def test_an_explanation_says_of_each_passage_why_it_stands_there(client):
    reply = ask(client, explain=True)

    first = reply["passages"][0]["explanation"]
    assert [leg["leg"] for leg in first["legs"]] == ["dense", "lexical", "maxsim", "sentence"]
    assert {"fee", "Salvador"} <= set(first["matched_words"])
    text, sentence = reply["passages"][0]["text"], first["sentence"]
    assert text[sentence["start"] : sentence["end"]] == sentence["text"]
    assert first["summary"].startswith("by meaning ")


def test_an_explanation_says_what_the_filters_left_out(client):
    reply = ask(client, explain=True, filters={"publisher": ["NewsVane"]})

    explanation = reply["explanation"]
    assert explanation["passages"] == 44
    assert 0 < explanation["filtered_out"] < 44


def test_a_common_word_that_no_document_has_is_left_as_it_is(client):
    assert ask(client, question="Did Bukele refuse to emphasize the ferry?")["read_as"] is None


def test_a_misspelt_name_is_read_as_the_nearest_one_and_that_is_told(client):
    reply = ask(client, question="What did Bukelle offer to the United States?")

    assert reply["question"] == "What did Bukelle offer to the United States?"
    assert reply["read_as"] == "What did bukele offer to the United States?"
