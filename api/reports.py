"""What the `footnoted` commands print: reports, lists, documents, status."""

import json
from collections.abc import Mapping, Sequence

import click

from api.discovery import find_server
from api.document_schemas import DocumentModel, entry_model, report_model
from api.service import Service
from index.ingest import Report, Status
from index.store import Entry, Store
from index.token_table import count_codes

__all__ = ["print_document", "print_entries", "print_report", "print_status"]

COLOURS = {Status.REJECTED: "red", Status.DUPLICATE: "yellow", Status.UNCHANGED: "bright_black"}


def print_report(report: Report, *, as_json: bool, quiet: bool) -> None:
    """One document's line. With `quiet` only what was rejected, on standard error."""
    if as_json:
        click.echo(report_model(report).model_dump_json())
        return
    if quiet and report.status is not Status.REJECTED:
        return
    word = click.style(f"{report.status.value:<12}", fg=COLOURS.get(report.status, "green"))
    click.echo(f"{word} {report.source}  {_told(report)}".rstrip(), err=quiet)


def _told(report: Report) -> str:
    if report.reason:
        return report.reason
    parts = ["1 passage" if report.passages == 1 else f"{report.passages} passages"]
    if report.duplicate_of:
        parts.append(f"the same text as {report.duplicate_of}")
    if report.similar:
        parts.append(f"{report.similar.similarity:.0%} the same as {report.similar.document_id}")
    if report.cleaned:
        parts.append(f"apart from them: {_counted(report.cleaned)}")
    return "; ".join(parts)


def _counted(cleaned: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {reason}" for reason, number in sorted(cleaned.items()))


def print_entries(entries: Sequence[Entry], *, as_json: bool) -> None:
    """One document a line: id, date, passages, title."""
    for entry in entries:
        if as_json:
            click.echo(entry_model(entry).model_dump_json())
            continue
        day = entry.metadata.published.isoformat() if entry.metadata.published else "no date"
        click.echo(f"{entry.document_id}  {day:<10}  {entry.passages:>4}  {entry.title}")


def print_document(document: DocumentModel, *, as_json: bool) -> None:
    """Metadata with its source, passages with their places, and what was left out and why."""
    if as_json:
        click.echo(document.model_dump_json(indent=2))
        return
    for name in ("id", "source", "title", "publisher", "author", "published", "url", "language"):
        value = getattr(document, name)
        read_in = document.provenance.get(name)
        note = click.style(f"  ({read_in})", dim=True) if read_in else ""
        click.echo(f"{name:<10} {value if value is not None else '–'}{note}")
    click.echo(f"{'tags':<10} {', '.join(document.tags) or '–'}")
    click.echo(f"\n{len(document.passages)} passages")
    for passage in document.passages:
        place = f"[{passage.start}, {passage.end})"
        page = f" page {passage.page}" if passage.page else ""
        heading = f"  {passage.heading}" if passage.heading else ""
        click.echo(click.style(f"\n{place}{page}{heading}", dim=True))
        click.echo(document.text[passage.start : passage.end])
    click.echo(f"\n{len(document.cleaned)} stretches in no passage")
    for cleaned in document.cleaned:
        text = " ".join(cleaned.text.split())
        click.echo(f"  {cleaned.reason:<20} {text}")


def print_status(service: Service, *, as_json: bool) -> None:
    """What the index holds and what it was made with."""
    name = service.settings.collection
    collection = service.collection(name)
    corpus, model = collection.store.corpus(), collection.store.model
    server = find_server(service.data)
    facts = {
        "data": str(service.data),
        "collection": name,
        "collections": list(service.collections()),
        "generation": corpus.generation,
        "documents": corpus.documents,
        "passages": corpus.passages,
        "newest_published": corpus.newest_published,
        "token_vectors": _kept(collection.store),
        "model": model.name,
        "model_sha256": model.sha256,
        "model_card": service.model.card,
        "model_matches": model == service.encoder.identity,
        "reader": _reader(service, name),
        "server": server.url if server else None,
    }
    if as_json:
        click.echo(json.dumps(facts))
        return
    for fact, value in facts.items():
        shown = ", ".join(value) if isinstance(value, list) else value
        click.echo(f"{fact:<17} {'–' if shown is None else shown}")


def _reader(service: Service, name: str) -> str:
    """What finds the words that answer, and what its confidence was learnt from."""
    if not service.settings_of(name).reader:
        return "none, by the setting reader: the best sentence is taken"
    trained = service.trained(name)
    if trained is None:
        return "none: the best sentence is taken, and its confidence is unknown"
    where = "asked of this collection" if trained.calibration.refitted else "of its training"
    questions = f"{trained.calibration.questions:,} questions {where}"
    return f"{trained.reader.name}, calibrated on {questions}"


def _kept(store: Store) -> str:
    """For how many passages re-ranking has what it needs, and what to do about the others."""
    with store.reading() as connection:
        kept, passages = count_codes(connection), store.corpus().passages
    if kept == passages:
        return f"of all {passages} passages"
    return (
        f"of {kept} of {passages} passages; the others are not re-ranked. Ingest them again with "
        "the setting token_vectors on"
    )
