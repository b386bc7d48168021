"""A reader asks: what is sent, when, what is shown, and what happens where it goes wrong."""

import pytest
from playwright.sync_api import expect
from readers import FEE, ask, heard
from replies import ABSTAINED, ANSWERED, CONFLICTING, QUOTE, Answer, changed

RECENT = '<ask-widget recent="3"></ask-widget>'


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
