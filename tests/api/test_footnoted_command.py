"""`footnoted`: looking at, checking and removing what is there; help at once."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

HEAVY = (
    "torch",
    "sentence_transformers",
    "transformers",
    "faiss",
    "tantivy",
    "fastapi",
    "pydantic",
    "onnxruntime",
    "tokenizers",
    "numpy",
    "rich",
)
# What an answer in this process needs some of, and what it does not.
NO_PART_OF_A_QUESTION = (
    "torch",
    "sentence_transformers",
    "transformers",
    "huggingface_hub",
    "numpy.ma",
    "onnx",
    "safetensors",
    "fastapi",
    "starlette",
    "uvicorn",
    "pydantic_settings",
    "rich",
    "rapidfuzz",
    "datasketch",
    "faiss",  # for collections that are large enough for a graph
    "filelock",
    "pathspec",
    "scipy",
    "trafilatura",
    "dateparser",
    "py3langid",
    "index.ingest",
)
FEE_FILE = "rubio-bukele-deportee-deal.md"
QUOTE = "the Salvadoran prison system"


@pytest.fixture(scope="module")
def command(run, offline_data):
    """Runs `footnoted` on the seed documents."""

    def made(name, *words, **options):
        return run("footnoted", name, "--data", offline_data, *words, **options)

    return made


@pytest.fixture(scope="module")
def entries(command):
    return command("list", "--json").lines


@pytest.fixture(scope="module")
def fee_id(entries):
    return next(entry["id"] for entry in entries if entry["source"] == FEE_FILE)


@pytest.fixture(scope="module")
def document(command, fee_id):
    return command("show", "--json", fee_id).json


@pytest.fixture
def reply(document, tmp_path):
    """Makes a file with a reply whose only citation quotes the fee document."""

    def write(**changes):
        start = document["text"].index(QUOTE)
        citation = {"document_id": document["id"], "quote": QUOTE, "start": start}
        citation |= {"end": start + len(QUOTE)} | changes
        (tmp_path / "reply.json").write_text(json.dumps({"citations": [citation]}))
        return tmp_path / "reply.json"

    return write


def test_the_list_has_one_line_a_document(command, entries):
    lines = command("list").out.splitlines()

    assert [line.split()[0] for line in lines] == [entry["id"] for entry in entries]
    assert sum(entry["passages"] for entry in entries) == 44
    assert len(lines) == 5


def test_a_document_without_a_date_is_listed_as_such(command, fee_id):
    [line] = [line for line in command("list").out.splitlines() if line.startswith(fee_id)]

    assert "no date" in line


def test_a_document_is_shown_with_metadata_its_origin_and_passages(command, fee_id, document):
    shown = command("show", fee_id).out

    assert "El Salvador Agrees to Take In Deportees From the United States  (metadata)" in shown
    assert "7 passages" in shown
    first = document["passages"][0]
    assert f"[{first['start']}, {first['end']})" in shown
    assert document["text"][first["start"] : first["end"]] in shown


def test_what_was_cleaned_away_is_shown_with_the_reason(command, fee_id, document):
    shown = command("show", fee_id).out

    assert [f"{each['reason']:<20} {each['text']}" in shown for each in document["cleaned"]] == [
        True
    ] * 7


def test_a_document_as_json_is_the_one_of_the_service(document, client):
    assert client.get(f"/v1/documents/{document['id']}").json() == document


def test_an_unknown_document_is_told(command):
    done = command("show", "nope")

    assert (done.code, done.out) == (1, "")
    assert "no document 'nope'" in done.err


def test_documents_are_removed_all_or_none(run, fee_id, offline_data, tmp_path):
    data = shutil.copytree(offline_data, tmp_path / "data")

    refused = run("footnoted", "remove", fee_id, "nope", "--data", data)
    between = run("footnoted", "list", "--data", data).out
    removed = run("footnoted", "remove", fee_id, "--data", data)
    after = run("footnoted", "list", "--data", data).out

    assert (refused.code, removed.code) == (1, 0)
    assert fee_id in between
    assert fee_id not in after


def test_the_status_tells_what_the_index_holds_and_what_made_it(command, offline_data):
    status = command("status", "--json").json

    assert (status["data"], status["collection"]) == (str(offline_data), "default")
    assert (status["documents"], status["passages"]) == (5, 44)
    assert (status["model"], status["model_matches"]) == ("all-MiniLM-L6-v2", True)
    assert (status["newest_published"], status["server"]) == ("2025-04-16", None)
    assert status["token_vectors"] == "of all 44 passages"
    assert status["model_card"] == (
        "all-MiniLM-L6-v2: 6 layers, 384 dimensions, mean pooling, 256 tokens, no prefixes"
    )


def test_the_status_tells_for_which_passages_re_ranking_has_nothing(run, root, tmp_path):
    source, without = root / "seeds/rubio-visit-security.md", {"FOOTNOTED_TOKEN_VECTORS": "false"}
    run("footnoted", "ingest", source, "--data", tmp_path, env=without)

    status = run("footnoted", "status", "--json", "--data", tmp_path).json

    assert status["token_vectors"].startswith("of 0 of ")
    assert "the others are not re-ranked" in status["token_vectors"]


def test_the_status_names_the_server_that_runs_on_the_folder(run, server):
    status = run("footnoted", "status", "--json", "--data", server.data).json

    assert status["server"] == server.url


def test_a_quote_that_stands_is_exact_and_ends_with_0(command, reply):
    done = command("verify", "--json", reply())

    assert done.code == 0
    assert [line["verification"] for line in done.lines] == ["exact"]


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"start": 0, "end": 12}, "moved"),
        ({"quote": "the SALVADORAN prison system"}, "normalized"),
        ({"quote": "the Swiss prison system"}, "not_found"),
        ({"document_id": "nope"}, "not_found"),
    ],
)
def test_a_quote_that_does_not_stand_word_for_word_ends_with_1(command, reply, changes, kind):
    done = command("verify", "--json", reply(**changes))

    assert done.code == 1
    assert [line["verification"] for line in done.lines] == [kind]


@pytest.mark.parametrize("style", ["--json", "--jsonl"])
def test_what_ask_printed_can_be_checked(run, server, style):
    questions = "What fee does El Salvador charge?\n" * (1 + (style == "--jsonl"))
    printed = run("ask", "--data", server.data, style, "-", stdin=questions).out

    done = run("footnoted", "verify", "-", "--data", server.data, stdin=printed)

    assert done.code == 0
    assert done.out.splitlines()[0].startswith("exact")


def test_only_a_newline_parts_the_lines_of_a_file_of_replies(command):
    line = '{"citations": [{"document_id": "nope", "quote": "one\u2028two\x85three"}]}\n'

    done = command("verify", "--json", "-", stdin=line * 2)

    assert [each["quote"] for each in done.lines] == ["one\u2028two\x85three"] * 2


@pytest.mark.parametrize(
    "content",
    [
        "no json",
        "[1]",
        '"x"',
        '{"citations": [5]}',
        '{"citations": null}',
        '{"citations": [{}]}',
        '{"a": 1}\n{x',
    ],
)
def test_a_file_without_replies_is_wrong_usage(command, content):
    done = command("verify", "-", stdin=content)

    assert (done.code, done.out) == (2, "")
    assert not re.search("Traceback|TypeError|AttributeError", done.err)


@pytest.mark.parametrize("words", [("list",), ("show", "x"), ("remove", "x"), ("status",)])
def test_without_an_index_every_command_ends_with_3(run, tmp_path, words):
    done = run("footnoted", *words, "--data", tmp_path)

    assert (done.code, done.out) == (3, "")
    assert "footnoted ingest" in done.err


@pytest.mark.parametrize("program", ["cli", "ask"])
def test_help_needs_nothing_heavy(imported, program):
    found = imported("x", "--help", program=program, modules=(*HEAVY, "http.client", "shutil"))

    assert found == []


@pytest.mark.parametrize("style", [("--json",), ("--format", "text"), ("--format", "md")])
def test_asking_a_server_needs_nothing_heavy(imported, server, style):
    words = ("ask", "--data", server.data, *style, "fee")

    assert imported(*words, program="ask", modules=(*HEAVY, "ssl", "shutil")) == []


@pytest.mark.parametrize(("scheme", "has_tls"), [("http", "False"), ("https", "True")])
def test_tls_is_loaded_where_it_is_spoken_and_stays_importable(scheme, has_tls):
    code = (
        "from api.client import http_for\n"
        f"http = http_for({scheme!r})\n"
        "import ssl\n"
        "print(hasattr(http, 'HTTPSConnection'), ssl.create_default_context().check_hostname)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == [has_tls, "True"]


def test_asking_without_a_server_needs_neither_torch_nor_the_web(imported, offline_data):
    words = ("ask", "--data", offline_data, "What fee does El Salvador charge?")

    assert imported(*words, program="ask", modules=NO_PART_OF_A_QUESTION) == []


@pytest.mark.parametrize("chosen", [{}, {"OPENBLAS_NUM_THREADS": "2"}], ids=["unset", "set"])
def test_a_question_wakes_no_threads_for_its_products_unless_they_are_asked_for(
    offline_data, chosen
):
    code = (
        f"import sys; sys.argv = ['ask', '--data', {str(offline_data)!r}, 'Is there a fee?']\n"
        "from api.ask import main\n"
        "try: main()\n"
        "finally:\n"
        "    from threadpoolctl import threadpool_info\n"
        "    print(*{each['num_threads'] for each in threadpool_info()})"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "2", **chosen},
    )

    assert done.stdout.splitlines()[-1] == chosen.get("OPENBLAS_NUM_THREADS", "1")


@pytest.mark.parametrize(("program", "shown"), [("footnoted", "ingest"), ("ask", "QUESTION")])
def test_help_and_version_are_printed(run, program, shown):
    assert shown in run(program, "--help").out
    assert run(program, "--version").out.startswith(program)
