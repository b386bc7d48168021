"""`python -m benchmarks.durability.crash --kills 1000`: kill -9 at random moments.

The real server is killed while it takes, replaces and deletes documents and puts vectors into
graphs; then it is started again, and everything that was acknowledged must be there, everything
else whole or not at all, the legs in step, and the next question answered within ten seconds.
"""

import random
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from benchmarks.durability.server import Server, Writer
from benchmarks.durability.world import World, faults_of
from benchmarks.recording import RESULTS, keep

WRITERS = 2
DOCUMENTS = 12  # of each writer
GRAPHS_ABOVE = 20  # passages, so that graphs are built all the time
LONGEST_S = 1.5  # of life after the server is ready
READY_S = 10.0


@click.command()
@click.option("--kills", default=1000, show_default=True)
@click.option("--seed", default=20261122, show_default=True)
@click.option("--save/--no-save", default=True, help="Write benchmarks/results/durability.json.")
def main(kills: int, seed: int, *, save: bool) -> None:
    """Kill the server at random moments and look what is left."""
    lot, world, faults, ready = random.Random(seed), World(), list[str](), list[float]()
    with TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        _begin(data, world)
        for number in range(1, kills + 1):
            server = Server(data, exact_passages=GRAPHS_ABOVE)
            ready.append(server.wait())
            found = [*faults_of(data, world), *_load(server, world, lot)]
            faults += [f"kill {number}: {fault}" for fault in found]
            if found:
                click.echo(f"kill {number}: {found}", err=True)
            if number % 50 == 0:
                click.echo(f"{number} kills, {world.acknowledged} changes, {len(faults)} faults")
        faults += [f"at the end: {fault}" for fault in faults_of(data, world)]
    slow = [seconds for seconds in ready if seconds > READY_S]
    result = {
        "kills": kills,
        "changes_acknowledged": world.acknowledged,
        "faults": faults,
        "ready_after_seconds": {
            "median": round(sorted(ready)[len(ready) // 2], 2),
            "most": round(max(ready), 2),
            "above_ten": len(slow),
        },
    }
    if save:
        keep(RESULTS / "durability.json", "crash", result)
    click.echo(f"{kills} kills, {world.acknowledged} changes acknowledged, {len(faults)} faults")
    click.echo(f"ready again after {result['ready_after_seconds']}")
    if faults or slow:
        raise SystemExit(1)


def _begin(data: Path, world: World) -> None:
    """A first document, so that there is a collection."""
    server = Server(data)
    server.wait("/healthz")
    Writer(server.port, world, "first", seed=0, documents=1).put()
    server.kill()


def _load(server: Server, world: World, lot: random.Random) -> list[str]:
    """Change documents until the server is killed; gives what the writers saw."""
    writers = [
        Writer(server.port, world, name, seed=lot.randrange(2**32), documents=DOCUMENTS)
        for name in "ab"[:WRITERS]
    ]
    for writer in writers:
        writer.start()
    time.sleep(lot.uniform(0.0, LONGEST_S))
    server.kill()
    for writer in writers:
        writer.join()
    return [fault for writer in writers for fault in writer.faults]


if __name__ == "__main__":
    main()
