"""What a question over HTTP comes to: from the checked request to the bytes of the reply.

Written out where the work is done, so that neither the event loop nor another process has to.
"""

from dataclasses import dataclass

from api.cursors import BadCursorError, decode_cursor, encode_cursor
from api.replies import AskReply, SearchReply
from api.requests import AskRequest, SearchRequest
from api.service import Service
from index.errors import IndexMovedError
from qa.types import Question, Reply

__all__ = ["Asked", "answer", "find"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A reply.

    Attributes:
        content: JSON in UTF-8, as the contract has it.
        status: `answered` or `abstained`.
    """

    content: bytes
    status: str


def answer(service: Service, body: AskRequest) -> Asked:
    """An answer with its citations, or the reason why there is none."""
    own = service.settings.collection
    collection = body.collection or own
    reply = AskReply.of(
        _reply(service, body.domain(), collection),
        collection=collection,
        links_name_it=collection != own,
    )
    return Asked(_written(reply), reply.status)


def find(service: Service, body: SearchRequest) -> bytes:
    """A page of passages, as JSON in UTF-8.

    Raises:
        BadCursorError: The cursor belongs to another question, or to an older state of the index.
    """
    collection = body.collection or service.settings.collection
    store = service.collection(collection).store
    same = body.model_copy(update={"cursor": None, "limit": 1}).model_dump_json()
    listing = f"{collection} {store.identity} {store.generation()} {same}"
    offset = decode_cursor(body.cursor, of=listing) if body.cursor else 0
    if not isinstance(offset, int):
        raise BadCursorError("this cursor belongs to another listing")
    reply = _reply(service, body.domain(), collection, offset=offset)
    following = offset + len(reply.passages)
    return _written(
        SearchReply.of(
            reply,
            collection=collection,
            next_cursor=encode_cursor(following, of=listing) if reply.more else None,
        )
    )


def _reply(service: Service, question: Question, collection: str, *, offset: int = 0) -> Reply:
    answerer = service.answerer(collection)
    try:
        return answerer.answer(question, offset=offset)
    except IndexMovedError:  # between the two lines above; what stands there now is asked instead
        return service.answerer(collection).answer(question, offset=offset)


def _written(reply: AskReply | SearchReply) -> bytes:
    return reply.model_dump_json().encode()
