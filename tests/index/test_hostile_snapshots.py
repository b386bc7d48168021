"""Snapshots that are damaged, or made by somebody who means harm: refused, nothing is touched."""

import dataclasses
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest
from fakes import WordHashEncoder, arrival

from index.archives import member_of, read_manifest, write_archive
from index.catalog import create_collection
from index.errors import SnapshotError
from index.ingest import Ingester
from index.places import collection_names
from index.restoring import restore_snapshot
from index.snapshots import MEMBERS, write_snapshot

MODEL = WordHashEncoder().identity


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot that no test writes to, beside the data folder that it is of."""
    folder = tmp_path_factory.mktemp("original")
    collection = create_collection(folder / "data", "birds", MODEL, settings=b'{"rerank": 7}')
    text = "A gull sleeps on the roof."
    list(Ingester(collection, WordHashEncoder()).ingest([arrival(text, document_id="a")]))
    write_snapshot(collection, folder / "birds.snapshot")
    collection.close()
    return folder / "birds.snapshot"


def files_below(folder: Path) -> dict[str, bytes]:
    """All files with what is in them."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def changed(file: Path, **fields: object) -> bytes:
    """The snapshot with other fields in its manifest."""
    content = file.read_bytes()
    size = tarfile.TarInfo.frombuf(content[:512], "ascii", "strict").size
    manifest = json.loads(content[512 : 512 + size]) | fields
    return member("manifest.json", json.dumps(manifest).encode()) + content[start_of_store(file) :]


def start_of_store(file: Path) -> int:
    size = tarfile.TarInfo.frombuf(file.read_bytes()[:512], "ascii", "strict").size
    return 512 + size + (-size % 512)


def member(name: str, content: bytes, **header: object) -> bytes:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for field, value in header.items():
        setattr(info, field, value)
    return info.tobuf(tarfile.GNU_FORMAT) + content + bytes(-len(content) % 512)


def in_place_of_the_store(file: Path, *, name: str = "store.sqlite", **header: object) -> bytes:
    """The snapshot with another header in front of its store."""
    content, at = file.read_bytes(), start_of_store(file)
    info = tarfile.TarInfo(name)
    info.size = tarfile.TarInfo.frombuf(content[at : at + 512], "ascii", "strict").size
    for field, value in header.items():
        setattr(info, field, value)
    return content[:at] + info.tobuf(tarfile.GNU_FORMAT)[-512:] + content[at + 512 :]


def flipped(file: Path, at: int) -> bytes:
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    return bytes(content)


def declared(file: Path) -> list[dict[str, object]]:
    with file.open("rb") as content:
        manifest = read_manifest(content, allowed=MEMBERS)
    return [dataclasses.asdict(each) for each in manifest.members]


HOSTILE: dict[str, Callable[[Path], bytes]] = {
    "empty": lambda file: b"",
    "text": lambda file: b"not a snapshot, " * 100,
    "zeros": lambda file: bytes(4096),
    "a tar of something else": lambda file: member("notes.txt", b"hello") + bytes(1024),
    "cut in the manifest": lambda file: file.read_bytes()[:700],
    "cut in the store": lambda file: file.read_bytes()[: start_of_store(file) + 5000],
    "cut at the end": lambda file: file.read_bytes()[:-600],
    "more at the end": lambda file: file.read_bytes() + b"x",
    "a flipped bit in the header": lambda file: flipped(file, 3),
    "a flipped bit in the manifest": lambda file: flipped(file, 530),
    "a flipped bit in the store": lambda file: flipped(file, start_of_store(file) + 9000),
    "a flipped bit in the padding": lambda file: flipped(file, start_of_store(file) - 1),
    "a manifest that is no JSON": lambda file: member("manifest.json", b"{") + bytes(1024),
    "a manifest of another kind": lambda file: member("manifest.json", b"[1]") + bytes(1024),
    "a manifest without fields": lambda file: changed(file, members=None),
    "a huge manifest": lambda file: member("manifest.json", b" " * 100_000) + bytes(1024),
    "a newer version": lambda file: changed(file, version=2),
    "a path upwards": lambda file: changed(
        file, members=[{"name": "../../store.sqlite", "bytes": 1, "sha256": ""}]
    ),
    "an absolute path": lambda file: changed(
        file, members=[*declared(file), {"name": "/tmp/x", "bytes": 1, "sha256": ""}]
    ),
    "a name twice": lambda file: changed(file, members=[*declared(file), declared(file)[0]]),
    "no store": lambda file: changed(file, members=declared(file)[1:]),
    "a member that is not declared": lambda file: changed(file, members=declared(file)[:1]),
    "a length that is not true": lambda file: changed(
        file, members=[declared(file)[0] | {"bytes": 1}, declared(file)[1]]
    ),
    "a length below nothing": lambda file: changed(
        file, members=[declared(file)[0] | {"bytes": -1}, declared(file)[1]]
    ),
    "a bomb": lambda file: changed(
        file, members=[declared(file)[0] | {"bytes": 2**62}, declared(file)[1]]
    ),
    "another sha256": lambda file: changed(
        file, members=[declared(file)[0] | {"sha256": "0" * 64}, declared(file)[1]]
    ),
    "a link": lambda file: in_place_of_the_store(
        file, type=tarfile.SYMTYPE, linkname="/etc/passwd"
    ),
    "a hard link": lambda file: in_place_of_the_store(
        file, type=tarfile.LNKTYPE, linkname="manifest.json"
    ),
    "a device": lambda file: in_place_of_the_store(file, type=tarfile.BLKTYPE),
    "a pipe": lambda file: in_place_of_the_store(file, type=tarfile.FIFOTYPE),
    "a folder": lambda file: in_place_of_the_store(file, type=tarfile.DIRTYPE),
    "a sparse file": lambda file: in_place_of_the_store(file, type=tarfile.GNUTYPE_SPARSE),
    "a long name": lambda file: in_place_of_the_store(file, type=tarfile.GNUTYPE_LONGNAME),
    "another name": lambda file: in_place_of_the_store(file, name="../store.sqlite"),
    "a size that grows": lambda file: in_place_of_the_store(file, size=2**40),
    "a size below nothing": lambda file: in_place_of_the_store(file, size=-1),
    "another generation": lambda file: changed(file, generation=7),
    "another count": lambda file: changed(file, passages=0),
    "another model": lambda file: changed(file, model=["other", "0" * 64, ""]),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_damaged_or_hostile_archive_is_refused_and_nothing_is_touched(
    original: Path, tmp_path: Path, kind: str
) -> None:
    file = tmp_path / "hostile"
    file.write_bytes(HOSTILE[kind](original))
    before = files_below(original.parent)

    with pytest.raises(SnapshotError, match="this snapshot is not restored"):
        restore_snapshot(file, original.parent / "data", replace=True)

    assert files_below(original.parent) == before
    assert list(tmp_path.iterdir()) == [file]


def forged(file: Path, folder: Path, statement: str) -> Path:
    """The snapshot with a store that is changed, and a manifest that is true."""
    with tarfile.open(file) as archive:
        archive.extractall(folder, filter="data")
    connection = apsw.Connection(str(folder / "store.sqlite"), vfs="cksmvfs")
    connection.execute(statement)
    connection.close()
    with file.open("rb") as content:
        manifest = read_manifest(content, allowed=MEMBERS)
    members = tuple(member_of(folder / each.name) for each in manifest.members)
    with (folder / "forged").open("wb") as archive_of_it:
        write_archive(archive_of_it, dataclasses.replace(manifest, members=members), folder)
    return folder / "forged"


FORGED: dict[str, tuple[str, str]] = {
    "a trigger": (
        "CREATE TRIGGER t AFTER INSERT ON documents BEGIN DELETE FROM passages; END",
        "does things by itself: t",
    ),
    "a view": ("CREATE VIEW v AS SELECT 1", "does things by itself: v"),
    "no documents": ("DROP TABLE documents", "something else"),
    "other words": ("UPDATE documents SET text = upper(text)", "hash of a text"),
    "moved offsets": ('UPDATE passages SET start = 1, "end" = "end" + 1', "offsets of passages"),
    "offsets outside": ('UPDATE passages SET "end" = 9999', "offsets of passages"),
    "no vector": ("UPDATE passages SET vector = x''", "vectors"),
    "long vectors": ("UPDATE passages SET vector = zeroblob(256)", "vectors"),
    "surplus facets": ("INSERT INTO facets SELECT 'tag', 'x', key FROM documents", "filter values"),
    "odd metadata": ("UPDATE documents SET provenance = 'x'", "something else"),
    "an old change": ("UPDATE passages SET generation = 99", "generation"),
    "a newer format": ("UPDATE meta SET value = '99' WHERE name = 'format'", "format 99"),
}


@pytest.mark.parametrize("kind", FORGED)
def test_a_store_that_is_not_right_is_refused_although_its_checksums_are(
    original: Path, tmp_path: Path, kind: str
) -> None:
    statement, reason = FORGED[kind]
    file = forged(original, tmp_path, statement)

    with pytest.raises(SnapshotError, match=reason):
        restore_snapshot(file, tmp_path / "elsewhere")

    assert collection_names(tmp_path / "elsewhere") == ()
