"""Making and deleting collections, each in one step that others see whole or not at all."""

import shutil
import time
from pathlib import Path

from index.collection import Collection
from index.embedding import EncoderIdentity
from index.errors import CollectionExistsError, CollectionNameError, IndexFormatError
from index.files import sync_folder, write_durably
from index.folders import beside, remove_folder, rename_durably
from index.locks import WriterLock
from index.places import STORE_FILE, collection_names, folder_of, is_name, place_of
from index.store import Store

__all__ = [
    "CALIBRATION_FILE",
    "SETTINGS_FILE",
    "create_collection",
    "delete_collection",
    "put_in_place",
    "sweep",
]

SETTINGS_FILE = "settings.json"
CALIBRATION_FILE = "calibration.json"  # kept beside a store for whoever reads its passages
LEFT_BEHIND_S = 86_400  # nothing that is being made takes a day


def create_collection(
    data: Path, name: str, model: EncoderIdentity, *, settings: bytes = b""
) -> Collection:
    """Make an empty collection.

    Args:
        data: Folder of all collections.
        name: Of the new one.
        model: Whose vectors it will hold.
        settings: What its users want to keep with it, as they wrote it.

    Raises:
        CollectionNameError: No collection can be called so.
        CollectionExistsError: There is one of this name.
    """
    if not is_name(name):
        raise CollectionNameError(name)
    root = folder_of(data, name)
    root.parent.mkdir(parents=True, exist_ok=True)
    sweep(root.parent)
    with beside(root) as fresh:
        fresh.mkdir()
        Store.create(fresh / STORE_FILE, model).close()
        if settings:
            write_durably(fresh / SETTINGS_FILE, lambda file: file.write(settings))
        sync_folder(fresh)
        put_in_place(fresh, root)
    return Collection.open(data, name)


def delete_collection(data: Path, name: str) -> None:
    """Delete a collection with all its builds. It is gone, for good, when this returns.

    Questions that are being answered from it end as if it were still there.

    Raises:
        IndexMissingError: There are no collections.
        UnknownCollectionError: There are others, and none of this name.
        IndexLockedError: Somebody is writing to it.
    """
    root = _known_folder(data, name)
    with WriterLock(root).held():
        remove_folder(root)
    sweep(root.parent)


def put_in_place(fresh: Path, root: Path) -> None:
    """Give a new collection's folder its name.

    Raises:
        CollectionExistsError: There is one of this name.
    """
    if root.is_dir() and root.name not in collection_names(root.parents[1]):
        # A writer that waited for the lock of a deleted collection made its folder again.
        shutil.rmtree(root)
    try:
        rename_durably(fresh, root)  # fails where there is a folder with anything in it
    except OSError:
        remedy = "choose another name, or delete it with `footnoted collections delete`"
        raise CollectionExistsError(root.name, remedy=remedy) from None


def sweep(folder: Path) -> None:
    """Remove what processes left behind that ended while they made or deleted a collection."""
    for left in folder.glob(".*.*"):
        if time.time() - left.stat().st_mtime > LEFT_BEHIND_S:
            shutil.rmtree(left, ignore_errors=True)


def _known_folder(data: Path, name: str) -> Path:
    """Also of a collection that cannot be opened: to delete it may be all that is left to do."""
    try:
        return place_of(data, name).root
    except IndexFormatError:
        return folder_of(data, name)
