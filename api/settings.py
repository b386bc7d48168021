"""Settings, their defaults and their limits. Read once, at start; from where: api.sources."""

import json
import typing
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, field_validator

from api.sources import NAMES, SettingsError, data_folder, given
from index.dense_leg import CompactionRule
from index.limits import Limits
from index.models import DEFAULT_MODEL, Prefixes
from index.ranking import Fusion
from index.runtimes import Runtime
from index.search import RankingPolicy
from index.segments import Memory
from qa.answering import AnswerPolicy

__all__ = ["Settings", "SettingsError", "origins", "read_settings"]

RANKING, ANSWERING, LIMITS = RankingPolicy(), AnswerPolicy(), Limits()
COMPACTION = CompactionRule()


class Settings(BaseModel):
    """Everything that an operator may choose. `footnoted config --origin` shows where from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    data: Path = Field(default_factory=data_folder, description="Folder of the collections.")
    collection: str = Field("default", description="Collection that commands and pages use.")
    host: str = Field("127.0.0.1", description="Address that the service listens on.")
    port: int = Field(8080, ge=0, le=65535, description="Port that the service listens on.")
    model: str = Field(DEFAULT_MODEL, description="Encoder: a name, or a model folder.")
    query_prefix: str = Field("", description="Put in front of questions for the encoder.")
    passage_prefix: str = Field("", description="Put in front of passages for the encoder.")
    threads: int | None = Field(
        None, ge=1, description="Texts encoded at once; default 1 for questions, else all cores."
    )
    runtime: Runtime = Field(
        Runtime.AUTO,
        description="Encodes passages: onnxruntime, openvino, torch; auto for the fastest.",
    )
    processes: int = Field(
        1, ge=1, le=64, description="Processes that answer questions; 1 for the serving one itself."
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
    exact_passages: int = Field(
        COMPACTION.exact, ge=1, description="Above so many, passages are found along graphs."
    )
    vector_memory: Memory = Field(
        COMPACTION.memory, description="full: as computed; low: a byte a dimension in graphs."
    )
    reader: bool = Field(
        True, description="Find the exact words, and abstain by how often they are wrong."
    )
    max_error_rate: float = Field(
        ANSWERING.max_error_rate, ge=0, le=1, description="Share of wrong answers to put up with."
    )
    least_support: float = Field(
        ANSWERING.least_support, ge=0, le=1, description="Without a reader: below this, abstain."
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

    _flags: frozenset[str] = PrivateAttr(default=frozenset())

    @field_validator("limit_per_key", "limit_per_address")
    @classmethod
    def _is_rate(cls, text: str) -> str:
        from api.rates import check_rate

        return check_rate(text)

    @property
    def flags(self) -> frozenset[str]:
        """Names of the settings that the command line gave; no collection overrides them."""
        return self._flags

    def prefixes(self) -> Prefixes:
        return Prefixes(self.query_prefix, self.passage_prefix)

    def for_questions(self) -> Self:
        """The same with one thread for an encoding, and nothing measured, unless something else was
        said: a question is so short that several threads wait for each other longer than they
        work."""
        is_open = self.runtime is Runtime.AUTO
        runtime = Runtime.ONNXRUNTIME if is_open else self.runtime
        return self.model_copy(update={"threads": self.threads or 1, "runtime": runtime})

    def limits(self) -> Limits:
        return Limits(self.max_file_bytes, self.max_text_characters)

    def ranking(self) -> RankingPolicy:
        return RankingPolicy(fusion=self.fusion, dense_share=self.dense_share, rerank=self.rerank)

    def compaction(self) -> CompactionRule:
        return CompactionRule(exact=self.exact_passages, memory=self.vector_memory)

    def answering(self) -> AnswerPolicy:
        return AnswerPolicy(self.max_error_rate, self.least_support)


def read_settings(flags: dict[str, Any] | None = None) -> Settings:
    """Read the settings.

    Args:
        flags: Values from the command line; those that are None were not given.

    Raises:
        SettingsError: A setting is unknown, or a value is wrong; its text names both.
    """
    chosen = {name: _parsed(name, one.value) for name, one in given(flags).items()}
    try:
        settings = Settings(**chosen)
    except ValidationError as error:
        raise SettingsError("; ".join(_problem(item) for item in error.errors())) from None
    settings._flags = frozenset(name for name, value in (flags or {}).items() if value is not None)
    return settings


def origins(flags: dict[str, Any] | None = None) -> dict[str, str]:
    """Where each setting's value came from: flag, environment, footnoted.toml or default."""
    chosen = given(flags)
    return {name: chosen[name].origin if name in chosen else "default" for name in NAMES}


def _parsed(name: str, value: Any) -> Any:
    """A list is written as JSON where there is nothing but text, as in a variable."""
    kind = typing.get_origin(Settings.model_fields[name].annotation)
    if not (isinstance(value, str) and kind is list):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise SettingsError(f"setting {name!r} cannot be {value[:200]!r}: {error}") from None


def _problem(item: Any) -> str:
    name = ".".join(str(part) for part in item["loc"])
    return f"setting {name!r} cannot be {str(item['input'])[:200]!r}: {item['msg']}"
