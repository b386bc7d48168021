"""From files and folders to drafts; one that cannot be read never stops the others."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from fpdf import FPDF

from index.errors import (
    EmptySourceError,
    EncryptedSourceError,
    InvalidDocumentError,
    NotTextError,
    OversizedSourceError,
    SourceError,
    UnreadableSourceError,
    UnsupportedFormatError,
)
from index.limits import Limits
from index.loading import FORMATS, Source, derived_id, draft_of, find_sources, load
from index.types import Draft

ROWS = b"""{"id": "one", "text": "It sails."}
{"id": "two", "text"

{"id": "four", "text": 4}
{"id": "five", "text": "   "}
{"id": "six", "text": "It sinks."}
"""


def write(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("It sails at noon.")


def names(path: Path) -> list[str]:
    return [source.name for source in find_sources(path)]


def outcome(content: bytes, name: str, limits: Limits | None = None) -> Draft | SourceError:
    [made] = draft_of(content, name=name, origin=f"/docs/{name}", limits=limits or Limits())
    return made


def loaded(path: Path, limits: Limits | None = None) -> Draft | SourceError:
    [source] = find_sources(path)
    [made] = load(source, limits=limits or Limits())
    return made


def told(made: Draft | SourceError) -> str:
    return made.document_id if isinstance(made, Draft) else str(made)


@pytest.fixture
def no_permission(monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may read everything, so the refusal is made here: names that begin with "closed"."""
    read, listed = Path.read_bytes, Path.iterdir

    def refuse(path: Path) -> None:
        if path.name.startswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))

    def read_bytes(path: Path) -> bytes:
        refuse(path)
        return read(path)

    def iterdir(path: Path) -> Iterator[Path]:
        refuse(path)
        return iter(listed(path))

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    monkeypatch.setattr(Path, "iterdir", iterdir)


def test_a_folder_stands_for_the_files_below_it_by_name(tmp_path: Path) -> None:
    write(tmp_path, "b.txt", "a/c.MD", "a/b/d.html", "e.xyz", "README")

    assert names(tmp_path) == ["a/b/d.html", "a/c.MD", "b.txt"]


def test_hidden_files_and_folders_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, ".a.txt", ".git/b.txt", "c.txt")

    assert names(tmp_path) == ["c.txt"]


def test_an_ignore_file_names_what_to_pass_over_below_it(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "drafts/b.txt", "x/a.txt", "x/c.txt", "y/c.txt")
    (tmp_path / ".footnotedignore").write_text("drafts/\n/a.txt\n# nothing\n")
    (tmp_path / "x" / ".footnotedignore").write_text("c.txt\n")

    assert names(tmp_path) == ["x/a.txt", "y/c.txt"]


def test_an_ignore_file_that_means_nothing_is_told_and_the_folder_left_out(
    tmp_path: Path,
) -> None:
    write(tmp_path, "x/a.txt", "y/a.txt")
    (tmp_path / "x" / ".footnotedignore").write_bytes(b"!\n")

    broken, _ = find_sources(tmp_path)

    assert broken.name == "x"
    assert str(broken.error).startswith(".footnotedignore in this folder cannot be understood")


def test_an_ignore_file_in_another_encoding_does_not_stop_anything(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "b.txt")
    (tmp_path / ".footnotedignore").write_bytes(b"b.txt\n\xe4\n")

    assert names(tmp_path) == ["a.txt"]


def test_a_link_back_to_a_folder_above_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "x/b.txt")
    (tmp_path / "x" / "up").symlink_to(tmp_path)

    assert names(tmp_path) == ["a.txt", "x/b.txt"]


def test_a_folder_has_one_name_however_it_was_named(tmp_path: Path) -> None:
    write(tmp_path, "x/a.txt", "y/b.txt")

    origins = {s.origin for p in ("x", "y/../x", "./x/") for s in find_sources(tmp_path / p)}

    assert origins == {str(tmp_path / "x" / "a.txt")}


@pytest.mark.usefixtures("no_permission")
def test_a_folder_without_permission_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    write(tmp_path, "closed/a.txt", "open/a.txt")

    closed, opened = find_sources(tmp_path)

    assert (closed.name, str(closed.error)) == ("closed", "no permission to read this folder")
    assert (opened.name, opened.error) == ("open/a.txt", None)


@pytest.mark.usefixtures("no_permission")
def test_a_file_without_permission_is_told(tmp_path: Path) -> None:
    write(tmp_path, "closed.txt")

    made = loaded(tmp_path / "closed.txt")

    assert isinstance(made, UnreadableSourceError)
    assert str(made) == "no permission to read this file"


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    made = loaded(tmp_path / "a.txt")

    assert isinstance(made, UnreadableSourceError)
    assert str(made) == "there is no such file"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")

    assert told(loaded(tmp_path / "a.txt")) == "this is no file; name a file or a folder"


def test_a_file_of_an_unknown_format_that_is_named_is_reported(tmp_path: Path) -> None:
    write(tmp_path, "table.xlsx")

    made = loaded(tmp_path / "table.xlsx")

    assert isinstance(made, UnsupportedFormatError)
    assert str(made).startswith("no reader for '.xlsx'; supported are .txt, ")
    assert made.supported == tuple(FORMATS)


@pytest.mark.parametrize("content", [b"", b" \n\t\n", "\ufeff".encode()])
def test_an_empty_file_is_told(content: bytes) -> None:
    made = outcome(content, "a.txt")

    assert isinstance(made, EmptySourceError)
    assert str(made) == "there are no words in it"


def test_data_that_is_named_like_text_is_told() -> None:
    made = outcome(b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "a.txt")

    assert isinstance(made, NotTextError)
    assert "a PNG picture" in str(made)


def test_a_pdf_with_a_password_is_told() -> None:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_encryption(owner_password="o", user_password="u")

    made = outcome(bytes(pdf.output()), "a.pdf")

    assert isinstance(made, EncryptedSourceError)
    assert str(made).startswith("the PDF is encrypted; save a copy without a password")


def test_a_text_over_the_limit_is_told_with_the_setting() -> None:
    made = outcome(b"x" * 11, "a.txt", Limits(text_characters=10))

    assert isinstance(made, OversizedSourceError)
    assert str(made) == (
        "11 characters, the limit is 10; split the text, or raise FOOTNOTED_MAX_TEXT_CHARACTERS"
    )


def test_a_text_at_the_limit_is_taken() -> None:
    assert isinstance(outcome(b"x" * 10, "a.txt", Limits(text_characters=10)), Draft)


def test_a_file_over_the_limit_is_not_even_read(tmp_path: Path) -> None:
    write(tmp_path, "a.txt")

    made = loaded(tmp_path / "a.txt", Limits(file_bytes=5))

    assert isinstance(made, OversizedSourceError)
    assert str(made).startswith("17 bytes, the limit is 5; ")


def test_a_source_that_is_known_to_be_unreadable_gives_its_reason() -> None:
    error = UnreadableSourceError("gone")

    assert list(load(Source("a", Path("/a"), error))) == [error]


def test_a_broken_line_is_told_with_its_number_and_the_rest_is_taken() -> None:
    made = list(draft_of(ROWS, name="rows.jsonl", origin="/docs/rows.jsonl"))

    assert [told(one)[:24] for one in made] == [
        "one",
        "line 2, column 21: not v",
        "line 4/text: must be a s",
        "line 5/text: must hold w",
        "six",
    ]
    assert isinstance(made[2], InvalidDocumentError)


def test_a_row_names_its_line_and_its_file() -> None:
    *_, last = draft_of(ROWS, name="rows.jsonl", origin="/docs/rows.jsonl")

    assert isinstance(last, Draft)
    assert (last.source, last.origin) == ("rows.jsonl:6", "/docs/rows.jsonl")


def test_a_row_over_the_limit_is_told_with_its_line() -> None:
    limits = Limits(text_characters=8)

    first, *_ = draft_of(ROWS, name="rows.jsonl", origin="/docs/rows.jsonl", limits=limits)

    assert told(first).startswith("line 1: 9 characters, the limit is 8")


def test_a_row_without_id_keeps_its_own_when_a_line_is_put_above() -> None:
    row, above = b'{"text": "It sails."}\n', b'{"text": "It sinks."}\n'

    [alone] = draft_of(row, name="r.jsonl", origin="/r.jsonl")
    *_, below = draft_of(above + row, name="r.jsonl", origin="/r.jsonl")

    assert told(alone) == told(below)


def test_a_row_with_an_address_keeps_its_id_when_its_title_changes() -> None:
    rows = (
        b'{"url": "https://example.org/a", "title": "Old", "text": "It sails."}',
        b'{"url": "https://example.org/a", "title": "New", "text": "It sails on."}',
    )

    [old], [new] = (list(draft_of(row, name="r.jsonl", origin="/r.jsonl")) for row in rows)

    assert told(old) == told(new)


def test_the_same_place_gives_the_same_id_and_another_place_another() -> None:
    one, same, other = (derived_id("Ä Ferry!", basis) for basis in ("/a", "/a", "/b"))

    assert one == same != other
    assert one.startswith("ferry-")


def test_a_name_without_latin_letters_still_gives_an_id() -> None:
    assert derived_id("東京", "/a").startswith("text-")


def test_a_draft_tells_where_it_was_read_and_what_its_bytes_were() -> None:
    made = outcome(b"It sails.", "a.txt")

    assert isinstance(made, Draft)
    assert (made.source, made.origin, made.reading.text) == ("a.txt", "/docs/a.txt", "It sails.")
    assert made.source_sha256.startswith("f5f4563b514860f7")
