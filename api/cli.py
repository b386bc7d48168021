"""`footnoted`: everything about documents, the index and the service; `ask` asks."""

import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from api.collection_commands import collections
from api.command import guarded
from api.keeping_commands import check, doctor, restore, snapshot
from api.key_commands import keys
from api.options import common, given, service_for, settings_for
from api.reindex_command import reindex
from api.version import VERSION

__all__ = ["main"]

FILE = click.Path(dir_okay=False, path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="footnoted")
def footnoted() -> None:
    """Answers from your own documents, in the words of the source.

    Ask with `ask "…"`.
    """


footnoted.add_command(keys)


@footnoted.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--prune", is_flag=True, help="Remove documents whose files are gone.")
@click.option("--watch", is_flag=True, help="Go on following the folders; Ctrl-C ends it.")
@click.option("--dry-run", is_flag=True, help="Tell what would happen; store nothing.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for each document.")
@click.option("-q", "--quiet", is_flag=True, help="Print only what was rejected.")
@common
def ingest(
    paths: tuple[Path, ...],
    prune: bool,
    watch: bool,
    dry_run: bool,
    as_json: bool,
    quiet: bool,
    **flags: Any,
) -> None:
    """Read files and folders into the index.

    The same file twice changes nothing; a changed one replaces its old version. Exit code 1 tells
    that something was rejected; everything else was taken.

    With --watch, files that are added, changed or removed later are followed, too.
    """
    from api.ingesting import ingest_paths
    from api.reports import print_report

    service, rejected = service_for(flags), False
    if watch and dry_run:
        raise click.UsageError("--watch follows what happens, --dry-run stores nothing")
    if watch:
        from api.watching import follow

        reports = follow(service, paths)
    else:
        reports = ingest_paths(service, paths, prune=prune, dry_run=dry_run)
    for report in reports:
        rejected = rejected or report.status == "rejected"
        print_report(report, as_json=as_json, quiet=quiet)
    sys.exit(1 if rejected else 0)


@footnoted.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for each document.")
@common
def list_(as_json: bool, **flags: Any) -> None:
    """List the documents."""
    from api.reports import print_entries

    service = service_for(flags)
    store = service.collection(service.settings.collection).store
    print_entries(store.entries(), as_json=as_json)


@footnoted.command()
@click.argument("document_id")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@common
def show(document_id: str, as_json: bool, **flags: Any) -> None:
    """Show a document: metadata with its source, passages, what was cleaned away."""
    from api.document_schemas import document_model
    from api.reports import print_document

    service = service_for(flags)
    store = service.collection(service.settings.collection).store
    found = document_model(store.document(document_id), store.passages(document_id))
    print_document(found, as_json=as_json)


@footnoted.command()
@click.argument("document_ids", nargs=-1, required=True)
@common
def remove(document_ids: tuple[str, ...], **flags: Any) -> None:
    """Remove documents by id. Nothing is removed unless all are there."""
    service = service_for(flags)
    collection = service.collection(service.settings.collection)
    for document_id in document_ids:
        collection.store.document(document_id)
    with collection.writing() as writer:
        for document_id in document_ids:
            writer.remove(document_id)
    for document_id in document_ids:
        click.echo(f"removed  {document_id}")


@footnoted.command()
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for each quote.")
@common
def verify(file: Any, as_json: bool, **flags: Any) -> None:
    """Check the quotes of FILE against the documents as they are now.

    FILE holds what `ask --json` or `ask --jsonl` printed; - reads standard input. Exit code 1
    tells that a quote is not word for word where it was cited.
    """
    from api.checking import check_citations

    service = service_for(flags)
    store = service.collection(service.settings.collection).store
    exact = True
    for checked in check_citations(file.read(), store):
        exact = exact and checked["verification"] == "exact"
        click.echo(json.dumps(checked, ensure_ascii=False) if as_json else _checked_line(checked))
    sys.exit(0 if exact else 1)


@footnoted.command(name="eval")
@click.argument("questions", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="All figures as one JSON object.")
@click.option("--html", type=FILE, help="Write a report to this file.")
@click.option("--save", type=FILE, help="Keep the run in this file, to compare with later.")
@click.option("--against", type=FILE, help="Compare with the run that --save kept there.")
@click.option(
    "--mode",
    type=click.Choice(["hybrid", "dense", "lexical"]),
    default="hybrid",
    help="Rank by meaning, by words, or by both.",
)
@click.option("--depth", type=click.IntRange(20, 1000), default=20, help="Hits looked at.")
@common
def eval_(questions: Path, as_json: bool, mode: str, depth: int, **flags: Any) -> None:
    """Ask QUESTIONS and measure what comes back.

    QUESTIONS is JSON Lines, also compressed by gzip. A line has a `question` and in `relevant` what
    is right: ids of passages or documents, or words of a passage; an empty list where the
    documents do not say. `id`, `answers` and `answerable` may be given.
    """
    if any(find_spec(name) is None for name in ("scipy", "ir_measures", "matplotlib")):
        raise click.UsageError('`eval` needs an extra: pip install "footnoted[eval]"')
    from api.evaluating import Files, evaluate_file
    from api.service import Service
    from index.types import Mode
    from qa.evaluating import Asking

    beside = {name: flags.pop(name) for name in ("against", "save", "html")}
    asking = Asking(Mode(mode), depth)
    service = Service(settings_for(flags).for_questions())
    evaluate_file(service, Files(questions, **beside), asking=asking, json_wanted=as_json)


@footnoted.command()
@click.argument("questions", type=FILE, required=False)
@click.option("--dry-run", is_flag=True, help="Tell what would change, and keep nothing.")
@click.option("--forget", is_flag=True, help="Go back to the shipped calibration.")
@click.option("--json", "as_json", is_flag=True, help="All figures as one JSON object.")
@common
def calibrate(
    questions: Path | None, dry_run: bool, forget: bool, as_json: bool, **flags: Any
) -> None:
    """Learn from QUESTIONS how sure answers from these documents are.

    QUESTIONS is a set as for `eval`, of questions as they are really asked: those that the
    documents do not answer belong to it, as often as they come. Says how far the shipped
    calibration is off.
    """
    if (questions is None) != forget:
        raise click.UsageError("name a question set, or go back with --forget")
    if questions and (find_spec("sklearn") is None or find_spec("ir_measures") is None):
        raise click.UsageError('`calibrate` needs an extra: pip install "footnoted[eval]"')
    from api.calibrating import calibrate_file, forget_calibration
    from api.service import Service

    service = Service(settings_for(flags).for_questions())
    if questions is None:
        had = forget_calibration(service)
        click.echo("shipped calibration" if had else "it was the shipped calibration already")
    else:
        calibrate_file(service, questions, is_trial=dry_run, json_wanted=as_json)


@footnoted.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@common
def status(as_json: bool, **flags: Any) -> None:
    """Tell what the index holds, which model made it, and whether a server runs on it."""
    from api.reports import print_status

    service = service_for(flags)
    print_status(service, as_json=as_json)


@footnoted.command()
@click.option("--host", help="Address to listen on (FOOTNOTED_HOST).")
@click.option("--port", type=int, help="Port to listen on, 0 for a free one (FOOTNOTED_PORT).")
@common
def serve(**flags: Any) -> None:
    """Serve questions over HTTP, and a page to ask on."""
    from api.serving import run

    run(settings_for(flags))


@footnoted.command()
@click.option("--src", help="The service's address as readers reach it.")
@click.option("--key", default="", help="A public key, as `footnoted keys create public` made it.")
@common
def widget(src: str | None, key: str, **flags: Any) -> None:
    """Print the tags that put an ask box on a page."""
    from api.widget_files import tag

    settings = settings_for(flags)
    click.echo(tag(src or f"http://{settings.host}:{settings.port}", key))


@footnoted.command()
@click.option("--origin", is_flag=True, help="Tell where each value came from.")
@common
def config(origin: bool, **flags: Any) -> None:
    """Print the settings."""
    from api.settings import origins

    settings = settings_for(flags)
    came_from = origins(given(flags))
    for name, value in settings.model_dump(mode="json").items():
        line = f"{name} = {json.dumps(value, ensure_ascii=False)}"
        click.echo(f"{line:<48} # {came_from[name]}" if origin else line)


def _checked_line(checked: dict[str, Any]) -> str:
    quote = " ".join(checked["quote"].split())
    shown = quote if len(quote) <= 60 else quote[:59] + "…"
    return f"{checked['verification']:<11} {checked['document_id']}  “{shown}”"


for command in (collections, snapshot, restore, check, doctor, reindex):
    footnoted.add_command(command)


def main() -> None:
    """Entry point of `footnoted`."""
    guarded(footnoted)
