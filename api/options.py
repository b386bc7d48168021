"""What the commands share: the options of every command, and what is made of them."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from api.service import Service
    from api.settings import Settings

__all__ = ["common", "given", "service_for", "settings_for"]

Command = TypeVar("Command", bound=Callable[..., Any])  # Any: click passes options by name


def common(command: Command) -> Command:
    """The options of every command."""
    for option in (
        click.option("-v", "--verbose", is_flag=True, help="Show tracebacks."),
        click.option("--model", help="Encoder: a name or a folder (FOOTNOTED_MODEL)."),
        click.option("--collection", help="Collection (FOOTNOTED_COLLECTION)."),
        click.option("--data", type=click.Path(path_type=Path), help="Data folder."),
    ):
        command = option(command)
    return command


def given(flags: dict[str, Any]) -> dict[str, Any]:
    """Those of the common options that are settings."""
    return {name: value for name, value in flags.items() if name != "verbose"}


def settings_for(flags: dict[str, Any]) -> "Settings":
    from api.settings import read_settings

    return read_settings(given(flags))


def service_for(flags: dict[str, Any]) -> "Service":
    from api.service import Service

    return Service(settings_for(flags))
