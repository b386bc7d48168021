"""Another model for a collection: built beside, compared by questions, switched to, and back."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from api.collection_settings import CollectionSettings
from api.replaying import Replayed, questions_in, replay
from api.service import Service
from index.collection import Collection
from index.embedding import Encoder
from index.places import place_of
from index.reindexing import bring_up, build_for, previous_build, switch_over
from qa.answering import Answerer

__all__ = ["Change", "prepare_change", "prepare_rollback"]


@dataclass(frozen=True, slots=True)
class Change:
    """A build that is ready to answer instead of the one that does.

    Attributes:
        embedded: Passages that were embedded for it this time.
    """

    service: Service
    source: Collection
    target: Collection
    encoder: Encoder
    own: CollectionSettings
    embedded: int

    @property
    def keep_tokens(self) -> bool:
        return self.own.over(self.service.settings).token_vectors

    def compare(self, files: Sequence[Path]) -> list[Replayed]:
        """Ask both builds the questions of some files.

        Raises:
            QuestionsError: A file cannot be read.
        """
        questions = questions_in(files)
        settings = self.own.over(self.service.settings)
        after = Answerer(
            self.target,
            self.encoder,
            ranking=settings.ranking(),
            policy=settings.answering(),
            trained=self.service.trained(self.source.name),
        )
        with _bar("asking", len(questions)) as advance:
            replayed = []
            for each in replay(questions, self.service.answerer(self.source.name), after):
                replayed.append(each)
                advance(len(replayed))
        return replayed

    def switch(self) -> None:
        """Let it answer from now on.

        Raises:
            IndexLockedError: Somebody is writing just now.
            IndexMovedError: The collection was deleted, restored or switched meanwhile.
        """
        switch_over(
            self.source,
            self.target,
            self.encoder,
            keep_tokens=self.keep_tokens,
            settings=self.own.written(),
        )

    def close(self) -> None:
        self.target.close()


def prepare_change(service: Service, model: str, *, least_support: float | None) -> Change:
    """Build the service's collection for another model, or go on with the build.

    Args:
        service: Without a model of its own among its flags: that is the other one's.
        model: Name or folder.
        least_support: The collection's own from then on; scores of models differ.

    Raises:
        ModelError: The model cannot be had.
        NoOtherBuildError: The collection is of this model already.
    """
    name = service.settings.collection
    before = CollectionSettings.read(place_of(service.data, name))
    fields: dict[str, object] = {"model": model, "query_prefix": None, "passage_prefix": None}
    fields |= {} if least_support is None else {"least_support": least_support}
    own = before.model_copy(update=fields)
    own = own.made_with(service.settings)
    encoder = service.encoder_for(own.over(service.settings))
    return _built(service, build_for(service.data, name, encoder.identity), own)


def prepare_rollback(service: Service) -> Change:
    """Bring the build that answered before up to what was written since.

    Raises:
        NoOtherBuildError: There is none.
    """
    target = previous_build(service.data, service.settings.collection)
    return _built(service, target, CollectionSettings.read(target.place))


def _built(service: Service, target: Collection, own: CollectionSettings) -> Change:
    settings = own.over(service.settings)
    source, encoder = service.collection(target.name), service.encoder_for(settings)
    with _bar("embedding", None) as advance:
        embedded = bring_up(
            source,
            target,
            encoder,
            keep_tokens=settings.token_vectors,
            on_progress=lambda progress: advance(progress.done, progress.total),
        )
    return Change(service, source, target, encoder, own, embedded)


class _Advance:
    """Shows how much is done, of how much; nothing where there is no terminal."""

    def __init__(self, bar: Bar | None, name: str, total: int | None) -> None:
        self._bar = bar
        self._task = bar.add_task(name, total=total) if bar else None

    def __call__(self, done: int, total: int | None = None) -> None:
        if self._bar and self._task is not None:
            known = self._bar.tasks[0].total if total is None else total
            self._bar.update(self._task, completed=done, total=known)


@contextmanager
def _bar(name: str, total: int | None) -> Iterator[_Advance]:
    console = Console(stderr=True)
    if not (sys.stderr.isatty() and console.is_terminal):
        yield _Advance(None, name, total)
        return
    columns = (TextColumn(name), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        yield _Advance(bar, name, total)
