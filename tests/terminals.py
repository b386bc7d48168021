"""Commands on a pseudo-terminal, as a person would see them."""

import os
import pty
import subprocess
import sysconfig
from collections.abc import Mapping
from pathlib import Path

__all__ = ["on_a_terminal"]

SCRIPTS = Path(sysconfig.get_path("scripts"))


def on_a_terminal(*words: object, env: Mapping[str, str] | None = None) -> str:
    """Run a command whose standard output and error are terminals; returns what was shown."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("FOOTNOTED_") and name not in {"NO_COLOR", "FORCE_COLOR"}
    }
    size = {"TERM": "xterm-256color", "COLUMNS": "100", "LINES": "60"}
    name, *arguments = map(str, words)
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [SCRIPTS / name, *arguments],
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env={**inherited, **size, **(env or {})},
    )
    os.close(follower)
    shown = b"".join(iter(lambda: _read(leader), b""))
    os.close(leader)
    process.wait(60)
    return shown.decode().replace("\r\n", "\n")


def _read(leader: int) -> bytes:
    try:
        return os.read(leader, 65536)
    except OSError:  # how Linux tells that the other end was closed
        return b""
