"""The whole way, nothing made by hand: a page of another site, its key, and the real service."""

import json
import shutil

import pytest
from playwright.sync_api import expect
from replies import ReplyServer

FEE = "What fee does El Salvador charge?"
SENTENCE = "would charge the United States a fee"


@pytest.fixture(scope="module")
def sites():
    """Two sites on ports of their own."""
    with ReplyServer.running() as known, ReplyServer.running() as foreign:
        yield known, foreign


@pytest.fixture(scope="module")
def service(sites, offline_data, tmp_path_factory, run, serving_process):
    """`footnoted serve` over the seed documents, with a public key for the first site."""
    data = tmp_path_factory.mktemp("sites") / "data"
    shutil.copytree(offline_data, data)
    create = ("footnoted", "keys", "create", "public", "--origin", sites[0].url, "--data", data)
    key = run(*create).out.strip()
    with serving_process(data, FOOTNOTED_OPEN_PAGES="true") as served:
        tag = run("footnoted", "widget", "--src", served.url, "--key", key).out
        for site in sites:
            site.show(
                "/news",
                f'<!doctype html><html lang="en"><title>News</title>{tag}<h1>News</h1></html>',
            )
        yield served


@pytest.fixture
def visit(chromium):
    """Opens the page of a site; gives the tab and what its console told."""
    contexts, told = [], []

    def go(site):
        contexts.append(chromium.new_context())
        tab = contexts[-1].new_page()
        tab.on("console", lambda message: told.append(message.text))
        tab.goto(f"{site.url}/news")
        tab.get_by_role("button", name="Ask").click()
        tab.get_by_role("combobox").fill(FEE)
        tab.get_by_role("combobox").first.press("Enter")
        return tab, told

    yield go
    for context in contexts:
        context.close()


def test_a_page_of_the_keys_site_gets_an_answer_and_its_footnote_leads_to_the_words(
    service, sites, visit
):
    tab, told = visit(sites[0])

    expect(tab.get_by_role("region", name="Answer")).to_contain_text(SENTENCE, timeout=20_000)
    with tab.context.expect_page() as popup:
        tab.get_by_role("region", name="Answer").get_by_role("link").click()

    expect(popup.value.locator("#cited")).to_contain_text(SENTENCE)
    expect(popup.value.locator("#cited")).to_be_in_viewport()
    assert popup.value.url.startswith(f"{service.url}/documents/rubio-bukele-deportee-deal")
    assert [text for text in told if "favicon" not in text and "404" not in text] == []


def test_a_page_of_another_site_is_refused_with_the_same_key(service, sites, visit):
    tab, told = visit(sites[1])

    expect(tab.get_by_role("dialog")).to_contain_text("That did not work.")

    expect(tab.locator("[part=passage]")).to_have_count(0)
    assert [text for text in told if "blocked by CORS policy" in text]
    lines = [json.loads(line) for line in service.log.read_text().splitlines()]
    assert (lines[-1]["route"], lines[-1]["status"]) == ("/v1/ask", 403)


def test_a_key_that_was_revoked_is_refused_at_once_and_the_page_may_tell(
    service, sites, visit, run
):
    key_id = run("footnoted", "keys", "list", "--json", "--data", service.data).json["id"]
    run("footnoted", "keys", "revoke", key_id, "--data", service.data)

    tab, _ = visit(sites[0])

    expect(tab.get_by_role("dialog")).to_contain_text(f"key {key_id} was revoked")
