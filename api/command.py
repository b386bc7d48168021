"""What both commands share: exit codes, and errors as one line instead of a traceback."""

import os
import signal
import sys

import click

from api.client import ClientError

__all__ = [
    "EXIT_ABSTAINED",
    "EXIT_FAULT",
    "EXIT_NO_INDEX",
    "EXIT_USAGE",
    "columns",
    "guarded",
    "lines",
    "wants_colour",
]

EXIT_ABSTAINED = 1
EXIT_USAGE = 2
EXIT_NO_INDEX = 3
EXIT_FAULT = 5
EXIT_INTERRUPTED = 128 + signal.SIGINT
WIDEST_HELP, NARROWEST_HELP = 80, 50
# A product of one question with some vectors is over before a second thread is awake, which then
# spins for more; numpy reads this when it is first imported. benchmarks/README.md, "Threads".
THREADS_OF_A_PRODUCT = "OPENBLAS_NUM_THREADS"


def guarded(command: click.Command) -> None:
    """Run a command; end the process with the contract's exit code and a message for people.

    With -v among the arguments an unforeseen error shows its traceback.
    """
    os.environ.setdefault(THREADS_OF_A_PRODUCT, "1")
    try:
        _invoke(command)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:
        # The reader went away, as `head` does. Nothing is left to be said, nor to be flushed.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except ClientError as error:
        _stop(str(error), error.exit_code)
    except Exception as error:  # the process's boundary: everything else is told in one line
        _stop_for(error)


def wants_colour() -> bool | None:
    """What the environment says; None leaves it to whether there is a terminal."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return True if os.environ.get("FORCE_COLOR") else None


def columns() -> int:
    """Of the terminal; 80 where there is none."""
    return _size("COLUMNS", 0, 80)


def lines() -> int:
    """Of the terminal; 24 where there is none."""
    return _size("LINES", 1, 24)


def _size(variable: str, axis: int, otherwise: int) -> int:
    """As shutil tells it, which takes 3 ms to import."""
    wanted = os.environ.get(variable, "")
    if wanted.isdecimal() and int(wanted):
        return int(wanted)
    try:
        return os.get_terminal_size(sys.stdout.fileno())[axis] or otherwise
    except (OSError, ValueError):  # no terminal, or a stream that is no file
        return otherwise


def _invoke(command: click.Command) -> None:
    """Run a command as click's own `main` does, but leave a closed pipe and Ctrl-C to us."""
    name, *arguments = sys.argv
    try:
        program = name.rpartition("/")[2]
        _complete(program, command)
        # As click chooses it; told here, it does not import shutil for it.
        width = max(min(columns(), WIDEST_HELP) - 2, NARROWEST_HELP)
        with command.make_context(
            program, arguments, color=wants_colour(), terminal_width=width
        ) as context:
            command.invoke(context)
    finally:
        sys.stdout.flush()  # a reader that went away is noticed here and not at the very end


def _complete(program: str, command: click.Command) -> None:
    """What a shell asks when the Tab key is pressed: see share/completions."""
    variable = f"_{program.upper()}_COMPLETE"
    if instruction := os.environ.get(variable):
        from click.shell_completion import shell_complete

        sys.exit(shell_complete(command, {}, program, variable, instruction))


def _stop_for(error: Exception) -> None:
    from index import errors

    if not isinstance(error, errors.FootnotedError):
        if {"-v", "--verbose"} & set(sys.argv):
            raise error
        _stop(f"{type(error).__name__}: {error} (-v shows more)", EXIT_FAULT)
    from api.checking import NoCitationsError
    from api.key_file import UnknownKeyError
    from api.origins import OriginError
    from api.questions import QuestionsError
    from api.runs import RunFileError
    from api.sources import SettingsError

    codes: dict[type[Exception], int] = {
        SettingsError: EXIT_USAGE,
        NoCitationsError: EXIT_USAGE,
        QuestionsError: EXIT_USAGE,
        RunFileError: EXIT_USAGE,
        OriginError: EXIT_USAGE,
        UnknownKeyError: EXIT_ABSTAINED,
        errors.IndexMissingError: EXIT_NO_INDEX,
        errors.UnknownCollectionError: EXIT_NO_INDEX,
        errors.CollectionNameError: EXIT_USAGE,
        errors.SnapshotError: EXIT_USAGE,
        errors.NoOtherBuildError: EXIT_USAGE,
        errors.CollectionExistsError: EXIT_USAGE,
        errors.ModelMismatchError: EXIT_NO_INDEX,
        errors.IndexFormatError: EXIT_NO_INDEX,
        errors.UnknownDocumentError: 1,
        errors.SourceError: 1,
    }
    kinds = type(error).__mro__
    _stop(str(error), next((codes[kind] for kind in kinds if kind in codes), EXIT_FAULT))


def _stop(message: str, code: int) -> None:
    click.echo(f"{sys.argv[0].rpartition('/')[2]}: {message}", err=True)
    sys.exit(code)
