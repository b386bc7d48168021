"""A collection in one file, and back.

In the file are the store, the collection's settings and its calibration. The derived indexes are
not: they are as large as the vectors again, belong to one version of a library, and are built anew
from the store without embedding anything. So a snapshot has one file that anybody has to believe,
and that one is compared with itself before it is used.
"""

import datetime as dt
import errno
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from index.archives import Manifest, member_of, write_archive
from index.catalog import CALIBRATION_FILE, SETTINGS_FILE
from index.collection import Collection
from index.errors import DiskFullError, FootnotedError, UnreadableSourceError
from index.files import write_durably
from index.places import STORE_FILE
from index.store import Store

__all__ = ["MEMBERS", "told", "write_snapshot"]

BESIDE_THE_STORE = (SETTINGS_FILE, CALIBRATION_FILE)
MEMBERS = (STORE_FILE, *BESIDE_THE_STORE)


def write_snapshot(collection: Collection, file: Path) -> Manifest:
    """Write one state of a collection to a file, while others read and write.

    Args:
        collection: Open.
        file: A file that is there is replaced, by a whole snapshot or not at all. Beside it there
            must be room for the store twice.

    Raises:
        UnreadableSourceError: The file cannot be written there.
        IndexDamagedError: The store is damaged; there would be no way back from this snapshot.
    """
    try:
        with TemporaryDirectory(dir=file.absolute().parent, prefix=".snapshot-") as folder:
            manifest = _collect(collection, Path(folder))
            write_durably(file, lambda archive: write_archive(archive, manifest, Path(folder)))
    except OSError as error:
        raise told(error, file) from error
    return manifest


def _collect(collection: Collection, folder: Path) -> Manifest:
    collection.store.copy_to(folder / STORE_FILE)
    for name in BESIDE_THE_STORE:
        if (file := collection.place.folder / name).is_file():
            shutil.copyfile(file, folder / name)
    copy = Store.open(folder / STORE_FILE)
    try:
        corpus, model = copy.corpus(), copy.model
    finally:
        copy.close()
    members = [folder / member for member in MEMBERS if (folder / member).is_file()]
    return Manifest(
        collection=collection.name,
        created_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        model=(model.name, model.sha256, model.prefixes),
        generation=corpus.generation,
        documents=corpus.documents,
        passages=corpus.passages,
        members=tuple(member_of(member) for member in members),
    )


def told(error: OSError, file: Path) -> FootnotedError:
    """What went wrong with a snapshot's file, for people."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFullError()
    reason = error.strerror or type(error).__name__
    return UnreadableSourceError(f"{file.name}: {reason}; name another file")
