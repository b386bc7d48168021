"""What does the light runtime save, what does it cost in quality, and how quick is `ask`?

    python -m benchmarks.runtime                  all parts
    python -m benchmarks.runtime --commands       one part
    python -m benchmarks.runtime --table          the results as tables

Results go to benchmarks/results/runtime.json. Times are CPU times, the best of rounds in turns, so
that other work on the machine counts as little as it can.
"""

import argparse
import tempfile
from pathlib import Path

from benchmarks.recording import RESULTS, keep, read
from benchmarks.runtime.commands import measure_commands
from benchmarks.runtime.encoding import measure_encoding
from benchmarks.runtime.precision import measure_precision
from benchmarks.runtime.tables import tables

ROOT = Path(__file__).resolve().parents[2]
PARTS = {
    "encoding": "questions and passages, by sentence-transformers and by us",
    "commands": "from the start of the process to its end",
    "precision": "the same questions in 32 bits and in 8",
}
SETS = ("seeds", "seeds, blind a", "seeds, blind b", "squad", "chunking")
QUESTIONS = 800  # of a set


def main() -> None:
    arguments = _arguments()
    if arguments.table:
        print(tables(read(arguments.results)))
        return
    for part in [part for part in PARTS if getattr(arguments, part)] or PARTS:
        with tempfile.TemporaryDirectory() as temporary:
            _run(part, arguments, arguments.indexes or Path(temporary))


def _run(part: str, arguments: argparse.Namespace, folder: Path) -> None:
    if part == "encoding":
        keep(arguments.results, part, measure_encoding(arguments.shared, most=arguments.most))
    elif part == "commands":
        keep(arguments.results, part, measure_commands(folder))
    else:
        for name in arguments.sets:
            place = folder / name.replace(",", "").replace(" ", "_")
            most = arguments.most or QUESTIONS
            figures = measure_precision(arguments.shared, place, name, most=most)
            keep(arguments.results, part, figures, name=name)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.runtime",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for part, meaning in PARTS.items():
        parser.add_argument(f"--{part}", action="store_true", help=meaning)
    parser.add_argument("--table", action="store_true", help="print the results, measure nothing")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=SETS, metavar="SET")
    parser.add_argument("--most", type=int, help="questions and passages of a set")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--indexes", type=Path, help="kept for the next run")
    parser.add_argument("--results", type=Path, default=RESULTS / "runtime.json")
    return parser.parse_args()


if __name__ == "__main__":
    main()
