"""The lexical index's files: known by their bytes, and mended where a commit was ended."""

import os
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


def end_before_the_manifest(folder: Path) -> LexicalFiles:
    """As when the power fails between a commit, which deletes a passage, and its manifest."""
    files = LexicalFiles(folder, "s")
    manifest = (folder / "manifest.json").read_bytes()
    files.prepare()
    shutil.copytree(folder / "previous", folder.parent / "previous", copy_function=os.link)
    LexicalIndex(files).apply(generation=8, removed=keys(1), added=[indexed(3, "tern")])
    shutil.move(folder.parent / "previous", folder / "previous")
    (folder / "manifest.json").write_bytes(manifest)
    return LexicalFiles(folder, "s")


def test_a_commit_that_was_ended_before_its_manifest_is_undone(folder: Path) -> None:
    files = end_before_the_manifest(folder)

    assert {".managed.json", "meta.json"} <= set(files.wrong())
    assert files.roll_back()

    assert (files.generation, LexicalIndex(files).searcher().count) == (7, 2)


def test_what_was_left_of_it_does_not_stand_in_the_way_of_the_next(folder: Path) -> None:
    files = end_before_the_manifest(folder)
    files.roll_back()

    files.prepare()
    LexicalIndex(files).apply(generation=8, removed=keys(1), added=[])

    assert (files.generation, LexicalIndex(files).searcher().count) == (8, 1)


def test_a_file_that_is_missing_for_good_is_not_made_up(folder: Path) -> None:
    [terms] = folder.glob("*.term")
    terms.unlink()

    assert not LexicalFiles(folder, "s").roll_back()


def test_after_a_commit_nothing_has_a_second_name(folder: Path) -> None:
    files = LexicalFiles(folder, "s")

    files.prepare()
    LexicalIndex(files).apply(generation=8, removed=keys(1), added=[])

    assert not (folder / "previous").exists()
