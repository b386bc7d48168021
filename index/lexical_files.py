"""The files of the lexical index: which they are, whether they are right, how they are mended.

tantivy never changes a file of a segment; a commit writes new ones, then the list of them
(`meta.json`), and deletes those that are not needed any more. So a commit that was ended before its
manifest is undone by putting back the list that the manifest keeps, and the deleted files, which
have a second name in `previous/` until the manifest is written.
"""

import json
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from index.files import FileFacts, facts_of, write_text_durably
from index.manifest import MANIFEST, Manifest

__all__ = ["LexicalFiles"]

# A change of fields or analysis changes this number, and the index is made again from the store.
LAYOUT = 4
LISTS = ("meta.json", ".managed.json")
LANGUAGES = "languages"


class LexicalFiles:
    """The folder of one lexical index.

    Args:
        folder: Where the files are.
        store: Identity of the store that the index is derived from.
    """

    def __init__(self, folder: Path, store: str) -> None:
        self.folder = folder
        self._store = store
        self._compared: Mapping[str, FileFacts] = {}

    @property
    def _previous(self) -> Path:
        return self.folder / "previous"

    @property
    def generation(self) -> int | None:
        """Last change of the store that the index contains; None where there is no usable one."""
        manifest = self._manifest()
        return manifest.generation if manifest else None

    @property
    def languages(self) -> dict[str, int]:
        """How many passages of each language were added."""
        manifest = self._manifest()
        counts: dict[str, int] = json.loads(manifest.notes[LANGUAGES]) if manifest else {}
        return counts

    def wrong(self) -> list[str]:
        """Names of files that are missing or not as they were written; each is read once."""
        manifest = self._manifest()
        if manifest is None:
            return [MANIFEST]
        wrong = manifest.wrong(self.folder, but=self._compared)
        self._compared = {
            name: facts for name, facts in manifest.files.items() if name not in wrong
        }
        return wrong

    def forget(self) -> None:
        """Take no file for compared any more."""
        self._compared = {}

    def prepare(self) -> None:
        """Make ready for a commit: what no manifest names is deleted, for its name may be wanted
        again; everything else gets its second name. Nobody else may be writing."""
        if (manifest := self._manifest()) is None:
            return
        for path in self.folder.iterdir():
            if _belongs(path) and path.name not in manifest.files:
                path.unlink()
        shutil.rmtree(self._previous, ignore_errors=True)
        # Where the file system has no second names, a commit that is ended costs a new index.
        with suppress(OSError):
            self._previous.mkdir()
            for name in manifest.files:
                (self._previous / name).hardlink_to(self.folder / name)

    def roll_back(self) -> bool:
        """Undo a commit that was ended. Tells whether everything is right then.

        Nobody else may be writing.
        """
        if (manifest := self._manifest()) is None:
            return False
        for name in manifest.wrong(self.folder):
            if name in LISTS:
                write_text_durably(self.folder / name, manifest.notes[name])
            elif (self._previous / name).exists():
                (self.folder / name).unlink(missing_ok=True)
                (self.folder / name).hardlink_to(self._previous / name)
        return not self.wrong()

    def clear(self) -> None:
        """An empty folder in the place of whatever is there."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self._compared = {}

    def record(self, generation: int, languages: Mapping[str, int]) -> None:
        """Write the manifest of what is there now; files that were compared are not read again."""
        known = self._compared
        files = {
            path.name: known.get(path.name) or facts_of(path)
            for path in sorted(self.folder.iterdir())
            if _belongs(path) and path.name not in LISTS
        }
        files |= {name: facts_of(self.folder / name) for name in LISTS}
        notes = {name: (self.folder / name).read_text("utf-8") for name in LISTS}
        notes[LANGUAGES] = json.dumps(dict(languages))
        Manifest(self._store, generation, LAYOUT, files, notes).write(self.folder)
        self._compared = files
        shutil.rmtree(self._previous, ignore_errors=True)

    def _manifest(self) -> Manifest | None:
        manifest = Manifest.read(self.folder)
        is_usable = manifest and (manifest.layout, manifest.store) == (LAYOUT, self._store)
        return manifest if is_usable else None


def _belongs(path: Path) -> bool:
    return path.is_file() and path.suffix not in {".lock", ".new"} and path.name != MANIFEST
