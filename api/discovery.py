"""How a command finds the server that runs on its data folder."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Announcement", "announce", "find_server", "withdraw"]

FILE = "server.json"


@dataclass(frozen=True, slots=True)
class Announcement:
    """A server that says it runs on a data folder."""

    url: str
    pid: int


def announce(data: Path, url: str) -> None:
    """Tell commands on this data folder where the server is."""
    data.mkdir(parents=True, exist_ok=True)
    fresh = data / f"{FILE}.{os.getpid()}"
    fresh.write_text(json.dumps({"url": url, "pid": os.getpid()}))
    fresh.replace(data / FILE)


def withdraw(data: Path) -> None:
    """Take this process's announcement back; another server's stays."""
    found = _read(data)
    if found and found.pid == os.getpid():
        (data / FILE).unlink(missing_ok=True)


def find_server(data: Path) -> Announcement | None:
    """The server on a data folder, if its process lives."""
    found = _read(data)
    if found is None:
        return None
    try:
        os.kill(found.pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        return found
    return found


def _read(data: Path) -> Announcement | None:
    try:
        content = json.loads((data / FILE).read_text())
        return Announcement(str(content["url"]), int(content["pid"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
