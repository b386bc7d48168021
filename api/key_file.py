"""The file of the keys, in the data folder: read when it changes, replaced as a whole."""

import datetime as dt
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Self

from filelock import FileLock
from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints, ValidationError

from api.keys import Key, KeyKind, KeyRing
from index.errors import FootnotedError

__all__ = ["KeyFile", "KeyFileError", "UnknownKeyError"]

FILE = "keys.json"


class KeyFileError(FootnotedError):
    """The file of the keys cannot be read, so nobody can be told from anybody else."""


class UnknownKeyError(FootnotedError):
    """There is no key of this id."""


class KeyRow(BaseModel):
    """A key in the file."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, StringConstraints(min_length=1)]
    kind: KeyKind
    sha256: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
    created: AwareDatetime
    name: str = ""
    origins: tuple[str, ...] = ()
    expires: AwareDatetime | None = None
    revoked: AwareDatetime | None = None

    @classmethod
    def of(cls, key: Key) -> Self:
        return cls(**{field: getattr(key, field) for field in cls.model_fields})

    def key(self) -> Key:
        return Key(**dict(self))


class Content(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid")

    keys: list[KeyRow]


class KeyFile:
    """The keys of a data folder. A change by another process counts from the next request on."""

    def __init__(self, data: Path) -> None:
        self._path = data / FILE
        self._seen: tuple[int, int, int] | None = None
        self._ring = KeyRing()

    def ring(self) -> KeyRing:
        """The keys as they are now; an empty ring where none was ever made.

        Raises:
            KeyFileError: There is a file that is none of ours. No ring is assumed: it would open
                every door.
        """
        try:
            found = self._path.stat()
        except FileNotFoundError:
            self._seen, self._ring = None, KeyRing()
            return self._ring
        except OSError as error:
            raise KeyFileError(f"{self._path.name} cannot be read: {error.strerror}") from None
        # A file that replaces another has an inode of its own, so equal times are told apart.
        state = (found.st_ino, found.st_mtime_ns, found.st_size)
        if state != self._seen:
            self._ring = self._read()
            self._seen = state
        return self._ring

    def add(self, key: Key) -> None:
        """Keep a key; durable when this returns."""
        with self._changing() as keys:
            keys.append(key)

    def revoke(self, key_id: str, now: dt.datetime) -> Key:
        """End a key; a second time changes nothing.

        Raises:
            UnknownKeyError: No key has this id.
        """
        with self._changing() as keys:
            for position, key in enumerate(keys):
                if key.id == key_id:
                    row = {**dict(KeyRow.of(key)), "revoked": key.revoked or now}
                    keys[position] = Key(**row)
                    return keys[position]
        raise UnknownKeyError(f"there is no key {key_id[:200]!r}; `footnoted keys list` names them")

    @contextmanager
    def _changing(self) -> Iterator[list[Key]]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{self._path}.lock"):
            keys = list(self.ring().keys)
            before = tuple(keys)
            yield keys
            if tuple(keys) != before:
                self._write(keys)

    def _write(self, keys: list[Key]) -> None:
        rows = [KeyRow.of(key).model_dump(mode="json") for key in keys]
        fresh = self._path.with_name(f"{FILE}.{os.getpid()}")
        fresh.touch(0o600)
        with fresh.open("w") as file:
            file.write(json.dumps({"keys": rows}, indent=1) + "\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    def _read(self) -> KeyRing:
        try:
            content = Content.model_validate_json(self._path.read_bytes())
            return KeyRing(tuple(row.key() for row in content.keys))
        except (OSError, ValidationError, ValueError) as error:
            first = str(error).splitlines()[0]
            raise KeyFileError(
                f"{self._path.name} is no file of keys ({first}); until it is mended or taken "
                "away nobody is let in"
            ) from None
