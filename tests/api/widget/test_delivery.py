"""How the widget gets to a page: its files, their addresses, the tag, and the page to set it up."""

import base64
import gzip
import hashlib
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from api.widget_files import built

MOST_BYTES = 8 * 1024
NAMES = r'^  (?:"(?P<quoted>[\w-]+)"|(?P<name>\w+))\??:'


@pytest.fixture(scope="module")
def dist(root):
    return root / "api/widget/dist"


def test_everything_is_one_request_of_at_most_8_kib(dist):
    assert (dist / "ask.js.br").stat().st_size <= MOST_BYTES


def test_the_compressed_script_is_the_script(dist):
    assert gzip.decompress((dist / "ask.js.gz").read_bytes()) == (dist / "ask.js").read_bytes()


def test_the_script_makes_no_markup_of_texts_and_runs_none(dist):
    script = (dist / "ask.js").read_text()

    never = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|Function\(|srcdoc"
    assert re.findall(never, script) == []


@pytest.mark.parametrize(
    ("accepted", "encoding", "name"),
    [
        ("gzip, deflate, br", "br", "ask.js.br"),
        ("gzip", "gzip", "ask.js.gz"),
        ("br;q=0, gzip;q=0.5", "gzip", "ask.js.gz"),
        ("identity", None, "ask.js"),
    ],
)
def test_the_script_comes_in_the_smallest_form_that_is_taken(desk, dist, accepted, encoding, name):
    with desk.client.stream(
        "GET", "/widget/ask.js", headers={"accept-encoding": accepted}
    ) as reply:
        content = b"".join(reply.iter_raw())

    assert content == (dist / name).read_bytes()
    assert reply.headers.get("content-encoding") == encoding
    assert reply.headers["content-type"] == "text/javascript; charset=utf-8"
    assert reply.headers["vary"] == "Accept-Encoding"


def test_every_site_may_load_the_script(desk):
    headers = desk.client.get("/widget/ask.js", headers={"origin": "https://n.org"}).headers

    assert headers["access-control-allow-origin"] == "*"
    assert headers["cross-origin-resource-policy"] == "cross-origin"


def test_an_address_with_a_version_never_changes(desk):
    latest = desk.client.get("/widget/ask.js")
    exact = desk.client.get(f"/widget/{built().version}/ask.js")

    assert exact.content == latest.content
    assert exact.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert latest.headers["cache-control"] == "public, max-age=3600"


def test_another_version_is_not_here_and_the_way_to_this_one_is_told(desk, problem):
    refused = desk.client.get("/widget/0.0.1-00000000/ask.js")

    assert "footnoted widget" in problem(refused, 404, "not-found")["detail"]


def test_a_script_that_a_browser_has_is_not_sent_again(desk):
    tag = desk.client.get("/widget/ask.js").headers["etag"]

    again = desk.client.get("/widget/ask.js", headers={"if-none-match": tag})

    assert (again.status_code, again.content) == (304, b"")


def test_the_command_prints_a_tag_whose_integrity_is_that_of_the_script(run, dist, desk):
    asked = ("--src", "https://ask.example.org/", "--key", "fn_public_x")
    printed = run("footnoted", "widget", *asked).out

    digest = base64.b64encode(hashlib.sha384((dist / "ask.js").read_bytes()).digest()).decode()
    [path] = re.findall(r'src="https://ask\.example\.org(/widget/[^"]+)"', printed)
    assert f'integrity="sha384-{digest}"' in printed
    assert '<ask-widget src="https://ask.example.org" key="fn_public_x"></ask-widget>' in printed
    assert desk.client.get(path).status_code == 200


def test_the_types_name_the_attributes_that_the_element_reads(dist, root):
    declared = (dist / "ask.d.ts").read_text().split("AskWidgetAttributes {")[1].split("}")[0]
    listed = {found[1] or found[2] for found in re.finditer(NAMES, declared, re.MULTILINE)}
    source = (root / "api/widget/src/element.ts").read_text()

    read = set(re.findall(r'(?:say|number|getAttribute)\("([\w-]+)"', source))

    assert read == listed


def test_every_language_says_everything(root):
    source = (root / "api/widget/src/strings.ts").read_text()
    names = re.findall(r'"(\w+)"', source.split("as const")[0])
    lines = dict(re.findall(r'^  (\w\w): "(.*)",$', source, re.MULTILINE))

    assert {language: line.count("|") + 1 for language, line in lines.items()} == dict.fromkeys(
        ("en", "es", "de", "fr", "pt", "ar"), len(names)
    )


@pytest.fixture
def setup(chromium, server):
    context = chromium.new_context(base_url=server.url)
    tab, errors = context.new_page(), []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.on("console", lambda message: message.type == "error" and errors.append(message.text))
    tab.goto("/widget")
    yield tab
    context.close()
    assert errors == []


def test_what_is_set_up_shows_at_once_and_in_the_tags(setup):
    setup.get_by_label("Language").select_option("es")
    setup.get_by_label("Accent").fill("#004488")
    setup.get_by_label("Public key").fill('a"b')

    expect(setup.get_by_role("button", name="Preguntar")).to_be_visible()
    tags = setup.locator("#tags")
    expect(tags).to_contain_text('lang="es"')
    expect(tags).to_contain_text('key="a&quot;b"')
    expect(tags).to_contain_text("--ask-accent: #004488;")
    expect(tags).to_contain_text(built().integrity)


def test_the_page_to_set_it_up_asks_the_service_itself(setup):
    setup.get_by_label("Mode").select_option("inline")

    setup.get_by_role("search").get_by_role("combobox").fill("What fee does El Salvador charge?")
    setup.keyboard.press("Enter")

    answer = setup.get_by_role("region", name="Answer")
    expect(answer).to_contain_text("would charge the United States a fee", timeout=20_000)


def test_nobody_is_shut_out_of_the_page_to_set_it_up(setup):
    found = Axe().run(setup).response["violations"]

    assert {each["id"]: [node["html"] for node in each["nodes"]] for each in found} == {}
