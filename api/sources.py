"""Where settings come from: flags, then FOOTNOTED_* variables, then footnoted.toml.

Their values are not checked here, which takes pydantic and a tenth of a second: a command that
only has to find a server does without.
"""

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from index.errors import FootnotedError

__all__ = [
    "NAMES",
    "Given",
    "SettingsError",
    "data_folder",
    "given",
]

PREFIX = "FOOTNOTED_"
CONFIG_FILE = "footnoted.toml"
# Of api.settings.Settings; a test compares the two.
NAMES = (
    "data",
    "collection",
    "host",
    "port",
    "model",
    "query_prefix",
    "passage_prefix",
    "threads",
    "runtime",
    "processes",
    "workers",
    "waiting",
    "dense_share",
    "fusion",
    "rerank",
    "token_vectors",
    "exact_passages",
    "vector_memory",
    "reader",
    "max_error_rate",
    "least_support",
    "max_file_bytes",
    "max_text_characters",
    "examples",
    "log_questions",
    "open_pages",
    "limit_per_key",
    "limit_per_address",
)
# Variables that other parts of the contract read; they are no settings of the service.
CLIENT_VARIABLES = ("FOOTNOTED_URL", "FOOTNOTED_KEY")


class SettingsError(FootnotedError):
    """A setting is unknown or has a value that it cannot have."""


class Given(NamedTuple):
    """A value that somebody chose, as it was written, and where."""

    value: Any  # whatever TOML or the command line can say
    origin: str


def given(flags: Mapping[str, Any] | None = None) -> dict[str, Given]:
    """Every setting that was chosen; the others have their defaults.

    Args:
        flags: Values from the command line; those that are None were not given.

    Raises:
        SettingsError: A variable, or a key of the file, is no setting, or the file is no TOML.
    """
    found = {name: Given(value, CONFIG_FILE) for name, value in _file().items()}
    for name in found:
        if name not in NAMES:
            raise SettingsError(f"unknown setting {name!r}{_suggestion(name, NAMES)}")
    for variable, name in _variables().items():
        found[name] = Given(os.environ[variable], f"environment ({variable})")
    for name, value in (flags or {}).items():
        if value is not None:
            found[name] = Given(value, "flag")
    return found


def data_folder() -> Path:
    """Where data is unless somebody chose a folder: the platform's place for it."""
    from platformdirs import user_data_path

    return user_data_path("footnoted", appauthor=False)


def _file() -> Mapping[str, Any]:
    try:
        content = Path(CONFIG_FILE).read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsError(f"{CONFIG_FILE} cannot be read: {error.strerror}") from None
    import tomllib

    try:
        return tomllib.loads(content.decode())
    except ValueError as error:
        raise SettingsError(f"{CONFIG_FILE} cannot be read: {error}") from None


def _variables() -> dict[str, str]:
    """Names of variables that are set, and of the settings that they choose."""
    known = {PREFIX + name.upper(): name for name in NAMES}
    chosen = [name for name in sorted(os.environ) if name.startswith(PREFIX)]
    for variable in chosen:
        if variable not in known and variable not in CLIENT_VARIABLES:
            near = _suggestion(variable, [*known, *CLIENT_VARIABLES])
            raise SettingsError(f"unknown setting {variable}{near}")
    return {variable: known[variable] for variable in chosen if variable in known}


def _suggestion(name: str, known: Collection[str]) -> str:
    """What to say behind a misspelt name: the nearest one that is known, or nothing."""
    import difflib

    near = difflib.get_close_matches(name, sorted(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""
