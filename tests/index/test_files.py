"""Files that are there as a whole or not at all."""

import hashlib
from pathlib import Path
from typing import BinaryIO

import pytest

from index.files import FileFacts, facts_of, write_durably, write_text_durably


def write_half(file: BinaryIO) -> None:
    file.write(b"half")
    raise OSError("No space left on device")


def test_a_file_is_known_by_length_and_sha256(tmp_path: Path) -> None:
    facts = write_text_durably(tmp_path / "a", "gull")

    assert facts == facts_of(tmp_path / "a") == FileFacts(4, hashlib.sha256(b"gull").hexdigest())


def test_a_file_that_cannot_be_written_whole_leaves_the_old_one(tmp_path: Path) -> None:
    write_text_durably(tmp_path / "a", "gull")

    with pytest.raises(OSError, match="No space left"):
        write_durably(tmp_path / "a", write_half)

    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a", "gull")]
