"""Settings: from flags, the environment or footnoted.toml; a wrong one stops by its name."""

import os

import pytest

from api.settings import Settings, SettingsError, origins, read_settings
from api.sources import NAMES


@pytest.fixture(autouse=True)
def _clean(monkeypatch, tmp_path):
    for name in [name for name in os.environ if name.startswith("FOOTNOTED_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def toml(tmp_path, text):
    (tmp_path / "footnoted.toml").write_text(text)


def test_a_flag_wins_over_the_environment_the_file_and_the_default(tmp_path, monkeypatch):
    toml(tmp_path, "port = 1\nworkers = 1\nhost = '127.0.0.3'")
    monkeypatch.setenv("FOOTNOTED_PORT", "2")
    monkeypatch.setenv("FOOTNOTED_WORKERS", "2")

    settings = read_settings({"port": 3, "workers": None})

    assert (settings.port, settings.workers, settings.host) == (3, 2, "127.0.0.3")
    assert settings.collection == "default"


def test_where_each_value_came_from_is_told(tmp_path, monkeypatch):
    toml(tmp_path, "port = 1\nworkers = 1\nhost = '127.0.0.3'")
    monkeypatch.setenv("FOOTNOTED_PORT", "2")
    monkeypatch.setenv("FOOTNOTED_WORKERS", "2")
    flags = {"port": 3}

    found = origins(flags)

    assert found["port"] == "flag"
    assert found["workers"] == "environment (FOOTNOTED_WORKERS)"
    assert found["host"] == "footnoted.toml"
    assert found["collection"] == "default"


def test_the_command_prints_every_setting_with_its_origin(run, tmp_path):
    toml(tmp_path, "port = 1\n")
    env = {"FOOTNOTED_WORKERS": "5"}

    done = run("footnoted", "config", "--origin", "--data", "here", env=env, cwd=tmp_path)

    lines = {line.split(" = ")[0]: line for line in done.out.splitlines()}
    assert done.code == 0
    assert set(lines) == set(Settings.model_fields)
    assert lines["data"].endswith("# flag")
    assert lines["workers"].endswith("# environment (FOOTNOTED_WORKERS)")
    assert lines["port"].endswith("# footnoted.toml")
    assert lines["model"].endswith("# default")


@pytest.mark.parametrize("command", [("footnoted", "config"), ("footnoted", "serve"), ("ask", "x")])
def test_an_unknown_variable_stops_every_command_by_name(run, tmp_path, command):
    done = run(*command, env={"FOOTNOTED_PROT": "8080"}, cwd=tmp_path)

    assert (done.code, done.out) == (2, "")
    assert "FOOTNOTED_PROT" in done.err
    assert "did you mean FOOTNOTED_PORT?" in done.err
    assert "Traceback" not in done.err


def test_a_setting_is_known_to_whoever_reads_and_to_whoever_checks():
    assert set(NAMES) == set(Settings.model_fields)


def test_a_list_in_a_variable_is_written_as_json(monkeypatch):
    monkeypatch.setenv("FOOTNOTED_EXAMPLES", '["What fee?", "Who won?"]')

    assert read_settings().examples == ["What fee?", "Who won?"]


def test_an_unknown_key_of_the_file_stops_by_name(tmp_path):
    toml(tmp_path, "colection = 'news'")

    with pytest.raises(SettingsError, match="'colection'; did you mean collection"):
        read_settings()


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "many"), ("PORT", "70000"), ("WORKERS", "0"), ("DENSE_SHARE", "2")]
)
def test_a_value_that_cannot_be_stops_by_name_with_the_value(monkeypatch, name, value):
    monkeypatch.setenv(f"FOOTNOTED_{name}", value)

    with pytest.raises(SettingsError, match=f"'{name.lower()}' cannot be '{value}'"):
        read_settings()


def test_a_list_that_is_none_stops_by_its_name_and_not_the_files(monkeypatch):
    monkeypatch.setenv("FOOTNOTED_EXAMPLES", "What fee?")

    with pytest.raises(SettingsError, match="examples"):
        read_settings()


def test_a_file_that_is_no_toml_is_told_by_its_name(tmp_path):
    toml(tmp_path, "port = = 1")

    with pytest.raises(SettingsError, match=r"footnoted\.toml cannot be read"):
        read_settings()


def test_the_address_for_the_client_is_no_setting_of_the_service(monkeypatch):
    monkeypatch.setenv("FOOTNOTED_URL", "http://127.0.0.1:1")

    assert read_settings().port == 8080


def test_settings_become_what_the_domain_takes(monkeypatch):
    monkeypatch.setenv("FOOTNOTED_LEAST_SUPPORT", "0.25")
    monkeypatch.setenv("FOOTNOTED_RERANK", "3")
    monkeypatch.setenv("FOOTNOTED_MAX_TEXT_CHARACTERS", "9")
    monkeypatch.setenv("FOOTNOTED_QUERY_PREFIX", "query: ")

    settings = read_settings()

    assert settings.answering().least_support == 0.25
    assert settings.ranking().rerank == 3
    assert settings.limits().text_characters == 9
    assert settings.prefixes().query == "query: "


@pytest.mark.parametrize(("given", "used"), [(None, 1), (4, 4)])
def test_a_question_is_encoded_on_one_thread_unless_otherwise_said(given, used):
    assert Settings(threads=given).for_questions().threads == used


@pytest.mark.parametrize(
    ("given", "used"), [("auto", "onnxruntime"), ("openvino", "openvino"), ("torch", "torch")]
)
def test_for_questions_no_runtime_is_measured_but_one_that_is_named_is_taken(given, used):
    assert Settings(runtime=given).for_questions().runtime == used


def test_one_answer_in_ten_may_be_wrong_unless_otherwise_said(monkeypatch):
    assert read_settings({}).answering().max_error_rate == 0.1

    monkeypatch.setenv("FOOTNOTED_MAX_ERROR_RATE", "0.15")

    assert read_settings({}).answering().max_error_rate == 0.15
