"""Looks at what footnoted stands on: model, threads, memory, disk, versions, locks."""

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from tempfile import TemporaryFile

from packaging.requirements import Requirement

from api.collection_schemas import collection_models
from api.discovery import find_server
from api.service import Service
from index.errors import FootnotedError, IndexFormatError, IndexLockedError, ModelError
from index.locks import WriterLock
from index.models import find_model
from index.places import place_of
from qa.shipped_reader import shipped_reader

__all__ = ["Finding", "State", "examine", "file_system_of"]

LEAST_MEMORY = 1 << 30  # the default model takes half of it
LEAST_DISK = 1 << 30
# SQLite's WAL needs memory that processes share and locks that work, which these do not have.
UNSAFE = frozenset(
    {
        "9p", "afs", "ceph", "cifs", "davfs", "fuse.gcsfuse", "fuse.glusterfs", "fuse.rclone",
        "fuse.s3fs", "fuse.sshfs", "glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "smb3", "smbfs",
        "vboxsf",
    }
)  # fmt: skip


class State(StrEnum):
    """How it is with something."""

    RIGHT = "ok"
    DOUBTFUL = "look"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `remedy` says what to do about it, "" where nothing."""

    subject: str
    state: State
    detail: str
    remedy: str = ""


def examine(service: Service) -> Iterator[Finding]:
    """Look at everything, in the order in which it is worth mending."""
    yield _python()
    yield from _versions()
    yield _threads(service)
    yield _memory()
    folder = _existing(service.data)
    yield _writable(service.data, folder)
    yield _disk(service.data, folder)
    yield _file_system(folder)
    yield _server(service.data)
    yield from _collections(service)
    yield _model(service)
    yield _reader(service)


def file_system_of(folder: Path, mounts: str) -> str:
    """Type of the file system that a folder is on; "" where `mounts` does not tell.

    Args:
        folder: Absolute.
        mounts: As Linux has it in /proc/mounts.
    """
    lines = [line.split(" ") for line in mounts.splitlines()]
    # Blanks in a path stand there as \040; the last of two mounts at one place is the one on top.
    found = [
        (len(parts[1]), number, parts[2])
        for number, parts in enumerate(lines)
        if len(parts) > 2 and folder.is_relative_to(parts[1].replace("\\040", " "))
    ]
    return max(found)[2] if found else ""


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    return Finding("Python", State.RIGHT, f"{found} on {sys.platform}")


def _versions() -> Iterator[Finding]:
    wrong = 0
    required = [Requirement(line) for line in requires("footnoted") or []]
    for requirement in required:
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            found = version(requirement.name)
        except PackageNotFoundError:
            found = "none"
        if found == "none" or not requirement.specifier.contains(found, prereleases=True):
            wrong += 1
            detail = f"{requirement.name} is {found}, needed is {requirement.specifier}"
            remedy = f"pip install '{requirement.name}{requirement.specifier}'"
            yield Finding("versions", State.WRONG, detail, remedy)
    if not wrong:
        yield Finding("versions", State.RIGHT, f"all {len(required)} dependencies are new enough")


def _threads(service: Service) -> Finding:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    wanted = service.settings.threads
    detail = f"{cores} cores, {wanted or 'all'} for one encoding"
    if wanted and cores and wanted > cores:
        remedy = f"set FOOTNOTED_THREADS to {cores} or less; more threads wait for each other"
        return Finding("threads", State.DOUBTFUL, detail, remedy)
    return Finding("threads", State.RIGHT, detail)


def _memory() -> Finding:
    try:
        free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return Finding("memory", State.DOUBTFUL, "this system does not tell how much is free")
    detail = f"{_size(free)} free"
    if free < LEAST_MEMORY:
        remedy = f"{_size(LEAST_MEMORY)} are needed for model and index; end something else"
        return Finding("memory", State.DOUBTFUL, detail, remedy)
    return Finding("memory", State.RIGHT, detail)


def _writable(data: Path, folder: Path) -> Finding:
    try:
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        detail = f"{data} cannot be written to: {error.strerror}"
        return Finding(
            "data", State.WRONG, detail, "change its rights, or name another with --data"
        )
    if data.exists() and not data.is_dir():
        return Finding("data", State.WRONG, f"{data} is no folder", "name another with --data")
    return Finding("data", State.RIGHT, f"{data}{'' if data == folder else ', not made yet'}")


def _disk(data: Path, folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    held = sum(path.stat().st_size for path in data.rglob("*") if path.is_file())
    detail = f"{_size(free)} free, {_size(held)} in use by the collections"
    if free < max(LEAST_DISK, 2 * held):
        remedy = "make room: a snapshot or an upgrade needs the size of a collection twice"
        return Finding("disk", State.DOUBTFUL, detail, remedy)
    return Finding("disk", State.RIGHT, detail)


def _file_system(folder: Path) -> Finding:
    try:
        kind = file_system_of(folder.resolve(), Path("/proc/mounts").read_text())
    except OSError:
        return Finding("file system", State.DOUBTFUL, "this system does not tell which it is")
    if kind in UNSAFE:
        detail = f"{kind}, on which SQLite can lose or damage an index"
        remedy = "put the data folder on a disk of this machine, with --data"
        return Finding("file system", State.WRONG, detail, remedy)
    return Finding("file system", State.RIGHT, kind or "unknown")


def _server(data: Path) -> Finding:
    found = find_server(data)
    return Finding("server", State.RIGHT, found.url if found else "none runs on this data folder")


def _collections(service: Service) -> Iterator[Finding]:
    for found in collection_models(service):
        subject = f"collection {found.name}"
        if found.problem:
            remedy = f"`footnoted check --collection {found.name}`, or restore a snapshot"
            yield Finding(subject, State.WRONG, found.problem, remedy)
            continue
        holder = _holder(service.data, found.name)
        counts = f"{found.documents} documents, {found.passages} passages, model {found.model}"
        yield Finding(subject, State.RIGHT, f"{counts}{holder}")


def _holder(data: Path, name: str) -> str:
    try:
        with WriterLock(place_of(data, name).folder).held(wait=False):
            return ""
    except IndexLockedError as error:
        return f"; {error.holder} is writing to it"
    except (OSError, IndexFormatError):
        return ""


def _model(service: Service) -> Finding:
    try:
        settings = service.settings_of(service.settings.collection)
        model = find_model(settings.model)
        model.check()
    except FootnotedError as error:
        return Finding("model", State.WRONG, str(error), "or name another one with --model")
    return Finding("model", State.RIGHT, f"{model.card}; weights {model.sha256[:12]}, as expected")


def _reader(service: Service) -> Finding:
    without = "the best sentence is taken, and its confidence is unknown"
    if not service.settings_of(service.settings.collection).reader:
        return Finding("reader", State.DOUBTFUL, f"the setting reader is off: {without}")
    try:
        reader = shipped_reader()
    except ModelError as error:
        return Finding("reader", State.WRONG, f"{error}: {without}", "install footnoted again")
    return Finding("reader", State.RIGHT, f"{reader.name}, as expected")


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    absolute = folder.absolute()
    return next(path for path in (absolute, *absolute.parents) if path.is_dir())


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"
