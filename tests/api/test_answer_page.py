"""The page to ask on: what stands on it, and in which order."""

import pytest
from shown import QUOTE, Outline, a_citation, a_passage, a_reply, an_abstention, ask


def test_the_answer_comes_before_its_footnote_and_the_footnote_before_the_passages():
    page = ask(a_reply())

    order = [page.index(part) for part in ("<blockquote", 'id="footnote-1"', 'id="passage-1"')]
    assert order == sorted(order)


def test_the_quote_carries_the_number_of_its_footnote_and_the_language_of_its_source():
    page = Outline(ask(a_reply()))

    assert page.attributes("blockquote") == [{"dir": "auto", "lang": "en"}]
    assert page.links().count("#footnote-1") == 2
    assert "reference-1" in page.ids()


def test_a_footnote_says_who_published_the_words_when_and_where_they_stand():
    page = ask(a_reply())

    footnote = page[page.index('id="footnote-1"') : page.index('class="passages"')]
    for words in (
        "A deal", "NewsVane", "Jack Wilson", "5 February 2025", "(date from the byline)",
        "The fee", "page 3", "characters 120–143", "deal.txt",
    ):  # fmt: skip
        assert words in footnote


def test_a_citation_is_copied_with_its_words_their_place_and_its_link():
    [from_footnote, _] = [
        attrs
        for attrs in Outline(ask(a_reply())).attributes("button")
        if attrs.get("class") == "quiet copy"
    ]

    assert from_footnote["data-words"] == QUOTE
    assert from_footnote["data-link"] == a_citation()["link"]
    assert from_footnote["data-reference"] == (
        "A deal. Jack Wilson, NewsVane, 5 February 2025. "
        "The fee, page 3, deal.txt, characters 120–143."
    )


def test_words_of_the_answer_and_of_the_question_are_marked_in_a_passage():
    page = Outline(ask(a_reply()))

    assert page.text("mark") == ["a ", "fee", ", low for the U.S."]
    assert [mark["class"] for mark in page.attributes("mark")] == [
        "answer",
        "answer term",
        "answer",
    ]


def test_two_quotes_are_two_quotations_and_a_footnote_is_anchored_once():
    answer = {
        "text": "One.\n\nTwo.", "kind": "extractive",
        "spans": [
            {"start": 0, "end": 4, "citations": [1]},
            {"start": 6, "end": 10, "citations": [2, 1]},
        ],
    }  # fmt: skip
    citations = [a_citation(), a_citation(number=2, language="ar")]

    page = Outline(ask(a_reply(answer=answer, citations=citations)))

    assert [quote.get("lang") for quote in page.attributes("blockquote")] == ["en", "ar"]
    assert page.ids().count("reference-1") == page.ids().count("reference-2") == 1


def test_words_of_an_answer_outside_its_spans_are_shown_without_a_footnote():
    answer = {
        "text": f"It said: {QUOTE} So.", "kind": "generative",
        "spans": [{"start": 9, "end": 9 + len(QUOTE), "citations": [1]}],
    }  # fmt: skip

    page = Outline(ask(a_reply(answer=answer)))

    assert "It said: " in page.text("p")
    assert " So." in page.text("p")
    assert page.text("strong") == [QUOTE]


def test_the_words_that_answer_stand_out_in_their_sentence():
    answer = {
        "text": "The fee is $6 million a year.\n\nIt rose.", "kind": "extractive",
        "spans": [
            {"start": 11, "end": 21, "citations": [1]},
            {"start": 31, "end": 39, "citations": [1]},
        ],
    }  # fmt: skip

    page = Outline(ask(a_reply(answer=answer)))

    assert page.text("strong") == ["$6 million"]
    assert len(page.attributes("blockquote")) == 2


def test_a_missing_date_is_said_to_be_missing():
    citation = a_citation(published=None, published_source="unknown")

    page = Outline(ask(a_reply(citations=[citation])))

    assert page.text("span").count("no date given") == 2
    assert page.attributes("time") == []


def test_a_passage_of_a_document_without_a_citation_claims_nothing_about_its_date():
    passage = a_passage(document_id="other", citation=None)

    page = ask(a_reply(passages=[passage]))

    assert "no date given" not in page


def test_a_passage_that_states_its_own_origin_shows_that():
    passage = a_passage(publisher="El Faro", published="2024-12-01", published_source="url")

    page = ask(a_reply(passages=[passage]))

    assert "El Faro" in page
    assert "1 December 2024" in page


def test_a_story_that_stands_elsewhere_links_to_the_other_documents():
    passage = a_passage(story={"id": "s", "copies": 2, "also_in": ["d 2/x"]})

    assert "/documents/d%202%2Fx" in Outline(ask(a_reply(passages=[passage]))).links()


def test_sources_that_disagree_are_announced_as_such():
    assert "The sources do not agree" in ask(a_reply(status="conflicting"))


@pytest.mark.parametrize(
    ("because", "words"),
    [
        ("low_confidence", "none answers it surely enough to be quoted"),
        ("no_passages", "No passage in 5 documents speaks of this"),
        ("filtered_out", "Nothing passes these filters"),
    ],
)
def test_an_abstention_says_why(because, words):
    assert words in ask(an_abstention(because))


def test_an_abstention_shows_the_closest_passages_under_their_own_heading():
    page = Outline(ask(an_abstention("low_confidence")))

    assert page.text("h2")[:2] == ["The documents do not say.", "Closest passages"]
    assert page.attributes("blockquote") == []


def test_a_question_narrowed_to_nothing_can_be_asked_of_all_documents():
    page = ask(an_abstention("filtered_out", passages=[]), filters={"from": "2026-01-01"})

    assert "/?q=What+fee+does+El+Salvador+charge%3F" in Outline(page).links()
    assert "A document without a date passes no date filter." in page


def test_every_value_of_a_filter_is_kept_in_the_form():
    filters = {"publisher": ["NewsVane", "El Faro"], "language": "en", "tag": None}

    page = Outline(ask(a_reply(), filters=filters))

    fields = [(field["name"], field["value"]) for field in page.attributes("input")[1:-1]]
    assert fields == [
        ("from", ""), ("before", ""), ("publisher", "NewsVane"), ("publisher", "El Faro"),
        ("language", "en"), ("tag", ""),
    ]  # fmt: skip


def test_without_a_question_the_page_offers_three_examples_and_says_what_it_holds():
    page = ask(documents=1, passages=12345)

    assert "1 document with 12,345 passages" in page
    assert [link for link in Outline(page).links() if link and link.startswith("/?q=")] == [
        "/?q=One%3F",
        "/?q=Two%3F",
        "/?q=Three%3F",
    ]


def test_without_documents_the_page_says_how_to_add_some():
    page = ask(documents=0, passages=0)

    assert "footnoted ingest FOLDER" in page
    assert "For example" not in page


def test_a_problem_with_the_question_stands_at_its_box():
    page = Outline(ask(question="x", problem="Too long."))

    [box] = [field for field in page.attributes("input") if field.get("name") == "q"]
    assert (box["value"], box["aria-describedby"]) == ("x", "problem")
    assert "Too long." in page.text("p")


def test_an_index_that_is_still_being_built_is_owned_up_to():
    reply = a_reply()
    reply["index"]["complete"] = False

    assert "still being read in" in ask(reply)


@pytest.mark.parametrize(
    ("iso", "written"),
    [
        ("2025-02-05", "5 February 2025"),
        ("2024-12-31", "31 December 2024"),
        ("2025-04-16T10:00:00Z", "16 April 2025"),
        ("spring 2025", "spring 2025"),
    ],
)
def test_dates_are_written_out(iso, written):
    assert written in Outline(ask(a_reply(citations=[a_citation(published=iso)]))).text("time")


@pytest.mark.parametrize("reply", [a_reply, lambda **how: an_abstention("low_confidence", **how)])
def test_a_corrected_question_is_told_as_text(reply):
    page = ask(reply(read_as="What <b>fee</b>?"))

    assert 'Read as <q dir="auto">What &lt;b&gt;fee&lt;/b&gt;?</q>' in page
    assert "Read as" not in ask(reply(read_as=None))
