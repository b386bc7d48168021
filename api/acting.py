"""What `ask --open` and `ask --copy` do with a citation."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from api.client import ClientError
from api.command import EXIT_USAGE
from api.formats import reference

__all__ = ["copy", "open_link"]

Json = Mapping[str, Any]  # Any: parsed JSON of the contract
# What takes a text from standard input to the clipboard: macOS, Wayland, X11, Windows' Linux.
CLIPBOARDS = (
    ("pbcopy",),
    ("wl-copy",),
    ("xclip", "-selection", "clipboard"),
    ("xsel", "--input", "--clipboard"),
    ("clip.exe",),
)


def open_link(reply: Json, number: int, *, server: str | None) -> None:
    """Show the document of a citation in the browser, at the words where a server runs.

    Args:
        reply: Of the contract's section 2.
        number: Of a citation, else of a passage.
        server: Address of the server that answered; without one the document's own URL is taken.

    Raises:
        ClientError: There is no such citation, no address of it, or no browser.
    """
    import webbrowser

    shown = _numbered(reply, number)
    path = shown.get("link") or f"/documents/{quote(shown['document_id'], safe='')}"
    address = f"{server.rstrip('/')}{path}" if server else shown.get("url")
    if not address:
        raise ClientError(
            f"[{number}] has no address to open; `footnoted serve` gives every document one",
            EXIT_USAGE,
        )
    if not webbrowser.open(address):
        raise ClientError(f"there is no browser to open {address}", EXIT_USAGE)


def copy(reply: Json, number: int) -> None:
    """Put a citation into the clipboard: its words, and below them where they stand.

    Args:
        reply: Of the contract's section 2.
        number: Of a citation, else of a passage.

    Raises:
        ClientError: There is no such citation, or no clipboard.
    """
    shown = _numbered(reply, number)
    text = f"{shown['text']}\n" if "text" in shown else f"“{shown['quote']}”\n{reference(shown)}\n"
    for program, *arguments in CLIPBOARDS:
        if found := shutil.which(program, path=os.environ.get("PATH")):
            subprocess.run([found, *arguments], input=text.encode(), check=True)
            return
    names = ", ".join(program for program, *_ in CLIPBOARDS)
    raise ClientError(f"there is no clipboard to copy to; one of these has it: {names}", EXIT_USAGE)


def _numbered(reply: Json, number: int) -> Json:
    """What is shown under a number: a citation, or else a passage."""
    found = {passage["rank"]: passage for passage in reply["passages"]}
    found |= {citation["number"]: citation for citation in reply["citations"]}
    if number not in found:
        raise ClientError(f"the reply has no [{number}]", EXIT_USAGE)
    shown: Json = found[number]
    return shown
