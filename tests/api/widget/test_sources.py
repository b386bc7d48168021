"""From the answer to its source: opened at its words, and copied as a citation."""

import json

import pytest
from playwright.sync_api import expect
from readers import FEE, ask, heard
from replies import ANSWERED, QUOTE, Answer, changed


def test_a_chosen_passage_opens_at_its_words_in_a_tab_of_its_own(replies, box):
    replies.show("/documents/document-2", "<title>Second</title>")
    ask(box)

    with box.context.expect_page() as popup:
        box.locator("[part=passage]").nth(1).click()

    assert popup.value.url.startswith(f"{replies.url}/documents/document-2?start=0&end=")
    assert popup.value.evaluate("window.opener") is None


@pytest.mark.parametrize(
    ("url", "link", "addresses"),
    [
        (None, "/documents/a#:~:text=x", ["{}/documents/a#:~:text=x"]),
        ("https://n.org/a#top", "/documents/a#:~:text=x", ["https://n.org/a#:~:text=x"]),
        ("javascript:alert(1)", "/documents/a", ["{}/documents/a"]),
        ("data:text/html,x", "javascript:alert(1)", []),
        (None, "@evil.example/", []),
        (None, "//evil.example/", ["{}//evil.example/"]),
    ],
)
def test_a_footnote_leads_to_the_source_and_never_to_a_script(replies, box, url, link, addresses):
    citation = {**ANSWERED["citations"][0], "url": url, "link": link}
    replies.answers["link"] = Answer(changed(ANSWERED, citations=[citation]))

    ask(box, "link")

    expect(box.locator("[part=passage]").first).to_be_visible()
    found = box.locator("ol a").evaluate_all("all => all.map(each => each.href)")
    assert found == [each.format(replies.url) for each in addresses]


@pytest.mark.parametrize(
    ("style", "copied"),
    [
        (
            "text",
            "“{quote}”\nEl Salvador Agrees to Take In Deportees From the United States. "
            "NewsVane, 2025-02-05\n{url}",
        ),
        (
            "markdown",
            "> {quote}\n>\n> — [El Salvador Agrees to Take In Deportees From the United States]"
            "(<{url}>), NewsVane, 2025-02-05",
        ),
        (
            "bibtex",
            "@misc{{deal,\n"
            "  title = {{El Salvador Agrees to Take In Deportees From the United States}},\n"
            "  publisher = {{NewsVane}},\n  year = {{2025}},\n  url = {{{url}}},\n"
            "  note = {{{quote}}}\n}}",
        ),
    ],
)
def test_a_citation_is_copied_in_the_style_of_the_page(replies, opened, style, copied):
    tab = opened(
        f'<ask-widget citation-style="{style}"></ask-widget>',
        permissions=["clipboard-read", "clipboard-write"],
    )
    tab.get_by_role("button", name="Ask").click()
    ask(tab)
    tab.get_by_role("button", name="Copy citation").click()

    expect(tab.get_by_role("button", name="Copied")).to_be_visible()
    url = replies.url + ANSWERED["citations"][0]["link"]
    assert tab.evaluate("navigator.clipboard.readText()") == copied.format(quote=QUOTE, url=url)


def test_a_reader_may_choose_csl_json_for_the_selected_passage(opened):
    tab = opened(permissions=["clipboard-read", "clipboard-write"])
    tab.get_by_role("button", name="Ask").click()
    ask(tab)
    expect(tab.locator("[part=passage]")).to_have_count(7)
    tab.get_by_role("combobox", name="Ask a question").press("ArrowDown")
    tab.get_by_label("Format").select_option("CSL-JSON")
    tab.get_by_role("button", name="Copy citation").click()

    expect(tab.get_by_role("button", name="Copied")).to_be_visible()
    [item] = json.loads(tab.evaluate("navigator.clipboard.readText()"))
    assert (item["id"], item["title"]) == ("document-2", "The anti-gang campaign in figures")
    assert item["issued"] == {"date-parts": [[2025, 4, 16]]}


def test_copying_that_is_not_allowed_is_told(opened):
    tab = opened(before=lambda page: page.add_init_script("delete Navigator.prototype.clipboard"))
    tab.get_by_role("button", name="Ask").click()
    ask(tab)

    tab.get_by_role("button", name="Copy citation").click()

    expect(tab.get_by_role("button", name="That did not work.")).to_be_visible()


def test_whether_it_helped_is_told_to_the_page_and_sent_nowhere(replies, box):
    told = heard(box, "ask-feedback")
    ask(box)

    box.get_by_role("button", name="Yes").click()

    expect(box.get_by_role("group", name="Helpful?")).to_have_text("Thank you.")
    assert [(each["question"], each["helpful"]) for each in told()] == [(FEE, True)]
    assert replies.asked == [FEE]
