"""`python -m benchmarks.durability.soak --seconds 60`: many writers and readers at once.

Four clients change documents through the real server. Two ask it, and six processes of their own
read the same folder, so that both ways of following a change are used. No reply may mix two
versions of a document, none may show what was deleted before it was asked, and every writer must
see its own writes.
"""

import multiprocessing as mp
import random
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.synchronize import Event
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from benchmarks.durability.server import Client, Server, Writer
from benchmarks.durability.world import World, faults_of, text_of
from benchmarks.recording import RESULTS, keep
from index.collection import Collection
from index.types import Filters, Scores

WRITERS = 4
ASKERS = 2  # through the server
READERS = 6  # in processes of their own
DOCUMENTS = 40  # of each writer
GRAPHS_ABOVE = 150
LEAST_QUESTIONS = 20_000


@dataclass
class Seen:
    """What one reader asked and saw."""

    questions: int = 0
    faults: list[str] = field(default_factory=list)


@click.command()
@click.option("--seconds", default=60, show_default=True)
@click.option("--least", default=LEAST_QUESTIONS, show_default=True, help="Questions to be asked.")
@click.option("--seed", default=20261122, show_default=True)
@click.option("--save/--no-save", default=True, help="Write benchmarks/results/durability.json.")
def main(seconds: int, least: int, seed: int, *, save: bool) -> None:
    """Change and ask as hard as this machine can."""
    with TemporaryDirectory() as folder:
        data, world = Path(folder) / "data", World()
        server = Server(data, exact_passages=GRAPHS_ABOVE, workers=2, waiting=64)
        server.wait("/healthz")
        Writer(server.port, world, "first", seed=0, documents=1).put()
        seen = _run(server, data, world, seconds=seconds, seed=seed)
        seen.faults += faults_of(data, world)
        server.kill()
    for fault in seen.faults[:20]:
        click.echo(fault, err=True)
    click.echo(
        f"{seconds} s: {seen.questions:,} questions, {world.acknowledged:,} changes acknowledged, "
        f"{len(seen.faults)} faults"
    )
    if save:
        figures = {"seconds": seconds, "questions": seen.questions, "faults": seen.faults}
        keep(
            RESULTS / "durability.json",
            "soak",
            {**figures, "changes_acknowledged": world.acknowledged},
        )
    if seen.faults or seen.questions < least:
        raise SystemExit(1)


def _run(server: Server, data: Path, world: World, *, seconds: int, seed: int) -> Seen:
    dead = data.parent / "dead"
    dead.touch()
    context = mp.get_context("spawn")  # a fork after a search hangs faiss
    results: mp.Queue[Seen] = context.Queue()
    ended = context.Event()
    writers = [
        Writer(server.port, world, f"w{n}-", seed=seed + n, documents=DOCUMENTS)
        for n in range(WRITERS)
    ]
    askers = [_Asker(server.port, world, seed + n) for n in range(ASKERS)]
    readers = [
        context.Process(target=_read, args=(data, dead, ended, results, seed + n))
        for n in range(READERS)
    ]
    for worker in (*readers, *writers, *askers):
        worker.start()
    _tell_dead(world, dead, seconds)
    ended.set()
    seen = Seen()
    for reader in readers:
        one = results.get()
        seen.questions += one.questions
        seen.faults += one.faults
        reader.join()
    for worker in (*writers, *askers):
        worker.end()
        worker.join()
        seen.faults += worker.faults
    seen.questions += sum(asker.questions for asker in askers)
    return seen


def _tell_dead(world: World, dead: Path, seconds: int) -> None:
    """Write down for the readers what was acknowledged as gone."""
    deadline, told = time.monotonic() + seconds, set[str]()
    while time.monotonic() < deadline:
        time.sleep(0.05)
        fresh = [word for word in world.dead if word not in told]
        told.update(fresh)
        with dead.open("a") as file:
            file.writelines(f"{word}\n" for word in fresh)


def _read(data: Path, dead: Path, ended: Event, results: "mp.Queue[Seen]", seed: int) -> None:
    lot, seen, words = random.Random(seed), Seen(), list[str]()
    collection = Collection.open(data, "default")
    with dead.open() as told:
        while not ended.is_set():
            words += told.read().split()
            seen.questions += 1
            if words and lot.random() < 0.5:
                word = lot.choice(words[-200:])
                snapshot = collection.snapshot()
                if len(snapshot.lexical.search(word, k=5, filters=Filters())):
                    seen.faults.append(f"a reader found {word}, which was gone")
            else:
                seen.faults += _torn(collection)
    collection.close()
    results.put(seen)


def _torn(collection: Collection) -> list[str]:
    """Passages whose words are not those of their document."""
    snapshot = collection.snapshot()
    with collection.store.reading():
        found = snapshot.lexical.search("harbour evening", k=10, filters=Filters())
        scores = [Scores(fused=float(score)) for score in found.scores]
        hits = collection.store.hits(found.keys.tolist(), scores).values()
        faults = []
        for hit in hits:
            document = collection.store.document(hit.passage.document_id)
            word = document.text.partition(" ")[0]
            if document.text != text_of(word) or hit.passage.span.of(document.text) != (
                hit.passage.text
            ):
                faults.append(f"a reader saw {hit.passage.document_id} in two versions")
    return faults


class _Asker(threading.Thread):
    """Asks the server in full and compares what it quotes."""

    def __init__(self, port: int, world: World, seed: int) -> None:
        super().__init__(daemon=True)
        self._client = Client(port)
        self._world = world
        self._lot = random.Random(seed)
        self._over = threading.Event()
        self.questions = 0
        self.faults: list[str] = []

    def end(self) -> None:
        self._over.set()

    def run(self) -> None:
        with suppress(ConnectionError):
            while not self._over.is_set():
                self._ask()

    def _ask(self) -> None:
        gone = set(self._world.dead)
        status, reply = self._client.request("GET", "/v1/ask?q=Who+left+the+harbour+at+noon")
        self.questions += 1
        if status == 503:
            return
        for hit in reply["passages"]:
            word = next(word for word in hit["text"].split() if word.startswith("zq"))
            if word in gone:
                self.faults.append(f"a reply shows {word}, which was gone")
            if text_of(word)[hit["start"] : hit["end"]] != hit["text"]:
                self.faults.append(f"a reply has {hit['document_id']} in two versions")
        for citation in reply["citations"]:
            if citation["verification"] != "exact":
                self.faults.append(f"a quote of {citation['document_id']} is not exact")


if __name__ == "__main__":
    main()
