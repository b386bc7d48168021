"""`footnoted eval`: a question set in; figures, a run file and a report out."""

import datetime as dt
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from api.evaluation_figures import as_json, as_text
from api.questions import read_questions
from api.runs import RunFileError, read_run, write_run
from api.service import Service
from index.store import Store
from qa.evaluating import Asking, evaluate
from qa.figures import evaluation_of
from qa.judging import JudgedQuestion, find_targets
from qa.results import Conditions, Result, Run

__all__ = ["Files", "asking_bar", "evaluate_file"]

UNRESOLVED_SHOWN = 3
LONGEST_SHOWN = 80  # characters of a judgement that a warning repeats

Shown = Callable[[Iterable[Result]], Iterator[Result]]


@dataclass(frozen=True, slots=True)
class Files:
    """The question set, and what is read and written beside it."""

    questions: Path
    against: Path | None = None
    save: Path | None = None
    html: Path | None = None


def evaluate_file(service: Service, files: Files, *, asking: Asking, json_wanted: bool) -> None:
    """Ask a question set, print the figures, and write what is wished for.

    What is wrong with a file is found before the first question is asked.

    Raises:
        QuestionsError: The set cannot be read.
        RunFileError: The earlier run cannot be read or asked nothing of this set, or there is no
            folder for a file to be written.
    """
    questions = read_questions(files.questions)
    earlier = _earlier(files, questions)
    _require_folders(files)
    store = service.collection(service.settings.collection).store
    targets = find_targets(store, questions)
    unresolved = tuple(t.item.text for wanted in targets for t in wanted if not t.is_in_index)
    _warn(unresolved)
    conditions = _conditions(service, store, files, asking)
    answerer = service.answerer(service.settings.collection)
    with asking_bar(len(questions)) as shown:
        results = tuple(shown(evaluate(answerer, questions, targets, asking=asking)))
    evaluation = evaluation_of(Run(conditions, results, unresolved), earlier=earlier)
    if files.save:
        write_run(files.save, evaluation.run)
    if files.html:
        from api.evaluation_report import report_page  # imports matplotlib

        files.html.write_text(report_page(evaluation), encoding="utf-8")
    click.echo(as_json(evaluation) if json_wanted else as_text(evaluation))


def _earlier(files: Files, questions: Sequence[JudgedQuestion]) -> Run | None:
    if files.against is None:
        return None
    run = read_run(files.against)
    if {question.key for question in questions}.isdisjoint(result.key for result in run.results):
        raise RunFileError(
            f"{files.against.name} and {files.questions.name} have no question in common; "
            "questions are told by id, or by their words where they have none"
        )
    return run


def _require_folders(files: Files) -> None:
    for path in filter(None, (files.save, files.html)):
        if not path.absolute().parent.is_dir() or path.is_dir():
            raise RunFileError(f"{path} cannot be written: its folder is missing, or it is one")


def _warn(unresolved: Sequence[str]) -> None:
    if not unresolved:
        return
    first = "; ".join(f"“{_cut(text)}”" for text in unresolved[:UNRESOLVED_SHOWN])
    more = ", …" if len(unresolved) > UNRESOLVED_SHOWN else ""
    noun = "judgement is" if len(unresolved) == 1 else "judgements are"
    click.echo(
        f"footnoted: {len(unresolved):,} {noun} found nowhere in the index, and counted as not "
        f"found: {first}{more}",
        err=True,
    )


def _cut(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= LONGEST_SHOWN else words[: LONGEST_SHOWN - 1] + "…"


def _conditions(service: Service, store: Store, files: Files, asking: Asking) -> Conditions:
    corpus, settings = store.corpus(), service.settings
    return Conditions(
        version=version("footnoted"),
        created_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        questions=files.questions.name,
        collection=settings.collection,
        generation=corpus.generation,
        documents=corpus.documents,
        passages=corpus.passages,
        model=store.model.name,
        model_sha256=store.model.sha256,
        mode=asking.mode,
        depth=asking.depth,
        policy=asdict(settings.ranking()) | asdict(settings.answering()),
    )


@contextmanager
def asking_bar(total: int) -> Iterator[Shown]:
    """A bar on a terminal, nothing elsewhere."""
    console = Console(stderr=True)
    if not (sys.stderr.isatty() and console.is_terminal):
        yield iter
        return
    columns = (TextColumn("asking"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield lambda results: iter(progress.track(results, total=total))
