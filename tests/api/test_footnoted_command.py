"""`footnoted`: reading files in, and looking at, checking and removing what is there."""

import io
import json
import shutil
import subprocess
import sys

import pytest
from pypdf import PdfWriter

SEAL = "The lighthouse keeper counts twelve seals every morning."
WHALE = "A grey whale passes the lighthouse in the month of May."
LINE = {"source", "id", "status", "passages", "cleaned", "reason", "duplicate_of", "similar_to", "similarity"}  # fmt: skip
HEAVY = ("torch", "sentence_transformers", "transformers", "faiss")


def locked_pdf():
    writer, content = PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    writer.encrypt("secret", algorithm="AES-256")
    writer.write(content)
    return content.getvalue()


def fill(folder):
    folder.mkdir()
    (folder / "good").mkdir()
    (folder / "good/seals.txt").write_text(SEAL)
    (folder / "good/whales.md").write_text(f"---\ntitle: Whales\n---\n\n{WHALE}\n")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00")
    (folder / "locked.pdf").write_bytes(locked_pdf())
    (folder / "rows.jsonl").write_text('{"text": "First row."}\n{broken\n{"text": "Third row."}\n')
    (folder / "notes.xyz").write_text("A kind of file that nobody asked for.")
    (folder / "forbidden").mkdir()
    (folder / "forbidden/unseen.txt").write_text("Words that may not be read.")
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return fill(tmp_path_factory.mktemp("home") / "documents")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def first(run, folder, data):
    """The first run over a folder of good and bad files."""
    return run("footnoted", "ingest", folder, "--json", "--data", data)


@pytest.fixture(scope="module")
def command(run, first, data):
    """Runs `footnoted` on what the first run stored."""

    def made(name, *words, **options):
        return run("footnoted", name, "--data", data, *words, **options)

    return made


@pytest.fixture
def scratch(data, first, tmp_path):
    """A copy of what the first run stored, to be changed."""
    shutil.copytree(data, tmp_path / "scratch")
    return tmp_path / "scratch"


def imported(code, *modules):
    """Which modules a fresh interpreter holds after running some code."""
    asked = f"import sys\ntry:\n    {code}\nexcept SystemExit:\n    pass\nprint([m for m in {modules!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1]


def test_good_files_are_taken_although_others_are_bad_and_the_exit_code_tells(first):
    statuses = {line["source"]: line["status"] for line in first.lines}

    assert first.code == 1
    assert statuses["good/seals.txt"] == statuses["good/whales.md"] == "added"
    assert statuses["rows.jsonl:1"] == statuses["rows.jsonl:3"] == "added"


def test_every_line_has_the_fields_of_the_contract(first):
    assert {frozenset(line) for line in first.lines} == {frozenset(LINE)}
    assert first.err == ""


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("empty.txt", "no words"),
        ("picture.txt", ""),
        ("locked.pdf", "encrypted"),
        ("rows.jsonl", "line 2"),
    ],
)
def test_a_bad_file_is_rejected_with_the_reason(first, source, reason):
    [line] = [line for line in first.lines if line["status"] == "rejected" and line["source"].startswith(source)]

    assert reason in line["reason"]
    assert line["reason"]


def test_files_of_an_unknown_kind_in_a_folder_are_passed_over(first):
    assert "notes.xyz" not in first.out


def test_a_file_of_an_unknown_kind_that_is_named_is_rejected(command, folder):
    done = command("ingest", folder / "notes.xyz")

    assert done.code == 1
    assert "no reader for '.xyz'" in done.out


def test_a_file_that_is_not_there_is_rejected(command, tmp_path):
    done = command("ingest", tmp_path / "gone.txt")

    assert done.code == 1
    assert "there is no such file" in done.out


def test_a_second_run_changes_nothing_and_needs_no_model(first, folder, data):
    words = ["footnoted", "ingest", str(folder), "--json", "--data", str(data)]

    found = imported(f"sys.argv = {words!r}; from api.cli import main; main()", *HEAVY)

    assert found == "[]"


def test_a_second_run_says_unchanged(command, folder):
    done = command("ingest", folder / "good", "--json")

    assert done.code == 0
    assert [line["status"] for line in done.lines] == ["unchanged", "unchanged"]


def test_quiet_tells_only_what_was_rejected_and_on_standard_error(command, folder):
    done = command("ingest", "--quiet", folder / "good", folder / "empty.txt")

    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("rejected")


def test_a_dry_run_tells_what_would_happen_and_stores_nothing(run, folder, tmp_path):
    done = run("footnoted", "ingest", "--dry-run", "--json", folder / "good", "--data", tmp_path / "new")

    assert [line["status"] for line in done.lines] == ["added", "added"]
    assert not (tmp_path / "new").exists()


def test_prune_removes_documents_whose_files_are_gone_and_keeps_the_rest(run, folder, scratch, tmp_path):
    moved = tmp_path / "kept.txt"
    shutil.move(folder / "good/seals.txt", moved)

    done = run("footnoted", "ingest", "--prune", "--json", folder / "good", "--data", scratch)
    shutil.move(moved, folder / "good/seals.txt")

    assert [(line["source"], line["status"]) for line in done.lines] == [
        ("good/whales.md", "unchanged"), ("good/seals.txt", "removed"),
    ] or [line["status"] for line in done.lines] == ["unchanged", "removed"]  # fmt: skip
    assert "whales.md" in run("footnoted", "list", "--json", "--data", scratch).out


def test_a_folder_without_permission_is_reported_and_the_others_are_taken(
    tmp_path, monkeypatch, folder
):
    from pathlib import Path

    from index.loading import find_sources

    allowed = Path.iterdir

    def guarded(path):
        if path.name == "forbidden":
            raise PermissionError(13, "Permission denied")
        return allowed(path)

    monkeypatch.setattr(Path, "iterdir", guarded)  # root may read every folder

    sources = {source.name: source.error for source in find_sources(folder)}

    assert str(sources["forbidden"]) == "no permission to read this folder"
    assert sources["good/seals.txt"] is None


def test_the_list_has_one_line_a_document(command):
    lines = command("list", "--json").lines

    assert sorted(line["source"] for line in lines) == [
        "good/seals.txt", "good/whales.md", "rows.jsonl:1", "rows.jsonl:3",
    ]  # fmt: skip
    assert len(command("list").out.splitlines()) == 4


def id_of(command, source):
    return next(line["id"] for line in command("list", "--json").lines if line["source"] == source)


def test_a_document_is_shown_with_metadata_its_origin_and_passages(command):
    shown = command("show", id_of(command, "good/whales.md")).out

    assert "title      Whales  (metadata)" in shown
    assert "1 passages" in shown or "1 passage" in shown
    assert WHALE in shown


def test_a_document_as_json_is_the_one_of_the_service(command):
    document = command("show", "--json", id_of(command, "good/seals.txt")).json

    assert document["text"].strip() == SEAL
    assert [document["text"][p["start"] : p["end"]] for p in document["passages"]] == [SEAL]


def test_an_unknown_document_is_told(command):
    done = command("show", "nope")

    assert (done.code, done.out) == (1, "")
    assert "no document 'nope'" in done.err


def test_documents_are_removed_all_or_none(run, command, scratch):
    known = id_of(command, "good/seals.txt")

    refused = run("footnoted", "remove", known, "nope", "--data", scratch)
    between = run("footnoted", "list", "--data", scratch).out
    removed = run("footnoted", "remove", known, "--data", scratch)
    after = run("footnoted", "list", "--data", scratch).out

    assert (refused.code, removed.code) == (1, 0)
    assert known in between
    assert known not in after


def test_the_status_tells_what_the_index_holds_and_what_made_it(command, data):
    status = command("status", "--json").json

    assert (status["data"], status["collection"]) == (str(data), "default")
    assert (status["documents"], status["passages"]) == (4, 4)
    assert (status["model"], status["model_matches"]) == ("all-MiniLM-L6-v2", True)
    assert status["server"] is None


def replied(command, tmp_path, **changes):
    """A file with a reply whose only citation quotes the seals."""
    citation = {"document_id": id_of(command, "good/seals.txt"), "quote": "twelve seals", "start": 29, "end": 41}  # fmt: skip
    (tmp_path / "reply.json").write_text(json.dumps({"citations": [citation | changes]}))
    return tmp_path / "reply.json"


def test_a_quote_that_stands_is_exact_and_ends_with_0(command, tmp_path):
    done = command("verify", "--json", replied(command, tmp_path))

    assert done.code == 0
    assert [line["verification"] for line in done.lines] == ["exact"]


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"start": 0, "end": 12}, "moved"),
        ({"quote": "TWELVE seals"}, "normalized"),
        ({"quote": "thirteen seals"}, "not_found"),
        ({"document_id": "nope"}, "not_found"),
    ],
)
def test_a_quote_that_does_not_stand_word_for_word_ends_with_1(command, tmp_path, changes, kind):
    done = command("verify", "--json", replied(command, tmp_path, **changes))

    assert done.code == 1
    assert [line["verification"] for line in done.lines] == [kind]


@pytest.mark.parametrize(
    "content", ["no json", "[1]", '"x"', '{"citations": [5]}', '{"citations": null}', '{"citations": [{}]}', '{"a": 1}\n{x']
)
def test_a_file_without_replies_is_wrong_usage(command, content):
    done = command("verify", "-", stdin=content)

    assert (done.code, done.out) == (2, "")
    assert "Traceback" not in done.err
    assert "TypeError" not in done.err + "AttributeError"[:0]


@pytest.mark.parametrize("words", [("list",), ("show", "x"), ("remove", "x"), ("status",)])
def test_without_an_index_every_command_ends_with_3(run, tmp_path, words):
    done = run("footnoted", *words, "--data", tmp_path)

    assert (done.code, done.out) == (3, "")
    assert "footnoted ingest" in done.err


def test_an_index_of_another_model_is_not_written_to(run, folder, data, first, encoder):
    other = encoder._folder.path

    done = run("footnoted", "ingest", folder / "good", "--data", data, "--model", other)

    assert (done.code, done.out) == (3, "")
    assert "'all-MiniLM-L6-v2'" in done.err


@pytest.mark.parametrize("program", ["cli", "ask"])
def test_help_needs_nothing_heavy(program):
    heavy = (*HEAVY, "fastapi", "pydantic", "rich", "tantivy", "numpy")

    found = imported(f"sys.argv = ['x', '--help']; from api.{program} import main; main()", *heavy)

    assert found == "[]"


def test_asking_a_server_needs_no_model(server):
    words = ["ask", "--url", server.url, "--json", "fee"]

    found = imported(f"sys.argv = {words!r}; from api.ask import main; main()", *HEAVY, "fastapi", "pydantic")

    assert found == "[]"


@pytest.mark.parametrize(("program", "shown"), [("footnoted", "ingest"), ("ask", "QUESTION")])
def test_help_and_version_are_printed(run, program, shown):
    assert shown in run(program, "--help").out
    assert run(program, "--version").out.startswith(program)
