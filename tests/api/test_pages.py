"""The pages: what stands on them, in which order, and that no document can write markup."""

from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.pages import Pages, Segment, segments

PAGES = Pages()
API = Path(__file__).parents[2] / "api"
QUESTION = "What fee does El Salvador charge?"
QUOTE = "a fee, low for the U.S."
TEXT = f"Bukele would charge {QUOTE} He said so."
HOSTILE = '<script>alert(1)</script>" onload="x\' & </mark>'


class Outline(HTMLParser):
    """Collects what the tests ask about: tags with their attributes, and the words inside them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"input", "link", "meta"}:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        del self._open[len(self._open) - 1 - self._open[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        self.words.append((self._open[-1] if self._open else "", data))

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]

    def text(self, tag: str) -> list[str]:
        return [words for name, words in self.words if name == tag]

    def links(self) -> list[str | None]:
        return [attrs.get("href") for attrs in self.attributes("a")]

    def ids(self) -> list[str]:
        return [attrs["id"] or "" for _, attrs in self.tags if "id" in attrs]


def a_citation(**changes: Any) -> dict[str, Any]:
    citation = {
        "number": 1, "document_id": "d1", "passage_id": "p1", "quote": QUOTE, "start": 120,
        "end": 143, "prefix": "", "suffix": "", "content_sha256": "0" * 64, "title": "A deal",
        "publisher": "NewsVane", "author": "Jack Wilson", "published": "2025-02-05",
        "published_source": "byline", "url": None, "source": "deal.txt", "page": 3,
        "language": "en", "link": "/documents/d1?start=120&end=143#:~:text=a%20fee",
        "verification": "exact",
    }  # fmt: skip
    return citation | changes


def a_passage(**changes: Any) -> dict[str, Any]:
    passage = {
        "rank": 1, "id": "p1", "document_id": "d1", "title": "A deal", "heading": "The fee",
        "text": TEXT, "start": 100, "end": 155, "citation": 1, "scores": {},
        "highlights": [
            {"start": 20, "end": 43, "kind": "answer"},
            {"start": 22, "end": 25, "kind": "term"},
        ],
    }  # fmt: skip
    return passage | changes


def a_reply(**changes: Any) -> dict[str, Any]:
    reply = {
        "id": "r", "question": QUESTION, "read_as": None, "created_at": "2026-01-01T00:00:00Z",
        "status": "answered", "abstained_because": None,
        "answer": {
            "text": QUOTE, "kind": "extractive",
            "spans": [{"start": 0, "end": len(QUOTE), "citations": [1]}],
        },
        "citations": [a_citation()], "passages": [a_passage()],
        "index": {
            "collection": "default", "generation": 12, "model": "m", "documents": 5,
            "passages": 61, "newest_published": "2025-04-16", "complete": True,
        },
        "timings_ms": {"total": 8.3},
    }  # fmt: skip
    return reply | changes


def an_abstention(because: str, **changes: Any) -> dict[str, Any]:
    nothing = {"status": "abstained", "answer": None, "citations": []}
    passages = [a_passage(citation=None, highlights=[])]
    return a_reply(**nothing, abstained_because=because, passages=passages) | changes


def ask(reply: dict[str, Any] | None = None, **changes: Any) -> str:
    arguments: dict[str, Any] = {
        "question": QUESTION if reply else "", "reply": reply, "problem": None, "filters": {},
        "documents": 5, "passages": 61, "examples": ["One?", "Two?", "Three?", "Four?"],
    }  # fmt: skip
    return PAGES.ask(**arguments | changes)


def a_document(**changes: Any) -> dict[str, Any]:
    text = "A deal\n\nThe fee\n\nOne is low.\n\nTwo is not.\n\nDetails\n\nThree.\n\nShare this"
    document = {
        "id": "d1", "title": "A deal", "publisher": "NewsVane", "author": None,
        "published": "2025-02-05", "published_source": "url", "url": "https://news.example/a",
        "language": "en", "source": "deal.txt", "text": text,
        "passages": [
            {"id": "p1", "start": 17, "end": 28, "heading": "The fee", "page": None},
            {"id": "p2", "start": 30, "end": 41, "heading": "The fee", "page": None},
            {"id": "p3", "start": 52, "end": 58, "heading": "The fee › Details", "page": None},
        ],
        "asides": [
            {"start": 0, "end": 6, "reason": "title"},
            {"start": 8, "end": 15, "reason": "heading"},
            {"start": 43, "end": 50, "reason": "heading"},
            {"start": 60, "end": 70, "reason": "share link"},
        ],
    }  # fmt: skip
    return document | changes


def read(document: dict[str, Any], cited: tuple[int, int] | None = None) -> Outline:
    return Outline(PAGES.document(document=document, cited=cited))


highlights = st.lists(
    st.fixed_dictionaries(
        {
            "start": st.integers(-5, 40),
            "end": st.integers(-5, 40),
            "kind": st.sampled_from(["answer", "term", "cited"]),
        }
    ),
    max_size=6,
)


@given(text=st.text(max_size=30), highlights=highlights)
def test_segments_join_to_the_text_whatever_the_highlights(text, highlights):
    parts = segments(text, highlights)

    assert "".join(part.text for part in parts) == text


@given(text=st.text(max_size=30), highlights=highlights)
def test_every_character_has_exactly_the_kinds_of_the_highlights_over_it(text, highlights):
    expected = [
        {mark["kind"] for mark in highlights if mark["start"] <= position < mark["end"]}
        for position in range(len(text))
    ]

    parts = segments(text, highlights)

    assert [set(part.kinds) for part in parts for _ in part.text] == expected


@given(text=st.text(max_size=30), highlights=highlights)
def test_segments_are_as_few_as_can_be_and_never_empty(text, highlights):
    parts = segments(text, highlights)

    assert all(part.text for part in parts)
    assert all(one.kinds != next_.kinds for one, next_ in pairwise(parts))


def test_a_term_inside_the_answer_splits_it():
    answer, term = ({"start": 2, "end": 9, "kind": k} for k in ("answer", "term"))

    parts = segments("x a fee now", [answer, term | {"start": 4, "end": 7}])

    assert parts == [
        Segment("x "),
        Segment("a ", ("answer",)),
        Segment("fee", ("answer", "term")),
        Segment(" n", ("answer",)),
        Segment("ow"),
    ]


def test_offsets_count_code_points_beyond_the_basic_plane():
    assert segments("🧾🧾fee", [{"start": 2, "end": 5, "kind": "term"}]) == [
        Segment("🧾🧾"),
        Segment("fee", ("term",)),
    ]


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


def test_markup_in_a_reply_is_shown_as_words():
    named = dict.fromkeys(("title", "publisher", "author", "source", "quote"), HOSTILE)
    answer = {
        "text": HOSTILE, "kind": "extractive",
        "spans": [{"start": 0, "end": len(HOSTILE), "citations": [1]}],
    }  # fmt: skip
    passage = a_passage(title=HOSTILE, heading=HOSTILE, text=HOSTILE)
    reply = a_reply(answer=answer, citations=[a_citation(**named)], passages=[passage])

    page = Outline(ask(reply, question=HOSTILE, filters={"publisher": HOSTILE}))

    assert page.attributes("script") == [{"src": "/static/page.js", "type": "module"}]
    assert [attrs for _, attrs in page.tags if "onload" in attrs] == []
    assert HOSTILE in page.text("p")


def test_markup_in_a_document_is_shown_as_words():
    passage = {"id": HOSTILE, "start": 0, "end": len(HOSTILE), "heading": "", "page": None}
    named = dict.fromkeys(("title", "publisher", "author", "source", "url"), HOSTILE)

    page = read(a_document(text=HOSTILE, passages=[passage], asides=[], **named), (2, 9))

    assert page.attributes("script") == [{"src": "/static/page.js", "type": "module"}]
    assert page.text("mark") == [HOSTILE[2:9]]


def test_markup_in_a_problem_is_shown_as_words():
    page = Outline(PAGES.problem(title=HOSTILE, status=404, detail=HOSTILE))

    assert page.attributes("script") == [{"src": "/static/page.js", "type": "module"}]
    assert page.text("h1") == [HOSTILE]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "http:",
        "http://[",
        "file:///etc/passwd",
    ],
)
def test_an_address_that_is_not_of_the_web_is_not_linked(url):
    links = read(a_document(url=url)).links() + Outline(
        ask(a_reply(citations=[a_citation(url=url)]))
    ).links()  # fmt: skip

    assert url not in links


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "//evil.example", "/\\evil.example", "/\t/evil.example"]
)
def test_a_citation_link_that_leaves_this_host_is_replaced(link):
    links = Outline(ask(a_reply(citations=[a_citation(link=link)]))).links()

    assert link not in links
    assert "/documents/d1" in links


@pytest.mark.parametrize("language", [None, "", "english!", 'en" onload="x'])
def test_a_language_that_is_no_tag_is_not_claimed(language):
    page = Outline(ask(a_reply(citations=[a_citation(language=language)])))

    assert page.attributes("blockquote") == [{"dir": "auto"}]


def test_a_web_address_is_linked_without_telling_where_from():
    [link] = [
        attrs
        for attrs in read(a_document()).attributes("a")
        if attrs["href"] == "https://news.example/a"
    ]

    assert link["rel"] == "external noopener noreferrer"


def test_a_document_is_shown_in_the_order_of_its_text():
    page = read(a_document())

    shown = [words for tag, words in page.words if tag in {"h1", "h2", "h3", "p"}]
    assert shown[shown.index("A deal") :][:6] == [
        "A deal",
        "The fee",
        "One is low.",
        "Two is not.",
        "Details",
        "Three.",
    ]
    assert (page.text("h2")[0], page.text("h3")) == ("The fee", ["Details"])


def test_every_passage_can_be_linked_to():
    link = Outline(ask(a_reply())).links()

    assert "/documents/d1#passage-p1" in link
    assert {"passage-p1", "passage-p2", "passage-p3"} < set(read(a_document()).ids())


def test_a_cited_range_across_two_passages_is_marked_in_both():
    page = read(a_document(), cited=(24, 33))

    assert page.text("mark") == ["low.", "Two"]
    assert page.ids().count("cited") == 1
    assert "#cited" in page.links()


def test_a_cited_range_that_holds_no_words_is_reported():
    page = PAGES.document(document=a_document(), cited=(500, 510))

    assert "Characters 500–510 hold no words of this text." in page


def test_what_was_left_out_is_listed_with_its_reason_and_headings_are_not():
    page = read(a_document())

    assert "Left out of the passages (2)" in page.text("summary")
    assert page.text("bdi")[-2:] == ["A deal", "Share this"]
    assert page.text("small")[-2:] == ["title", "share link"]


def test_words_that_no_passage_holds_are_shown_all_the_same():
    page = read(a_document(passages=a_document()["passages"][1:]))

    assert "One is low." in "".join(page.text("p"))


def test_heading_levels_are_never_skipped():
    asides = [{"start": 43, "end": 50, "reason": "heading"}]

    page = read(a_document(asides=asides))

    assert page.text("h3") == []
    assert page.text("h2")[0] == "Details"


def test_a_page_number_stands_where_its_page_begins():
    numbers = iter([1, 1, 2])
    passages = [passage | {"page": next(numbers)} for passage in a_document()["passages"]]

    page = read(a_document(passages=passages))

    assert [words for words in page.text("p") if words.startswith("Page")] == ["Page 1", "Page 2"]


def test_a_document_tells_where_each_piece_of_metadata_was_read():
    page = read(a_document(provenance={"publisher": "metadata"}))

    assert page.text("small")[:2] == ["from the metadata", "from the web address"]


def test_a_document_without_a_date_says_so():
    assert "no date given" in read(a_document(published=None)).text("dd")


def test_docs_hand_the_address_of_the_description_to_the_script():
    page = Outline(PAGES.docs(openapi_url="/openapi.json"))

    assert page.attributes("main") == [{"id": "docs", "data-url": "/openapi.json"}]


@pytest.mark.parametrize(
    "page",
    [
        ask(),
        ask(a_reply()),
        ask(an_abstention("low_confidence")),
        PAGES.document(document=a_document(), cited=(24, 33)),
        PAGES.docs(openapi_url="/openapi.json"),
        PAGES.problem(title="No such document", status=404, detail="It may have been removed."),
    ],
    ids=["empty", "answered", "abstained", "document", "docs", "problem"],
)
def test_a_page_keeps_to_a_policy_without_inline_code(page):
    outline = Outline(page)

    assert outline.text("script") == outline.text("style") == []
    assert [attrs for _, attrs in outline.tags if any(n.startswith("on") for n in attrs)] == []
    assert [attrs for _, attrs in outline.tags if "style" in attrs] == []
    assert len(outline.ids()) == len(set(outline.ids()))


@pytest.mark.parametrize("name", ["page.css", "page.js", "docs.js", "favicon.svg"])
def test_static_files_name_no_other_host_and_write_no_markup(name):
    content = (API / "static" / name).read_text(encoding="utf-8")

    assert "://" not in content.replace("http://www.w3.org/2000/svg", "")
    assert "innerHTML" not in content


@pytest.mark.parametrize("reply", [a_reply, lambda **how: an_abstention("low_confidence", **how)])
def test_a_corrected_question_is_told_as_text(reply):
    page = ask(reply(read_as="What <b>fee</b>?"))

    assert 'Read as <q dir="auto">What &lt;b&gt;fee&lt;/b&gt;?</q>' in page
    assert "Read as" not in ask(reply(read_as=None))
