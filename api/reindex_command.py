"""`footnoted reindex`: another model for a collection, and back."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.options import common, service_for

if TYPE_CHECKING:
    from api.reindexing import Change
    from api.replaying import Outcome, Replayed

__all__ = ["reindex"]

QUESTIONS = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--rollback", is_flag=True, help="Go back to the model that answered before.")
@click.option(
    "--questions",
    multiple=True,
    type=QUESTIONS,
    help="Ask both models these: a question set, or a server's log. May be repeated.",
)
@click.option("--least-support", type=click.FloatRange(0, 1), help="Its own; models differ.")
@click.option("--yes", is_flag=True, help="Switch without asking.")
@click.option("--json", "as_json", is_flag=True, help="What was done, as JSON.")
@common
def reindex(
    rollback: bool,
    questions: tuple[Path, ...],
    least_support: float | None,
    yes: bool,
    as_json: bool,
    **flags: Any,
) -> None:
    """Build a collection's index for --model beside the one that answers, and switch to it.

    What is built is kept when this is ended, and gone on with the next time. Nothing is asked of
    the new model by others before the switch; the old index stays, for --rollback.
    """
    from api.reindexing import prepare_change, prepare_rollback

    model = flags.pop("model")
    if bool(model) == rollback:
        raise click.UsageError("name a model with --model, or go back with --rollback")
    service = service_for(flags)
    if rollback:
        change = prepare_rollback(service)
    else:
        change = prepare_change(service, model, least_support=least_support)
    replayed = change.compare(questions) if questions else []
    if not as_json:
        _print(change, replayed)
    switched = yes or (sys.stdin.isatty() and click.confirm("Switch to it?", err=True))
    if switched:
        change.switch()
    _tell(change, replayed, switched=switched, as_json=as_json)
    change.close()


def _print(change: "Change", replayed: list["Replayed"]) -> None:
    corpus = change.target.store.corpus()
    counts = f"{corpus.documents} documents, {corpus.passages} passages"
    click.echo(
        f"built     {change.source.name} for {change.encoder.identity.name}: {counts}, "
        f"{change.embedded} of them embedded now"
    )
    changed = [each for each in replayed if each.has_changed]
    for each in changed:
        click.echo(f"changed   {each.question}")
        click.echo(f"  before  {_told(each.before)}")
        click.echo(f"  after   {_told(each.after)}")
    if replayed:
        click.echo(f"          {len(changed)} of {len(replayed)} answers change")


def _tell(change: "Change", replayed: list["Replayed"], *, switched: bool, as_json: bool) -> None:
    if as_json:
        told = {
            "collection": change.source.name,
            "model": change.encoder.identity.name,
            "embedded": change.embedded,
            "questions": [{**asdict(each), "changed": each.has_changed} for each in replayed],
            "switched": switched,
        }
        click.echo(json.dumps(told, ensure_ascii=False))
    elif switched:
        click.echo(
            f"switched  {change.source.name} is answered by {change.encoder.identity.name} now; "
            "`footnoted reindex --rollback` goes back"
        )
    else:
        click.echo("          nothing is switched; the same command with --yes does")


def _told(outcome: "Outcome") -> str:
    if outcome.text is None:
        return f"no answer ({outcome.abstained_because})"
    return f"“{' '.join(outcome.text.split())}” ({outcome.title})"
