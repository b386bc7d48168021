"""The lexical index's files: known by their bytes, and mended where a commit was ended."""

import shutil
from pathlib import Path

import pytest
from fakes import indexed, keys

from index.lexical import LexicalIndex
from index.lexical_files import LexicalFiles


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of an index at generation 7 of the store "s"."""
    made = LexicalIndex.make(LexicalFiles(tmp_path / "x", "s"))
    made.apply(generation=7, removed=keys(), added=[indexed(1, "ferry"), indexed(2, "gull")])
    return tmp_path / "x"


def test_the_files_know_their_store_and_generation(folder: Path) -> None:
    assert LexicalFiles(folder, "s").generation == 7
    assert LexicalFiles(folder, "another").generation is None
    assert LexicalFiles(folder / "y", "s").generation is None


def test_what_was_written_is_right(folder: Path) -> None:
    assert LexicalFiles(folder, "s").wrong() == []


def test_without_a_manifest_nothing_is_right(folder: Path) -> None:
    (folder / "manifest.json").unlink()

    assert LexicalFiles(folder, "s").wrong() == ["manifest.json"]


def test_a_missing_and_a_changed_file_are_told(folder: Path) -> None:
    [terms] = folder.glob("*.term")
    terms.unlink()
    [store] = folder.glob("*.store")
    store.write_bytes(store.read_bytes()[:-1] + b"x")

    assert LexicalFiles(folder, "s").wrong() == sorted([terms.name, store.name])


def test_a_commit_that_was_ended_before_its_manifest_is_undone(folder: Path) -> None:
    shutil.copy(folder / "manifest.json", folder.parent / "before")
    files = LexicalFiles(folder, "s")
    LexicalIndex(files).apply(generation=8, removed=keys(), added=[indexed(3, "tern")])
    shutil.copy(folder.parent / "before", folder / "manifest.json")

    again = LexicalFiles(folder, "s")

    assert again.wrong() == [".managed.json", "meta.json"]
    assert again.restore_lists()
    assert (again.generation, LexicalIndex(again).searcher().words("a tern")) == (7, ["tern"])
    assert LexicalIndex(again).searcher().count == 2


def test_files_of_a_commit_that_was_ended_do_not_stand_in_the_way_of_the_next(
    folder: Path,
) -> None:
    shutil.copytree(folder, folder.parent / "before")
    LexicalIndex(LexicalFiles(folder, "s")).apply(generation=8, removed=keys(1), added=[])
    for name in ("manifest.json", "meta.json", ".managed.json"):
        shutil.copy(folder.parent / "before" / name, folder / name)

    again = LexicalFiles(folder, "s")
    again.sweep()
    LexicalIndex(again).apply(generation=8, removed=keys(1), added=[])

    assert (again.generation, LexicalIndex(again).searcher().count) == (8, 1)


def test_lists_alone_do_not_mend_a_missing_segment(folder: Path) -> None:
    [terms] = folder.glob("*.term")
    terms.unlink()

    assert not LexicalFiles(folder, "s").restore_lists()
