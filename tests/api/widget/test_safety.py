"""Nothing that a document, a server or a page says runs, leaks, or breaks the widget."""

from itertools import chain

import pytest
from payloads import PAYLOADS, carried
from playwright.sync_api import expect
from replies import ANSWERED, QUOTE, Answer, changed, page

FIELDS = ("title", "text", "url", "quote", "error", "question")
# What many widgets do with a reply: markup made of its words, and its addresses as links.
NAIVE = """<!doctype html><html lang="en"><title>Naive</title><link rel="icon" href="data:,">
<main></main><script>
window.ran = (field) => (window.all ??= new Set()).add(field);
window.ask = async (question, broken) => {
  const main = document.querySelector("main");
  const reply = await (await fetch("/v1/ask?q=" + encodeURIComponent(question))).json();
  const failed = await (await fetch("/v1/ask?q=" + encodeURIComponent(broken))).json();
  const [citation] = reply.citations, [passage] = reply.passages;
  main.innerHTML = `<h1>${reply.question}</h1><h2>${passage.title}</h2><p>${passage.text}</p>
    <q>${citation.quote}</q><p role="alert">${failed.detail}</p><a href="${citation.url}">x</a>`;
  const link = main.querySelector("a");
  if (link?.protocol === "javascript:") link.click();
  await new Promise((go) => setTimeout(go, 60));
  const found = [...(window.all ?? [])];
  window.all = new Set();
  return found;
};
</script></html>"""
ASK = """async ([question, broken]) => {
  window.ran = (field) => (window.all ??= new Set()).add(field);
  const widget = document.querySelector("ask-widget");
  const after = (name) => new Promise((go) => addEventListener(name, go, { once: true }));
  const replied = after("ask-reply");
  widget.open(question);
  await replied;
  const shown = widget.shadowRoot.querySelector("dialog").innerText;
  for (const link of widget.shadowRoot.querySelectorAll("a")) {
    if (!/^https?:/.test(link.href)) link.click();
  }
  const failed = after("ask-error");
  widget.open(broken);
  await failed;
  await new Promise((go) => setTimeout(go, 20));
  const found = [...(window.all ?? [])];
  window.all = new Set();
  return { ran: found, shown: shown + widget.shadowRoot.querySelector("dialog").innerText };
}"""
STRICT = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; img-src data:; require-trusted-types-for 'script'; trusted-types 'none'"
)
HOSTILE_CSS = """<style>
* { all: unset !important; color: red !important; font-size: 3px !important;
  line-height: 0 !important; letter-spacing: 9px !important; text-transform: uppercase !important;
  direction: rtl; visibility: hidden; opacity: .01 !important; filter: blur(9px) !important;
  transform: scale(.1) !important; }
dialog, button, input, li, mark, ul { display: none !important; }
ask-widget { display: inline-block !important; }
</style>"""


def hostile(replies, payload):
    """Make a server that carries a payload in every field; the questions that bring it out."""
    fields = {field: carried(payload, field) for field in FIELDS}
    passage = {**ANSWERED["passages"][0], "title": fields["title"], "text": fields["text"]}
    passage |= {"heading": fields["title"], "publisher": fields["title"], "highlights": []}
    citation = {**ANSWERED["citations"][0], "title": fields["title"], "quote": fields["quote"]}
    citation |= {"url": fields["url"], "link": fields["url"], "author": fields["quote"]}
    answer = {"text": fields["quote"], "spans": [{"start": 0, "end": 9, "citations": [1]}]}
    reply = changed(
        ANSWERED,
        question=fields["question"],
        read_as=fields["question"],
        answer=answer,
        citations=[citation],
        passages=[passage],
    )
    broken = "broken " + payload
    replies.answers[fields["question"]] = Answer(reply)
    replies.answers[broken] = Answer({"detail": fields["error"], "title": fields["error"]}, 500)
    return [fields["question"], broken]


@pytest.fixture(scope="module")
def outcomes(chromium, reply_server):
    """What each payload did in the widget and in the naive page; one page of each for all."""
    reply_server.forget()
    context = chromium.new_context()
    widget, naive = context.new_page(), context.new_page()
    widget.goto(reply_server.show("/widget-page", page(tag="<ask-widget recent=5></ask-widget>")))
    naive.goto(reply_server.show("/naive", NAIVE))
    found = {}
    for payload in PAYLOADS:
        questions = hostile(reply_server, payload)
        in_naive = naive.evaluate("([question, broken]) => ask(question, broken)", questions)
        found[payload] = (widget.evaluate(ASK, questions), in_naive)
    context.close()
    return found


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_a_hostile_text_is_shown_as_words_and_never_run(outcomes, payload):
    in_widget, _ = outcomes[payload]

    assert in_widget["ran"] == []
    words = carried(payload, "text").replace("\u202e\u2066 ", "")
    assert " ".join(words.split()) in " ".join(in_widget["shown"].split())


def test_a_page_that_makes_markup_of_the_same_texts_runs_at_least_half_of_them(outcomes):
    ran = {payload for payload, (_, in_naive) in outcomes.items() if in_naive}
    fields = list(chain.from_iterable(in_naive for _, in_naive in outcomes.values()))

    assert len(PAYLOADS) == len(set(PAYLOADS)) == 100
    assert len(ran) >= 50
    assert len(fields) >= len(PAYLOADS) * len(FIELDS) / 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"passages": [None]},
        {"passages": [{}]},
        {"passages": [{**ANSWERED["passages"][0], "highlights": "all"}]},
        {"passages": [{**ANSWERED["passages"][0], "title": {"a": 1}, "text": 7}]},
        {"citations": [None]},
        {"citations": [{}]},
        {"answer": {}},
        {"answer": {"text": ["a"], "spans": None}},
        {"answer": {"text": "a", "spans": [{"start": "x", "end": -9, "citations": "1"}]}},
        {"disagreements": [{"values": None}]},
        {"read_as": {"a": 1}},
    ],
)
def test_a_reply_that_breaks_the_contract_does_not_break_the_box(replies, opened, wrong):
    replies.answers["wrong"] = Answer(changed(ANSWERED, **wrong))
    tab = opened()

    tab.evaluate("document.querySelector('ask-widget').open('wrong')")
    expect(tab.locator("[part=body]")).to_have_attribute("aria-busy", "false")
    tab.evaluate("document.querySelector('ask-widget').open('right')")

    expect(tab.get_by_role("region", name="Answer")).to_contain_text(QUOTE)


def test_under_a_strict_policy_and_trusted_types_all_works(opened):
    tab = opened(headers={"Content_Security_Policy": STRICT})
    tab.evaluate(
        "addEventListener('securitypolicyviolation', (event) =>"
        " (window.no ??= []).push(event.violatedDirective))"
    )
    tab.keyboard.press("/")
    tab.get_by_role("combobox").fill("fee")
    tab.keyboard.press("Enter")

    expect(tab.get_by_role("region", name="Answer")).to_contain_text(QUOTE)
    tab.get_by_role("button", name="No").click()
    expect(tab.get_by_role("group", name="Helpful?")).to_have_text("Thank you.")
    looks = tab.get_by_role("dialog").evaluate("each => getComputedStyle(each).backgroundColor")
    assert (looks, tab.evaluate("window.no ?? []")) == ("rgb(255, 255, 255)", [])


def test_styles_of_the_page_do_not_reach_in(opened):
    tab = opened(head=HOSTILE_CSS)
    tab.get_by_role("button", name="Ask").click()
    tab.get_by_role("combobox").fill("fee")
    tab.keyboard.press("Enter")

    answer = tab.get_by_role("region", name="Answer").locator("p")
    expect(answer).to_be_visible()
    looks = answer.evaluate(
        "each => { const looks = getComputedStyle(each); return ['color', 'direction', 'fontSize',"
        " 'letterSpacing', 'textTransform'].map((name) => looks[name]) }"
    )
    assert looks == ["rgb(31, 29, 26)", "ltr", "19.2px", "normal", "none"]
    assert tab.get_by_role("dialog").bounding_box()["width"] == 672


def test_the_page_outside_stays_as_it_was(opened):
    tab = opened(body="<p id=own>Own words.</p>")
    state = (
        "JSON.stringify([document.head.outerHTML, document.body.outerHTML, Object.keys(window)"
        ".filter((name) => name !== 'names'), document.adoptedStyleSheets.length])"
    )
    before = tab.evaluate(state)
    tab.keyboard.press("/")
    tab.get_by_role("combobox").fill("fee")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("region", name="Answer")).to_be_visible()
    tab.keyboard.press("Escape")
    tab.keyboard.press("Escape")

    assert tab.evaluate(state) == before


def test_its_looks_are_the_pages_to_choose(opened):
    tab = opened(
        head="<style>ask-widget { --ask-bg: #123456; --ask-width: 500px; --ask-radius: 0px }"
        " ask-widget::part(input) { text-decoration: underline }</style>"
    )
    tab.get_by_role("button", name="Ask").click()

    dialog = tab.get_by_role("dialog")
    looks = "each => [getComputedStyle(each).backgroundColor, getComputedStyle(each).borderRadius]"
    assert dialog.evaluate(looks) == ["rgb(18, 52, 86)", "0px"]
    assert dialog.bounding_box()["width"] == 500
    decoration = "each => getComputedStyle(each).textDecorationLine"
    assert tab.get_by_role("combobox").evaluate(decoration) == "underline"


def test_the_parts_of_the_contract_are_there(opened):
    tab = opened()
    tab.evaluate("document.querySelector('ask-widget').open('fee')")
    expect(tab.get_by_role("region", name="Answer")).to_be_visible()

    parts = (
        "root => [...new Set([...root.shadowRoot.querySelectorAll('[part]')]"
        ".map((each) => each.part.value))].sort()"
    )
    assert tab.locator("ask-widget").evaluate(parts) == [
        *("answer", "body", "citation", "dialog", "input", "passage", "trigger")
    ]


def test_two_on_one_page_keep_to_themselves(replies, opened):
    tab = opened(
        '<ask-widget mode="inline" placeholder="First"></ask-widget>'
        '<ask-widget mode="inline" placeholder="Second"></ask-widget>'
    )
    tab.keyboard.press("/")
    expect(tab.get_by_role("combobox", name="First")).to_be_focused()

    tab.get_by_role("combobox", name="Second").fill("fee")
    tab.keyboard.press("Enter")

    expect(tab.locator("ask-widget").nth(1).locator("[part=passage]")).to_have_count(7)
    expect(tab.locator("ask-widget").nth(0).locator("[part=passage]")).to_have_count(0)
    assert replies.asked == ["fee"]


def test_two_of_the_script_on_one_page_are_as_good_as_one(opened):
    tab = opened(head='<script src="/widget/ask.js?again" defer></script>')

    tab.get_by_role("button", name="Ask").click()

    expect(tab.get_by_role("dialog")).to_have_count(1)


def test_in_a_frame_without_storage_or_popups_it_answers(replies, opened):
    replies.show("/framed", page(tag='<ask-widget mode="inline" recent="3"></ask-widget>'))
    frame = '<iframe src="/framed" sandbox="allow-scripts" title="x" width=600 height=400></iframe>'
    tab = opened(body=frame)
    inside = tab.frame_locator("iframe")

    inside.get_by_role("combobox").fill("fee")
    inside.get_by_role("combobox").first.press("Enter")

    expect(inside.get_by_role("region", name="Answer")).to_contain_text(QUOTE)


def test_taken_off_the_page_it_lets_go_of_the_keys(tab):
    tab.evaluate("document.querySelector('ask-widget').remove()")

    tab.keyboard.press("/")

    expect(tab.get_by_role("dialog")).to_have_count(0)


def test_nothing_is_asked_of_a_third_host(opened):
    hosts = set()
    tab = opened(before=lambda page: page.on("request", lambda sent: hosts.add(sent.url[:17])))
    tab.evaluate("document.querySelector('ask-widget').open('fee')")
    expect(tab.get_by_role("region", name="Answer")).to_be_visible()

    assert hosts <= {"http://127.0.0.1:", "data:,"}
