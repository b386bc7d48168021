"""Keys on their own: made, kept as hashes, found, ended; and origins in one spelling."""

import datetime as dt
import json
import stat
import subprocess

import pytest

from api.key_file import KeyFile, KeyFileError
from api.keys import KeyKind, KeyRing, new_key
from api.origins import OriginError, normal_origin
from api.rates import Rates, address_group, check_rate

NOW = dt.datetime(2026, 1, 2, 3, 4, tzinfo=dt.UTC)
NEWS = "https://news.example.org"


def made(kind=KeyKind.SEARCH, **chosen):
    return new_key(kind, now=NOW, **chosen)


def test_a_key_is_found_by_its_secret_and_by_nothing_else():
    first, second = made(), made()
    ring = KeyRing((first.key, second.key))

    assert ring.find(second.secret) == second.key
    assert ring.find(second.secret[:-1]) is None
    assert ring.find("") is None


def test_every_key_is_compared_in_constant_time(monkeypatch):
    compared = []
    monkeypatch.setattr("hmac.compare_digest", lambda one, other: compared.append(one) or True)
    ring = KeyRing((made().key, made().key, made().key))

    ring.find("x")

    assert compared == [key.sha256 for key in ring.keys]


def test_a_secret_names_its_kind_and_is_hard_to_guess():
    secrets = {made(KeyKind.PUBLIC, origins=(NEWS,)).secret for _ in range(50)}

    assert len(secrets) == 50
    assert {secret.startswith("fn_public_") for secret in secrets} == {True}
    assert min(map(len, secrets)) >= 40


@pytest.mark.parametrize(
    ("later", "is_live"), [(-1, True), (0, False), (1, False)], ids=["before", "at", "after"]
)
def test_a_key_ends_at_the_moment_of_its_expiry(later, is_live):
    key = made(expires=NOW).key

    assert key.is_live(NOW + dt.timedelta(seconds=later)) is is_live


@pytest.mark.parametrize(
    ("kind", "origins"),
    [(KeyKind.PUBLIC, ()), (KeyKind.SEARCH, (NEWS,)), (KeyKind.ADMIN, (NEWS,))],
)
def test_origins_belong_to_public_keys_and_only_to_them(kind, origins):
    with pytest.raises(ValueError, match="a public key needs origins"):
        made(kind, origins=origins)


def test_the_file_of_the_keys_holds_no_secret_and_is_for_its_owner(tmp_path):
    key = made(name="reader")

    KeyFile(tmp_path).add(key.key)

    file = tmp_path / "keys.json"
    assert key.secret not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.suffix not in {".json", ".lock"}] == []


def test_a_key_that_another_process_adds_or_revokes_counts_at_once(tmp_path):
    here, there = KeyFile(tmp_path), KeyFile(tmp_path)
    key = made()

    there.add(key.key)
    added = here.ring().find(key.secret)
    there.revoke(key.key.id, NOW)
    revoked = here.ring().find(key.secret)

    assert added == key.key
    assert revoked.revoked == NOW


def test_the_last_key_leaves_the_lock_when_it_is_revoked(tmp_path):
    file, key = KeyFile(tmp_path), made()
    file.add(key.key)

    file.revoke(key.key.id, NOW)

    assert [kept.is_live(NOW) for kept in file.ring().keys] == [False]


@pytest.mark.parametrize("content", ["", "{}", '{"keys": [{"id": "a"}]}', '{"keys": [], "x": 1}'])
def test_a_damaged_file_of_keys_opens_nothing(tmp_path, content):
    (tmp_path / "keys.json").write_text(content)

    with pytest.raises(KeyFileError, match="nobody is let in"):
        KeyFile(tmp_path).ring()


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("https://news.example.org", NEWS),
        ("HTTPS://News.Example.ORG/", NEWS),
        ("https://news.example.org:443", NEWS),
        ("http://news.example.org:443", "http://news.example.org:443"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[0:0::1]:8000", "http://[::1]:8000"),
        ("https://Bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_an_origin_is_kept_as_browsers_write_it(written, normal):
    assert normal_origin(written) == normal


@pytest.mark.parametrize(
    "text",
    [
        "*",
        "null",
        "news.example.org",
        "https://",
        "https://*.example.org",
        "https://news.example.org/section",
        "https://news.example.org?x",
        "https://me@news.example.org",
        "https://news.example.org:99999",
        "ftp://news.example.org",
        "file:///tmp",
        "https://[::1",
    ],
)
def test_what_is_no_origin_of_a_page_is_refused_with_an_example(text):
    with pytest.raises(OriginError, match=r"https://news\.example\.org"):
        normal_origin(text)


def test_a_limit_lets_in_what_it_allows_and_tells_what_is_left():
    rates = Rates(per_key="2/hour", per_address="9/hour")

    seen = [rates.of_key("a") for _ in range(3)]

    assert [each.allowed for each in seen] == [True, True, False]
    assert [each.remaining for each in seen] == [1, 0, 0]
    assert 3590 <= seen[2].reset_seconds <= 3600
    assert rates.of_key("b").remaining == 1


@pytest.mark.parametrize(
    ("address", "group"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("nonsense", "nonsense"),
    ],
)
def test_the_addresses_of_one_network_count_as_one(address, group):
    assert address_group(address) == group


def test_a_rate_that_is_none_is_told_with_one_that_is():
    with pytest.raises(ValueError, match="600/minute"):
        check_rate("often")


def test_the_command_makes_lists_and_revokes_a_key(run, tmp_path):
    origin = ("--origin", "https://News.example.org/", "--expires", "90d")
    made = run("footnoted", "keys", "create", "public", *origin, "--data", tmp_path)
    listed = run("footnoted", "keys", "list", "--json", "--data", tmp_path)
    key_id = listed.json["id"]
    revoked = run("footnoted", "keys", "revoke", key_id, "--data", tmp_path)
    after = run("footnoted", "keys", "list", "--data", tmp_path)

    assert KeyFile(tmp_path).ring().find(made.out.strip()).id == key_id
    assert listed.json["origins"] == [NEWS]
    assert listed.json["state"] == "live"
    assert revoked.out == f"revoked  {key_id}\n"
    assert after.out.startswith(f"{key_id}  public  revoked")


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("create", "public"), 2, "--origin https://news.example.org"),
        (("create", "search", "--origin", NEWS), 2, "leave --origin out"),
        (("create", "public", "--origin", "*"), 2, "'*' is not the origin of a page"),
        (("create", "search", "--expires", "soon"), 2, "90d"),
        (("revoke", "nope"), 1, "there is no key 'nope'"),
    ],
)
def test_a_wrong_command_tells_the_way_out_and_keeps_nothing(run, tmp_path, words, code, told):
    done = run("footnoted", "keys", *words, "--data", tmp_path)

    assert (done.code, done.out) == (code, "")
    assert told in done.err
    assert not (tmp_path / "keys.json").exists()


def test_a_rate_that_cannot_be_stops_the_start_by_name(run, tmp_path):
    done = run("footnoted", "config", env={"FOOTNOTED_LIMIT_PER_KEY": "often"}, cwd=tmp_path)

    assert done.code == 2
    assert "limit_per_key" in done.err


def test_ask_takes_its_key_from_the_environment(serving, run, tmp_path):
    key = made()
    with serving(tmp_path) as served:
        served.client.put("/v1/documents/a", json={"text": "Some words."})
        KeyFile(tmp_path).add(key.key)
        asked = ("ask", "--url", served.url, "--json", "--max-error-rate", "1", "Some words?")
        without, with_key = run(*asked), run(*asked, env={"FOOTNOTED_KEY": key.secret})

    assert (without.code, with_key.code) == (4, 0)
    assert "a key is needed here" in without.err
    assert with_key.json["status"] == "answered"


def test_the_start_tells_that_keys_are_asked_for(start, tmp_path):
    KeyFile(tmp_path).add(made().key)
    folder = ("--data", tmp_path, "--model", tmp_path / "none")
    process = start("footnoted", "serve", "--port", 0, *folder, stderr=subprocess.PIPE)
    lines = iter(process.stderr.readline, b"")
    told = [json.loads(line)["message"] for line, _ in zip(lines, range(2), strict=False)]
    process.terminate()
    process.communicate(timeout=60)

    assert told[1] == "keys: every request needs one; 1 of 1 may be used"
