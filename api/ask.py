"""`ask`: a question from the command line.

What every call needs is imported here, and that is click; the rest where it is used. With a server
on the data folder this is a thin client, and nothing of the index is loaded.
"""

import gc
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, NamedTuple

import click

from api.client import ClientError, ask_server
from api.command import EXIT_ABSTAINED, EXIT_USAGE, columns, guarded, lines, wants_colour
from api.version import VERSION

__all__ = ["ask", "main"]

Json = dict[str, Any]  # Any: parsed JSON of the contract
Asker = Callable[[str], Json]


# Tuples with names: to make a frozen dataclass takes two milliseconds of every call.
class _Target(NamedTuple):
    """Who is to be asked, as the command line has it."""

    url: str | None
    flags: Mapping[str, Any]  # of settings
    timeout: float
    verbose: bool

    def say(self, message: str) -> None:
        """Tell what is done, where that is wanted."""
        if self.verbose:
            click.echo(message, err=True)


class _Output(NamedTuple):
    """What becomes of a reply: how it is printed, and what is opened and copied."""

    style: str
    open: int | None
    copy: int | None


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("question", nargs=-1)
@click.option("--top", default=5, show_default=True, help="Passages to show.")
@click.option("--from", "published_from", metavar="DATE", help="Published on this day or later.")
@click.option("--before", "published_before", metavar="DATE", help="Published before this day.")
@click.option("--publisher", multiple=True, help="Only of this publisher; may be repeated.")
@click.option("--language", multiple=True, help="Only in this language; may be repeated.")
@click.option("--tag", multiple=True, help="Only with this tag; may be repeated.")
@click.option("--document", "document_id", multiple=True, help="Only from this document.")
@click.option(
    "--mode",
    type=click.Choice(["hybrid", "dense", "lexical"]),
    default="hybrid",
    help="Rank by meaning, by words, or by both.",
)
@click.option(
    "--max-error-rate",
    type=click.FloatRange(0, 1),
    metavar="SHARE",
    help="Wrong answers to put up with, such as 0.05; rather none than more.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the reply as JSON.")
@click.option("--jsonl", is_flag=True, help="Print each reply as one line of JSON.")
@click.option(
    "--format", "style", type=click.Choice(["text", "md", "csv"]), default="text", help="Output."
)
@click.option("--open", type=click.IntRange(1), metavar="N", help="Open citation N in a browser.")
@click.option(
    "--copy", type=click.IntRange(1), metavar="N", help="Copy citation N, with its place."
)
@click.option("--batch", type=click.Path(), help="Ask every line of a file.")
@click.option("--url", metavar="URL", help="Ask this server (FOOTNOTED_URL).")
@click.option("--timeout", default=60.0, show_default=True, help="Seconds to wait for a server.")
@click.option("--data", type=click.Path(), help="Data folder (FOOTNOTED_DATA).")
@click.option("--collection", help="Collection (FOOTNOTED_COLLECTION).")
@click.option("--model", help="Encoder (FOOTNOTED_MODEL).")
@click.option("-v", "--verbose", is_flag=True, help="Say who answers; show tracebacks.")
@click.option("--explain", is_flag=True, help="Say of each passage why it stands there.")
@click.version_option(VERSION, prog_name="ask")
def ask(
    question: tuple[str, ...],
    batch: str | None,
    url: str | None,
    timeout: float,
    verbose: bool,
    **options: Any,  # of the output, of the settings, and the request's own fields
) -> None:
    """Ask your documents: the answer in their words, and where they stand.

    QUESTION may be - to read one question a line from standard input.

    Exit codes: 0 answered, 1 not answered, 2 wrong usage, 3 no server or index, 4 key refused,
    5 server error, 6 no answer in time, 130 interrupted.
    """
    questions = _questions(question, batch)
    first = next(questions, None)
    if first is None:
        raise click.UsageError('no question; try: ask "What fee does El Salvador charge?"')
    output = _output(options)
    flags = {name: options.pop(name) for name in ("data", "collection", "model")}
    target = _Target(url or os.environ.get("FOOTNOTED_URL"), flags, timeout, verbose)
    asker, server = _asker(target, _request(options, flags["collection"]))
    answered = True
    alone = not batch and question != ("-",)
    for position, text in enumerate(chain([first], questions)):
        reply = asker(text)
        if not gc.isenabled():
            gc.freeze()  # what was imported stays
            gc.enable()
        answered = answered and reply["status"] != "abstained"
        _show(reply, output, server, position=position, alone=alone)
    sys.exit(0 if answered else EXIT_ABSTAINED)


def _output(options: Json) -> _Output:
    style, as_json, jsonl = (options.pop(name) for name in ("style", "as_json", "jsonl"))
    style = "json" if as_json else "jsonl" if jsonl else style
    return _Output(style, options.pop("open"), options.pop("copy"))


def _questions(arguments: tuple[str, ...], batch: str | None) -> Iterator[str]:
    lines: Iterable[str] = [" ".join(arguments)]
    if batch:
        from pathlib import Path

        try:
            lines = Path(batch).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise click.UsageError(f"{batch} cannot be read: {error}") from None
    elif arguments == ("-",):
        lines = sys.stdin
    yield from filter(None, (line.strip() for line in lines))


def _request(fields: Json, collection: str | None) -> Json:
    filters = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in fields.items()
        if name not in {"top", "mode", "explain", "max_error_rate"} and value
    }
    request = {"top_k": fields["top"], "mode": fields["mode"], "filters": filters}
    budget = fields["max_error_rate"]
    request |= {} if budget is None else {"max_error_rate": budget}
    request |= {"explain": True} if fields["explain"] else {}
    return request | ({"collection": collection} if collection else {})


def _asker(target: _Target, request: Json) -> tuple[Asker, str | None]:
    """Who answers: the server that is named, else one on the data folder, else this process."""
    if target.url:
        return _remote_asker(target, target.url, request), target.url
    from pathlib import Path

    from api.discovery import find_server
    from api.sources import data_folder, given

    chosen = given(target.flags)
    data = Path(chosen["data"].value) if "data" in chosen else data_folder()
    if "collection" in chosen:
        request = {**request, "collection": chosen["collection"].value}
    if found := find_server(data):
        return _remote_asker(target, found.url, request), found.url
    target.say(f"answered by this process from {data}")
    return _local_asker(target, request), None


def _remote_asker(target: _Target, url: str, request: Json) -> Asker:
    target.say(f"answered by the server at {url}")
    key = os.environ.get("FOOTNOTED_KEY", "")
    return lambda text: ask_server(
        url, {**request, "question": text}, timeout=target.timeout, key=key
    )


def _local_asker(target: _Target, request: Json) -> Asker:
    from pydantic import ValidationError

    from api.replies import AskReply
    from api.requests import AskRequest
    from api.service import Service
    from api.settings import read_settings

    settings = read_settings(dict(target.flags))
    service = Service(settings.for_questions())
    name = settings.collection
    service.collection(name)

    def answer(text: str) -> Json:
        try:
            body = AskRequest.model_validate({**request, "question": text})
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise ClientError(f"{place}: {first['msg']}", EXIT_USAGE) from None
        reply = service.answerer(name).answer(body.domain())
        return AskReply.of(reply, collection=name).model_dump(mode="json")

    return answer


def _show(reply: Json, output: _Output, server: str | None, *, position: int, alone: bool) -> None:
    if output.style == "text":
        _print_text(reply, server, first=position == 0, alone=alone)
    else:
        _print_data(reply, output.style, header=position == 0)
    if output.open or output.copy:
        from api.acting import copy, open_link

        if output.open:
            open_link(reply, output.open, server=server)
        if output.copy:
            copy(reply, output.copy)


def _print_data(reply: Json, style: str, *, header: bool) -> None:
    if style == "json":
        click.echo(json.dumps(reply, ensure_ascii=False, indent=2))
    elif style == "jsonl":
        click.echo(json.dumps(reply, ensure_ascii=False))
    elif style == "md":
        from api.formats import as_markdown

        click.echo(as_markdown(reply))
    else:
        from api.formats import as_csv

        click.echo(as_csv(reply, header=header), nl=False)


def _print_text(reply: Json, server: str | None, *, first: bool, alone: bool) -> None:
    from api.terminal import Terminal, reply_text

    wanted = wants_colour()
    colour = sys.stdout.isatty() if wanted is None else wanted
    text = reply_text(reply, Terminal(columns(), colour), server=server)
    if alone and sys.stdout.isatty() and text.count("\n") >= lines():
        os.environ.setdefault("LESS", "FRX")  # as git does: no waiting where it fits, colours
        click.echo_via_pager(text, color=colour)
        return
    click.echo(text if first else f"\n{text}", nl=False, color=colour)


def main() -> None:
    """Entry point of `ask`."""
    # A tenth of the time of a cold start goes into looking for cycles among what was just imported.
    gc.disable()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")  # looking for them takes 10 ms
    guarded(ask)
