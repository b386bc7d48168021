"""What a collection has of its own: the model, and how questions to it are answered."""

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.settings import Settings
from index.catalog import SETTINGS_FILE
from index.errors import IndexFormatError
from index.places import Place
from index.ranking import Fusion

__all__ = ["CollectionSettings"]


class CollectionSettings(BaseModel):
    """Settings that one collection may have of its own; what it does not have is the service's.

    They stand above the environment and `footnoted.toml`, which are about all collections, and
    below the flags of a command, which is about one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str | None = Field(None, max_length=1000, description="Encoder: a name or a folder.")
    query_prefix: str | None = Field(None, max_length=200, description="In front of questions.")
    passage_prefix: str | None = Field(None, max_length=200, description="In front of passages.")
    dense_share: float | None = Field(None, ge=0, le=1, description="Weight of the dense leg.")
    fusion: Fusion | None = Field(None, description="How both legs are merged.")
    rerank: int | None = Field(None, ge=0, le=100, description="Passages re-ranked.")
    token_vectors: bool | None = Field(None, description="Keep what re-ranking needs.")
    reader: bool | None = Field(None, description="Find the exact words.")
    max_error_rate: float | None = Field(
        None, ge=0, le=1, description="Share of wrong answers to put up with."
    )
    least_support: float | None = Field(None, ge=0, le=1, description="The same without a reader.")

    @classmethod
    def read(cls, place: Place) -> Self:
        """Those of a collection; none where it has no file of them.

        Raises:
            IndexFormatError: The file is damaged, or of another version.
        """
        file = place.folder / SETTINGS_FILE
        try:
            return cls.model_validate_json(file.read_bytes())
        except FileNotFoundError:
            return cls()
        except (OSError, ValidationError) as error:
            raise IndexFormatError(
                f"the file {SETTINGS_FILE} of collection {place.name!r} cannot be understood: "
                f"{_reason(error)}; mend it, or delete it to use the service's settings"
            ) from None

    def written(self) -> bytes:
        """As `read` reads them."""
        return self.model_dump_json(exclude_none=True, indent=1).encode()

    def over(self, settings: Settings) -> Settings:
        """The service's settings with these in their place, save where a flag says otherwise."""
        own = self.model_dump(exclude_none=True)
        return settings.model_copy(
            update={name: own[name] for name in own if name not in settings.flags}
        )

    def made_with(self, settings: Settings) -> Self:
        """These with the model that a new collection gets, so that it keeps it."""
        chosen = self.over(settings)
        model = chosen.model
        named = {
            "model": str(Path(model).resolve()) if Path(model).is_dir() else model,
            "query_prefix": chosen.query_prefix or None,
            "passage_prefix": chosen.passage_prefix or None,
        }
        return self.model_copy(update=named)


def _reason(error: OSError | ValidationError) -> str:
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}".removeprefix(": ")
