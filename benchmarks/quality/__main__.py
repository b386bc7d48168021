"""How good is the ranking, what is each part of it worth, and what does it cost?

    python -m benchmarks.quality                      all parts
    python -m benchmarks.quality --ask --sets seeds   one part, some sets
    python -m benchmarks.quality --table              the results as tables

Results go to benchmarks/results/quality.json after each variant of each set. Questions are encoded
once for all variants, so milliseconds are taken in a part of their own, --cost. A set that is not
on this machine is named and left out.
"""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.quality.asking import POOLED, measure_pooled, measure_set
from benchmarks.quality.cost import measure_ingest, measure_search
from benchmarks.quality.indexes import Bench
from benchmarks.quality.order import measure_order
from benchmarks.quality.precision import measure_precision
from benchmarks.quality.sets import CHOSEN_ON, SETS
from benchmarks.quality.tables import tables
from benchmarks.quality.variants import VARIANTS
from benchmarks.quality.wordings import measure_wordings
from benchmarks.recording import RESULTS, Figures, keep, read

ROOT = Path(__file__).resolve().parents[2]
PARTS = {
    "ask": "each set with each variant",
    "pool": "squad and chunking in one index",
    "wordings": "the same questions as people write them",
    "cost": "time of searching and ingesting, and memory",
    "codes": "word pieces at one bit against full precision",
    "order": "the same documents in other orders, with other threads",
}
NEEDED = {
    "pool": POOLED,
    "wordings": ("squad",),
    "cost": ("squad",),
    "codes": POOLED,
    "order": ("seeds", "squad"),
}
COST_PASSAGES = 20_000


def main() -> None:
    arguments = _arguments()
    if arguments.table:
        print(tables(read(arguments.results)))
        return
    print(f"Weights were chosen on {', '.join(CHOSEN_ON)}, and on no other set.", flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        bench = Bench(arguments.shared, arguments.indexes or Path(temporary), most=arguments.most)
        names = [name for name in arguments.sets if _is_there(bench, name)]
        for part in [part for part in PARTS if getattr(arguments, part)] or PARTS:
            _run(part, bench, names, arguments)


def _run(part: str, bench: Bench, names: Sequence[str], arguments: argparse.Namespace) -> None:
    def kept(figures: Figures, name: str | None = None) -> None:
        keep(arguments.results, part, figures, name=name)

    missing = [name for name in NEEDED.get(part, ()) if name not in names]
    if missing:
        print(f"{part}: left out, needs {' and '.join(missing)}", flush=True)
    elif part == "ask":
        for name in names:
            for figures in measure_set(bench, name, arguments.variants):
                kept(figures, name)
    elif part == "pool":
        for name in POOLED:
            for figures in measure_pooled(bench, name, arguments.variants):
                kept(figures, name)
    elif part == "wordings":
        for figures in measure_wordings(bench, names):
            kept(figures)
    elif part == "cost":
        kept(measure_search(bench, names, least=arguments.passages), "search")
        kept(measure_ingest(bench), "ingest")
    elif part == "codes":
        kept(measure_precision(bench))
    else:
        kept(measure_order(bench))


def _is_there(bench: Bench, name: str) -> bool:
    try:
        bench.questions(name)
    except FileNotFoundError as error:
        print(f"{name}: left out, there is no {error.filename}", flush=True)
        return False
    return True


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.quality",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for part, meaning in PARTS.items():
        parser.add_argument(f"--{part}", action="store_true", help=meaning)
    parser.add_argument("--table", action="store_true", help="print the results, measure nothing")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=SETS, metavar="SET")
    parser.add_argument("--most", type=int, help="questions of a set, spread evenly")
    parser.add_argument(
        "--variants", nargs="+", choices=VARIANTS, default=list(VARIANTS), metavar="VARIANT"
    )
    parser.add_argument(
        "--passages", type=int, default=COST_PASSAGES, help="of the index that --cost searches"
    )
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument(
        "--indexes", type=Path, help="kept for the next run; empty it after changes"
    )
    parser.add_argument("--results", type=Path, default=RESULTS / "quality.json")
    return parser.parse_args()


if __name__ == "__main__":
    main()
