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
    _, found = _reply(service, body.domain(), collection)
    reply = AskReply.of(found, collection=collection, links_name_it=collection != own)
    return Asked(_written(reply), reply.status)


def find(service: Service, body: SearchRequest) -> bytes:
    """A page of passages, as JSON in UTF-8.

    Raises:
        BadCursorError: The cursor belongs to another question, or to an older state of the index.
    """
    collection = body.collection or service.settings.collection
    offset = _offset(service, body, collection)
    identity, reply = _reply(service, body.domain(), collection, offset=offset)
    next_cursor = None
    if reply.more:
        listing = _listing(body, collection, identity, reply.corpus.generation)
        next_cursor = encode_cursor(offset + len(reply.passages), of=listing)
    return _written(SearchReply.of(reply, collection=collection, next_cursor=next_cursor))


def _offset(service: Service, body: SearchRequest, collection: str) -> int:
    """Where the page that the cursor names begins; without one, at the top."""
    if not body.cursor:
        return 0
    store = service.collection(collection).store
    listing = _listing(body, collection, store.identity, store.generation())
    offset = decode_cursor(body.cursor, of=listing)
    if not isinstance(offset, int):
        raise BadCursorError("this cursor belongs to another listing")
    return offset


def _listing(body: SearchRequest, collection: str, identity: str, generation: int) -> str:
    """What is listed, and of which state."""
    same = body.model_copy(update={"cursor": None, "limit": 1}).model_dump_json()
    return f"{collection} {identity} {generation} {same}"


def _reply(
    service: Service, question: Question, collection: str, *, offset: int = 0
) -> tuple[str, Reply]:
    """The reply, after the identity of the store that it is from."""
    answerer = service.answerer(collection)
    try:
        return answerer.identity, answerer.answer(question, offset=offset)
    except IndexMovedError:  # between the two lines above; what stands there now is asked instead
        answerer = service.answerer(collection)
        return answerer.identity, answerer.answer(question, offset=offset)


def _written(reply: AskReply | SearchReply) -> bytes:
    return reply.model_dump_json().encode()
