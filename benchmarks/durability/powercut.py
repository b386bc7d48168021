"""`python -m benchmarks.durability.powercut --cuts 100`: what is on the disk when power fails.

A file stands for the disk and carries a file system of its own. The real server writes into it;
in the midst of that it is frozen, and the file is copied: the copy has what had reached the disk,
and lacks what was only in memory. Then the copy is mounted and looked at. Everything that was
acknowledged before the freeze must be in it.

The same with `synchronous=NORMAL` is the control: it must lose something, or this proves nothing.
Needs Linux, root, and loop devices; says so and ends where there are none.
"""

import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from benchmarks.durability.server import Server, Writer
from benchmarks.durability.world import World, faults_of
from benchmarks.recording import RESULTS, keep

DISK_BYTES = 192 * 1024 * 1024
WRITERS = 2
DOCUMENTS = 12
GRAPHS_ABOVE = 20
LEAST_S, LONGEST_S = 0.3, 1.5  # between two cuts
SETTLE_S = 0.1  # until clients have read what the frozen server had sent before
CONTROL = "import index.connections; index.connections.SYNCHRONOUS = 'NORMAL'"


@click.command()
@click.option("--cuts", default=100, show_default=True)
@click.option("--control", default=25, show_default=True, help="Cuts of the control run.")
@click.option("--seed", default=20261122, show_default=True)
@click.option("--save/--no-save", default=True, help="Write benchmarks/results/durability.json.")
def main(cuts: int, control: int, seed: int, *, save: bool) -> None:
    """Cut the power of a disk that is written to, and look what is on it."""
    with TemporaryDirectory() as folder:
        if not _can_mount(Path(folder)):
            click.echo("no power cuts here: that needs Linux, root, and loop devices", err=True)
            return
        found = _cut(Path(folder), cuts, seed, before="")
        lost = _cut(Path(folder), control, seed, before=CONTROL)
    for fault in found:
        click.echo(fault, err=True)
    bad = len({fault.partition(":")[0] for fault in lost})
    click.echo(f"{cuts} cuts: {len(found)} faults; control: {bad} of {control} cuts lost something")
    if save:
        keep(
            RESULTS / "durability.json",
            "powercut",
            {"cuts": cuts, "faults": found, "control_cuts": control, "control_lost": bad},
        )
    if found or (control and not bad):
        raise SystemExit(1)


def _cut(folder: Path, cuts: int, seed: int, *, before: str) -> list[str]:
    """Faults of a number of cuts in one life of a server, each named by its cut."""
    lot, faults = random.Random(seed), list[str]()
    disk = _made(folder / "disk")
    with _mounted(disk, folder / "here") as here, click.progressbar(length=cuts) as bar:
        server = Server(here / "data", before=before, exact_passages=GRAPHS_ABOVE)
        server.wait("/healthz")
        world = World()
        Writer(server.port, world, "first", seed=0, documents=1).put()
        writers = [
            Writer(server.port, world, name, seed=lot.randrange(2**32), documents=DOCUMENTS)
            for name in "ab"[:WRITERS]
        ]
        for writer in writers:
            writer.start()
        for number in range(1, cuts + 1):
            time.sleep(lot.uniform(LEAST_S, LONGEST_S))
            server.freeze()
            time.sleep(SETTLE_S)
            then = world.copy()
            # A name of its own: what is mapped of an earlier copy keeps that mounted for a while.
            copied = shutil.copyfile(disk, folder / f"copy-{number}")
            server.thaw()
            faults += [f"cut {number}: {fault}" for fault in _look(copied, then)]
            copied.unlink()
            bar.update(1)
        server.kill()
        for writer in writers:
            writer.join()
    return faults


def _look(copied: Path, world: World) -> list[str]:
    with _mounted(copied, copied.with_name(f"there-{copied.name}")) as there:
        try:
            return faults_of(there / "data", world)
        except Exception as error:  # whatever it is, it should not have been
            return [f"{type(error).__name__}: {error}"]


def _can_mount(folder: Path) -> bool:
    try:
        with _mounted(_made(folder / "try"), folder / "tried"):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


def _made(disk: Path) -> Path:
    with disk.open("wb") as file:
        file.truncate(DISK_BYTES)
    subprocess.run(["mkfs.ext4", "-q", "-F", disk], check=True, capture_output=True)
    return disk


@contextmanager
def _mounted(disk: Path, place: Path) -> Iterator[Path]:
    place.mkdir(exist_ok=True)
    subprocess.run(["mount", "-o", "loop", disk, place], check=True, capture_output=True)
    try:
        yield place
    finally:
        # Lazily: a file that a reader has mapped into memory is let go of a moment later.
        subprocess.run(["umount", "--lazy", place], check=True)


if __name__ == "__main__":
    main()
