"""A reader asks: what is sent, when, what is shown, and what happens where it goes wrong."""

import json

import pytest
from playwright.sync_api import expect
from replies import ABSTAINED, ANSWERED, CONFLICTING, QUOTE, Answer, changed

FEE = "What fee does El Salvador charge?"
RECENT = '<ask-widget recent="3"></ask-widget>'


def ask(tab, question=FEE):
    tab.get_by_role("combobox").first.fill(question)
    tab.get_by_role("combobox").first.press("Enter")


def heard(tab, name):
    """Begin to note an event's details; a function that waits for the first and gives them."""
    tab.evaluate(
        "name => { window.heard ??= {}; const all = window.heard[name] = [];"
        " addEventListener(name, (event) => all.push(event.detail)); }",
        name,
    )

    def details():
        tab.wait_for_function("name => window.heard[name].length", arg=name)
        return tab.evaluate("name => window.heard[name]", name)

    return details


def test_the_answer_comes_first_with_its_footnote_then_the_passages(box):
    ask(box)

    answer = box.get_by_role("region", name="Answer")
    expect(answer).to_contain_text(QUOTE)
    expect(answer.get_by_role("link")).to_have_text("1")
    expect(box.get_by_role("listitem").first).to_contain_text("NewsVane · Feb 5, 2025")
    expect(box.locator("[part=passage]")).to_have_count(7)
    shown = box.get_by_role("dialog").inner_text()
    assert shown.index(QUOTE) < shown.index("Closest passages") < shown.index("Document 3")


def test_the_words_that_answer_are_bold_and_each_quotation_ends_with_its_footnote(replies, box):
    text = "The fee is $6 million a year 🙂.\n\nIt rose."
    spans = [
        {"start": 11, "end": 21, "citations": [1]},
        {"start": 33, "end": 41, "citations": [1]},
    ]
    replies.answers["words"] = Answer(changed(ANSWERED, answer={"text": text, "spans": spans}))

    ask(box, "words")

    answer = box.get_by_role("region", name="Answer")
    expect(answer.locator("b")).to_have_text(["$6 million", "It rose."])
    expect(answer.locator("p")).to_have_text("The fee is $6 million a year 🙂.1 It rose.1")


def test_the_words_that_answer_are_marked_and_the_words_asked_for_are_bold(box):
    ask(box)

    first = box.locator("[part=passage]").first
    expect(first.locator("mark")).to_have_text(QUOTE)
    expect(first.locator("b")).to_have_text("Bukele")


def test_marks_count_code_points_and_not_utf_16_units(replies, box):
    passage = {**ANSWERED["passages"][0], "text": "😀😀 marked 😀 rest"}
    passage["highlights"] = [{"start": 3, "end": 11, "kind": "answer"}]
    replies.answers["emoji"] = Answer(changed(ANSWERED, passages=[passage]))

    ask(box, "emoji")

    expect(box.locator("mark")).to_have_text("marked 😀")


@pytest.mark.parametrize(
    "marks",
    [
        [{"start": -5, "end": 4, "kind": "answer"}],
        [{"start": 0, "end": 4, "kind": "answer"}, {"start": 90, "end": 99, "kind": "term"}],
        [{"start": 0, "end": 4, "kind": "answer"}, {"start": 4, "end": 4, "kind": "term"}],
    ],
)
def test_marks_that_reach_beyond_the_text_leave_its_words_as_they_are(replies, box, marks):
    passage = {**ANSWERED["passages"][0], "text": "Some words.", "highlights": marks}
    replies.answers["marks"] = Answer(changed(ANSWERED, passages=[passage]))

    ask(box, "marks")

    expect(box.locator(".words")).to_have_text("Some words.")


def test_where_the_documents_do_not_say_that_is_said_with_the_closest_passages(replies, box):
    replies.answers["pasta"] = Answer(ABSTAINED)

    ask(box, "pasta")

    expect(box.get_by_role("paragraph")).to_have_text("The documents do not say.")
    expect(box.get_by_role("heading", name="Closest passages")).to_be_visible()
    expect(box.locator("[part=passage]")).to_have_count(3)


def test_sources_that_disagree_stand_side_by_side_with_their_footnotes(replies, box):
    replies.answers["arrests"] = Answer(CONFLICTING)

    ask(box, "arrests")

    expect(box.get_by_text("The sources disagree. arrests")).to_be_visible()
    expect(box.locator(".disagreement li")).to_have_text(["over 83,0001", "over 84,0002 (latest)"])
    expect(box.get_by_role("link", name="2: A later count")).to_be_visible()


def test_a_report_that_others_carry_too_says_so(box):
    ask(box)

    expect(box.locator("[part=passage]").nth(1)).to_contain_text("also in 2 more")


def test_a_question_that_was_read_otherwise_tells_how(replies, box):
    replies.answers["feee"] = Answer(changed(ANSWERED, read_as="fee"))

    ask(box, "feee")

    expect(box.get_by_text("Read as: fee")).to_be_visible()


def test_a_word_of_seven_letters_is_one_request(replies, opened):
    tab = opened(before=lambda page: page.clock.install())
    tab.get_by_role("button", name="Ask").click()

    for letter in "prisons":
        tab.keyboard.press(letter)
        tab.clock.run_for(60)
    before_the_pause = list(replies.asked)
    tab.clock.run_for(250)

    expect(tab.locator("[part=passage]")).to_have_count(7)
    assert (before_the_pause, replies.asked) == ([], ["prisons"])


def test_the_request_says_what_the_tag_says_and_nothing_of_the_reader(replies, opened):
    sent = []
    tab = opened(
        '<ask-widget key="fn_public_x" collection="news" top="3" hotkey=""></ask-widget>',
        before=lambda page: page.on("request", lambda request: sent.append(request)),
    )
    tab.context.add_cookies([{"name": "secret", "value": "1", "url": replies.url}])
    tab.get_by_role("button", name="Ask").click()

    ask(tab, "fee & more")

    expect(tab.locator("[part=passage]").first).to_be_visible()
    headers = sent[-1].all_headers()
    assert sent[-1].url.endswith("/v1/ask?q=fee+%26+more&top_k=3&collection=news&key=fn_public_x")
    assert not {"cookie", "referer", "authorization"} & set(headers)


def test_a_later_question_wins_over_a_slow_one_before_it(replies, box):
    replies.answers["slow"] = Answer(ABSTAINED, delay=1)
    given_up = []
    box.on("requestfailed", lambda request: given_up.append(request.url))

    ask(box, "slow")
    ask(box, FEE)
    expect(box.get_by_role("region", name="Answer")).to_be_visible()
    box.wait_for_timeout(1200)

    expect(box.get_by_role("region", name="Answer")).to_contain_text(QUOTE)
    assert [url.endswith("q=slow") for url in given_up] == [True]


def test_a_question_asked_again_is_answered_from_memory(replies, box):
    ask(box, "one question")
    expect(box.locator("[part=passage]")).to_have_count(7)
    ask(box, "another question")
    expect(box.locator("[aria-busy=true]")).to_have_count(0)
    ask(box, "one question")

    expect(box.locator("[part=passage]")).to_have_count(7)
    assert replies.asked == ["one question", "another question"]


def test_a_reply_in_parts_is_shown_as_they_come(replies, box):
    parts = [{name: value} for name, value in ANSWERED.items()]
    replies.answers["stream"] = Answer(None, parts=tuple(parts))

    ask(box, "stream")

    expect(box.get_by_role("region", name="Answer")).to_contain_text(QUOTE)
    expect(box.locator("[part=passage]")).to_have_count(7)


@pytest.mark.parametrize(
    ("answer", "told", "fault"),
    [
        (Answer({"detail": "the index is gone"}, 500), "That did not work.", "failed"),
        (Answer(b"<html>", 502), "That did not work.", "failed"),
        (Answer(b"no json"), "That did not work.", "failed"),
        (Answer({"passages": None}), "That did not work.", "failed"),
        (Answer({"detail": "key x expired"}, 401), "key x expired", "refused"),
        (Answer({"detail": "not from here"}, 403), "not from here", "refused"),
        (Answer({}, 429, {"Retry-After": "7"}), "Too many questions. Wait 7 s.", "limited"),
        (Answer(ANSWERED, delay=5), "It took too long.", "timeout"),
    ],
    ids=["500", "502", "no json", "no reply", "401", "403", "429", "slow"],
)
def test_what_went_wrong_is_told_and_can_be_tried_again(replies, opened, answer, told, fault):
    replies.answers["trouble"] = answer
    tab = opened('<ask-widget timeout="1500"></ask-widget>')
    errors = heard(tab, "ask-error")
    tab.get_by_role("button", name="Ask").click()
    ask(tab, "trouble")
    expect(tab.get_by_role("dialog")).to_contain_text(told)

    replies.answers.clear()
    tab.get_by_role("button", name="Try again").click()

    expect(tab.get_by_role("region", name="Answer")).to_be_visible()
    expect(tab.get_by_role("combobox").first).to_be_focused()
    assert [error["fault"] for error in errors()] == [fault]


def test_a_reader_without_a_connection_is_told_so(box):
    box.context.set_offline(True)

    ask(box)

    expect(box.get_by_role("paragraph")).to_have_text("You are offline.")


def test_recent_questions_are_kept_where_the_page_asks_for_it_and_can_be_cleared(opened):
    tab = opened(RECENT)
    tab.get_by_role("button", name="Ask").click()
    ask(tab, "first question")
    expect(tab.get_by_role("region", name="Answer")).to_be_visible()
    ask(tab, "second question")
    expect(tab.locator("[aria-busy=true]")).to_have_count(0)
    tab.reload()
    tab.get_by_role("button", name="Ask").click()

    expect(tab.get_by_role("heading", name="Recent questions")).to_be_visible()
    expect(tab.locator("[part=passage]")).to_have_text(["second question", "first question"])
    tab.locator("[part=passage]", has_text="first question").click()
    expect(tab.get_by_role("region", name="Answer")).to_be_visible()
    tab.get_by_role("combobox").first.fill("")
    tab.get_by_role("button", name="Clear").click()
    expect(tab.locator("[part=passage]")).to_have_count(0)


def test_nothing_is_kept_where_the_page_does_not_ask_for_it(box):
    ask(box)
    expect(box.get_by_role("region", name="Answer")).to_be_visible()

    assert box.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [
        0,
        0,
        "",
    ]


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


def test_a_page_opens_asks_and_closes_from_its_own_script_and_hears_of_it(tab):
    names = ["ask-open", "ask-question", "ask-reply", "ask-close"]
    told = {name: heard(tab, name) for name in names}

    tab.evaluate("question => document.querySelector('ask-widget').open(question)", FEE)
    expect(tab.get_by_role("region", name="Answer")).to_be_visible()
    tab.evaluate("document.querySelector('ask-widget').close()")

    expect(tab.get_by_role("dialog")).to_have_count(0)
    assert [len(told[name]()) for name in names] == [1, 1, 1, 1]
    assert told["ask-reply"]()[0]["reply"]["status"] == "answered"


def test_a_page_may_lead_a_reader_somewhere_else(box):
    box.evaluate("addEventListener('ask-select', (event) => event.preventDefault())")
    chosen = heard(box, "ask-select")
    ask(box)

    box.locator("[part=passage]").first.click()

    assert chosen()[0]["source"]["quote"] == QUOTE
    assert len(box.context.pages) == 1


def test_one_tag_is_enough_where_the_script_says_auto(replies, opened):
    script = '<script src="/widget/ask.js" data-auto data-key="k" data-lang="de" defer></script>'
    tab = opened(script)

    tab.get_by_role("button", name="Fragen").click()

    expect(tab.get_by_role("combobox", name="Eine Frage stellen")).to_be_focused()
    assert tab.locator("ask-widget").get_attribute("key") == "k"


def test_inline_it_stands_in_the_page_without_a_button(opened):
    tab = opened('<ask-widget mode="inline"></ask-widget>')

    ask(tab)

    expect(tab.get_by_role("search").locator("[part=passage]")).to_have_count(7)
    expect(tab.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize(
    ("attributes", "button", "box"),
    [
        ('lang="es"', "Preguntar", "Haga una pregunta"),
        ('lang="de"', "Fragen", "Eine Frage stellen"),
        ('lang="fr-CA"', "Demander", "Posez une question"),
        ('lang="pt-BR"', "Perguntar", "Faça uma pergunta"),
        ('lang="ar"', "اسأل", "اطرح سؤالاً"),
        ('lang="xx"', "Ask", "Ask a question"),
        ('placeholder="Search the archive"', "Ask", "Search the archive"),
        ('strings=\'{"ask": "Archive"}\'', "Archive", "Ask a question"),
        ("strings='broken'", "Ask", "Ask a question"),
    ],
)
def test_it_speaks_the_languages_of_the_page(opened, attributes, button, box):
    tab = opened(f"<ask-widget {attributes}></ask-widget>")

    tab.get_by_role("button", name=button, exact=True).click()

    expect(tab.get_by_role("combobox", name=box)).to_be_focused()


def test_a_change_of_an_attribute_shows_at_once(tab):
    tab.evaluate("document.querySelector('ask-widget').setAttribute('lang', 'fr')")

    expect(tab.get_by_role("button", name="Demander")).to_be_visible()
