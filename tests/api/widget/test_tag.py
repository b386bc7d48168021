"""The one tag: what a page chooses by its attributes, and does by its own script."""

import pytest
from playwright.sync_api import expect
from readers import FEE, ask, heard
from replies import QUOTE


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
