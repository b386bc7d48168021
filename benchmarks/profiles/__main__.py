"""Where the time of a question goes, and that of taking documents in: pictures for docs/.

    python -m benchmarks.profiles --indexes FOLDER

Needs the sets in ../shared. Each question is asked once of 20,000 passages, as the service asks it,
reader included; documents are taken in as `footnoted ingest` takes them.
"""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from pyinstrument import Profiler

from api.service import Service
from api.settings import Settings
from benchmarks.profiles.icicle import boxes, draw, heaviest
from benchmarks.quality.indexes import Bench
from benchmarks.quality.sets import spread
from index.collection import Collection
from index.encoders import encoder_for
from index.ingest import Ingester
from index.loading import draft_of
from index.models import DEFAULT_MODEL, find_model
from index.reports import Arrival
from qa.types import Question

ROOT = Path(__file__).resolve().parents[2]
SETS = ("squad", "chunking")
PASSAGES = 20_000
QUESTIONS = 100
TAKEN_IN = 150  # paragraphs
EVERY = 0.0005  # seconds between two looks


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profiles")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--indexes", type=Path, help="kept for the next run")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.indexes or Path(temporary)
        bench = Bench(arguments.shared, folder, most=None)
        _picture("question", _asking(bench), arguments.docs, "A question in 20,000 passages")
        _picture("ingest", _taking_in(bench), arguments.docs, f"{TAKEN_IN} paragraphs taken in")


def _picture(name: str, action: Callable[[], None], docs: Path, title: str) -> None:
    profiler = Profiler(interval=EVERY)
    with profiler:
        action()
    session = profiler.last_session
    assert session is not None
    found = boxes(session)
    draw(found, docs / f"profile-{name}.svg", title=title)
    print(f"\n{title}: {session.duration:.2f} s\n")
    for what, share in heaviest(found):
        print(f"| {what} | {share:.1%} |")


def _asking(bench: Bench) -> Callable[[], None]:
    collection = bench.pooled(SETS, least=PASSAGES)
    name = collection.name
    collection.close()
    asked = spread([q.text for q in bench.questions("squad").answerable], QUESTIONS)
    answerer = Service(Settings(data=bench.folder, collection=name)).answerer(name)
    answerer.answer(Question(f"{asked[0]} "))  # loads what is loaded at the first use

    def ask() -> None:
        for text in asked:
            answerer.answer(Question(text))

    return ask


def _taking_in(bench: Bench) -> Callable[[], None]:
    encoder = encoder_for(find_model(DEFAULT_MODEL))
    encoder.encode_queries(["loads the model"])
    store = bench.collection("squad").store
    documents = [store.document(entry.document_id) for entry in store.entries()[:TAKEN_IN]]
    arrivals = [
        Arrival(document.id, document.id, draft)
        for document in documents
        for draft in draft_of(document.text.encode(), name=f"{document.id}.txt", origin=document.id)
    ]

    def ingest() -> None:
        with tempfile.TemporaryDirectory() as folder:
            collection = Collection.create(Path(folder), "default", encoder.identity)
            for _ in Ingester(collection, encoder).ingest(arrivals):
                pass
            collection.close()

    return ingest


if __name__ == "__main__":
    main()
