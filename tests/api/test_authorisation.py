"""Who may do what over HTTP: every route with every kind of key, and pages of other sites."""

import datetime as dt

import httpx
import pytest
from fastapi import FastAPI

from api.access import RULES
from api.app import create_app
from api.key_file import KeyFile
from api.keys import KeyKind, new_key
from api.settings import Settings

SITE = "https://news.example.org"
ASK = "/v1/ask?q=words"
KINDS = ("none", "search", "public", "admin", "foreign", "expired")
# What each kind is let in for; anything else is refused. "foreign" is a public key that a page of
# another site sends, "expired" an admin key of yesterday.
LET_IN = {
    "open": set(KINDS),
    "ask": {"search", "public", "admin"},
    "read": {"search", "admin"},
    "admin": {"admin"},
}
# Written out a second time on purpose: the table of the service is what is tested.
RIGHTS = {
    "GET /": "read",
    "GET /docs": "open",
    "GET /documents/{document_id:path}": "read",
    "GET /healthz": "open",
    "GET /metrics": "read",
    "GET /openapi.json": "open",
    "GET /problems/{kind}": "open",
    "GET /readyz": "open",
    "GET /static/{path:path}": "open",
    "GET /static/swagger/{path:path}": "open",
    "GET /widget": "open",
    "GET /widget/ask.d.ts": "open",
    "GET /widget/ask.js": "open",
    "GET /widget/{version}/ask.js": "open",
    "GET /v1/ask": "ask",
    "POST /v1/ask": "ask",
    "POST /v1/ask/stream": "ask",
    "POST /v1/batch": "ask",
    "POST /v1/search": "ask",
    "POST /v1/verify": "read",
    "GET /v1/documents": "read",
    "POST /v1/documents": "admin",
    "POST /v1/documents/bulk": "admin",
    "GET /v1/documents/{document_id:path}": "read",
    "PUT /v1/documents/{document_id:path}": "admin",
    "DELETE /v1/documents/{document_id:path}": "admin",
    "GET /v1/collections": "read",
    "POST /v1/collections": "admin",
    "GET /v1/collections/{name}": "read",
    "DELETE /v1/collections/{name}": "admin",
}


def routes_of(app: FastAPI) -> set[str]:
    """Every method and path that an application answers, those of included routers among them."""
    found = set()
    for route in app.routes:
        inner = getattr(route, "original_router", None)
        for each in inner.routes if inner else [route]:
            methods = getattr(each, "methods", None) or {"GET"}
            path = each.path if hasattr(each, "methods") else f"{each.path}/{{path:path}}"
            found |= {f"{method} {path}" for method in methods - {"HEAD"}}
    return found


@pytest.fixture(scope="module")
def secrets(tmp_path_factory):
    """A data folder with a key of each kind, and their secrets."""
    data, now = tmp_path_factory.mktemp("keyed"), dt.datetime.now(dt.UTC)
    yesterday = now - dt.timedelta(days=1)
    made = {
        "search": new_key(KeyKind.SEARCH, now=now),
        "public": new_key(KeyKind.PUBLIC, now=now, origins=(SITE, "https://xn--bcher-kva.example")),
        "admin": new_key(KeyKind.ADMIN, now=now),
        "expired": new_key(KeyKind.ADMIN, now=yesterday, expires=yesterday),
        "ended": new_key(KeyKind.PUBLIC, now=yesterday, origins=(SITE,), expires=yesterday),
    }
    for each in made.values():
        KeyFile(data).add(each.key)
    return data, {kind: each.secret for kind, each in made.items()}


@pytest.fixture(scope="module")
def keyed(serving, secrets):
    """A service that asks for keys, with one document."""
    data, secret = secrets
    with serving(data, limit_per_address="100000/minute", limit_per_key="100000/minute") as served:
        admin = {"Authorization": f"Bearer {secret['admin']}"}
        put = served.client.put("/v1/documents/a", json={"text": "Some words."}, headers=admin)
        assert put.status_code == 201
        with httpx.Client(base_url=served.url, timeout=60) as client:
            yield client


@pytest.fixture
def headers(secrets):
    """The headers with which somebody of a kind comes."""

    def of(kind, **more):
        secret = {**secrets[1], "foreign": secrets[1]["public"]}
        sites = {"public": SITE, "foreign": "https://evil.example.org"}
        sent = {"Authorization": f"Bearer {secret[kind]}"} if kind != "none" else {}
        return sent | ({"Origin": sites[kind]} if kind in sites else {}) | more

    return of


def test_every_route_of_the_application_is_in_the_matrix_and_in_the_table_of_rights(tmp_path):
    routes = routes_of(create_app(Settings(data=tmp_path)))

    assert routes == set(RIGHTS)
    assert routes - {"GET /static/swagger/{path:path}"} == {" ".join(rule) for rule in RULES}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("route", RIGHTS)
def test_a_route_lets_in_whom_it_should_and_nobody_else(keyed, headers, route, kind):
    method, _, path = route.partition(" ")
    for_real = path.replace("{kind}", "too-large").replace("{document_id:path}", "none")
    for_real = for_real.replace("{name}", "none")

    reply = keyed.request(method, for_real.replace("{path:path}", "x"), headers=headers(kind))

    let_in = reply.status_code not in {401, 403}
    assert let_in is (kind in LET_IN[RIGHTS[route]])


@pytest.mark.parametrize(
    ("kind", "status", "name"),
    [
        ("none", 401, "unauthorized"),
        ("expired", 401, "unauthorized"),
        ("foreign", 403, "forbidden"),
    ],
)
def test_a_refusal_is_a_problem_that_tells_the_way_in(keyed, headers, problem, kind, status, name):
    refused = keyed.get(ASK, headers=headers(kind))

    assert problem(refused, status, name)["detail"]
    assert refused.headers.get("www-authenticate") == {401: "Bearer", 403: None}[status]


def test_a_path_that_no_rule_names_is_shut(keyed, headers):
    assert keyed.get("/v2/new", headers=headers("search")).status_code == 403
    assert keyed.get("/v2/new", headers=headers("admin")).status_code == 404


def test_a_key_that_is_not_known_is_refused_even_where_none_is_needed(desk, problem):
    refused = desk.client.get(ASK, headers={"Authorization": "Bearer fn_public_x"})

    problem(refused, 401, "unauthorized")


def test_a_damaged_file_of_keys_shuts_the_service(serving, tmp_path, problem):
    with serving(tmp_path) as served:
        (tmp_path / "keys.json").write_text("{")
        refused = served.client.get(ASK)

    assert "nobody is let in" in problem(refused, 503, "not-ready")["detail"]


@pytest.mark.parametrize(
    "sign", [{"Origin": SITE}, {"Origin": "null"}, {"Sec-Fetch-Site": "same-origin"}]
)
def test_an_admin_key_is_refused_when_a_browser_sends_it(keyed, headers, problem, sign):
    refused = keyed.get("/v1/documents", headers=headers("admin", **sign))

    assert "browser" in problem(refused, 403, "forbidden")["detail"]


@pytest.mark.parametrize("kind", ["search", "admin"])
def test_only_a_public_key_may_stand_in_an_address(keyed, secrets, problem, kind):
    refused = keyed.get(ASK, params={"q": "words", "key": secrets[1][kind]})

    assert "logs" in problem(refused, 403, "forbidden")["detail"]


def test_a_public_key_in_the_address_asks_without_a_preflight(keyed, secrets):
    asked = {"q": "some words", "key": secrets[1]["public"], "max_error_rate": 1}

    reply = keyed.get("/v1/ask", params=asked, headers={"Origin": SITE})

    assert reply.json()["status"] == "answered"
    assert reply.headers["access-control-allow-origin"] == SITE
    assert reply.headers["vary"] == "Origin"


def test_without_an_origin_a_public_key_counts_for_the_services_own_pages(keyed, secrets):
    origin = str(keyed.base_url).rstrip("/")
    own = new_key(KeyKind.PUBLIC, now=dt.datetime.now(dt.UTC), origins=(origin,))
    KeyFile(secrets[0]).add(own.key)

    with_own = keyed.get("/v1/ask", params={"q": "words", "key": own.secret})
    with_others = keyed.get("/v1/ask", params={"q": "words", "key": secrets[1]["public"]})

    assert (with_own.status_code, with_others.status_code) == (200, 403)


def test_replies_never_allow_credentials_or_every_site(keyed, headers):
    reply = keyed.get(ASK, headers=headers("public", Cookie="a=b"))

    assert "access-control-allow-credentials" not in reply.headers
    assert reply.headers["access-control-allow-origin"] == SITE


def test_a_page_may_read_that_its_key_has_ended(keyed, secrets):
    asked = {"q": "words", "key": secrets[1]["ended"]}

    refused = keyed.get("/v1/ask", params=asked, headers={"Origin": SITE})

    assert refused.status_code == 401
    assert refused.headers["access-control-allow-origin"] == SITE


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "http://news.example.org",
        "https://news.example.org:444",
        "https://news.example.org.",
        "https://news.example.org.evil.example",
        "https://evilnews.example.org",
        "https://sub.news.example.org",
        "https://example.org",
        "https://NEWS.example.org",
        "https://news.example.org@evil.example",
        "https://evil.example#https://news.example.org",
        "https://news.example.org, https://evil.example",
        "https://bücher.example",
        "https://bucher.example",
        "file://",
    ],
)
def test_an_origin_that_only_looks_like_the_right_one_gets_nothing(keyed, secrets, origin):
    sent = {"Origin": origin.encode(), "Authorization": f"Bearer {secrets[1]['public']}"}
    asked = {
        "Origin": origin.encode(),
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }

    refused = keyed.get(ASK, headers=sent)
    preflight = keyed.options("/v1/ask", headers=asked)

    assert (refused.status_code, preflight.status_code) == (403, 403)
    assert not [
        name for name in [*refused.headers, *preflight.headers] if name.startswith("access-control")
    ]


@pytest.mark.parametrize("origin", [SITE, "https://xn--bcher-kva.example"])
def test_a_preflight_lets_the_pages_of_a_key_ask(keyed, origin):
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}

    reply = keyed.options("/v1/ask", headers=asked)

    assert reply.status_code == 204
    assert reply.headers["access-control-allow-origin"] == origin
    assert reply.headers["access-control-allow-headers"] == "Authorization, Content-Type"
    assert "access-control-allow-credentials" not in reply.headers


def test_a_limit_is_told_before_and_when_it_is_reached(serving, secrets, problem):
    search = {"Authorization": f"Bearer {secrets[1]['search']}"}
    with (
        serving(secrets[0], limit_per_key="2/hour") as served,
        httpx.Client(base_url=served.url, headers=search) as client,
    ):
        replies = [client.get("/v1/documents") for _ in range(3)]

    assert [reply.status_code for reply in replies] == [200, 200, 429]
    assert [reply.headers["ratelimit-remaining"] for reply in replies] == ["1", "0", "0"]
    assert replies[0].headers["ratelimit-limit"] == "2"
    assert 3500 <= int(replies[0].headers["ratelimit-reset"]) <= 3600
    assert 3500 <= int(replies[2].headers["retry-after"]) <= 3600
    problem(replies[2], 429, "rate-limited")


def test_guessing_keys_uses_up_the_limit_of_an_address(serving, secrets):
    with (
        serving(secrets[0], limit_per_address="2/hour") as served,
        httpx.Client(base_url=served.url) as client,
    ):
        guesses = [client.get(ASK, headers={"Authorization": f"Bearer {n}"}) for n in range(3)]

    assert [guess.status_code for guess in guesses] == [401, 401, 429]


def test_without_keys_this_machine_asks_without_a_limit(desk):
    replies = [desk.client.get("/healthz") for _ in range(2)] + [desk.client.get(ASK)]

    assert not [name for reply in replies for name in reply.headers if name.startswith("rate")]


@pytest.mark.parametrize("path", ["/", "/?q=words", "/documents/a"])
def test_pages_are_open_to_everyone_where_the_operator_says_so(serving, secrets, path):
    with (
        serving(secrets[0], open_pages=True) as served,
        httpx.Client(base_url=served.url) as client,
    ):
        page, documents = client.get(path), client.get("/v1/documents")

    assert (page.status_code, documents.status_code) == (200, 401)


def test_with_keys_a_proxy_on_this_machine_may_keep_the_public_name(keyed, headers):
    reply = keyed.get("/healthz", headers=headers("none", Host="ask.example.org"))

    assert reply.status_code == 200
