"""From a snapshot to a collection that answers: unpacked beside, looked at as a whole, switched."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from index.archives import Manifest, read_manifest, unpack
from index.catalog import put_in_place, sweep
from index.collection import Collection
from index.connections import SqliteError
from index.embedding import EncoderIdentity
from index.errors import (
    CollectionExistsError,
    CollectionNameError,
    DiskFullError,
    IndexDamagedError,
    IndexFormatError,
    ModelMismatchError,
    SnapshotError,
)
from index.faults import Fault
from index.files import sync_folder
from index.folders import beside, rename_durably
from index.index_faults import index_faults
from index.locks import WriterLock
from index.places import (
    STORE_FILE,
    Place,
    collection_names,
    folder_of,
    is_name,
    place_of,
    remove_build,
    switch,
)
from index.snapshots import MEMBERS, told
from index.store import Store
from index.store_faults import store_faults

__all__ = ["Restored", "restore_snapshot"]


@dataclass(frozen=True, slots=True)
class Restored:
    """What is there now."""

    collection: str
    model: str
    generation: int
    documents: int
    passages: int


def restore_snapshot(
    file: Path, data: Path, *, name: str | None = None, replace: bool = False
) -> Restored:
    """Put a snapshot's collection into a data folder, when it has proved that it is right.

    It is unpacked beside, compared with its manifest and with itself, its indexes are built and
    searched, and only then takes the place of what is there, in one step.

    Args:
        file: That `write_snapshot` wrote.
        data: Folder of all collections.
        name: Of the collection; by default that of the snapshot's.
        replace: Whether it may take the place of a collection that is there.

    Raises:
        SnapshotError: The file is none, damaged, or holds something that is not right.
        CollectionExistsError: There is a collection of this name.
        DiskFullError: There is no room for it.
        IndexLockedError: Somebody is writing to the collection that would be replaced.
    """
    with _opened(file) as archive:
        manifest = read_manifest(archive, allowed=MEMBERS)
        root = _target(data, name or manifest.collection, replace=replace)
        with beside(root) as fresh:
            fresh.mkdir()
            try:
                _require_room(manifest, file, fresh)
                unpack(archive, manifest, fresh)
            except OSError as error:
                raise told(error, file) from error
            restored = _proved(manifest, fresh, root.name)
            _take_place(fresh, root, data)
    return restored


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    try:
        archive = file.open("rb")
    except OSError as error:
        raise told(error, file) from error
    with archive:
        yield archive


def _target(data: Path, name: str, *, replace: bool) -> Path:
    if not is_name(name):
        raise CollectionNameError(name)
    root = folder_of(data, name)
    if name in collection_names(data) and not replace:
        remedy = "replace it with --replace, or choose another name with --collection"
        raise CollectionExistsError(name, remedy=remedy)
    root.parent.mkdir(parents=True, exist_ok=True)
    sweep(root.parent)
    return root


def _require_room(manifest: Manifest, file: Path, folder: Path) -> None:
    size = sum(member.bytes for member in manifest.members)
    if size > file.stat().st_size:
        raise SnapshotError(f"it declares {size:,} bytes, which are more than it has")
    if size > shutil.disk_usage(folder).free:
        raise DiskFullError


def _proved(manifest: Manifest, fresh: Path, name: str) -> Restored:
    """Look at all that was unpacked, build its indexes and search them.

    Raises:
        SnapshotError: It is not what it says, or not right.
    """
    file = fresh / STORE_FILE
    try:
        store = Store.open(file)
        try:
            _require_plain(store)
            _require_as_declared(manifest, store)
            _require_none([*store_faults(store)])
            store.renew_identity()  # it may come to lie beside the one that it is a copy of
        finally:
            store.close()
        collection = Collection.beside(Place(fresh), EncoderIdentity(*manifest.model))
        try:
            _require_none([*index_faults(collection)])
        finally:
            collection.close()
    except (IndexFormatError, IndexDamagedError, ModelMismatchError) as error:
        raise SnapshotError(f"its store cannot be used: {error}") from error
    except (SqliteError, ValueError, TypeError, KeyError) as error:
        # Rows that no version of ours wrote.
        raise SnapshotError(f"its store holds something else: {type(error).__name__}") from error
    with file.open("rb") as content:
        os.fsync(content.fileno())
    sync_folder(fresh)
    return Restored(
        name, manifest.model[0], manifest.generation, manifest.documents, manifest.passages
    )


def _require_none(faults: Sequence[Fault]) -> None:
    if faults:
        raise SnapshotError(
            f"{len(faults)} things are not right in it, the first of them its {faults[0].kind}: "
            f"{faults[0].detail}"
        )


def _require_plain(store: Store) -> None:
    """A store has tables and indexes; a trigger or a view would do something when it is used."""
    with store.reading() as connection:
        rows = connection.execute(
            "SELECT name FROM sqlite_schema WHERE type NOT IN ('table', 'index') "
            "OR sql LIKE 'CREATE VIRTUAL%' ORDER BY name"
        )
        strange = [str(name) for (name,) in rows]
    if strange:
        raise SnapshotError(f"its store does things by itself: {', '.join(strange)[:200]}")


def _require_as_declared(manifest: Manifest, store: Store) -> None:
    corpus, model = store.corpus(), store.model
    found = (corpus.generation, corpus.documents, corpus.passages)
    declared = (manifest.generation, manifest.documents, manifest.passages)
    if found != declared:
        raise SnapshotError(
            "its manifest declares generation {}, {} documents and {} passages; its store has "
            "generation {}, {} and {}".format(*declared, *found)
        )
    if (model.name, model.sha256, model.prefixes) != manifest.model:
        raise SnapshotError(
            f"its manifest declares model {manifest.model[0][:100]!r}, its store is of "
            f"{model.name[:100]!r}, or of other weights"
        )


def _take_place(fresh: Path, root: Path, data: Path) -> None:
    if root.name not in collection_names(data):
        put_in_place(fresh, root)
        return
    old = _replaced(root, data)
    new = Place(root, f"restored-{uuid4().hex[:12]}")
    with WriterLock(old.folder).held():
        new.folder.parent.mkdir(exist_ok=True)
        rename_durably(fresh, new.folder)
        switch(new)
    remove_build(old)


def _replaced(root: Path, data: Path) -> Place:
    try:
        return place_of(data, root.name)
    except IndexFormatError:  # it cannot be told which build answered; this one will
        return Place(root)
