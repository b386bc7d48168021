"""What the routes share: the service, its workers, its figures."""

import logging
from dataclasses import dataclass

from fastapi import Request

from api.logs import Metrics
from api.pages import Pages
from api.question_pool import QuestionPool
from api.service import Service
from api.workers import Workers

__all__ = ["State", "state_of"]

log = logging.getLogger("footnoted")


@dataclass(frozen=True, slots=True)
class State:
    """Made once at start and handed to every route."""

    service: Service
    questions: QuestionPool
    workers: Workers
    metrics: Metrics
    pages: Pages

    def collection_name(self, asked: str | None) -> str:
        """The collection that a request names, or the service's own."""
        return asked or self.service.settings.collection

    def other_collection(self, name: str) -> str:
        """The name, or "" for the service's own, which links need not tell."""
        return "" if name == self.service.settings.collection else name

    def log_question(self, text: str) -> None:
        """Write a question down, where the operator wants that."""
        if self.service.settings.log_questions:
            log.info("question", extra={"fields": {"question": text}})


def state_of(request: Request) -> State:
    """The state of the application that a request belongs to."""
    state: State = request.app.state.footnoted
    return state
