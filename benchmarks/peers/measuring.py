"""What is measured of one contender at a time: taking in, the right passage first, adding."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.peers.contenders import CONTENDERS, FOOTNOTED
from benchmarks.peers.corpus import SETS, Asked, Files
from benchmarks.peers.environments import python_of
from benchmarks.peers.processes import Talker
from benchmarks.recording import Figures

__all__ = ["MANY", "Place", "measure_adding", "measure_building", "measure_ranking"]

ADAPTERS = Path(__file__).parent / "adapters"
MANY = "many"
ADDING_ROUNDS = 3
RANKINGS = ("dense", "plain", "shipped", "hybrid")  # an answer changes no ranking but a reader's


@dataclass(frozen=True, slots=True)
class Place:
    """Where a contender's environment and indexes lie, and which model it loads."""

    work: Path
    name: str
    model: Path

    def command(self, *words: str) -> list[str]:
        """What starts the adapter with a command of its own."""
        adapter = ADAPTERS / CONTENDERS[self.name].adapter
        first, *rest = words
        return [str(python_of(self.work, self.name)), str(adapter), first, str(self.model), *rest]

    def indexes(self, kind: str) -> Path:
        return self.work / self.name / "indexes" / kind

    def log(self) -> Path:
        return self.work / self.name / "log.txt"


def measure_building(place: Place, files: Files, asked: Sequence[Asked]) -> Figures:
    """Build the indexes of one contender; the large one is used again where it is there.

    footnoted embeds all of the passages by itself, the others only a sample: they get the vectors
    of the rest.
    """
    for kind in ("plain", "sample"):
        shutil.rmtree(place.indexes(kind), ignore_errors=True)
    talker = Talker(place.command("talk"), log=place.log())
    try:
        ingest = _ingest(talker, place, files)
        many = place.indexes(MANY)
        if not many.exists():
            given = str(files.vectors)
            talker.order("build", folder=str(many), rows=str(files.many), vectors=given)
    finally:
        talker.close()
    return {"ingest": ingest, "disk_mib": _disk_mib(many)}


def measure_ranking(place: Place, files: Files, asked: Sequence[Asked]) -> Figures:
    """Share of questions whose first passage is right, by ranking and set."""
    talker = Talker(place.command("talk"), log=place.log())
    shares: Figures = {}
    try:
        talker.order("open", folder=str(place.indexes("plain")))
        for mode in CONTENDERS[place.name].modes:
            if mode in RANKINGS:
                reply = talker.order("ask", questions=[one.text for one in asked], mode=mode)
                shares[mode] = _shares(asked, [found[0] for found in reply["found"]])
    finally:
        talker.close()
    return {"first_is_right": shares}


def measure_adding(place: Place, files: Files, asked: Sequence[Asked]) -> Figures:
    """Seconds until a hundred passages more are on disk and found, embedding not counted.

    The median of some rounds, each with a fresh copy of the large index.
    """
    rounds = []
    mode = CONTENDERS[place.name].modes[-1]
    talker = Talker(place.command("talk"), log=place.log())
    try:
        if place.name == FOOTNOTED:
            talker.order("learn", rows=str(files.more))
        for number in range(ADDING_ROUNDS):
            # Not in one folder's place: a client that is open already keeps the files it had.
            more = place.indexes(f"more-{number}")
            shutil.rmtree(more, ignore_errors=True)
            shutil.copytree(place.indexes(MANY), more)
            talker.order("open", folder=str(more))
            talker.order("ask", questions=[asked[0].text], mode=mode)
            rounds.append(talker.order("add", rows=str(files.more), vectors=str(files.vectors)))
    finally:
        talker.close()
    return {
        "rounds": ADDING_ROUNDS,
        "s": round(median(one["ms"] for one in rounds) / 1000, 3),
        "cpu_s": round(median(one["cpu_ms"] for one in rounds) / 1000, 3),
    }


def _ingest(talker: Talker, place: Place, files: Files) -> Figures:
    """Passages a CPU second, embedding included; the index of plain passages is there then."""
    plain = str(place.indexes("plain"))
    if place.name == FOOTNOTED:
        rows, folder = files.plain, plain
    else:
        rows, folder = files.sample, str(place.indexes("sample"))
    spent = talker.order("build", folder=folder, rows=str(rows), vectors=None)
    if place.name != FOOTNOTED:
        talker.order("build", folder=plain, rows=str(files.plain), vectors=str(files.vectors))
    passages = len(files.rows(rows))
    return {
        "passages": passages,
        "a_cpu_second": round(passages / spent["cpu_ms"] * 1000, 2),
        "a_second": round(passages / spent["ms"] * 1000, 2),
    }


def _shares(asked: Sequence[Asked], first: Sequence[str]) -> Figures:
    rights = [(one.name, name in one.right) for one, name in zip(asked, first, strict=True)]
    return {
        name: round(sum(right for of, right in rights if of == name) / count, 4)
        for name, count in SETS.items()
    }


def _disk_mib(folder: Path) -> float:
    files = [file for file in folder.rglob("*") if file.is_file()]
    return round(sum(file.stat().st_blocks * 512 for file in files) / 2**20, 1)
