"""How a command finds the server that runs on its data folder."""

import json
import os
from pathlib import Path
from typing import NamedTuple

from api.client import connection_to, http_for

__all__ = ["Announcement", "announce", "find_server", "withdraw"]

FILE = "server.json"
ANSWER_SECONDS = 2.0  # to a health check, which waits for no question


class Announcement(NamedTuple):
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
    """The server on a data folder, if it is there and answers."""
    found = _read(data)
    return found if found and _answers(found.url) else None


def _answers(url: str) -> bool:
    from urllib.parse import urlsplit

    # A killed server leaves its announcement behind, and its port may be somebody else's by now.
    parts = urlsplit(url)
    http = http_for(parts.scheme)
    try:
        connection = connection_to(parts, timeout=ANSWER_SECONDS)
        connection.request("GET", "/healthz")
        answer: bytes = connection.getresponse().read(100)
        connection.close()
    except (OSError, http.HTTPException, ValueError):
        return False
    return answer == b'{"status":"ok"}'


def _read(data: Path) -> Announcement | None:
    try:
        content = json.loads((data / FILE).read_text())
        return Announcement(str(content["url"]), int(content["pid"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
