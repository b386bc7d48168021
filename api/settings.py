"""Settings: from flags, then FOOTNOTED_* variables, then footnoted.toml. Read once, at start."""

import difflib
import os
from pathlib import Path
from typing import Any, Self

from platformdirs import user_data_path
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from index.errors import FootnotedError
from index.loading import Limits
from index.models import DEFAULT_MODEL, Prefixes
from index.ranking import Fusion
from index.search import RankingPolicy
from qa.answering import AnswerPolicy

__all__ = ["CONFIG_FILE", "PREFIX", "Settings", "SettingsError", "origins", "read_settings"]

PREFIX = "FOOTNOTED_"
CONFIG_FILE = "footnoted.toml"
RANKING, ANSWERING, LIMITS = RankingPolicy(), AnswerPolicy(), Limits()
# Variables that other parts of the contract read; they are no settings of the service.
CLIENT_VARIABLES = frozenset({"FOOTNOTED_URL"})


class SettingsError(FootnotedError):
    """A setting is unknown or has a value that it cannot have."""


class Settings(BaseSettings):
    """Everything that an operator may choose. `footnoted config --origin` shows where from."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, toml_file=CONFIG_FILE
    )

    data: Path = Field(
        default_factory=lambda: user_data_path("footnoted", appauthor=False),
        description="Folder of the collections.",
    )
    collection: str = Field("default", description="Collection that commands and pages use.")
    host: str = Field("127.0.0.1", description="Address that the service listens on.")
    port: int = Field(8080, ge=0, le=65535, description="Port that the service listens on.")
    model: str = Field(DEFAULT_MODEL, description="Encoder: a name, or a model folder.")
    query_prefix: str = Field("", description="Put in front of questions for the encoder.")
    passage_prefix: str = Field("", description="Put in front of passages for the encoder.")
    threads: int | None = Field(
        None, ge=1, description="CPU threads of one encoding; default 1 for questions, else all."
    )
    workers: int = Field(2, ge=1, le=64, description="Questions that are worked on at once.")
    waiting: int = Field(16, ge=0, description="Questions that may wait; further ones get a 503.")
    dense_share: float = Field(
        RANKING.dense_share, ge=0, le=1, description="Weight of the dense leg."
    )
    fusion: Fusion = Field(RANKING.fusion, description="How both legs are merged: zscore or rrf.")
    rerank: int = Field(RANKING.rerank, ge=0, le=100, description="Passages re-ranked; 0 for none.")
    token_vectors: bool = Field(
        True, description="Keep what re-ranking needs, about 7.5 KiB a passage."
    )
    least_support: float = Field(
        ANSWERING.least_support, ge=0, le=1, description="Below this, abstain."
    )
    max_file_bytes: int = Field(LIMITS.file_bytes, ge=1, description="Largest file taken.")
    max_text_characters: int = Field(
        LIMITS.text_characters, ge=1, description="Longest document taken."
    )
    examples: list[str] = Field([], description="Questions that the page offers.")
    log_questions: bool = Field(False, description="Write the text of questions to the log.")

    open_pages: bool = Field(
        False, description="With keys: let everyone use the page and read documents."
    )
    limit_per_key: str = Field("600/minute", description="Requests with one key.")
    limit_per_address: str = Field("600/minute", description="Requests from one address.")

    @field_validator("limit_per_key", "limit_per_address")
    @classmethod
    def _is_rate(cls, text: str) -> str:
        from api.rates import check_rate

        return check_rate(text)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    def prefixes(self) -> Prefixes:
        return Prefixes(self.query_prefix, self.passage_prefix)

    def for_questions(self) -> Self:
        """The same with one thread for an encoding unless something else was said: a question is
        so short that several threads wait for each other longer than they work."""
        return self.model_copy(update={"threads": self.threads or 1})

    def limits(self) -> Limits:
        return Limits(self.max_file_bytes, self.max_text_characters)

    def ranking(self) -> RankingPolicy:
        return RankingPolicy(fusion=self.fusion, dense_share=self.dense_share, rerank=self.rerank)

    def answering(self) -> AnswerPolicy:
        return AnswerPolicy(least_support=self.least_support)


def read_settings(flags: dict[str, Any] | None = None) -> Settings:
    """Read the settings.

    Args:
        flags: Values from the command line; those that are None were not given.

    Raises:
        SettingsError: A setting is unknown, or a value is wrong; its text names both.
    """
    given = {name: value for name, value in (flags or {}).items() if value is not None}
    _refuse_unknown_variables()
    try:
        return Settings(**given)
    except ValidationError as error:
        raise SettingsError("; ".join(_problem(item) for item in error.errors())) from None
    except ValueError as error:
        raise SettingsError(f"{CONFIG_FILE} cannot be read: {error}") from None


def origins(settings: Settings, flags: dict[str, Any] | None = None) -> dict[str, str]:
    """Where each setting's value came from: flag, environment, footnoted.toml or default."""
    given = {name for name, value in (flags or {}).items() if value is not None}
    toml = TomlConfigSettingsSource(Settings)()
    found = {}
    for name in Settings.model_fields:
        if name in given:
            found[name] = "flag"
        elif PREFIX + name.upper() in os.environ:
            found[name] = f"environment ({PREFIX}{name.upper()})"
        else:
            found[name] = CONFIG_FILE if name in toml else "default"
    return found


def _refuse_unknown_variables() -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields} | CLIENT_VARIABLES
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name not in known:
            raise SettingsError(f"unknown setting {name}{_suggestion(name, known)}")


def _problem(item: Any) -> str:
    name = ".".join(str(part) for part in item["loc"])
    if item["type"] == "extra_forbidden":
        return f"unknown setting {name!r}{_suggestion(name, set(Settings.model_fields))}"
    return f"setting {name!r} cannot be {str(item['input'])[:200]!r}: {item['msg']}"


def _suggestion(name: str, known: set[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""
