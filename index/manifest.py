"""What files a derived index consists of, so that no library parses a byte that we did not write.

A manifest stands beside its files and names each with length and SHA-256. It carries a SHA-256 of
its own, so that a damaged manifest is told from one that says something else.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from index.files import FileFacts, facts_of, write_text_durably

__all__ = ["MANIFEST", "Manifest"]

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The files of one derived index.

    Attributes:
        store: Identity of the store that it is derived from.
        generation: Last change of the store that it contains.
        layout: Of the files; another number means that they are made anew.
        files: By name within the folder.
        notes: What else belongs to this state, as texts.
    """

    store: str
    generation: int
    layout: int
    files: Mapping[str, FileFacts] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> "Manifest | None":
        """The manifest of a folder, None where there is none or it is not as it was written."""
        try:
            outer = json.loads((folder / MANIFEST).read_text("utf-8"))
            body = outer["manifest"]
            if outer["sha256"] != _sha256(body):
                return None
            files = {name: FileFacts(**facts) for name, facts in body["files"].items()}
            return cls(
                body["store"], body["generation"], body["layout"], files, dict(body["notes"])
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def write(self, folder: Path) -> None:
        """Put it in the place of the folder's manifest, durably."""
        body = {
            "store": self.store,
            "generation": self.generation,
            "layout": self.layout,
            "files": {
                name: {"length": facts.length, "sha256": facts.sha256}
                for name, facts in sorted(self.files.items())
            },
            "notes": dict(self.notes),
        }
        text = json.dumps({"sha256": _sha256(body), "manifest": body})
        write_text_durably(folder / MANIFEST, text)

    def wrong(self, folder: Path, *, but: Mapping[str, FileFacts] | None = None) -> list[str]:
        """Names of files that are missing or not as they were written, in alphabetical order.

        Args:
            folder: Where they should be.
            but: Files that were compared before; the same ones are not read again.
        """
        compared = but or {}
        return [
            name
            for name, facts in sorted(self.files.items())
            if compared.get(name) != facts and _found(folder / name) != facts
        ]


def _found(path: Path) -> FileFacts | None:
    try:
        return facts_of(path)
    except OSError:
        return None


def _sha256(body: object) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
