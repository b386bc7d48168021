"""`python -m training.calibrating --data FOLDER --work FOLDER`: what the reader's numbers mean.

Held-out passages, which the reader never saw, become an index, without a quarter of them. Their
questions are asked with the whole pipeline: those whose passage is there, those whose passage is
missing, and those that were written so that no passage answers. Of the questions that confidence
is learnt from two thirds can be answered.

Among so few passages the right one is nearly always ranked first, so that place would seem to be
all that counts. Which passage to choose is learnt from these and from the questions that were
written for this project, asked among all other passages, too.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click
import numpy as np

from index.collection import Collection
from index.encoders import encoder_for
from index.models import DEFAULT_MODEL, find_model
from index.search import Searcher
from index.types import Hit
from qa.agreement import Said, agrees
from qa.calibration import OF_THE_ENCODER, Calibration
from qa.extracting import ExtractiveReader, finding_of
from qa.fitting import Observed, fit
from qa.passage_reader import Verdict
from qa.shipped_reader import CALIBRATION, MODEL, OTHER_ENCODERS, shipped_reader
from training.examples import Example, read_rows, split_off
from training.passages import index_of, passage_id
from training.reader import MADE_HERE, configured
from training.written import NEWS_HELD_OUT, ON_ROWS, WRITTEN_HERE, read_written

# Questions that make sense by themselves. Confidence is learnt from what people asked only: the
# reader knows the hand that wrote the others from training.
ASKED = (
    "squad-train-parts", "squad-contexts-5q", "squad2-unansq-dev", "squadshifts-newwiki", "nq-qed",
    "nq-open-gold", "timeqa", *ON_ROWS, NEWS_HELD_OUT,
)  # fmt: skip
MISSING = 0.25  # of the passages
DEPTH = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the passages that answer it, by id, and the answers."""

    question: str
    passages: frozenset[str]
    answers: tuple[str, ...]


@click.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--work", type=click.Path(path_type=Path), required=True)
@click.option("--reader", type=click.Path(path_type=Path), default=MODEL, show_default=True)
def main(data: Path, work: Path, reader: Path) -> None:
    """Calibrate the reader in READER on held-out rows of DATA; an index is kept in WORK."""
    configuration = configured()
    files = [name for name in configuration["rows"] if name not in MADE_HERE]
    rows = list(read_rows(data, files))
    rows += read_written(ON_ROWS, rows)
    train, held_out = split_off(rows, share=configuration["held_out"]["share"])
    held_out += read_written([NEWS_HELD_OUT], rows)
    read = {passage_id(example.passage) for example in train}
    held_out = [example for example in held_out if passage_id(example.passage) not in read]
    there = [example for example in held_out if not _is_missing(example.passage)]
    missing = {passage_id(example.passage) for example in held_out} - {
        passage_id(example.passage) for example in there
    }
    others = [example for example in train if passage_id(example.passage) not in missing]
    few = index_of(there, work / "calibration", name="held-out")
    by_people = [example for example in held_out if example.file not in WRITTEN_HERE]
    observed = list(_observed(list(_questions(by_people)), few, reader))
    _keep(observed, work / "observed.jsonl")
    many = index_of([*there, *others], work / "rivals", name="all")
    rivalled = list(_observed(list(_questions(held_out)), many, reader))
    _keep(rivalled, work / "rivalled.jsonl")
    for name, but in ((CALIBRATION, ()), (OTHER_ENCODERS, OF_THE_ENCODER)):
        calibration = fit(observed, rivalled=rivalled, but=but)
        (reader / name).write_text(calibration.written(), "utf-8")
        click.echo(f"{name}: {len(observed):,} questions, calibration {calibration.id}")


def _is_missing(passage: str) -> bool:
    return int(hashlib.sha256(passage_id(passage).encode()).hexdigest()[:8], 16) < MISSING * 2**32


def _questions(held_out: Sequence[Example]) -> Iterator[Asked]:
    """Each question once, with all passages that answer it."""
    answering: dict[str, list[Example]] = {}
    for row in (example for example in held_out if example.file in ASKED):
        answering.setdefault(row.question, []).extend([row] if row.answerable else [])
    for question, examples in answering.items():
        there = [example for example in examples if not _is_missing(example.passage)]
        yield Asked(
            question,
            frozenset(passage_id(example.passage) for example in there),
            tuple({words for example in there for words in example.said()}),
        )


def _observed(
    questions: Sequence[Asked], collection: Collection, folder: Path
) -> Iterator[Observed]:
    """What is known of the first passages of each question. One that says an answer although it is
    not among those that answer is left out: nobody has looked whether it does."""
    searcher = Searcher(collection, encoder_for(find_model(DEFAULT_MODEL)))
    nothing = Calibration.nothing()
    reader = ExtractiveReader(shipped_reader(folder), searcher.late_interaction, nothing)
    with click.progressbar(questions, label="asking", item_show_func=None) as shown:
        for asked in shown:
            snapshot = collection.snapshot()
            found = searcher.search(asked.question, k=DEPTH, snapshot=snapshot)
            signals = reader.signals(found.question, found.words, found.hits)
            ids = [hit.passage.document_id for hit in found.hits]
            relevant = np.array([name in asked.passages for name in ids])
            agrees = np.array(
                [
                    _agrees(asked, hit, verdict)
                    for hit, verdict in zip(found.hits, signals.verdicts, strict=True)
                ]
            )
            judged = relevant | ~agrees
            if judged.any():
                yield Observed(signals.rows[judged], (relevant & agrees)[judged], relevant[judged])


def _agrees(asked: Asked, hit: Hit, verdict: Verdict) -> bool:
    if verdict.span is None:
        return False
    finding = finding_of(asked.question, hit, verdict.span)
    text = hit.passage.text
    return agrees(Said(finding.span.of(text), verdict.span.of(text)), asked.answers)


def _keep(observed: Sequence[Observed], path: Path) -> None:
    """One question a line, to look at and to fit again."""
    with path.open("w", encoding="utf-8") as file:
        for each in observed:
            row = {name: values.tolist() for name, values in asdict(each).items()}
            file.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
