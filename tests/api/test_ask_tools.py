"""What stands around an answer: browser, clipboard, pager, completions, manual, hints."""

import shutil
import subprocess
import sys

import pytest
from terminals import on_a_terminal

from api.ask import ask
from api.manual import write_share

FEE = "What fee does El Salvador charge?"


def files(folder):
    """What stands in a folder, by name."""
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def tool(tmp_path):
    """Makes a program that writes its arguments and its input to a file, first on the PATH."""

    def make(name):
        written = tmp_path / f"{name}.written"
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\n{{ echo "$@"; cat; }} > {written}\n')
        program.chmod(0o755)
        return written

    return make


@pytest.fixture
def path(tmp_path):
    """The environment in which these programs, and no clipboard of the machine, are found."""
    (tmp_path / "python3").symlink_to(sys.executable)
    for name in ("sh", "cat"):
        (tmp_path / name).symlink_to(shutil.which(name))
    return {"PATH": str(tmp_path)}


def test_open_shows_the_words_in_the_document_where_a_server_runs(run, server, tool, tmp_path):
    opened = tool("browser")

    done = run(
        "ask", "--data", server.data, "--open", 1, FEE, env={"BROWSER": str(tmp_path / "browser")}
    )

    assert (done.code, done.err) == (0, "")
    assert opened.read_text().startswith(f"{server.url}/documents/rubio-bukele-deportee-deal")
    assert "#:~:text=" in opened.read_text()


def test_open_takes_a_passage_where_no_citation_has_the_number(run, server, tool, tmp_path):
    opened = tool("browser")

    run("ask", "--data", server.data, "--open", 3, FEE, env={"BROWSER": str(tmp_path / "browser")})

    assert opened.read_text().startswith(f"{server.url}/documents/")


def test_without_a_server_a_document_that_has_no_address_cannot_be_opened(run, offline_data):
    done = run("ask", "--data", offline_data, "--open", 1, FEE)

    assert done.code == 2
    assert "footnoted serve" in done.err
    assert "would charge the United States a fee" in " ".join(done.out.split())


def test_copy_takes_the_quote_and_where_it_stands(run, server, tool, path):
    copied = tool("wl-copy")

    done = run("ask", "--data", server.data, "--copy", 1, FEE, env=path)

    assert (done.code, done.err) == (0, "")
    _, quote, place, *_ = copied.read_text().splitlines()
    assert quote.startswith("“Bukele also said that El Salvador would charge")
    assert "characters 816–974" in place


def test_without_a_clipboard_its_programs_are_named(run, server, path):
    done = run("ask", "--data", server.data, "--copy", 1, FEE, env=path)

    assert done.code == 2
    assert "xclip" in done.err


@pytest.mark.parametrize("option", ["--open", "--copy"])
def test_a_number_that_the_reply_does_not_have_is_wrong_usage(run, server, option):
    done = run("ask", "--data", server.data, option, 99, FEE)

    assert done.code == 2
    assert "no [99]" in done.err


def test_a_reply_that_is_taller_than_the_terminal_goes_through_the_pager(server, tool, tmp_path):
    paged = tool("pager")
    env = {"LINES": "10", "PAGER": str(tmp_path / "pager")}

    shown = on_a_terminal("ask", "--data", server.data, FEE, env=env)

    assert "United States a fee" in paged.read_text()
    assert shown == ""


def test_a_reply_that_fits_does_not(server, tool, tmp_path):
    env = {"LINES": "90", "PAGER": str(tmp_path / "pager")}

    shown = on_a_terminal("ask", "--data", server.data, FEE, env=env)

    assert "United States a fee" in " ".join(shown.split())


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("ask", "--pubisher", "NewsVane", "x"), "--publisher"),
        (("ask", "--colection", "news", "x"), "--collection"),
        (("footnoted", "ingets", "x"), "ingest"),
        (("footnoted", "ingest", "--prun", "x"), "--prune"),
    ],
)
def test_a_misspelt_word_is_answered_with_the_one_that_was_meant(run, words, meant):
    done = run(*words)

    assert (done.code, done.out) == (2, "")
    assert "Did you mean" in done.err
    assert f"'{meant}'" in done.err


@pytest.mark.parametrize(
    ("words", "found"),
    [(("ask", "--pub"), "--publisher"), (("footnoted", "in"), "ingest")],
)
def test_the_tab_key_completes_options_and_commands(run, words, found):
    program, begun = words
    asked = {
        f"_{program.upper()}_COMPLETE": "bash_complete",
        "COMP_WORDS": f"{program} {begun}",
        "COMP_CWORD": "1",
    }

    done = run(program, env=asked)

    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [f"plain,{found}"]


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
@pytest.mark.parametrize("program", ["ask", "footnoted"])
def test_bash_takes_the_completions_that_come_with_the_wheel(root, program):
    script = root / "share" / "completions" / f"{program}.bash"

    done = subprocess.run(["bash", "-c", f"source {script} && complete -p {program}"], check=True,
                          capture_output=True)  # fmt: skip

    assert f"_{program}_completion" in done.stdout.decode()


def test_manual_and_completions_are_those_of_the_commands(root, tmp_path):
    write_share(tmp_path)

    assert files(tmp_path) == files(root / "share")


def test_the_manual_names_every_option(root):
    page = (root / "share" / "man" / "ask.1").read_text().replace("\\-", "-")

    options = {option for parameter in ask.params for option in parameter.opts if option[0] == "-"}
    assert {option for option in options if option not in page} == set()
