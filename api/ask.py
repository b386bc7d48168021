"""`ask`: a question from the command line."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.client import ClientError, ask_server
from api.command import EXIT_ABSTAINED, EXIT_USAGE, guarded

if TYPE_CHECKING:
    from api.settings import Settings

__all__ = ["main"]

Asker = Callable[[str], dict[str, Any]]  # Any: parsed JSON of the contract


@dataclass(frozen=True, slots=True)
class _Target:
    """Who is to be asked, as the command line has it."""

    url: str | None
    data: Path | None
    collection: str | None
    model: str | None
    timeout: float
    verbose: bool

    def say(self, message: str) -> None:
        """Tell what is done, where that is wanted."""
        if self.verbose:
            click.echo(message, err=True)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("question", nargs=-1)
@click.option("--top", default=5, show_default=True, help="Passages to show.")
@click.option("--from", "published_from", metavar="DATE", help="Published on this day or later.")
@click.option("--before", "published_before", metavar="DATE", help="Published before this day.")
@click.option("--publisher", multiple=True, help="Only of this publisher; may be repeated.")
@click.option("--language", multiple=True, help="Only in this language; may be repeated.")
@click.option("--tag", multiple=True, help="Only with this tag; may be repeated.")
@click.option("--document", "document_id", multiple=True, help="Only from this document.")
@click.option("--mode", type=click.Choice(["hybrid", "dense", "lexical"]), default="hybrid")
@click.option("--json", "as_json", is_flag=True, help="Print the reply as JSON.")
@click.option("--jsonl", is_flag=True, help="Print each reply as one line of JSON.")
@click.option(
    "--format", "style", type=click.Choice(["text", "md", "csv"]), default="text", help="Output."
)
@click.option("--batch", type=click.Path(path_type=Path), help="Ask every line of a file.")
@click.option("--url", metavar="URL", help="Ask this server (FOOTNOTED_URL).")
@click.option("--timeout", default=60.0, show_default=True, help="Seconds to wait for a server.")
@click.option("--data", type=click.Path(path_type=Path), help="Data folder (FOOTNOTED_DATA).")
@click.option("--collection", help="Collection (FOOTNOTED_COLLECTION).")
@click.option("--model", help="Encoder (FOOTNOTED_MODEL).")
@click.option("-v", "--verbose", is_flag=True, help="Say who answers; show tracebacks.")
@click.option("--explain", is_flag=True, help="Say of each passage why it stands there.")
@click.version_option(package_name="footnoted", prog_name="ask")
def ask(
    question: tuple[str, ...],
    as_json: bool,
    jsonl: bool,
    style: str,
    batch: Path | None,
    url: str | None,
    timeout: float,
    data: Path | None,
    collection: str | None,
    model: str | None,
    verbose: bool,
    **fields: Any,  # the request's own fields, which go on as they are
) -> None:
    """Ask your documents: the answer in their words, and where they stand.

    QUESTION may be - to read one question a line from standard input.

    Exit codes: 0 answered, 1 not answered, 2 wrong usage, 3 no server or index, 5 server error,
    6 no answer in time, 130 interrupted.
    """
    questions = list(_questions(question, batch))
    if not questions:
        raise click.UsageError('no question; try: ask "What fee does El Salvador charge?"')
    url = url or os.environ.get("FOOTNOTED_URL")
    target = _Target(url, data, collection, model, timeout, verbose)
    asker, server = _asker(target, _request(fields, collection))
    answered = True
    for position, text in enumerate(questions):
        reply = asker(text)
        answered = answered and reply["status"] != "abstained"
        _print(reply, position, "json" if as_json else "jsonl" if jsonl else style, server)
    sys.exit(0 if answered else EXIT_ABSTAINED)


def _questions(arguments: tuple[str, ...], batch: Path | None) -> Iterator[str]:
    lines: Iterable[str] = [" ".join(arguments)]
    if batch:
        try:
            lines = batch.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise click.UsageError(f"{batch} cannot be read: {error}") from None
    elif arguments == ("-",):
        lines = sys.stdin
    yield from filter(None, (line.strip() for line in lines))


def _request(fields: dict[str, Any], collection: str | None) -> dict[str, Any]:
    filters = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in fields.items()
        if name not in {"top", "mode", "explain"} and value
    }
    request = {"top_k": fields["top"], "mode": fields["mode"], "filters": filters}
    request |= {"explain": True} if fields["explain"] else {}
    return request | ({"collection": collection} if collection else {})


def _asker(target: _Target, request: dict[str, Any]) -> tuple[Asker, str | None]:
    """Who answers: the server that is named, else one on the data folder, else this process."""
    if target.url:
        return _remote_asker(target, target.url, request), target.url
    from api.discovery import find_server
    from api.settings import read_settings

    settings = read_settings(
        {"data": target.data, "collection": target.collection, "model": target.model}
    )
    request = {**request, "collection": settings.collection}
    if found := find_server(settings.data):
        return _remote_asker(target, found.url, request), found.url
    target.say(f"answered by this process from {settings.data}")
    return _local_asker(settings, request), None


def _remote_asker(target: _Target, url: str, request: dict[str, Any]) -> Asker:
    target.say(f"answered by the server at {url}")
    return lambda text: ask_server(url, {**request, "question": text}, timeout=target.timeout)


def _local_asker(settings: "Settings", request: dict[str, Any]) -> Asker:
    from pydantic import ValidationError

    from api.replies import AskReply
    from api.requests import AskRequest
    from api.service import Service

    service = Service(settings.for_questions())
    name = settings.collection
    service.collection(name)

    def answer(text: str) -> dict[str, Any]:
        try:
            body = AskRequest.model_validate({**request, "question": text})
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise ClientError(f"{place}: {first['msg']}", EXIT_USAGE) from None
        reply = service.answerer(name).answer(body.domain())
        model = service.encoder.identity.name
        return AskReply.of(reply, collection=name, model=model).model_dump(mode="json")

    return answer


def _print(reply: dict[str, Any], position: int, style: str, server: str | None) -> None:
    if style == "json":
        click.echo(json.dumps(reply, ensure_ascii=False, indent=2))
    elif style == "jsonl":
        click.echo(json.dumps(reply, ensure_ascii=False))
    elif style == "md":
        from api.formats import as_markdown

        click.echo(as_markdown(reply))
    elif style == "csv":
        from api.formats import as_csv

        click.echo(as_csv(reply, header=position == 0), nl=False)
    else:
        from rich.console import Console

        from api.terminal import print_reply

        console = Console(highlight=False, soft_wrap=False)
        if position:
            click.echo()
        print_reply(console, reply, server=server)


def main() -> None:
    """Entry point of `ask`."""
    guarded(ask)
