"""The file of a question set: JSON Lines, checked row by row, also compressed by gzip."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    ValidationError,
    model_validator,
)

from index.errors import FootnotedError
from qa.judging import Item, ItemKind, JudgedQuestion

__all__ = ["QuestionsError", "read_questions"]

GZIP = b"\x1f\x8b"

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class QuestionsError(FootnotedError):
    """A file is no question set; the text names the file, the line and what is wrong there."""


class ItemRow(BaseModel):
    """A relevant item: a passage, a document, or words that may be those of one document."""

    model_config = ConfigDict(extra="forbid")

    passage_id: Text | None = None
    document_id: Text | None = None
    source: Text | None = None
    quote: Text | None = None

    @model_validator(mode="after")
    def _names_one_thing(self) -> Self:
        if self.passage_id and (self.document_id or self.source or self.quote):
            raise ValueError("a passage_id stands alone")
        if self.source and not self.quote:
            raise ValueError("a source needs a quote; a whole document is named by document_id")
        if not (self.passage_id or self.document_id or self.quote):
            raise ValueError("expected a passage_id, a document_id or a quote")
        return self

    def item(self) -> Item:
        if self.passage_id:
            return Item(self.passage_id, ItemKind.PASSAGE)
        if self.quote:
            return Item(self.quote, ItemKind.QUOTE, self.document_id, self.source)
        return Item(self.document_id or "", ItemKind.DOCUMENT)


def _shape(item: object) -> str:
    return "object" if isinstance(item, dict | ItemRow) else "words"


Relevant = Annotated[
    Annotated[Text, Tag("words")] | Annotated[ItemRow, Tag("object")], Discriminator(_shape)
]


class Row(BaseModel):
    """One line. Keys beside these are the set's own business."""

    question: Text
    relevant: list[Relevant]
    id: Annotated[Text, Field(coerce_numbers_to_str=True)] | None = None
    answers: list[Text] = []
    answerable: Annotated[bool, Field(strict=True)] | None = None

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.answerable is False and (self.relevant or self.answers):
            raise ValueError("answerable is false, but something is relevant or an answer")
        if not (self.answerable or self.relevant) and self.answers:
            raise ValueError("there are answers, but nothing is relevant; say if it is answerable")
        return self

    def judged(self) -> JudgedQuestion:
        items = [Item(r) if isinstance(r, str) else r.item() for r in self.relevant]
        return JudgedQuestion(
            text=self.question,
            id=None if self.id is None else str(self.id),
            items=tuple(items),
            answers=tuple(self.answers),
            answerable=bool(items) if self.answerable is None else self.answerable,
        )


def read_questions(path: Path) -> list[JudgedQuestion]:
    """Read a question set as a whole.

    Raises:
        QuestionsError: The file cannot be read or has no question, a row is malformed, or two
            rows cannot be told apart by id or, without ids, by their questions.
    """
    questions: list[JudgedQuestion] = []
    lines: dict[str, int] = {}
    for number, line in _lines(path):
        question = _question(line, f"{path.name}, line {number}")
        if question.key in lines:
            name = "question" if question.id is None else f"id {question.id!r}"
            raise QuestionsError(
                f"{path.name}, line {number}: the {name} of line {lines[question.key]} again; "
                "every question needs an id of its own"
            )
        lines[question.key] = number
        questions.append(question)
    if not questions:
        raise QuestionsError(f"{path.name} holds no question")
    return questions


def _question(line: bytes, place: str) -> JudgedQuestion:
    try:
        return Row.model_validate_json(line).judged()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"] if part not in {"words", "object"})
        message = first["msg"].removeprefix("Value error, ")
        raise QuestionsError(": ".join(filter(None, (place, field, message)))) from None


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Lines that are not blank, with their numbers from 1."""
    try:
        content = path.read_bytes()
        if content.startswith(GZIP):
            content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise QuestionsError(f"{path.name} cannot be read: {error}") from None
    content = content.removeprefix(b"\xef\xbb\xbf")
    for number, line in enumerate(content.split(b"\n"), start=1):
        if line.strip():
            yield number, line
