"""`footnoted calibrate`: learns from a question set how sure answers from a collection are."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from api.evaluating import asking_bar
from api.questions import read_questions
from api.service import Service
from index.catalog import CALIBRATION_FILE
from index.errors import ModelError
from index.files import write_text_durably
from index.places import place_of
from qa.answering import Answerer, TrainedReader
from qa.calibration import Calibration
from qa.evaluating import Asking, evaluate
from qa.judging import JudgedQuestion, find_targets
from qa.recalibrating import Checked, Recalibration, recalibrate
from qa.shipped_reader import shipped_calibration

__all__ = ["calibrate_file", "forget_calibration"]


def calibrate_file(service: Service, file: Path, *, is_trial: bool, json_wanted: bool) -> None:
    """Ask a question set, tell how far the shipped calibration is off, and keep a new one.

    Raises:
        QuestionsError: The set cannot be read.
        CalibrationError: Nothing can be learnt from it.
        ModelError: There is no reader.
    """
    name = service.settings.collection
    shipped = shipped_calibration(service.collection(name).store.model)
    found = _asked(service, name, shipped, read_questions(file))
    if not is_trial:
        place = place_of(service.data, name).folder / CALIBRATION_FILE
        write_text_durably(place, found.calibration.written())
    click.echo(_json(found) if json_wanted else _text(service, found, is_trial=is_trial))


def forget_calibration(service: Service) -> bool:
    """Go back to the shipped calibration. Tells whether there was another."""
    place = place_of(service.data, service.settings.collection).folder / CALIBRATION_FILE
    if not place.exists():
        return False
    place.unlink()
    return True


def _asked(
    service: Service, name: str, shipped: Calibration, questions: Sequence[JudgedQuestion]
) -> Recalibration:
    collection, settings = service.collection(name), service.settings_of(name)
    trained = service.trained(name)
    if trained is None:
        raise ModelError("there is no reader to calibrate; `footnoted status` tells why")
    answerer = Answerer(
        collection,
        service.encoder_of(name),
        ranking=settings.ranking(),
        policy=settings.answering(),
        trained=TrainedReader(trained.reader, shipped),
    )
    targets = find_targets(collection.store, questions)
    with asking_bar(len(questions)) as shown:
        results = list(shown(evaluate(answerer, questions, targets, asking=Asking())))
    return recalibrate(shipped, results, max_error_rate=settings.max_error_rate)


def _json(found: Recalibration) -> str:
    return json.dumps(asdict(found))


def _text(service: Service, found: Recalibration, *, is_trial: bool) -> str:
    rate = service.settings_of(service.settings.collection).max_error_rate
    verdict = "Nothing was kept." if is_trial else "The new calibration is used from now on."
    return "\n".join(
        [
            f"{found.questions:,} questions; the best words are right for {found.right:.1%}",
            "",
            f"{'':<26} {'shipped':>8} {'new':>8}",
            _line("Confidence is off by", found, "error"),
            _line(f"Answered at {rate:.0%} errors", found, "answered"),
            _line("Wrong among these", found, "wrong"),
            "",
            "The new one's figures are of questions that it was not learnt from. " + verdict,
        ]
    )


def _line(name: str, found: Recalibration, figure: str) -> str:
    before, after = (_shown(each, figure) for each in (found.before, found.after))
    return f"{name:<26} {before:>8} {after:>8}"


def _shown(checked: Checked, figure: str) -> str:
    value: float | None = getattr(checked, figure)
    return "–" if value is None else f"{value:.1%}"
