"""What a terminal shows: colours only where they are wanted, marks without them, a progress bar."""

import re

import pytest
from terminals import on_a_terminal

from api.terminal import Terminal, reply_text

FEE = "What fee does El Salvador charge?"
COLOUR = "\x1b["


@pytest.fixture(scope="module")
def plain(run, server):
    return run("ask", "--data", server.data, FEE).out


def test_into_a_pipe_no_colours_are_written_and_the_answer_is_marked(plain):
    words = " ".join(plain.split())

    assert COLOUR not in plain
    assert "»Bukele also said" in words
    assert "Salvadoran prison system.«" in words


def test_the_answer_comes_first_then_where_it_stands(plain):
    words = " ".join(plain.split())

    assert words.startswith(
        "Bukele also said that El Salvador would charge the United States a fee"
    )
    assert "[1] El Salvador Agrees to Take In Deportees From the United States ›" in words
    assert "no publication date given" in words
    assert "characters 816–974 of rubio-bukele-deportee-deal.md, word for word" in words
    assert words.index("word for word") < words.index("Also near")


def test_a_link_to_the_words_is_shown_where_a_server_has_them(plain, server):
    assert f"{server.url}/documents/rubio-bukele-deportee-deal" in "".join(plain.split())


def test_no_line_is_wider_than_the_terminal_or_ends_in_blanks(plain):
    lines = [line for line in plain.splitlines() if "://" not in line]

    assert max(map(len, lines)) <= 96
    assert lines == [line.rstrip() for line in lines]


def test_on_a_terminal_the_answer_is_marked_by_colour(server):
    shown = on_a_terminal("ask", "--data", server.data, FEE)

    assert COLOUR in shown
    assert "»" not in shown


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_without_colours_on_a_terminal_the_answer_is_marked_by_signs(server, env):
    shown = on_a_terminal("ask", "--data", server.data, FEE, env=env)

    assert not re.search("\x1b\\[[0-9;]*(3[0-9]|4[0-9])m", shown)
    assert "»Bukele also said" in " ".join(re.sub("\x1b\\[[0-9;]*m", "", shown).split())


def test_colours_can_be_forced_into_a_pipe(run, server):
    done = run("ask", "--data", server.data, FEE, env={"FORCE_COLOR": "1"})

    assert COLOUR in done.out


@pytest.mark.parametrize(
    "style", [("--json",), ("--jsonl",), ("--format", "csv"), ("--format", "md")]
)
def test_data_is_never_coloured(server, style):
    shown = on_a_terminal("ask", "--data", server.data, *style, FEE)

    assert COLOUR not in shown


@pytest.mark.parametrize(
    ("env", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_the_other_commands_keep_to_the_same_wishes(server, env, coloured):
    document = next(iter(server.client.get("/v1/documents").json()["documents"]))["id"]

    shown = on_a_terminal("footnoted", "show", "--data", server.data, document, env=env)

    assert (COLOUR in shown) is coloured


def test_the_other_commands_can_be_forced_to_colours_too(run, server):
    document = next(iter(server.client.get("/v1/documents").json()["documents"]))["id"]

    done = run("footnoted", "show", "--data", server.data, document, env={"FORCE_COLOR": "1"})

    assert COLOUR in done.out


def test_the_progress_of_an_evaluation_counts_its_questions(offline_data, tmp_path):
    (tmp_path / "set.jsonl").write_text('{"question": "What fee?", "relevant": ["a fee"]}')

    shown = on_a_terminal("footnoted", "eval", tmp_path / "set.jsonl", "--data", offline_data)

    assert "1/1" in shown
    assert "Success@1" in shown.split("\n", 1)[1]


def test_the_progress_bar_shows_the_file_and_the_rate(tmp_path):
    for number in range(3):
        words = "\n\n".join(f"Paragraph {n} of part {number}." for n in range(60))
        (tmp_path / f"part-{number}.txt").write_text(words)

    shown = on_a_terminal("footnoted", "ingest", tmp_path, "--data", tmp_path / "data")

    assert "part-2.txt" in shown
    assert re.search(r"\d+ passages/s", shown)
    assert re.search(r"\d:\d\d:\d\d|-:--:--", shown)


def test_a_page_is_told_and_a_quote_that_is_gone_is_not_called_verbatim():
    passage = {
        "text": "A fee.", "title": "T", "heading": "", "citation": 1, "rank": 1, "highlights": [],
    }  # fmt: skip
    citation = {
        "number": 1, "page": 3, "start": 1000, "end": 2000, "source": "a.pdf",
        "verification": "not_found", "published": "2025-02-05", "published_source": "byline",
        "publisher": "P", "author": None, "url": "https://e.org", "link": "/x",
    }  # fmt: skip
    answer = {"text": "A fee.", "spans": [{"start": 0, "end": 6, "citations": [1]}]}
    reply = {
        "passages": [passage], "citations": [citation], "status": "answered", "answer": answer,
    }  # fmt: skip

    shown = " ".join(reply_text(reply, Terminal(80, colour=False)).split())

    assert "page 3" in shown
    assert "characters 1,000–2,000 of a.pdf, NOT FOUND in the stored text" in shown
    assert "P · 5 February 2025 (from the byline)" in shown
    assert "https://e.org" in shown
