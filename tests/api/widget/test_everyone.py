"""Everyone can use it: by keyboard, by ear, in every scheme, as the ARIA practices describe it."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from replies import ABSTAINED, ANSWERED, QUOTE, Answer

# Every rule of axe, those of the highest level and the experimental ones among them.
ALL_RULES = {
    "runOnly": [
        *("wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"),
        *("best-practice", "experimental", "section508", "cat.aria", "cat.color", "cat.forms"),
        *("cat.keyboard", "cat.name-role-value", "cat.semantics", "cat.structure"),
    ]
}
STATES = ("closed", "empty", "loading", "answer", "no answer", "error")
SCHEMES = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "right-to-left": {},
    "forced colours": {"forced_colors": "active"},
    "reduced motion": {"reduced_motion": "reduce"},
    "360 px": {"viewport": {"width": 360, "height": 640}},
}
QUESTIONS = {"loading": "slow", "answer": "fee", "no answer": "pasta", "error": "broken"}
SHOWN = {
    "loading": "Searching…",
    "answer": QUOTE,
    "no answer": "The documents do not say.",
    "error": "That did not work.",
    "closed": "",
    "empty": "",
}
# A page that follows the reader's scheme, as the widget does.
HEAD = '<meta name="color-scheme" content="light dark">'


@pytest.fixture
def asked(replies):
    replies.answers |= {
        "slow": Answer(ANSWERED, delay=3),
        "pasta": Answer(ABSTAINED),
        "broken": Answer({"detail": "the index is gone"}, 500),
    }


def bring_to(tab, state):
    """Put the widget into a state and wait until it is there."""
    tab.evaluate(
        "([state, question]) => state === 'closed'"
        " || document.querySelector('ask-widget').open(question)",
        [state, QUESTIONS.get(state)],
    )
    expect(tab.locator("ask-widget")).to_contain_text(SHOWN[state])


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("state", STATES)
def test_no_rule_of_axe_is_broken(opened, asked, state, scheme):
    strings = '{"searching":"Searching…","none":"The documents do not say.",'
    strings += '"failed":"That did not work."}'
    own = f"lang=\"ar\" strings='{strings}'" if scheme == "right-to-left" else ""
    tab = opened(f"<ask-widget {own}></ask-widget>", head=HEAD, **SCHEMES[scheme])

    bring_to(tab, state)

    found = Axe().run(tab, options=ALL_RULES).response["violations"]
    assert {each["id"]: [node["html"] for node in each["nodes"]] for each in found} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_rule_of_axe_is_broken_inline(opened, scheme):
    tab = opened('<ask-widget mode="inline"></ask-widget>', head=HEAD, color_scheme=scheme)

    bring_to(tab, "answer")

    found = Axe().run(tab, options=ALL_RULES).response["violations"]
    assert {each["id"]: [node["html"] for node in each["nodes"]] for each in found} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_theme_of_the_page_wins_over_the_readers_scheme(opened, scheme):
    other = {"light": "dark", "dark": "light"}[scheme]
    tab = opened(f'<ask-widget theme="{scheme}"></ask-widget>', color_scheme=other)

    ground = "getComputedStyle(document.querySelector('ask-widget').shadowRoot"
    ground += ".querySelector('button')).backgroundColor"

    assert (
        tab.evaluate(ground) == {"light": "rgb(255, 255, 255)", "dark": "rgb(30, 28, 25)"}[scheme]
    )


def test_the_button_tells_what_it_opens_and_its_keys(tab):
    button = tab.get_by_role("button", name="Ask")

    expect(button).to_have_attribute("aria-haspopup", "dialog")
    expect(button).to_have_attribute("aria-keyshortcuts", "Control+K Meta+K /")
    expect(button).to_have_accessible_name("Ask")


def test_the_empty_box_is_a_combobox_in_a_dialog_and_has_the_focus(box):
    combobox = box.get_by_role("dialog", name="Ask a question").get_by_role("combobox")

    expect(combobox).to_be_focused()
    expect(combobox).to_have_accessible_name("Ask a question")
    expect(combobox).to_have_attribute("aria-expanded", "false")
    expect(combobox).to_have_attribute("aria-autocomplete", "list")
    expect(combobox).not_to_have_attribute("aria-activedescendant", "option-0")


@pytest.fixture
def answered(box):
    """An answered question with seven passages."""
    box.get_by_role("combobox").fill("fee")
    box.get_by_role("combobox").first.press("Enter")
    expect(box.locator("[part=passage]")).to_have_count(7)
    return box


def test_the_passages_are_options_of_a_list_with_a_name_and_the_first_is_selected(answered):
    combobox = answered.get_by_role("combobox", name="Ask a question")
    listbox = answered.get_by_role("listbox", name="Closest passages")

    expect(combobox).to_have_attribute("aria-expanded", "true")
    expect(combobox).to_have_attribute("aria-controls", listbox.get_attribute("id"))
    expect(listbox.get_by_role("option", selected=True)).to_have_count(1)
    expect(listbox.get_by_role("option", selected=True)).to_contain_text(QUOTE)
    expect(listbox.get_by_role("link")).to_have_count(0)


@pytest.mark.parametrize(
    ("keys", "selected"),
    [
        ("ArrowDown", 1),
        ("ArrowDown ArrowDown", 2),
        ("ArrowDown ArrowUp", 0),
        ("ArrowUp", 0),
        ("End", 6),
        ("End ArrowDown", 6),
        ("End Home", 0),
        ("PageDown", 5),
        ("PageDown PageDown", 6),
        ("End PageUp", 1),
        ("Shift+End", 0),
    ],
)
def test_keys_move_the_selection_and_the_box_keeps_the_focus(answered, keys, selected):
    combobox = answered.get_by_role("combobox", name="Ask a question")

    for key in keys.split():  # as a reader does, one after the other
        combobox.press(key)

    expect(combobox).to_be_focused()
    expect(combobox).to_have_attribute("aria-activedescendant", f"option-{selected}")
    expect(answered.locator("[aria-selected=true]")).to_have_attribute("id", f"option-{selected}")
    expect(answered.locator("[aria-selected=true]")).to_be_in_viewport()


def test_enter_opens_the_selected_passage(replies, answered):
    replies.show("/documents/document-2", "<title>Second</title>")
    answered.keyboard.press("ArrowDown")

    with answered.context.expect_page() as popup:
        answered.keyboard.press("Enter")

    assert "/documents/document-2?" in popup.value.url


def test_enter_asks_where_the_question_has_changed(replies, answered):
    answered.keyboard.type("s")
    with answered.expect_response(lambda response: "fees" in response.url):
        answered.keyboard.press("Enter")

    expect(answered.locator("[part=passage]")).to_have_count(7)
    assert replies.asked[-1] == "fees"
    assert len(answered.context.pages) == 1


def test_escape_clears_then_closes_and_gives_the_focus_back(answered):
    answered.keyboard.press("Escape")
    expect(answered.get_by_role("combobox")).to_have_value("")
    expect(answered.get_by_role("combobox")).to_be_focused()
    expect(answered.locator("[part=passage]")).to_have_count(0)

    answered.keyboard.press("Escape")

    expect(answered.get_by_role("dialog")).to_have_count(0)
    expect(answered.get_by_role("button", name="Ask")).to_be_focused()


def test_a_click_beside_the_box_and_its_button_close_it(box):
    box.mouse.click(5, 300)
    expect(box.get_by_role("dialog")).to_have_count(0)

    box.keyboard.press("/")
    box.get_by_role("button", name="Close").click()

    expect(box.get_by_role("dialog")).to_have_count(0)


def test_tab_reaches_all_there_is_and_stays_in_the_dialog(answered):
    reached = [_next(answered) for _ in range(9)]

    names = ["Close", "1", "El Salvador Agrees", "Copy citation", "Text", "Yes", "No"]
    assert [name for name in names if not any(words.startswith(name) for words in reached)] == []
    assert "Behind" not in reached


def _next(tab):
    tab.keyboard.press("Tab")
    return tab.evaluate(
        "(() => { const on = document.activeElement?.shadowRoot?.activeElement;"
        " return on ? on.ariaLabel === 'Close' ? 'Close' : on.textContent : '' })()"
    )


@pytest.mark.parametrize("keys", ["Control+k", "Meta+k", "Control+K", "/"])
def test_keys_of_the_page_open_it(tab, keys):
    tab.keyboard.press(keys)

    expect(tab.get_by_role("combobox")).to_be_focused()
    expect(tab.get_by_role("combobox")).to_have_value("")


@pytest.mark.parametrize(
    "field", ["<input id=f>", "<textarea id=f></textarea>", "<p id=f contenteditable>"]
)
def test_a_slash_that_somebody_writes_elsewhere_is_theirs(opened, field):
    tab = opened(body=f"<label>Field {field}</label>")
    tab.locator("#f").focus()

    tab.keyboard.press("/")

    expect(tab.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize(
    ("hotkey", "keys", "opens"), [("j", "Control+j", 1), ("j", "Control+k", 0), ("", "/", 0)]
)
def test_a_page_chooses_the_key_or_none(opened, hotkey, keys, opens):
    tab = opened(f'<ask-widget hotkey="{hotkey}"></ask-widget>')

    tab.keyboard.press(keys)

    expect(tab.get_by_role("dialog")).to_have_count(opens)


def test_an_input_methods_keys_are_left_to_it(replies, box):
    session = box.context.new_cdp_session(box)
    session.send(
        "Input.imeSetComposition", {"text": "にほん", "selectionStart": 3, "selectionEnd": 3}
    )
    box.wait_for_timeout(400)
    during = list(replies.asked)
    session.send("Input.insertText", {"text": "日本語"})
    box.get_by_role("combobox").first.press("Enter")

    expect(box.locator("[part=passage]")).to_have_count(7)
    assert (during, replies.asked) == ([], ["日本語"])


def test_what_happens_is_announced_step_by_step(replies, asked, opened):
    tab = opened()
    tab.evaluate("document.querySelector('ask-widget').open()")
    tab.evaluate(
        "() => { const status = document.querySelector('ask-widget').shadowRoot"
        ".querySelector('[role=status]'); window.said = [];"
        " new MutationObserver(() => said.push(status.textContent))"
        ".observe(status, { childList: true }); }"
    )
    combobox = tab.get_by_role("combobox").first

    combobox.fill("fee")
    combobox.press("Enter")
    expect(tab.get_by_role("status")).to_contain_text("Closest passages: 7")
    combobox.fill("pasta")
    combobox.press("Enter")
    expect(tab.get_by_role("status")).to_contain_text("The documents do not say.")
    combobox.fill("broken")
    combobox.press("Enter")
    expect(tab.get_by_role("status")).to_contain_text("That did not work.")

    assert tab.evaluate("said") == [
        "Searching…",
        f"Answer: {QUOTE} Closest passages: 7",
        "Searching…",
        "The documents do not say. Closest passages: 3",
        "Searching…",
        "That did not work.",
    ]


def test_while_a_reply_is_waited_for_the_list_says_that_it_is_busy(asked, opened):
    tab = opened()
    bring_to(tab, "loading")

    expect(tab.locator("[part=body]")).to_have_attribute("aria-busy", "true")


def test_words_of_any_script_run_in_their_own_direction(replies, opened):
    passage = {**ANSWERED["passages"][0], "text": "نص عربي", "language": "ar", "highlights": []}
    replies.answers["mixed"] = Answer({**ANSWERED, "passages": [passage]})
    tab = opened()
    tab.evaluate("document.querySelector('ask-widget').open('mixed')")

    words = tab.locator("[part=passage] .words")
    expect(words).to_have_attribute("dir", "auto")
    expect(words).to_have_attribute("lang", "ar")
    assert words.evaluate("element => getComputedStyle(element).direction") == "rtl"


def test_on_a_phone_it_fills_the_screen_and_nothing_runs_over_the_edge(opened):
    tab = opened(viewport={"width": 360, "height": 640})
    bring_to(tab, "answer")

    place = tab.get_by_role("dialog").bounding_box()
    assert (place["x"], place["y"], place["width"], place["height"]) == (0, 0, 360, 640)
    over = "element => element.scrollWidth - element.clientWidth"
    assert tab.locator("[part=body]").evaluate(over) == 0


def test_who_wants_no_motion_sees_none(opened):
    tab = opened(reduced_motion="reduce")
    tab.get_by_role("button", name="Ask").click()

    assert (
        tab.get_by_role("dialog").evaluate("each => getComputedStyle(each).animationName") == "none"
    )
