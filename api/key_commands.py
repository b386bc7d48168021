"""`footnoted keys`: make, list and revoke keys."""

import datetime as dt
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from api.key_file import KeyFile
    from api.keys import Key

__all__ = ["keys"]

DATA = click.option("--data", type=click.Path(path_type=Path), help="Data folder.")
VERBOSE = click.option("-v", "--verbose", is_flag=True, help="Show tracebacks.")


@click.group()
def keys() -> None:
    """Make, list and revoke keys.

    With the first key, every request needs one; revoked ones are kept, so the last does not open
    the service again. Taking keys.json out of the data folder does.
    """


@keys.command()
@click.argument("kind", type=click.Choice(["public", "search", "admin"]))
@click.option("--name", default="", help="What it is for, to tell it from others.")
@click.option("--origin", "origins", multiple=True, help="A site that may use a public key.")
@click.option("--expires", help="The day on which it ends, or days from now: 2027-01-31, 90d.")
@DATA
@VERBOSE
def create(
    kind: str, name: str, origins: tuple[str, ...], expires: str | None, **flags: Any
) -> None:
    """Make a key and print it, once.

    public: for pages of the named origins; asks and searches. search: for programs; also reads
    documents. admin: everything, never from a browser.
    """
    from api.keys import KeyKind, new_key
    from api.origins import normal_origin

    now = dt.datetime.now(dt.UTC)
    tidy = tuple(dict.fromkeys(normal_origin(origin) for origin in origins))
    ends = _expiry(expires, now) if expires else None
    try:
        made = new_key(KeyKind(kind), now=now, name=name, origins=tidy, expires=ends)
    except ValueError:
        raise click.UsageError(_ORIGIN_HINTS.get(kind, _NO_ORIGIN.format(kind=kind))) from None
    _key_file(flags).add(made.key)
    click.echo(made.secret)


@keys.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for each key.")
@DATA
@VERBOSE
def list_keys(as_json: bool, **flags: Any) -> None:
    """List the keys, without their secrets."""
    now = dt.datetime.now(dt.UTC)
    for key in _key_file(flags).ring().keys:
        row = _row(key, now)
        click.echo(json.dumps(row, ensure_ascii=False) if as_json else _line(row))


@keys.command()
@click.argument("key_ids", nargs=-1, required=True)
@DATA
@VERBOSE
def revoke(key_ids: tuple[str, ...], **flags: Any) -> None:
    """End keys by their ids; a running service refuses them from then on."""
    now = dt.datetime.now(dt.UTC)
    file = _key_file(flags)
    for key_id in key_ids:
        click.echo(f"revoked  {file.revoke(key_id, now).id}")


_NO_ORIGIN = "a {kind} key is used by programs, not by pages; leave --origin out"
_ORIGIN_HINTS = {
    "public": "a public key is tied to the sites that use it; name each: "
    "--origin https://news.example.org"
}


def _key_file(flags: Mapping[str, Any]) -> "KeyFile":
    from api.key_file import KeyFile
    from api.settings import read_settings

    return KeyFile(read_settings({"data": flags["data"]}).data)


def _expiry(text: str, now: dt.datetime) -> dt.datetime:
    """The first moment of a day in UTC, or days from now such as 90d."""
    if days := re.fullmatch(r"(\d{1,5})d", text):
        return now + dt.timedelta(days=int(days[1]))
    try:
        return dt.datetime.combine(dt.date.fromisoformat(text), dt.time(), dt.UTC)
    except ValueError:
        raise click.UsageError(
            f"--expires cannot be {text[:50]!r}; write a day, 2027-01-31, or days from now, 90d"
        ) from None


def _row(key: "Key", now: dt.datetime) -> dict[str, Any]:
    state = "revoked" if key.revoked else "live" if key.is_live(now) else "expired"
    return {
        "id": key.id,
        "kind": key.kind.value,
        "state": state,
        "name": key.name,
        "origins": list(key.origins),
        "created": key.created.isoformat(timespec="seconds"),
        "expires": key.expires and key.expires.isoformat(timespec="seconds"),
    }


def _line(row: Mapping[str, Any]) -> str:
    until = f"until {row['expires'][:10]}" if row["expires"] else "does not expire"
    told = [row["name"], " ".join(row["origins"]), until]
    return f"{row['id']}  {row['kind']:<6}  {row['state']:<7}  " + "  ".join(filter(None, told))
