"""`python -m benchmarks.durability.switch --kills 100`: kill -9 while the model is changed.

`footnoted reindex` builds for another model and switches to it, again and again there and back,
while the real server takes changes and answers; it is killed at a random moment of that. Each time
questions must go on, and one of both builds must answer with everything that was acknowledged.
"""

import random
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from benchmarks.durability.server import Client, Server, sent_as
from benchmarks.durability.world import World, faults_of, marker
from benchmarks.recording import RESULTS, keep
from index.collection import Collection
from index.models import DEFAULT_MODEL, find_model

DOCUMENTS = 6
TWIN = "twin"  # the same weights under another name, which is another model to an index
WAIT_S = 120.0


@click.command()
@click.option("--kills", default=100, show_default=True)
@click.option("--seed", default=20261122, show_default=True)
@click.option("--save/--no-save", default=True, help="Write benchmarks/results/durability.json.")
def main(kills: int, seed: int, *, save: bool) -> None:
    """Kill the change of a model at random moments and look what is left."""
    lot, world, faults, ended = random.Random(seed), World(), list[str](), 0
    with TemporaryDirectory() as folder:
        data, twin = Path(folder) / "data", Path(folder) / TWIN
        shutil.copytree(find_model(DEFAULT_MODEL).path, twin)
        server = Server(data)
        server.wait("/healthz")
        client = Client(server.port)
        for number in range(DOCUMENTS):
            _put(client, world, f"d{number}", lot)
        usual = _whole_change(data, twin)
        for number in range(1, kills + 1):
            _put(client, world, f"d{lot.randrange(DOCUMENTS)}", lot)
            was_whole = _killed_change(data, twin, lot.uniform(0.0, usual))
            ended += was_whole
            found = [*faults_of(data, world), *_unanswered(client)]
            faults += [f"kill {number}: {fault}" for fault in found]
        _whole_change(data, twin)
        faults += [f"at the end: {fault}" for fault in faults_of(data, world)]
        server.kill()
    for fault in faults:
        click.echo(fault, err=True)
    click.echo(f"{kills} kills, {ended} of them too late, {len(faults)} faults")
    if save:
        figures = {"kills": kills, "too_late": ended, "faults": faults}
        keep(RESULTS / "durability.json", "switch", figures)
    if faults:
        raise SystemExit(1)


def _change(data: Path, twin: Path) -> "subprocess.Popen[bytes]":
    """Begin to change to the model that does not answer now."""
    collection = Collection.open(data, "default")
    answering = collection.store.model.name
    collection.close()
    model = DEFAULT_MODEL if answering == TWIN else str(twin)
    program = "from api.cli import main; main()"
    command = [sys.executable, "-c", program, "reindex", "--model", model, "--yes"]
    return subprocess.Popen([*command, "--data", str(data)], stdout=subprocess.DEVNULL)


def _whole_change(data: Path, twin: Path) -> float:
    """Seconds that it takes; raises RuntimeError if it fails."""
    start = time.perf_counter()
    if code := _change(data, twin).wait(WAIT_S):
        raise RuntimeError(f"reindex ended with {code}")
    return time.perf_counter() - start


def _killed_change(data: Path, twin: Path, after_s: float) -> bool:
    """Whether it had ended before it was killed."""
    process = _change(data, twin)
    try:
        return process.wait(after_s) == 0
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return False


def _unanswered(client: Client) -> list[str]:
    status, reply = client.request("GET", "/v1/ask?q=Who+left+the+harbour+at+noon")
    is_answered = status == 200 and len(reply["passages"]) > 0
    return [] if is_answered else [f"a question got {status}"]


def _put(client: Client, world: World, document_id: str, lot: random.Random) -> None:
    word = marker(lot)
    world.sent(document_id, word)
    status, reply = client.request("PUT", f"/v1/documents/{document_id}", sent_as(word))
    if status not in (200, 201):
        raise RuntimeError(f"putting {document_id} gave {status}: {reply}")
    world.done(document_id, word)


if __name__ == "__main__":
    main()
