"""Where does the right passage stand, and when is the answer withheld?

Asks the standing question sets against an index of their passages, with the shipped ranking and
with each part of it switched off, and writes benchmarks/results/ranking.json.

    .venv/bin/python benchmarks/ranking.py [--evals FOLDER] [--sets seeds squad …]

`seeds` is in the repository. The others are read from --evals (default ../shared/evals); a set
that is not there is named and left out.
"""

import argparse
import gzip
import json
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from index.collection import Collection
from index.embedding import DEFAULT_MODEL, Encoder, SentenceTransformerEncoder, find_model
from index.ingest import Arrival, Ingester
from index.loading import draft_of, find_sources, load
from index.search import RankingPolicy
from index.types import Hit, Mode
from qa.answering import Answerer
from qa.types import Abstention, Answer, Grouping, Question, Reply

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "ranking.json"
POLICY = RankingPolicy()
VARIANTS = {
    "shipped": (Mode.HYBRID, POLICY),
    "without best sentence": (Mode.HYBRID, replace(POLICY, sentence_weight=0.0)),
    "without re-ranking": (Mode.HYBRID, replace(POLICY, rerank=0)),
    "dense only": (Mode.DENSE, POLICY),
    "lexical only": (Mode.LEXICAL, POLICY),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and what is right: passage ids, or words of a source."""

    text: str
    documents: frozenset[str] = frozenset()
    quotes: tuple[tuple[str, str], ...] = ()

    @property
    def answerable(self) -> bool:
        return bool(self.documents or self.quotes)

    def is_right(self, hit: Hit) -> bool:
        return hit.passage.document_id in self.documents or any(
            source == hit.source and quote in hit.passage.text for source, quote in self.quotes
        )


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Documents to index and questions to ask."""

    name: str
    arrivals: tuple[Arrival, ...]
    questions: tuple[Asked, ...]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evals", type=Path, default=ROOT.parent / "shared" / "evals")
    parser.add_argument("--sets", nargs="*", default=["seeds", "originals", "squad", "chunking"])
    parser.add_argument("--most", type=int, default=300, help="Questions of a set, spread evenly.")
    arguments = parser.parse_args()
    encoder = SentenceTransformerEncoder(find_model(DEFAULT_MODEL))
    for name in arguments.sets:
        try:
            questions = read_set(name, arguments.evals, arguments.most)
        except FileNotFoundError as error:
            print(f"{name}: left out, there is no {error.filename}")
            continue
        keep(name, measure(questions, encoder))


def keep(name: str, figures: dict[str, object]) -> None:
    """Put one set's figures, with their commit, among the results."""
    revision = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(revision, cwd=ROOT, capture_output=True, text=True, check=True)
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    results[name] = {"commit": commit.stdout.strip(), **figures}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")


def read_set(name: str, evals: Path, most: int) -> QuestionSet:
    if name == "seeds":
        return _texts(name, ROOT / "seeds", ROOT / "seeds" / "questions.jsonl")
    if name == "originals":
        return _texts(name, evals.parent / "seeds", evals / "seeds" / "questions.jsonl")
    rows = list(_lines(evals / name / "passages.jsonl.gz"))
    fields = ("id", "title", "text")
    content = "\n".join(json.dumps({f: row[f] for f in fields if row.get(f)}) for row in rows)
    arrivals = tuple(
        Arrival(name, name, outcome)
        for outcome in draft_of(content.encode(), name=f"{name}.jsonl", origin=name)
    )
    asked = [
        Asked(row["question"], frozenset(row["relevant"]))
        for row in _lines(evals / name / "questions.jsonl.gz")
    ]
    return QuestionSet(name, arrivals, tuple(asked[:: -(-len(asked) // most)]))


def measure(questions: QuestionSet, encoder: Encoder) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        collection = Collection.create(Path(folder), "default", encoder.identity)
        start = time.perf_counter()
        for _ in Ingester(collection, encoder).ingest(questions.arrivals):
            pass
        seconds = time.perf_counter() - start
        corpus = collection.store.corpus()
        found: dict[str, object] = {
            "documents": corpus.documents,
            "passages": corpus.passages,
            "passages_per_second": round(corpus.passages / seconds, 1),
        }
        for variant, (mode, policy) in VARIANTS.items():
            answerer = Answerer(collection, encoder, ranking=policy)
            found[variant] = figures(questions, answerer, mode)
            print(questions.name, variant, found[variant], flush=True)
        collection.close()
    return found


def figures(questions: QuestionSet, answerer: Answerer, mode: Mode) -> dict[str, object]:
    replies = [
        (asked, answerer.answer(Question(asked.text, top_k=10, mode=mode, group=Grouping.NONE)))
        for asked in questions.questions
    ]
    answerable = [pair for pair in replies if pair[0].answerable]
    others = [reply for asked, reply in replies if not asked.answerable]
    places = [_place(asked, reply) for asked, reply in answerable]
    n = max(1, len(answerable))
    milliseconds = sorted(reply.timings_ms["total"] for _, reply in replies)
    return {
        "answerable": len(answerable),
        "R@1": round(sum(place == 1 for place in places) / n, 3),
        "R@2": round(sum(0 < place <= 2 for place in places) / n, 3),
        "R@5": round(sum(0 < place <= 5 for place in places) / n, 3),
        "MRR@10": round(sum(1 / place for place in places if place) / n, 3),
        "answer_in_right_passage": round(sum(_rightly(*pair) for pair in answerable) / n, 3),
        "abstained_wrongly": round(
            sum(isinstance(reply.outcome, Abstention) for _, reply in answerable) / n, 3
        ),
        "unanswerable": len(others),
        "abstained_rightly": sum(isinstance(reply.outcome, Abstention) for reply in others),
        "ms_p50": milliseconds[len(milliseconds) // 2],
    }


def _place(asked: Asked, reply: Reply) -> int:
    right = (passage.rank for passage in reply.passages if asked.is_right(passage.hit))
    return next(right, 0)


def _rightly(asked: Asked, reply: Reply) -> bool:
    if not isinstance(reply.outcome, Answer):
        return False
    [citation] = reply.citations
    if asked.documents:
        return citation.document_id in asked.documents
    return any(
        source == citation.source and quote in citation.quote for source, quote in asked.quotes
    )


def _texts(name: str, folder: Path, questions: Path) -> QuestionSet:
    rows = [json.loads(line) for line in questions.read_text().splitlines() if line.strip()]
    arrivals = tuple(
        Arrival(source.name, source.origin, outcome)
        for source in find_sources(folder)
        for outcome in load(source)
    )
    asked = tuple(
        Asked(
            row["question"],
            quotes=tuple((item["source"], item["quote"]) for item in row["relevant"]),
        )
        for row in rows
    )
    return QuestionSet(name, arrivals, asked)


def _lines(path: Path) -> Iterator[dict[str, object]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from (json.loads(line) for line in file)


if __name__ == "__main__":
    main()
