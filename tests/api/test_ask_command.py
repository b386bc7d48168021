"""`ask`: exit codes, forms of output, who answers, and how it ends."""

import csv
import io
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time

import pytest

FEE = "What fee does El Salvador charge?"
FOREIGN = "best pasta carbonara recipe"
CHANGING = ("id", "created_at", "timings_ms")


def lasting(reply):
    return {name: value for name, value in reply.items() if name not in CHANGING}


@pytest.fixture(scope="module")
def ask(run, server):
    """Runs `ask` on the data folder of the running server."""

    def asked(*words, **options):
        return run("ask", "--data", server.data, *words, **options)

    return asked


@pytest.fixture(scope="module")
def in_process(run, offline_data):
    """One question that the command answered by itself, with what it said."""
    return run("ask", "-v", "--json", "--data", offline_data, FEE)


@pytest.fixture
def silent_server():
    """An address where requests are taken and never answered."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_an_answer_ends_with_0_and_says_nothing_else(ask):
    done = ask(FEE)

    assert (done.code, done.err) == (0, "")
    assert "would charge the United States a fee" in " ".join(done.out.split())


def test_an_abstention_ends_with_1_and_shows_what_is_nearest(ask):
    done = ask(FOREIGN)

    assert (done.code, done.err) == (1, "")
    assert done.out.startswith("The documents do not say.")
    assert "Closest passages" in done.out


def test_what_is_likely_said_but_not_surely_enough_is_not_denied(ask):
    done = ask("--max-error-rate", "0.01", FEE)

    assert (done.code, done.err) == (1, "")
    assert done.out.startswith("The documents may say, but no passage surely enough.\n")
    assert (
        "% sure of the closest words. --max-error-rate, such as 0.2, asks for less.\n" in done.out
    )


def test_filters_that_nothing_passes_are_told(ask):
    done = ask("--publisher", "Nobody", FEE)

    assert (done.code, done.out) == (1, "No document passes these filters.\n")


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("",),
        ("  ",),
        ("x" * 1001,),
        ("--top", "0", "x"),
        ("--top", "many", "x"),
        ("--from", "yesterday", "x"),
        ("--mode", "magic", "x"),
        ("--format", "xml", "x"),
        ("--nonsense", "x"),
        ("--batch", "/nowhere/at-all.txt"),
        ("--url", "not an address", "x"),
    ],
)
def test_wrong_usage_ends_with_2_and_one_message(ask, words):
    done = ask(*words)

    assert (done.code, done.out) == (2, "")
    assert done.err
    assert "Traceback" not in done.err


def test_without_an_index_it_ends_with_3_and_tells_how_to_make_one(run, tmp_path):
    done = run("ask", "--data", tmp_path, FEE)

    assert (done.code, done.out) == (3, "")
    assert "footnoted ingest" in done.err


def test_without_a_server_at_the_address_it_ends_with_3(run):
    done = run("ask", "--url", "http://127.0.0.1:9", FEE)

    assert (done.code, done.out) == (3, "")
    assert "no server at http://127.0.0.1:9" in done.err


@pytest.mark.parametrize("words", [("--collection", "nope"), ("--collection", "../default")])
def test_an_unknown_collection_ends_with_3(ask, run, offline_data, words):
    assert ask(*words, FEE).code == 3
    assert run("ask", "--data", offline_data, *words, FEE).code == 3


def test_an_index_of_another_model_ends_with_3_by_name(run, offline_data, encoder):
    folder = encoder._folder.path

    done = run("ask", "--data", offline_data, "--model", folder, FEE)

    assert (done.code, done.out) == (3, "")
    assert "'all-MiniLM-L6-v2'" in done.err


def test_a_server_that_is_none_of_ours_ends_with_5(run):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_reply, args=(listener,))
        thread.start()
        done = run("ask", "--url", f"http://127.0.0.1:{listener.getsockname()[1]}", FEE)
        thread.join()

    assert (done.code, done.out) == (5, "")
    assert "does not answer as footnoted does" in done.err


def test_a_key_that_is_refused_ends_with_4(run):
    refusal = b'{"detail": "this key may not ask"}'

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_reply, args=(listener, b"403 Forbidden", refusal))
        thread.start()
        done = run("ask", "--url", f"http://127.0.0.1:{listener.getsockname()[1]}", FEE)
        thread.join()

    assert (done.code, done.out) == (4, "")
    assert "this key may not ask" in done.err


def _reply(listener, status=b"200 OK", body=b"hello"):
    connection, _ = listener.accept()
    with connection:
        connection.recv(100_000)
        connection.sendall(
            b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)
        )


def test_no_answer_in_time_ends_with_6(run, silent_server):
    done = run("ask", "--url", silent_server, "--timeout", "0.3", FEE)

    assert (done.code, done.out) == (6, "")
    assert "within 0.3 seconds" in done.err


def test_ctrl_c_ends_with_130_and_silently(start, silent_server):
    # A shell's background jobs ignore it, and hand that down to what they start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    process = start("ask", "--url", silent_server, FEE, stdout=-1, stderr=-1)
    time.sleep(1.5)

    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)

    assert (process.returncode, out, err) == (130, b"", b"")


@pytest.mark.parametrize("style", [(), ("--json",), ("--format", "md"), ("--format", "csv")])
def test_a_closed_pipe_is_silent(start, server, style):
    reading, writing = os.pipe()
    os.close(reading)

    process = start(
        "ask", "--data", server.data, *style, FEE, stdout=writing, stderr=subprocess.PIPE
    )
    os.close(writing)
    _, err = process.communicate(timeout=60)

    assert (err, process.returncode) == (b"", 0)


def test_json_is_the_reply_of_the_service(ask, client):
    reply = client.post("/v1/ask", json={"question": FEE}).json()

    assert lasting(ask("--json", FEE).json) == lasting(reply)


def test_without_a_server_the_reply_is_the_same(in_process, client):
    reply = client.post("/v1/ask", json={"question": FEE}).json()

    assert in_process.code == 0
    assert set(in_process.json) == set(reply)
    assert lasting(in_process.json) == lasting(reply)


def test_it_says_who_answers_where_that_is_wanted(in_process, ask, server, offline_data):
    assert in_process.err == f"answered by this process from {offline_data}\n"
    assert ask("-v", FEE).err == f"answered by the server at {server.url}\n"


def test_the_address_may_come_from_the_environment(run, server, tmp_path):
    done = run("ask", "-v", "--data", tmp_path, FEE, env={"FOOTNOTED_URL": server.url})

    assert (done.code, done.err) == (0, f"answered by the server at {server.url}\n")


def test_a_server_that_died_is_not_asked(run, tmp_path):
    announced = {"url": "http://127.0.0.1:9", "pid": os.getpid()}  # as if the number came again
    (tmp_path / "server.json").write_text(json.dumps(announced))

    done = run("ask", "--data", tmp_path, FEE)

    assert "footnoted ingest" in done.err


def test_questions_may_come_one_a_line_from_standard_input(ask):
    done = ask("--jsonl", "-", stdin=f"{FEE}\n\n{FOREIGN}\n")

    assert done.code == 1
    assert [reply["question"] for reply in done.lines] == [FEE, FOREIGN]
    assert [reply["status"] for reply in done.lines] == ["answered", "abstained"]


def test_a_question_from_standard_input_is_answered_before_the_next_is_written(start, server):
    process = start("ask", "--data", server.data, "--jsonl", "-", stdin=-1, stdout=-1)

    process.stdin.write(f"{FEE}\n".encode())
    process.stdin.flush()
    reply = json.loads(process.stdout.readline())
    process.communicate(timeout=20)

    assert (process.returncode, reply["question"]) == (0, FEE)


def test_questions_may_come_from_a_file(ask, tmp_path):
    (tmp_path / "questions.txt").write_text(f"{FEE}\n{FEE}\n")

    done = ask("--jsonl", "--batch", tmp_path / "questions.txt")

    assert done.code == 0
    assert len(done.lines) == 2


def test_standard_input_that_is_no_text_is_wrong_usage(ask):
    done = ask("-", stdin=b"\xff\xfe\x00\n")

    assert (done.code, done.out) == (2, "")
    assert "Traceback" not in done.err


def test_markdown_quotes_the_answer_with_a_footnote(ask):
    lines = ask("--format", "md", FEE).out.splitlines()

    assert lines[0] == f"**{FEE}**"
    assert lines[2].startswith("> Bukele also said")
    assert lines[2].endswith("[^1]")
    assert lines[4].startswith("[^1]: “El Salvador Agrees to Take In Deportees")


def test_csv_has_one_row_a_citation_and_one_header(ask):
    done = ask("--format", "csv", "-", stdin=f"{FEE}\n{FOREIGN}\n")

    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert [(row["question"], row["status"]) for row in rows] == [
        (FEE, "answered"), (FOREIGN, "abstained"),
    ]  # fmt: skip
    assert "would charge the United States a fee" in rows[0]["answer"]
    assert (rows[0]["start"], rows[1]["answer"]) == ("816", "")


def test_filters_choose_the_documents(ask):
    words = ("--from", "2025-03-01", "--before", "2025-05-01", "--publisher", "NewsVane")

    reply = ask("--json", "--top", "2", *words, "--language", "en", FEE).json

    assert [passage["publisher"] for passage in reply["passages"]] == ["NewsVane", "NewsVane"]


def test_one_document_can_be_asked(ask, client):
    document = client.get("/v1/documents").json()["documents"][0]["id"]

    reply = ask("--json", "--document", document, "--mode", "dense", FEE).json

    assert {passage["document_id"] for passage in reply["passages"]} == {document}


def test_words_without_quotation_marks_are_one_question(ask):
    assert ask("--json", *FEE.split()).json["question"] == FEE


def test_json_keeps_every_sign_of_the_documents(ask):
    done = ask("--json", "Who is Nicolás Maduro?")

    assert "Nicolás" in done.out
    assert json.loads(done.out)["question"] == "Who is Nicolás Maduro?"


def test_explained_passages_say_why_they_stand_there(run, offline_data):
    printed = run(
        "ask", "What fee does El Salvador charge?", "--explain", "--data", offline_data
    ).out
    words = " ".join(printed.split())

    assert re.search(r"by meaning \d+(st|nd|rd|th) \(cosine 0\.\d+", words)
    assert "shares " in words
    assert "of the question's words" in words


def test_a_corrected_question_is_told(ask):
    printed = ask("What did Bukelle offer to the United States?").out

    assert printed.startswith("Read as: What did bukele offer to the United States?")
