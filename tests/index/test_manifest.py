"""What a derived index consists of, and that nothing else is believed."""

from pathlib import Path

import pytest

from index.files import write_text_durably
from index.manifest import Manifest


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    """Of two files in the folder, written there."""
    files = {name: write_text_durably(tmp_path / name, name) for name in ("a", "b")}
    made = Manifest("s", 3, 1, files, {"languages": "{}"})
    made.write(tmp_path)
    return made


def test_a_manifest_comes_back_as_it_was_written(manifest: Manifest, tmp_path: Path) -> None:
    assert Manifest.read(tmp_path) == manifest


@pytest.mark.parametrize(
    ("old", "new"), [('"generation": 3', '"generation": 4'), ("{", "["), ('"a"', '"A"'), ("s", "")]
)
def test_a_manifest_that_was_changed_is_none(
    manifest: Manifest, tmp_path: Path, old: str, new: str
) -> None:
    text = (tmp_path / "manifest.json").read_text()
    (tmp_path / "manifest.json").write_text(text.replace(old, new))

    assert Manifest.read(tmp_path) is None


def test_files_that_are_not_as_they_were_written_are_named(
    manifest: Manifest, tmp_path: Path
) -> None:
    (tmp_path / "a").write_text("A")
    (tmp_path / "b").unlink()

    assert manifest.wrong(tmp_path) == ["a", "b"]


def test_a_file_that_was_compared_is_not_read_again(manifest: Manifest, tmp_path: Path) -> None:
    (tmp_path / "a").unlink()

    assert manifest.wrong(tmp_path, but={"a": manifest.files["a"]}) == []
