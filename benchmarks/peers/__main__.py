"""footnoted beside other ways to ask one's own documents, each in an environment of its own.

    python -m benchmarks.peers --work FOLDER                     everyone, all parts
    python -m benchmarks.peers --work FOLDER --environments      make the environments, no more
    python -m benchmarks.peers --work FOLDER --only txtai        one of them
    python -m benchmarks.peers --work FOLDER --cold              one part
    python -m benchmarks.peers --table                           the results as tables
    python -m benchmarks.peers --plots                           the results as drawings

Results go to benchmarks/results/peers.json after each part. Where a part compares, everyone takes
turns within it, so run it with all whose figures are to be compared. Processor time counts where
other work runs beside. FOLDER takes some 15 GB and is used again by the next run.
"""

import argparse
import json
import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.peers.contenders import CONTENDERS
from benchmarks.peers.corpus import Asked, Files, write_corpus
from benchmarks.peers.environments import InstallError, make_environment, python_of, size_of
from benchmarks.peers.measuring import (
    ADAPTERS,
    MANY,
    Place,
    measure_adding,
    measure_building,
    measure_ranking,
)
from benchmarks.peers.plots import draw
from benchmarks.peers.processes import PeerError
from benchmarks.peers.tables import tables
from benchmarks.peers.turns import measure_cold_starts, measure_questions, measure_serving
from benchmarks.recording import RESULTS, ROOT, Figures, keep, read
from index.models import DEFAULT_MODEL, find_model

PARTS = {
    "environments": "what each installs",
    "encode": "sentence-transformers alone, which gives the vectors for the others",
    "building": "taking in, and disk",
    "ranking": "how often the right passage comes first",
    "adding": "a hundred passages more",
    "questions": "in process",
    "cold": "from the start of a process to an answer",
    "serving": "over HTTP, and memory",
}
MEASURES = {
    "building": measure_building,
    "ranking": measure_ranking,
    "adding": measure_adding,
}
IN_TURNS = {
    "questions": measure_questions,
    "cold": measure_cold_starts,
    "serving": measure_serving,
}
PASSAGES = 20_000
ENCODES = "forty-lines"  # its environment has sentence-transformers


def main() -> None:
    arguments = _arguments()
    if arguments.table:
        print(tables(read(arguments.results)))
        return
    if arguments.plots:
        draw(read(arguments.results), RESULTS)
        return
    os.environ["OMP_NUM_THREADS"] = "1"
    parts = [part for part in PARTS if getattr(arguments, part)] or list(PARTS)
    files, asked = write_corpus(arguments.shared, arguments.work / "corpus", most=PASSAGES)
    model = find_model(DEFAULT_MODEL).path
    places = [Place(arguments.work, name, model) for name in arguments.only]
    for part in parts:
        print(part, flush=True)
        _run(part, places, files, asked, arguments.results)
        places = [place for place in places if python_of(place.work, place.name).exists()]


def _run(
    part: str, places: Sequence[Place], files: Files, asked: Sequence[Asked], results: Path
) -> None:
    if part == "environments":
        for place in places:
            _keep_environment(place, results)
    elif part == "encode":
        keep(results, part, _encoded(replace(places[0], name=ENCODES), files))
    elif part in MEASURES:
        for place in places:
            _keep_of_one(part, place, files, asked, results)
    else:
        built = [place for place in places if place.indexes(MANY).exists()]
        keep(results, part, IN_TURNS[part](built, asked))


def _keep_environment(place: Place, results: Path) -> None:
    try:
        make_environment(place.work, place.name)
        figures = size_of(place.work, place.name)
    except InstallError as error:
        figures = {"failed": _reason(error)}
    print(f"  {place.name}: {figures}", flush=True)
    keep(results, "environments", figures, name=place.name)


def _keep_of_one(
    part: str, place: Place, files: Files, asked: Sequence[Asked], results: Path
) -> None:
    try:
        figures = MEASURES[part](place, files, asked)
    except PeerError as error:
        figures = {"failed": _reason(error)}
    print(f"  {place.name}: {figures}", flush=True)
    keep(results, part, figures, name=place.name)


def _reason(error: Exception) -> str:
    """The last line of what was said, without names of this machine's folders."""
    return re.sub(r"(?<!\w)/\S+", "…", str(error).strip().rpartition("\n")[2])


def _encoded(place: Place, files: Files) -> Figures:
    """Vectors of the plain passages, written to a file, and the rate."""
    program = ADAPTERS / "plain_encode.py"
    python = python_of(place.work, place.name)
    words = [python, program, files.plain, place.model, files.vectors]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    found: Figures = json.loads(done.stdout)
    return found


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.peers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for part, meaning in PARTS.items():
        parser.add_argument(f"--{part}", action="store_true", help=meaning)
    parser.add_argument("--table", action="store_true", help="print the results, measure nothing")
    parser.add_argument("--plots", action="store_true", help="draw the results, measure nothing")
    parser.add_argument(
        "--only", nargs="+", choices=CONTENDERS, default=list(CONTENDERS), metavar="NAME"
    )
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "peers")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--results", type=Path, default=RESULTS / "peers.json")
    arguments = parser.parse_args()
    arguments.work = arguments.work.resolve()
    return arguments


if __name__ == "__main__":
    main()
