"""`footnoted ingest`: good files are taken, bad ones reported, the same again changes nothing."""

import io
import shutil
from pathlib import Path

import pytest
from fakes import WordHashEncoder
from pypdf import PdfWriter

from api.ingesting import ingest_paths
from api.service import Service
from api.settings import Settings
from index.errors import UnknownCollectionError
from index.loading import find_sources

SEAL = "The lighthouse keeper counts twelve seals every morning."
WHALE = "A grey whale passes the lighthouse in the month of May."
LINE = {
    "source", "id", "status", "passages", "cleaned", "reason", "duplicate_of", "similar_to",
    "similarity",
}  # fmt: skip
HEAVY = ("torch", "sentence_transformers", "transformers")


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
    [line] = [
        line
        for line in first.lines
        if line["status"] == "rejected" and line["source"].startswith(source)
    ]

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


def test_a_second_run_needs_no_model(imported, first, folder, data):
    words = ("footnoted", "ingest", folder, "--data", data)

    assert imported(*words, program="cli", modules=HEAVY) == []


def test_a_second_run_says_unchanged(command, folder):
    done = command("ingest", folder / "good", "--json")

    assert done.code == 0
    assert [line["status"] for line in done.lines] == ["unchanged", "unchanged"]


def test_quiet_tells_only_what_was_rejected_and_on_standard_error(command, folder):
    done = command("ingest", "--quiet", folder / "good", folder / "empty.txt")

    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("rejected")


def test_a_dry_run_tells_what_would_happen_and_stores_nothing(folder, tmp_path):
    service = Service(Settings(data=tmp_path / "new"), encoder=WordHashEncoder())

    reports = list(ingest_paths(service, [folder / "good"], prune=False, dry_run=True))

    assert [report.status for report in reports] == ["added", "added"]
    assert not (tmp_path / "new").exists()


def test_a_dry_run_over_what_is_there_tells_that_nothing_would_change(command, folder):
    done = command("ingest", "--dry-run", "--json", folder / "good")

    assert [line["status"] for line in done.lines] == ["unchanged", "unchanged"]


def test_a_second_collection_is_made_by_ingesting_into_it_and_by_nothing_else(tmp_path, folder):
    def service(name):
        return Service(Settings(data=tmp_path, collection=name), encoder=WordHashEncoder())

    list(ingest_paths(service("one"), [folder / "good"], prune=False, dry_run=False))
    list(ingest_paths(service("two"), [folder / "good"], prune=False, dry_run=False))

    assert service("one").collections() == ("one", "two")
    with pytest.raises(UnknownCollectionError, match="'three'; there are one, two"):
        service("three").ingester("three")


def test_prune_removes_documents_whose_files_are_gone_and_keeps_the_rest(
    run, folder, scratch, tmp_path
):
    moved = tmp_path / "kept.txt"
    shutil.move(folder / "good/seals.txt", moved)

    done = run("footnoted", "ingest", "--prune", "--json", folder / "good", "--data", scratch)
    shutil.move(moved, folder / "good/seals.txt")

    assert [(line["source"], line["status"]) for line in done.lines] == [
        ("whales.md", "unchanged"), ("good/seals.txt", "removed"),
    ]  # fmt: skip
    assert "whales.md" in run("footnoted", "list", "--json", "--data", scratch).out


def test_a_folder_without_permission_is_reported_and_the_others_are_taken(tmp_path, monkeypatch):
    fill(tmp_path / "home")
    (tmp_path / "home/forbidden").mkdir()
    allowed = Path.iterdir

    def guarded(path):
        if path.name == "forbidden":
            raise PermissionError(13, "Permission denied")
        return allowed(path)

    monkeypatch.setattr(Path, "iterdir", guarded)  # root may read every folder

    sources = {source.name: source.error for source in find_sources(tmp_path / "home")}

    assert str(sources["forbidden"]) == "no permission to read this folder"
    assert sources["good/seals.txt"] is None


def test_an_index_of_another_model_is_not_written_to(run, folder, data, first, encoder):
    other = encoder._folder.path

    done = run("footnoted", "ingest", folder / "good", "--data", data, "--model", other)

    assert (done.code, done.out) == (3, "")
    assert "'all-MiniLM-L6-v2'" in done.err


def test_a_damaged_file_says_its_reason_and_nothing_else(command, tmp_path):
    damaged = tmp_path / "damaged.pdf"
    damaged.write_bytes(b"\0\1\2broken")

    printed = command("ingest", damaged, "--data", tmp_path / "data")

    assert printed.out.startswith("rejected     damaged.pdf  the PDF is damaged")
    assert printed.err == ""
