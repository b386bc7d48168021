"""One file of several members, each with its length and sha256 in a manifest that comes first.

It is a tar file, which any tar lists. It is not read as one, though: links, devices, long names and
sparse files of the format are what others climb out of a folder with. Here a header is 512 bytes of
a plain file with the very name and length that the manifest declares, or the file is refused.
"""

import hashlib
import json
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from index.errors import SnapshotError

__all__ = ["Manifest", "Member", "member_of", "read_manifest", "unpack", "write_archive"]

VERSION = 1
MANIFEST = "manifest.json"
BLOCK = tarfile.BLOCKSIZE
END = bytes(2 * BLOCK)
LARGEST_MANIFEST = 64 * 1024
READ = 1 << 20


@dataclass(frozen=True, slots=True)
class Member:
    """A file in the archive."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says that it holds. None of it is believed before it was compared.

    Attributes:
        collection: Its name where the snapshot was taken.
        created_at: UTC time, ISO 8601.
        model: Name, sha256 and prefixes of the encoder.
        generation: Of the store, and so are `documents` and `passages`.
        members: In the order of the archive.
    """

    collection: str
    created_at: str
    model: tuple[str, str, str]
    generation: int
    documents: int
    passages: int
    members: tuple[Member, ...]


def member_of(file: Path) -> Member:
    """How a file is declared; its own name is that of the member."""
    with file.open("rb") as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    return Member(file.name, file.stat().st_size, sha256)


def write_archive(archive: BinaryIO, manifest: Manifest, folder: Path) -> None:
    """Write the manifest, and the members that it declares from files of a folder."""
    declared = {"footnoted": "snapshot", "version": VERSION, **asdict(manifest)}
    content = json.dumps(declared, indent=1).encode()
    archive.write(_header(MANIFEST, len(content)) + content + _padding(len(content)))
    for member in manifest.members:
        archive.write(_header(member.name, member.bytes))
        with (folder / member.name).open("rb") as file:
            while block := file.read(READ):
                archive.write(block)
        archive.write(_padding(member.bytes))
    archive.write(END)


def read_manifest(archive: BinaryIO, *, allowed: Sequence[str]) -> Manifest:
    """The manifest at the beginning of an archive.

    Args:
        archive: At its beginning; afterwards at the first member.
        allowed: Names that members may have, the first of which there must be.

    Raises:
        SnapshotError: This is no snapshot, it is damaged, or it is of a newer version.
    """
    header = _read_header(archive)
    if header.name != MANIFEST or header.size > LARGEST_MANIFEST:
        raise SnapshotError("it does not begin with a manifest")
    content = archive.read(header.size)
    _read_padding(archive, header.size)
    try:
        declared = json.loads(content)
    except (ValueError, RecursionError):
        raise SnapshotError("its manifest is not JSON") from None
    manifest = _manifest(declared)
    names = [member.name for member in manifest.members]
    if len(set(names)) != len(names) or not {allowed[0]} <= set(names) <= set(allowed):
        shown = ", ".join(repr(name[:100]) for name in names[:5])
        raise SnapshotError(f"its members should be {' and '.join(allowed)}, they are {shown}")
    return manifest


def unpack(archive: BinaryIO, manifest: Manifest, folder: Path) -> None:
    """Write the members to a folder, each compared with what the manifest declares.

    Raises:
        SnapshotError: A member is not as declared, or there is more in the archive.
    """
    for member in manifest.members:
        header = _read_header(archive)
        if (header.name, header.size) != (member.name, member.bytes):
            raise SnapshotError(
                f"member {header.name[:100]!r} of {header.size:,} bytes stands where the manifest "
                f"has {member.name!r} of {member.bytes:,}"
            )
        with (folder / member.name).open("xb") as file:
            _copy(archive, member, file)
        _read_padding(archive, member.bytes)
    if archive.read(len(END) + 1) != END:
        raise SnapshotError("it does not end where the manifest says")


def _copy(archive: BinaryIO, member: Member, file: BinaryIO) -> None:
    digest, left = hashlib.sha256(), member.bytes
    while block := archive.read(min(READ, left)):
        digest.update(block)
        file.write(block)
        left -= len(block)
    if left:
        raise SnapshotError(f"it ends {left:,} bytes before the end of {member.name!r}")
    if digest.hexdigest() != member.sha256:
        raise SnapshotError(f"the bytes of {member.name!r} are not those that were written")


def _header(name: str, size: int) -> bytes:
    header = tarfile.TarInfo(name)
    header.size = size
    header.mode = 0o600
    return header.tobuf(tarfile.GNU_FORMAT, "ascii", "strict")


def _read_header(archive: BinaryIO) -> tarfile.TarInfo:
    try:
        header = tarfile.TarInfo.frombuf(archive.read(BLOCK), "ascii", "strict")
    except (tarfile.HeaderError, UnicodeDecodeError, ValueError):
        raise SnapshotError("there is no header where one should be") from None
    if header.type != tarfile.REGTYPE or header.size < 0:
        raise SnapshotError(f"member {header.name[:100]!r} is no plain file")
    return header


def _padding(size: int) -> bytes:
    return bytes(-size % BLOCK)


def _read_padding(archive: BinaryIO, size: int) -> None:
    if archive.read(-size % BLOCK) != _padding(size):
        raise SnapshotError("there are bytes between its members")


def _manifest(declared: Any) -> Manifest:  # Any: parsed JSON that nobody looked at
    if not isinstance(declared, dict) or declared.get("footnoted") != "snapshot":
        raise SnapshotError("its manifest is of something else")
    if declared.get("version") != VERSION:
        raise SnapshotError(
            f"it has version {str(declared.get('version'))[:20]}, this footnoted reads version "
            f"{VERSION}; restore it with the footnoted that made it"
        )
    try:
        return Manifest(
            collection=_text(declared, "collection"),
            created_at=_text(declared, "created_at"),
            model=_model(declared["model"]),
            generation=_count(declared, "generation"),
            documents=_count(declared, "documents"),
            passages=_count(declared, "passages"),
            members=tuple(
                Member(_text(each, "name"), _count(each, "bytes"), _text(each, "sha256"))
                for each in declared["members"]
            ),
        )
    except (KeyError, TypeError, ValueError):
        raise SnapshotError("its manifest lacks a field, or has a wrong one") from None


def _model(value: Any) -> tuple[str, str, str]:  # Any: as above
    name, sha256, prefixes = value
    if not all(isinstance(part, str) for part in value):
        raise TypeError
    return (name, sha256, prefixes)


def _text(declared: Mapping[str, Any], name: str) -> str:  # Any: as above
    value = declared[name]
    if not isinstance(value, str):
        raise TypeError
    return value


def _count(declared: Mapping[str, Any], name: str) -> int:  # Any: as above
    value = declared[name]
    if type(value) is not int or value < 0:
        raise TypeError
    return value
