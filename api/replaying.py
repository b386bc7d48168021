"""The same questions to two indexes: which answers change."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from api.questions import QuestionsError
from qa.answering import Answerer
from qa.types import Abstention, Question, Reply

__all__ = ["Outcome", "Replayed", "questions_in", "replay"]

LONGEST = 1000  # characters of a question, as the contract has it


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a question got: words of a document, or why there are none."""

    text: str | None
    document_id: str | None
    title: str | None
    abstained_because: str | None

    @classmethod
    def of(cls, reply: Reply) -> "Outcome":
        if reply.citations:
            first = reply.citations[0]
            return cls(first.quote, first.document_id, first.title, None)
        reason = reply.outcome.reason if isinstance(reply.outcome, Abstention) else None
        return cls(None, None, None, reason.value if reason else None)


@dataclass(frozen=True, slots=True)
class Replayed:
    """A question and what it gets, before and after."""

    question: str
    before: Outcome
    after: Outcome

    @property
    def has_changed(self) -> bool:
        return self.before != self.after


def questions_in(files: Iterable[Path]) -> list[str]:
    """Questions of question sets and of servers' logs, each once, in the order of the files.

    Both are JSON Lines with a `question`; lines without one are passed over.

    Raises:
        QuestionsError: A file cannot be read, or holds no question.
    """
    found: dict[str, None] = {}
    for file in files:
        try:
            questions = [*_questions(file.read_text("utf-8").split("\n"))]
        except (OSError, UnicodeDecodeError) as error:
            raise QuestionsError(f"{file.name} cannot be read: {error}") from None
        if not questions:
            raise QuestionsError(
                f"{file.name} holds no question; expected JSON Lines with a `question`: a question "
                "set, or the log of a server with FOOTNOTED_LOG_QUESTIONS=1"
            )
        found |= dict.fromkeys(questions)
    return list(found)


def replay(questions: Sequence[str], before: Answerer, after: Answerer) -> Iterator[Replayed]:
    """Ask both, in the order of the questions."""
    for text in questions:
        asked = Question(text)
        yield Replayed(text, Outcome.of(before.answer(asked)), Outcome.of(after.answer(asked)))


def _questions(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        try:
            row = json.loads(line)
        except ValueError:
            continue
        question = row.get("question") if isinstance(row, dict) else None
        if isinstance(question, str) and 0 < len(question.strip()) <= LONGEST:
            yield question.strip()
