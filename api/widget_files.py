"""The widget as it is built: its bytes, its version, and the tag that loads exactly these."""

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files

from api.version import VERSION

__all__ = ["PLACE", "SCRIPT", "TYPES", "Built", "built", "tag"]

SCRIPT = "ask.js"
TYPES = "ask.d.ts"
ENCODINGS = ("br", "gzip")
SUFFIXES = {"br": ".br", "gzip": ".gz"}
REFUSED = re.compile(r";\s*q=0(\.0*)?\s*$")  # a weight of nothing: RFC 9110, 12.4.2
# Keeps the place of the element until it is there, so that nothing moves. 40 px is the button.
PLACE = (
    "<style>ask-widget:not(:defined) "
    "{ display: inline-block; height: 40px; vertical-align: top }</style>"
)


@dataclass(frozen=True, slots=True)
class Built:
    """The built script.

    Attributes:
        version: Changes with every byte of the script, so that an address with it never does.
        integrity: As a script tag's attribute has it.
    """

    plain: bytes
    compressed: dict[str, bytes]
    types: bytes
    version: str
    integrity: str

    def encoded(self, accepted: str) -> tuple[bytes, str | None]:
        """The script in the smallest form that an Accept-Encoding header takes, and its name."""
        taken = [part.strip() for part in accepted.split(",") if not REFUSED.search(part)]
        names = {part.partition(";")[0].strip() for part in taken}
        found = next((name for name in ENCODINGS if name in names), None)
        return (self.compressed[found], found) if found else (self.plain, None)


@cache
def built() -> Built:
    """Read the built files; they are part of the installation."""
    folder = files("api").joinpath("widget/dist")
    plain = folder.joinpath(SCRIPT).read_bytes()
    return Built(
        plain=plain,
        compressed={
            name: folder.joinpath(SCRIPT + suffix).read_bytes() for name, suffix in SUFFIXES.items()
        },
        types=folder.joinpath(TYPES).read_bytes(),
        version=f"{VERSION}-{hashlib.sha256(plain).hexdigest()[:8]}",
        integrity="sha384-" + base64.b64encode(hashlib.sha384(plain).digest()).decode(),
    )


def tag(service: str, key: str) -> str:
    """What a page needs: the script, which may never change, and the element.

    Args:
        service: Its address as readers reach it.
        key: A public key, "" for none.
    """
    src, script = escape(service.rstrip("/")), built()
    shown = f' key="{escape(key)}"' if key else ""
    return (
        f'<script src="{src}/widget/{script.version}/{SCRIPT}" defer\n'
        f'        integrity="{script.integrity}"\n'
        '        crossorigin="anonymous"></script>\n'
        f"{PLACE}\n"
        f'<ask-widget src="{src}"{shown}></ask-widget>'
    )
