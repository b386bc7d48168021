"""`footnoted collections`: list, create, delete."""

from typing import TYPE_CHECKING, Any

import click

from api.options import common, service_for

if TYPE_CHECKING:
    from api.collection_schemas import CollectionModel

__all__ = ["collections"]


@click.group()
def collections() -> None:
    """List, create and delete collections: several corpora, each with a model of its own."""


@collections.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for each collection.")
@common
def list_(as_json: bool, **flags: Any) -> None:
    """List the collections with their models and figures."""
    from api.collection_schemas import collection_models

    for found in collection_models(service_for(flags)):
        click.echo(found.model_dump_json() if as_json else _line(found))


@collections.command()
@click.argument("name")
@click.option("--query-prefix", help="Put in front of questions.")
@click.option("--passage-prefix", help="Put in front of passages.")
@click.option("--dense-share", type=click.FloatRange(0, 1), help="Weight of the dense leg.")
@click.option("--fusion", type=click.Choice(["zscore", "rrf"]), help="How both legs are merged.")
@click.option("--rerank", type=click.IntRange(0, 100), help="Passages re-ranked; 0 for none.")
@click.option("--token-vectors/--no-token-vectors", default=None, help="Keep word pieces.")
@click.option("--reader/--no-reader", default=None, help="Find the exact words.")
@click.option("--max-error-rate", type=click.FloatRange(0, 1), help="Wrong answers put up with.")
@click.option("--least-support", type=click.FloatRange(0, 1), help="The same without a reader.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@common
def create(name: str, as_json: bool, **flags: Any) -> None:
    """Make an empty collection, with settings of its own where they are given.

    --model is kept with it, and need not be named again.
    """
    from api.collection_schemas import collection_model
    from api.collection_settings import CollectionSettings

    own = {each: flags[each] for each in CollectionSettings.model_fields if flags[each] is not None}
    service = service_for({each: flags[each] for each in ("data", "collection", "model")})
    service.create(name, CollectionSettings(**own))
    made = collection_model(service, name)
    click.echo(made.model_dump_json() if as_json else f"made     {_line(made)}")


@collections.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@click.option("--json", "as_json", is_flag=True, help="What was deleted, as JSON.")
@common
def delete(name: str, yes: bool, as_json: bool, **flags: Any) -> None:
    """Delete a collection with all its documents, for good."""
    from api.collection_schemas import collection_models

    service = service_for(flags)
    found = next((each for each in collection_models(service) if each.name == name), None)
    if found and not yes:
        click.confirm(f"Delete {_line(found)}?", abort=True, err=True)
    service.delete(name)
    click.echo(found.model_dump_json() if as_json and found else f"deleted  {name}")


def _line(found: "CollectionModel") -> str:
    if found.problem:
        return f"{found.name}  {found.problem}"
    star = "  (asked where none is named)" if found.default else ""
    counts = f"{found.documents} documents, {found.passages} passages"
    return f"{found.name}  {found.model}  {counts}{star}"
