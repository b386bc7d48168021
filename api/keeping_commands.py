"""`footnoted snapshot`, `restore`, `check` and `doctor`: what keeps a collection."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.options import common, service_for

if TYPE_CHECKING:
    from index.inspecting import Inspection

__all__ = ["check", "doctor", "restore", "snapshot"]

FILE = click.Path(dir_okay=False, path_type=Path)
SHOWN = 20  # faults; there may be one for every passage


@click.command()
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="What was written, as JSON.")
@common
def snapshot(file: Path, as_json: bool, **flags: Any) -> None:
    """Write a collection to FILE, as it is at this moment; others may go on writing."""
    from index.snapshots import write_snapshot

    service = service_for(flags)
    manifest = write_snapshot(service.collection(service.settings.collection), file)
    if as_json:
        click.echo(json.dumps({"file": str(file), **asdict(manifest)}))
        return
    size = sum(member.bytes for member in manifest.members)
    counts = f"{manifest.documents} documents, {manifest.passages} passages"
    click.echo(
        f"written   {file}: {manifest.collection}, generation {manifest.generation}, {counts}, "
        f"{size / 1e6:.1f} MB"
    )


@click.command()
@click.argument("file", type=FILE)
@click.option("--replace", is_flag=True, help="Take the place of the collection that is there.")
@click.option("--json", "as_json", is_flag=True, help="What is there now, as JSON.")
@common
def restore(file: Path, replace: bool, as_json: bool, **flags: Any) -> None:
    """Put the collection in FILE back, under its own name or that of --collection.

    It is looked over as a whole before it takes any place. A server that runs on the data folder
    answers from it at once.
    """
    from index.restoring import restore_snapshot

    settings = service_for(flags).settings
    name = settings.collection if "collection" in settings.model_fields_set else None
    restored = restore_snapshot(file, settings.data, name=name, replace=replace)
    if as_json:
        click.echo(json.dumps(asdict(restored)))
        return
    counts = f"{restored.documents} documents, {restored.passages} passages"
    click.echo(
        f"restored  {restored.collection}: generation {restored.generation}, {counts}, "
        f"of model {restored.model}"
    )


@click.command()
@click.option("--repair", is_flag=True, help="Mend what can be mended without the sources.")
@click.option("--json", "as_json", is_flag=True, help="All that was found, as JSON.")
@common
def check(repair: bool, as_json: bool, **flags: Any) -> None:
    """Look a collection over: texts, offsets, hashes, vectors, and the indexes made of them.

    Exit code 1 tells that something is wrong. --repair builds indexes anew from stored vectors;
    it embeds passages only where their vectors are missing, and says so.
    """
    from index.inspecting import inspect, mend

    service = service_for(flags)
    name = service.settings.collection
    found = inspect(service.collection(name))
    done: list[str] = []
    if repair and found.faults:
        done = mend(service.data, name, found.faults, encoder=lambda: service.encoder_of(name))
        found = inspect(service.collection(name))
    if as_json:
        click.echo(json.dumps({**asdict(found), "repaired": done}))
    else:
        _print(found, done)
    sys.exit(1 if found.faults else 0)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for each thing.")
@common
def doctor(as_json: bool, **flags: Any) -> None:
    """Look at what footnoted stands on, and say what to do: model, threads, disk, versions.

    Exit code 1 tells that something is wrong.
    """
    from api.doctor import State, examine

    colours = {State.RIGHT: "green", State.DOUBTFUL: "yellow", State.WRONG: "red"}
    wrong = False
    for found in examine(service_for(flags)):
        wrong = wrong or found.state is State.WRONG
        if as_json:
            click.echo(json.dumps(asdict(found)))
            continue
        word = click.style(f"{found.state:<6}", fg=colours[found.state])
        remedy = f"; {found.remedy}" if found.remedy else ""
        click.echo(f"{word} {found.subject}: {found.detail}{remedy}")
    sys.exit(1 if wrong else 0)


def _print(found: "Inspection", done: list[str]) -> None:
    for line in done:
        click.echo(f"repaired  {line}")
    for fault in found.faults[:SHOWN]:
        word = click.style("wrong", fg="red")
        click.echo(f"{word}     {fault.kind}: {fault.detail}; {fault.remedy}")
    if len(found.faults) > SHOWN:
        click.echo(f"          and {len(found.faults) - SHOWN} more")
    counts = f"{found.documents} documents, {found.passages} passages"
    recall = "" if found.recall is None else f", recall {found.recall:.1%}"
    verdict = f"{len(found.faults)} faults" if found.faults else "all right"
    click.echo(f"{verdict}: {found.collection}, generation {found.generation}, {counts}{recall}")
