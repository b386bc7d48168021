"""`footnoted calibrate`: how sure answers from one's own documents are."""

import json
from dataclasses import replace

import pytest
from fakes import WordHashEncoder, arrival

from api.calibrating import calibrate_file, forget_calibration
from api.service import Service
from api.settings import Settings
from index.catalog import CALIBRATION_FILE
from index.places import place_of
from index.restoring import restore_snapshot
from index.snapshots import write_snapshot
from qa.calibration import Calibration, CalibrationError
from qa.shipped_reader import shipped_calibration

ANIMALS = ("seal", "otter", "heron", "puffin", "crab", "lobster", "whale", "gannet", "eel", "cod")
PLACES = ("Aldburgh", "Bexmoor", "Carrick", "Dunmore", "Elie")


def documents():
    for n, animal in enumerate(ANIMALS):
        for m, place in enumerate(PLACES):
            text = f"In {place} the keeper counted {n * 7 + m + 3} of the {animal}s that year."
            yield arrival(text, document_id=f"{animal}-{place}")


def rows():
    """Questions that the documents answer, and as many that they do not."""
    for n, animal in enumerate(ANIMALS):
        for m, place in enumerate(PLACES):
            question = f"How many {animal}s did the keeper count in {place}?"
            right = {"relevant": [{"document_id": f"{animal}-{place}"}]}
            yield {"question": question, "answers": [str(n * 7 + m + 3)], **right}
            yield {"question": f"Who painted the {animal} of {place}?", "relevant": []}


@pytest.fixture
def questions(tmp_path):
    path = tmp_path / "own.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows()))
    return path


@pytest.fixture
def service(tmp_path):
    """A service over fifty sentences, with an encoder that needs no model and the real reader."""
    opened = Service(Settings(data=tmp_path / "data"), encoder=WordHashEncoder(window=400))
    list(opened.ingester("default").ingest(documents()))
    yield opened
    opened.close()


@pytest.fixture
def calibrate(service, capsys):
    def made(questions, **options):
        calibrate_file(service, questions, **{"is_trial": False, "json_wanted": False} | options)
        return capsys.readouterr().out

    return made


def kept(service):
    return place_of(service.data, "default").folder / CALIBRATION_FILE


def test_it_tells_how_far_the_shipped_calibration_is_off(calibrate, questions):
    found = json.loads(calibrate(questions, json_wanted=True))

    assert found["questions"] == 100
    assert 0 < found["right"] < 1
    assert found["after"]["error"] < found["before"]["error"]
    assert set(found["before"]) == {"error", "answered", "wrong"}


def test_people_read_both_side_by_side(calibrate, questions):
    lines = calibrate(questions).splitlines()

    assert lines[0].startswith("100 questions; the best words are right for")
    assert lines[2].split() == ["shipped", "new"]
    assert lines[3].startswith("Confidence is off by")
    assert lines[-1].endswith("The new calibration is used from now on.")


def test_the_new_calibration_is_used_at_once(calibrate, service, questions):
    before = service.answerer("default")

    calibrate(questions)

    assert service.answerer("default") is not before
    assert service.trained("default").calibration == Calibration.read(kept(service))


def test_a_trial_keeps_nothing(calibrate, service, questions):
    assert "Nothing was kept." in calibrate(questions, is_trial=True)
    assert not kept(service).exists()


def test_the_way_back_leads_to_the_shipped_calibration(calibrate, service, questions):
    calibrate(questions)

    assert forget_calibration(service)
    assert not forget_calibration(service)
    assert service.trained("default").calibration == shipped_calibration(
        service.collection("default").store.model
    )


def test_questions_are_judged_by_the_shipped_calibration_whatever_there_is(calibrate, questions):
    first = json.loads(calibrate(questions, json_wanted=True))
    second = json.loads(calibrate(questions, json_wanted=True))

    assert first == second


def test_too_few_questions_are_refused_with_what_is_needed(calibrate, service, tmp_path):
    few = tmp_path / "few.jsonl"
    few.write_text("".join(json.dumps(row) + "\n" for row in list(rows())[:10]))

    with pytest.raises(CalibrationError, match="10 questions can be judged, at least 40"):
        calibrate(few)
    assert not kept(service).exists()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "cannot be read"),
        ("[]", "cannot be read"),
        (replace(Calibration.nothing(), refitted="0123").written(), "made for another reader"),
        (Calibration.nothing().written(), "made for another reader"),
    ],
)
def test_a_calibration_that_is_of_no_use_is_told_and_the_shipped_one_used(
    service, caplog, content, reason
):
    kept(service).write_text(content)

    trained = service.trained("default")

    assert trained.calibration == shipped_calibration(service.collection("default").store.model)
    assert CALIBRATION_FILE in caplog.text
    assert reason in caplog.text


def test_a_calibration_goes_with_a_snapshot(calibrate, service, questions, tmp_path):
    calibrate(questions)
    own = service.trained("default").calibration
    write_snapshot(service.collection("default"), tmp_path / "own.snapshot")

    restore_snapshot(tmp_path / "own.snapshot", tmp_path / "elsewhere")

    elsewhere = Service(Settings(data=tmp_path / "elsewhere"), encoder=WordHashEncoder(window=400))
    assert elsewhere.trained("default").calibration == own
    elsewhere.close()


def test_without_a_reader_the_best_sentence_is_taken(tmp_path):
    settings = Settings(data=tmp_path / "plain", reader=False)
    service = Service(settings, encoder=WordHashEncoder(window=400))
    list(service.ingester("default").ingest(documents()))

    assert service.trained("default") is None
    service.close()


def test_the_command_wants_a_set_or_the_way_back(run, tmp_path):
    neither = run("footnoted", "calibrate", "--data", tmp_path)

    assert neither.code == 2
    assert "name a question set, or go back with --forget" in neither.err
