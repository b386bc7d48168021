"""`python -m benchmarks.scale --size 20000 --size 1000000`: what each size costs."""

import multiprocessing
import shutil
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import click

from benchmarks.recording import RESULTS, keep
from benchmarks.scale import stages
from index.segments import Memory


@click.command()
@click.option("--size", "sizes", type=int, multiple=True, default=[1_000, 20_000, 100_000])
@click.option("--memory", type=click.Choice([m.value for m in Memory]), default="full")
@click.option("--folder", type=click.Path(path_type=Path), help="Kept, and used again.")
@click.option("--save/--no-save", default=True, help="Write benchmarks/results/scale.json.")
def main(sizes: tuple[int, ...], memory: str, folder: Path | None, *, save: bool) -> None:
    """Build collections of some sizes and measure every stage of each."""
    for size in sizes:
        base = folder or Path(mkdtemp(prefix="footnoted-scale-"))
        data = base / f"{size}-{memory}"
        figures: dict[str, Any] = {"passages": size, "memory": memory}
        if not data.exists():
            figures["build"] = _apart(stages.build, data, size, Memory(memory))
        figures["open"] = _apart(stages.open_cold, data)
        figures["ask"] = _apart(stages.ask, data, size)
        figures["add"] = _apart(stages.add, data, size)
        figures["delete"] = _apart(stages.change, data, size)
        click.echo(figures)
        if save:
            keep(RESULTS / "scale.json", memory, figures, name=str(size))
        if folder is None:
            shutil.rmtree(base)


def _apart(stage: Callable[..., Any], *arguments: object) -> Any:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(stage, *arguments).result()


if __name__ == "__main__":
    main()
