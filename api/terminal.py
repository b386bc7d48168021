"""Replies as a person reads them in a terminal."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

__all__ = ["print_reply"]

Json = Mapping[str, Any]  # Any: parsed JSON of the contract

REASONS = {
    "no_passages": "There are no documents to answer from yet.",
    "low_confidence": "The documents do not say.",
    "filtered_out": "No document passes these filters.",
}
WIDEST = 96  # columns; longer lines are hard to read
OTHERS_SHOWN = 3


def print_reply(console: Console, reply: Json, *, server: str | None = None) -> None:
    """Print the answer first, then the passage it stands in, then what else was near.

    Args:
        console: Colours and width are its business.
        reply: Of the contract's section 2.
        server: Address of the server that answered, for links.
    """
    console.width = min(console.width, WIDEST)
    with console.capture() as captured:
        _print_parts(console, reply, server)
    # Not by the console: it pads lines with blanks, and a closed pipe ends the process with 1.
    print("\n".join(line.rstrip() for line in captured.get().splitlines()), file=console.file)


def _print_parts(console: Console, reply: Json, server: str | None) -> None:
    passages = reply["passages"]
    if reply.get("read_as"):  # a server of an older version does not tell
        console.print(Text(f"Read as: {reply['read_as']}", style="dim"))
    if reply["answer"]:
        _print_answer(console, reply)
    elif reply["status"] == "abstained":
        console.print(Text(REASONS[reply["abstained_because"]], style="bold"))
    cited = [passage for passage in passages if passage["citation"]]
    others = [passage for passage in passages if not passage["citation"]]
    for passage in cited:
        console.print()
        _print_card(console, reply["citations"][passage["citation"] - 1], passage, server)
    if others:
        console.print()
        heading = "Also near" if cited else "Closest passages"
        console.print(Text(heading, style="dim"))
    for passage in others[:OTHERS_SHOWN]:
        _print_other(console, passage)


def _print_answer(console: Console, reply: Json) -> None:
    line = Text()
    text = reply["answer"]["text"]
    for span in reply["answer"]["spans"]:
        line.append(text[span["start"] : span["end"]], style="bold")
        for number in span["citations"]:
            line.append(f"\u00a0[{number}]", style="cyan")
    console.print(line)


def _print_card(console: Console, citation: Json, passage: Json, server: str | None) -> None:
    lines = filter(None, (_origin(citation), _place(citation), _link(citation, server)))
    _print_indented(
        console,
        Text(f"[{citation['number']}]", style="cyan"),
        _title(passage),
        _marked(passage, plain=console.no_color or not console.color_system),
        *(Text(line, style="dim") for line in lines),
        *_why(passage),
    )


def _print_other(console: Console, passage: Json) -> None:
    shown = Text(" ".join(passage["text"].split()), style="dim")
    shown.truncate(max(20, 2 * (console.width - 6)), overflow="ellipsis")
    lines = [_title(passage), shown, *_why(passage)]
    _print_indented(console, Text(f"{passage['rank']}.", style="dim"), *lines)


def _why(passage: Json) -> list[Text]:
    """Why a passage stands where it stands, if that was asked for."""
    explanation = passage.get("explanation")
    return [Text(explanation["summary"], style="italic")] if explanation else []


def _print_indented(console: Console, number: Text, *lines: Text) -> None:
    """Lines one below the other, with a number beside the first."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=3, justify="right")
    grid.add_column()
    for position, line in enumerate(lines):
        grid.add_row(number if position == 0 else Text(), line)
    console.print(grid)


def _title(passage: Json) -> Text:
    title = Text(passage["title"], style="bold")
    if passage["heading"]:
        title.append(f" › {passage['heading']}", style="not bold")
    return title


def _marked(passage: Json, *, plain: bool) -> Text:
    """The passage with the answer marked: by colour, or by » and « where there is none."""
    text = passage["text"]
    answers = [mark for mark in passage["highlights"] if mark["kind"] == "answer"]
    marked = Text()
    position = 0
    for mark in answers:
        marked.append(text[position : mark["start"]])
        answer = text[mark["start"] : mark["end"]]
        marked.append(f"»{answer}«" if plain else answer, style="bold black on yellow")
        position = mark["end"]
    marked.append(text[position:])
    return marked


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
    parts: Iterable[str] = (
        f"page {citation['page']}," if citation["page"] else "",
        f"characters {citation['start']:,}–{citation['end']:,}",
        f"of {citation['source']}",
    )
    verified = citation["verification"] == "exact"
    check = "word for word" if verified else "NOT FOUND in the stored text"
    return f"{' '.join(filter(None, parts))}, {check}"


def _link(citation: Json, server: str | None) -> str:
    if server:
        return f"{server.rstrip('/')}{citation['link']}"
    return citation["url"] or ""
