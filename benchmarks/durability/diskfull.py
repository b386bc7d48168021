"""`python -m benchmarks.durability.diskfull --times 50`: a disk that is full.

The real server writes into a memory disk whose size is set so that it fills up during a change, at
another place of it each time. Every refused change must be told with status 507, questions must
go on, nothing that was acknowledged may be missing; with room again changes must be taken again.
Needs Linux and root; says so and ends where there are none.
"""

import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from benchmarks.durability.server import Client, Server, sent_as
from benchmarks.durability.world import World, faults_of, marker
from benchmarks.recording import RESULTS, keep

ROOM = 256 * 1024 * 1024
STEP = 8 * 1024  # bytes more room each time
MOST_CHANGES = 200  # until it must have been full
FULL = 507


@click.command()
@click.option("--times", default=50, show_default=True)
@click.option("--seed", default=20261122, show_default=True)
@click.option("--save/--no-save", default=True, help="Write benchmarks/results/durability.json.")
def main(times: int, seed: int, *, save: bool) -> None:
    """Fill the disk under a running server."""
    world, lot, faults = World(), random.Random(seed), list[str]()
    with TemporaryDirectory() as folder:
        if not _can_mount(Path(folder) / "tried"):
            click.echo("no disk to fill here: that needs Linux and root", err=True)
            return
        with _memory_disk(Path(folder) / "disk") as disk:
            server = Server(disk / "data")
            server.wait("/healthz")
            client = Client(server.port)
            _put(client, world, "first", lot)
            for number in range(times):
                found = _fill(disk, client, world, lot, room=number * STEP)
                faults += [f"time {number}: {fault}" for fault in found]
            server.kill()
    for fault in faults:
        click.echo(fault, err=True)
    click.echo(
        f"{times} times full, {world.acknowledged} changes acknowledged, {len(faults)} faults"
    )
    if save:
        figures = {"times": times, "changes_acknowledged": world.acknowledged, "faults": faults}
        keep(RESULTS / "durability.json", "diskfull", figures)
    if faults:
        raise SystemExit(1)


def _fill(disk: Path, client: Client, world: World, lot: random.Random, *, room: int) -> list[str]:
    """Fill the disk once, look, and make room again."""
    faults = []
    _resize(disk, _used(disk) + room)
    statuses = []
    while FULL not in statuses and len(statuses) < MOST_CHANGES:
        statuses.append(_put(client, world, f"d{lot.randrange(1_000_000)}", lot))
    if unexpected := set(statuses) - {200, 201, FULL}:
        faults.append(f"changes got {sorted(unexpected)}")
    if FULL not in statuses:
        faults.append(f"{MOST_CHANGES} changes fitted in {room:,} bytes")
    status, reply = client.request("GET", "/v1/ask?q=Who+left+the+harbour+at+noon")
    if status != 200 or not reply["passages"]:
        faults.append(f"on a full disk a question got {status}")
    _resize(disk, ROOM)
    if (status := _put(client, world, "after", lot)) not in (200, 201):
        faults.append(f"with room again a change got {status}")
    return faults + faults_of(disk / "data", world)


def _put(client: Client, world: World, document_id: str, lot: random.Random) -> int:
    word = marker(lot)
    world.sent(document_id, word)
    status, _ = client.request("PUT", f"/v1/documents/{document_id}", sent_as(word))
    if status in (200, 201):
        world.done(document_id, word)
    return status


def _used(disk: Path) -> int:
    command = ["df", "--output=used", "-B1", disk]
    return int(
        subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[1]
    )


def _resize(disk: Path, size: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", disk], check=True, capture_output=True)


def _can_mount(place: Path) -> bool:
    try:
        with _memory_disk(place):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


@contextmanager
def _memory_disk(place: Path) -> Iterator[Path]:
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", place]
    subprocess.run(command, check=True, capture_output=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


if __name__ == "__main__":
    main()
