"""No document, question or reply can write markup, run code or lead elsewhere."""

from pathlib import Path

import pytest
from shown import (
    PAGES,
    Outline,
    a_citation,
    a_document,
    a_passage,
    a_reply,
    an_abstention,
    ask,
    read,
)  # fmt: skip

API = Path(__file__).parents[2] / "api"
HOSTILE = '<script>alert(1)</script>" onload="x\' & </mark>'


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
