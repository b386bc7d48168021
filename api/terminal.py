"""Replies as a person reads them in a terminal."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from api.lines import PLAIN, Style, Words, lines_of

__all__ = ["Terminal", "reply_text"]

Json = Mapping[str, Any]  # Any: parsed JSON of the contract

REASONS = {
    "no_passages": "There are no documents to answer from yet.",
    "low_confidence": "The documents do not say.",
    "filtered_out": "No document passes these filters.",
}
MORE_LIKELY_THAN_NOT = 0.5
WIDEST = 96  # columns; longer lines are hard to read
NUMBER = 4  # columns in front of a card, where its number stands
OTHERS_SHOWN = 3
LINES_OF_OTHERS = 2
BOLD, DIM, ITALIC, CYAN = Style(bold=True), Style(dim=True), Style(italic=True), Style(fg="cyan")
MARKED = Style(fg="black", bg="yellow", bold=True)


class Terminal(NamedTuple):
    """What can be shown: how many columns, and colours or none."""

    columns: int
    colour: bool

    @property
    def width(self) -> int:
        return max(20, min(self.columns, WIDEST))

    def lines(self, *words: Words, indent: int = 0) -> list[str]:
        return lines_of(words, width=self.width - indent, colour=self.colour)


def reply_text(reply: Json, terminal: Terminal, *, server: str | None = None) -> str:
    """The answer first, then the passage it stands in, then what else was near.

    Args:
        reply: Of the contract's section 2.
        terminal: Where it is shown.
        server: Address of the server that answered, for links.

    Returns:
        Lines without blanks at their ends, the last one ended, too.
    """
    lines = [line.rstrip() for line in _lines(reply, terminal, server)]
    return "\n".join(lines) + "\n"


def _lines(reply: Json, terminal: Terminal, server: str | None) -> Iterator[str]:
    if reply.get("read_as"):  # a server of an older version does not tell
        yield from terminal.lines(Words(f"Read as: {reply['read_as']}", DIM))
    if reply["answer"]:
        for words in _answer(reply["answer"]):
            yield from terminal.lines(*words)
    elif reply["status"] == "abstained":
        for reason in _silence(reply):
            yield from terminal.lines(reason)
    cited = [passage for passage in reply["passages"] if passage["citation"]]
    others = [passage for passage in reply["passages"] if not passage["citation"]]
    for passage in cited:
        yield ""
        citation = reply["citations"][passage["citation"] - 1]
        yield from _card(terminal, citation, passage, server)
    if others:
        yield ""
        yield from terminal.lines(Words("Also near" if cited else "Closest passages", DIM))
    for passage in others[:OTHERS_SHOWN]:
        yield from _other(terminal, passage)


def _silence(reply: Json) -> Iterator[Words]:
    """Why there is no answer; what is likely to be said, but not surely enough, is not denied."""
    confidence = reply["confidence"] or 0.0
    if reply["abstained_because"] == "low_confidence" and confidence >= MORE_LIKELY_THAN_NOT:
        yield Words("The documents may say, but no passage surely enough.", BOLD)
        sure = f"{confidence:.0%} sure of the closest words."
        yield Words(f"{sure} --max-error-rate, such as 0.2, asks for less.", DIM)
    else:
        yield Words(REASONS[reply["abstained_because"]], BOLD)


def _answer(answer: Json) -> Iterator[list[Words]]:
    """Paragraph by paragraph: the words that answer in bold, and behind each its citations."""
    begin = 0
    for paragraph in answer["text"].split("\n\n"):
        shown, at, numbers = list[Words](), begin, list[int]()
        for span in answer["spans"]:
            if begin <= span["start"] < begin + len(paragraph):
                shown.append(Words(answer["text"][at : span["start"]], PLAIN))
                shown.append(Words(answer["text"][span["start"] : span["end"]], BOLD))
                at, numbers = span["end"], numbers + span["citations"]
        shown.append(Words(answer["text"][at : begin + len(paragraph)], PLAIN))
        shown += [Words(f"\u00a0[{number}]", CYAN) for number in numbers]
        if any(words.text for words in shown):
            yield shown
        begin += len(paragraph) + 2


def _card(terminal: Terminal, citation: Json, passage: Json, server: str | None) -> Iterator[str]:
    paragraphs = [
        _title(passage),
        _marked(passage, plain=not terminal.colour),
        [Words(_origin(citation), DIM)],
        [Words(_place(citation), DIM)],
        *_why(passage),
    ]
    yield from _numbered(terminal, Words(f"[{citation['number']}]", CYAN), paragraphs)
    if link := f"{server.rstrip('/')}{citation['link']}" if server else citation["url"]:
        yield f"{' ' * NUMBER}{link}"  # in one line, however long: a broken one leads nowhere


def _other(terminal: Terminal, passage: Json) -> Iterator[str]:
    begin = [Words(_beginning(passage["text"], width=terminal.width - NUMBER), DIM)]
    paragraphs = [_title(passage), begin, *_why(passage)]
    yield from _numbered(terminal, Words(f"{passage['rank']}.", DIM), paragraphs)


def _beginning(text: str, *, width: int) -> str:
    """As much of a text as a few lines hold, with a sign where more follows."""
    words = [Words(" ".join(text.split()))]
    *lines, last = lines_of(words, width=width, colour=False)[: LINES_OF_OTHERS + 1]
    if len(lines) < LINES_OF_OTHERS:
        return "\n".join([*lines, last])
    lines[-1] = f"{lines[-1].rstrip()[: width - 1]}…"
    return "\n".join(lines)


def _numbered(terminal: Terminal, number: Words, paragraphs: list[list[Words]]) -> Iterator[str]:
    """Paragraphs one below the other, with a number beside the first line."""
    [shown] = terminal.lines(number)
    margin = " " * (NUMBER - 1 - len(number.text)) + shown + " "
    for paragraph in paragraphs:
        for line in terminal.lines(*paragraph, indent=NUMBER):
            yield margin + line
            margin = " " * NUMBER


def _why(passage: Json) -> list[list[Words]]:
    """Why a passage stands where it stands, if that was asked for."""
    explanation = passage.get("explanation")
    return [[Words(explanation["summary"], ITALIC)]] if explanation else []


def _title(passage: Json) -> list[Words]:
    heading = f" › {passage['heading']}" if passage["heading"] else ""
    return [Words(passage["title"], BOLD), Words(heading)]


def _marked(passage: Json, *, plain: bool) -> list[Words]:
    """The passage with the answer marked: by colour, or by » and « where there is none."""
    text, position = passage["text"], 0
    marked: list[Words] = []
    for mark in passage["highlights"]:
        if mark["kind"] == "answer":
            answer = text[mark["start"] : mark["end"]]
            marked.append(Words(text[position : mark["start"]], PLAIN))
            marked.append(Words(f"»{answer}«" if plain else answer, MARKED))
            position = mark["end"]
    return [*marked, Words(text[position:], PLAIN)]


def _origin(citation: Json) -> str:
    return " · ".join(filter(None, [citation["publisher"], citation["author"], _date(citation)]))


def _date(citation: Json) -> str:
    if not citation["published"]:
        return "no publication date given"
    day = dt.date.fromisoformat(citation["published"])
    written = f"{day.day} {day:%B} {day.year}"
    source = citation["published_source"]
    return written if source in {"metadata", "unknown"} else f"{written} (from the {source})"


def _place(citation: Json) -> str:
    page = f"page {citation['page']}, " if citation["page"] else ""
    place = f"characters {citation['start']:,}–{citation['end']:,} of {citation['source']}"
    verified = citation["verification"] == "exact"
    check = "word for word" if verified else "NOT FOUND in the stored text"
    return f"{page}{place}, {check}"
