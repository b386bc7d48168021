"""Writes the manual pages and the shells' completions into share/: `make manual`."""

from collections.abc import Iterator
from pathlib import Path

import click
from click.shell_completion import get_completion_class

from api.ask import ask
from api.cli import footnoted
from api.version import VERSION

__all__ = ["write_share"]

COMMANDS: dict[str, click.Command] = {"ask": ask, "footnoted": footnoted}
# As each shell looks for a command's completions.
SHELLS = {"bash": "{}.bash", "zsh": "_{}", "fish": "{}.fish"}
ENDING = {"ask": "footnoted(1)", "footnoted": "ask(1)"}


def write_share(folder: Path) -> None:
    """Write `man/NAME.1` and `completions` of both commands; equal code gives equal files."""
    for name, command in COMMANDS.items():
        page = "\n".join(_page(name, command))
        _write(folder / "man" / f"{name}.1", f"{page}\n")
        for shell, file in SHELLS.items():
            kind = get_completion_class(shell)
            if kind is None:
                raise ValueError(f"click completes nothing for {shell}")
            script = kind(command, {}, name, f"_{name.upper()}_COMPLETE").source()
            _write(folder / "completions" / file.format(name), script)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(line.rstrip() for line in text.strip().split("\n")) + "\n", "utf-8")


def _page(name: str, command: click.Command) -> Iterator[str]:
    context = click.Context(command, info_name=name)
    first, *rest = _paragraphs(command)
    yield f'.TH {name.upper()} 1 "" "footnoted {VERSION}" "User Commands"'
    yield f".SH NAME\n{name} \\- {_escaped(first).rstrip('.')}"
    yield f".SH SYNOPSIS\n.B {name}\n{_escaped(' '.join(command.collect_usage_pieces(context)))}"
    yield from (f".PP\n{_escaped(paragraph)}" for paragraph in rest)
    yield ".SH OPTIONS"
    yield from _options(command, context)
    if isinstance(command, click.Group):
        yield ".SH COMMANDS"
        for word in command.list_commands(context):
            inner = command.commands[word]
            yield from _command(f"{name} {word}", inner, click.Context(inner, context, word))
    yield f".SH SEE ALSO\n.B {ENDING[name]}"


def _command(name: str, command: click.Command, context: click.Context) -> Iterator[str]:
    yield f".SS {_escaped(name)} {_escaped(' '.join(command.collect_usage_pieces(context)))}"
    yield from (f".PP\n{_escaped(paragraph)}" for paragraph in _paragraphs(command))
    yield from _options(command, context)


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record and isinstance(parameter, click.Option):
            yield f".TP\n.B {_escaped(record[0])}\n{_escaped(record[1])}"


def _paragraphs(command: click.Command) -> list[str]:
    return [" ".join(part.split()) for part in (command.help or "").split("\n\n")]


def _escaped(text: str) -> str:
    """Text as troff takes it: a leading dot or quotation mark would be an instruction."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped


if __name__ == "__main__":
    write_share(Path(__file__).resolve().parents[1] / "share")
