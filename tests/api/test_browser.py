"""A person asks in a real browser: by mouse, by keyboard, without scripts, in the dark."""

from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

FEE = "What fee does El Salvador charge?"
SENTENCE = "would charge the United States a fee"
FOREIGN = "best pasta carbonara recipe"
HOSTILE = """<script>window.hacked = 1</script>

The keeper said <img src=x onerror="window.hacked = 1"> and <b>left</b> &amp; went home.

</mark></p></main><script>window.hacked = 1</script> are words of this text, too."""


class Tab:
    """A page that remembers what it asked for and what went wrong on it."""

    def __init__(self, context):
        self.tab = context.new_page()
        self.hosts, self.errors = set(), []
        self.tab.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        self.tab.on("pageerror", lambda error: self.errors.append(str(error)))
        self.tab.on("console", self._note)

    def _note(self, message):
        if message.type == "error":
            self.errors.append(message.text)


@pytest.fixture
def open_tab(chromium, server):
    """Opens tabs on the service; at the end, no tab may have met an error or another host."""
    contexts, tabs = [], []

    def opened(**options):
        options = {"viewport": {"width": 900, "height": 500}} | options
        contexts.append(chromium.new_context(base_url=server.url, **options))
        contexts[-1].set_default_timeout(20_000)
        tabs.append(Tab(contexts[-1]))
        return tabs[-1].tab

    yield opened
    for context in contexts:
        context.close()
    assert [error for tab in tabs for error in tab.errors] == []
    assert set().union(*(tab.hosts for tab in tabs)) <= {urlsplit(server.url).netloc}


@pytest.fixture
def tab(open_tab):
    return open_tab()


@pytest.fixture(scope="module")
def hostile(server):
    """A document full of markup, which is gone again after the tests of this module."""
    server.client.put("/v1/documents/hostile", json={"text": HOSTILE, "title": "<i>Title</i>"})
    yield "hostile"
    server.client.delete("/v1/documents/hostile")


def ask(tab, question):
    tab.goto("/")
    tab.get_by_label("Question").fill(question)
    tab.get_by_label("Question").press("Enter")
    tab.wait_for_url("**/?q=*")


def violations(tab):
    found = Axe().run(tab).response["violations"]
    return {each["id"]: [node["html"] for node in each["nodes"]] for each in found}


def test_the_page_begins_at_the_question_and_says_what_there_is_to_ask(tab):
    tab.goto("/")

    expect(tab.get_by_role("heading", level=1)).to_have_text("Ask your documents")
    expect(tab.get_by_text("5 documents with 44 passages")).to_be_visible()
    expect(tab).to_have_title("footnoted")


def test_typing_and_enter_bring_the_answer_first_with_its_footnote(tab):
    ask(tab, FEE)

    answer = tab.locator("main blockquote")
    expect(answer).to_contain_text(SENTENCE)
    expect(answer.get_by_role("link", name="Footnote 1")).to_be_visible()
    order = tab.locator("main > section").evaluate_all("all => all.map(each => each.className)")
    assert order == ["answer", "footnotes", "passages"]


def test_the_answer_is_marked_in_its_passage(tab):
    ask(tab, FEE)

    expect(tab.locator(".passage").first.locator("mark.answer").first).to_contain_text(
        "Bukele also said"
    )
    marked = tab.locator(".passage").first.locator("mark.answer").all_inner_texts()
    assert SENTENCE in "".join(marked)


def test_a_footnote_tells_title_date_and_place(tab):
    ask(tab, FEE)

    footnote = tab.locator("#footnote-1")
    expect(footnote).to_contain_text("El Salvador Agrees to Take In Deportees")
    expect(footnote).to_contain_text("no date given")
    expect(footnote).to_contain_text("characters 816–974")


def test_a_footnote_leads_to_the_words_in_the_document(tab):
    ask(tab, FEE)
    tab.locator("#footnote-1").get_by_role("link", name="Read the words in place").click()
    tab.wait_for_url("**/documents/**")

    expect(tab.locator("#cited")).to_contain_text(SENTENCE)
    expect(tab.locator("#cited")).to_be_in_viewport(ratio=1)


def test_the_cited_words_are_scrolled_to_without_a_text_fragment_too(tab, client):
    link = client.post("/v1/ask", json={"question": FEE}).json()["citations"][0]["link"]

    tab.goto(link.partition("#")[0])

    expect(tab.locator("#cited")).to_be_in_viewport(ratio=1)


def test_where_the_documents_do_not_say_the_page_says_so(tab):
    ask(tab, FOREIGN)

    expect(tab.get_by_role("heading", name="The documents do not say.")).to_be_visible()
    expect(tab.get_by_role("heading", name="Closest passages")).to_be_visible()
    expect(tab.locator("mark.answer")).to_have_count(0)


def test_filters_narrow_the_answer_down(tab):
    tab.goto("/")
    tab.locator("details.narrow summary").click()
    tab.get_by_label("Publisher").fill("NewsVane")
    tab.get_by_label("Question").fill("How many people have been detained?")
    tab.get_by_label("Question").press("Enter")
    tab.wait_for_url("**publisher=NewsVane*")

    expect(tab.locator("#footnote-1")).to_contain_text("NewsVane")
    expect(tab.locator("#footnote-1")).to_contain_text("16 April 2025")


def test_all_can_be_done_with_the_keyboard_alone(tab):
    tab.goto("/")
    tab.keyboard.press("/")
    tab.keyboard.type(FEE)
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/?q=*")
    tab.locator("#q").evaluate("element => element.blur()")

    tab.keyboard.press("1")
    on_footnote = tab.evaluate("document.activeElement.id")
    tab.keyboard.press("j")
    on_passage = tab.evaluate("document.activeElement.id")
    tab.keyboard.press("1")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/documents/**")

    assert (on_footnote, on_passage) == ("footnote-1", "passage-1")
    expect(tab.locator("#cited")).to_contain_text(SENTENCE)


def test_the_tab_key_reaches_the_question_and_the_footnote(tab):
    ask(tab, FEE)
    tab.evaluate("document.activeElement.blur()")

    reached = [_tab(tab) for _ in range(25)]

    assert "q" in reached
    assert "reference-1" in reached


def _tab(tab):
    tab.keyboard.press("Tab")
    return tab.evaluate("document.activeElement.id")


def test_without_scripts_asking_and_reading_work_alike(open_tab):
    tab = open_tab(java_script_enabled=False)
    ask(tab, FEE)
    expect(tab.locator("main blockquote")).to_contain_text(SENTENCE)

    tab.locator("#footnote-1").get_by_role("link", name="Read the words in place").click()
    tab.wait_for_url("**/documents/**")

    expect(tab.locator("#cited")).to_contain_text(SENTENCE)
    expect(tab.locator("#cited")).to_be_in_viewport()


@pytest.mark.parametrize(("scheme", "is_dark"), [("light", False), ("dark", True)])
def test_the_page_follows_the_colours_of_the_system(open_tab, scheme, is_dark):
    tab = open_tab(color_scheme=scheme)
    tab.goto("/")

    ink = tab.evaluate("getComputedStyle(document.body).color")
    shades = [int(part) for part in ink.strip("rgb()").split(",")]
    assert (sum(shades) > 3 * 128) is is_dark


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("question", ["", FEE, FOREIGN])
def test_nobody_is_shut_out_of_the_page_to_ask_on(open_tab, scheme, question):
    tab = open_tab(color_scheme=scheme)
    tab.goto(f"/?q={question}")

    assert violations(tab) == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_shut_out_of_a_document(open_tab, client, scheme):
    tab = open_tab(color_scheme=scheme)
    tab.goto(client.post("/v1/ask", json={"question": FEE}).json()["citations"][0]["link"])

    assert violations(tab) == {}


@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_runs_over_the_edge_of_a_narrow_screen(open_tab, width):
    tab = open_tab(viewport={"width": width, "height": 700})
    ask(tab, FEE)

    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_markup_in_a_document_is_shown_as_words_and_never_run(tab, hostile):
    tab.goto("/documents/hostile?start=0&end=40")

    expect(tab.locator("#cited")).to_contain_text("<script>window.hacked = 1</script>")
    expect(tab.locator("main")).to_contain_text('<img src=x onerror="window.hacked = 1">')
    expect(tab.get_by_role("heading", level=1)).to_have_text("<i>Title</i>")
    assert tab.locator("main img, main script, main b").count() == 0
    assert tab.evaluate("window.hacked") is None


def test_markup_in_an_answer_is_shown_as_words_and_never_run(tab, hostile):
    ask(tab, "What did the keeper say when he went home?")

    expect(tab.locator("main")).to_contain_text("<b>left</b>")
    assert tab.locator("main img, main script, main b").count() == 0
    assert tab.evaluate("window.hacked") is None


def test_markup_in_a_question_is_shown_as_words_and_never_run(tab):
    ask(tab, '"><script>window.hacked = 1</script><img src=x onerror="window.hacked = 1">')

    expect(tab.get_by_role("heading", level=1)).to_contain_text("<script>")
    assert tab.evaluate("window.hacked") is None


def test_the_description_of_the_interface_opens_without_another_host(tab):
    tab.goto("/docs")

    expect(tab.get_by_role("heading", name="footnoted")).to_be_visible()
    expect(tab.get_by_text("/v1/ask", exact=True).first).to_be_visible()


def test_a_copied_citation_holds_quote_source_and_address(open_tab, server):
    tab = open_tab(permissions=["clipboard-read", "clipboard-write"])
    ask(tab, FEE)

    tab.locator("#footnote-1").get_by_role("button", name="Copy citation").click()
    expect(tab.locator("#footnote-1").get_by_role("button", name="Copied")).to_be_visible()

    copied = tab.evaluate("navigator.clipboard.readText()")
    assert SENTENCE in copied.splitlines()[0]
    assert "characters 816–974" in copied.splitlines()[1]
    assert copied.splitlines()[2].startswith(f"{server.url}/documents/rubio-bukele")
