"""`footnoted reindex`: another model, compared by questions, switched to, and back."""

import json
import shutil

import pytest
from fakes import WordHashEncoder, arrival

from api.collection_settings import CollectionSettings
from api.questions import QuestionsError
from api.reindexing import prepare_change, prepare_rollback
from api.replaying import questions_in
from api.service import Service
from api.settings import Settings
from index.models import DEFAULT_MODEL, find_model

FERRY = "The ferry sails at noon."


class ByName(Service):
    """A service whose models are made of their names."""

    def encoder_for(self, settings):
        return WordHashEncoder(name=settings.model)


@pytest.fixture
def service(tmp_path):
    """A collection of one document that was made with model one."""
    made = ByName(Settings(data=tmp_path / "data", model="one", reader=False))
    made.create("default", CollectionSettings())
    list(made.ingester("default").ingest([arrival(FERRY)]))
    yield made
    made.close()


def questions(tmp_path, *lines):
    (tmp_path / "questions.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return tmp_path / "questions.jsonl"


def test_after_the_switch_the_service_answers_with_the_new_model(service):
    before = service.answerer("default")

    change = prepare_change(service, "two", least_support=None)
    change.switch()

    assert service.collection("default").store.model.name == "two"
    assert service.settings_of("default").model == "two"
    assert service.answerer("default") is not before


def test_another_process_answers_with_the_new_model_without_being_told(service, tmp_path):
    other = ByName(Settings(data=tmp_path / "data", model="one", reader=False))
    other.answerer("default")

    prepare_change(service, "two", least_support=None).switch()

    assert other.collection("default").store.model.name == "two"
    assert other.encoder_of("default").identity.name == "two"
    other.close()


def test_the_way_back_brings_the_model_and_its_settings_back(service):
    prepare_change(service, "two", least_support=0.9).switch()
    during = service.settings_of("default")

    prepare_rollback(service).switch()

    after = service.settings_of("default")
    assert (during.model, during.least_support) == ("two", 0.9)
    assert (after.model, after.least_support) == ("one", 0.5)


def test_the_answers_that_change_are_shown_with_both(service, tmp_path):
    change = prepare_change(service, "two", least_support=0.0)
    file = questions(
        tmp_path, {"question": "The ferry sails at noon"}, {"question": "The ferry sails at night"}
    )

    same, other = change.compare([file])

    assert (same.before.text, same.has_changed) == (FERRY, False)
    assert (other.before.text, other.after.text) == (None, FERRY)
    change.close()


def test_nothing_is_switched_by_comparing(service, tmp_path):
    change = prepare_change(service, "two", least_support=None)
    change.compare([questions(tmp_path, {"question": "When does the ferry sail?"})])
    change.close()

    assert service.collection("default").store.model.name == "one"


def test_questions_are_read_from_sets_and_from_logs_each_once(tmp_path):
    log = tmp_path / "log"
    log.write_text(
        'starting\n{"message": "request", "status": 200}\n'
        '{"message": "question", "question": "Who sleeps?"}\n'
        '{"message": "question", "question": "Who dives?"}\n'
    )
    file = questions(tmp_path, {"question": "Who dives?", "relevant": []})

    assert questions_in([file, log]) == ["Who dives?", "Who sleeps?"]


@pytest.mark.parametrize("content", ["", "no json", '{"message": "request"}', '{"question": 7}'])
def test_a_file_without_questions_is_told(tmp_path, content):
    (tmp_path / "file").write_text(content)

    with pytest.raises(QuestionsError, match="file holds no question; expected JSON Lines"):
        questions_in([tmp_path / "file"])


@pytest.mark.parametrize("words", [[], ["--model", "x", "--rollback"]])
def test_a_model_or_the_way_back_is_named_and_not_both(run, tmp_path, words):
    done = run("footnoted", "reindex", *words, "--data", tmp_path)

    assert (done.code, done.out) == (2, "")
    assert "--model, or go back with --rollback" in done.err


def test_the_command_builds_compares_switches_and_goes_back(run, tmp_path):
    folder = shutil.copytree(find_model(DEFAULT_MODEL).path, tmp_path / "mine")
    (tmp_path / "ferry.txt").write_text(FERRY)
    file = questions(tmp_path, {"question": "When does the ferry sail?"})
    run("footnoted", "ingest", tmp_path / "ferry.txt", "--data", tmp_path / "data")

    def reindex(*words):
        return run("footnoted", "reindex", *words, "--data", tmp_path / "data")

    built = reindex("--model", folder, "--questions", file)
    switched = reindex("--model", folder, "--yes", "--json").json
    again = reindex("--model", folder, "--yes")
    back = reindex("--rollback", "--yes")

    assert "built     default for mine: 1 documents, 1 passages, 1 of them embedded" in built.out
    assert "0 of 1 answers change" in built.out
    assert "nothing is switched" in built.out
    assert (switched["model"], switched["embedded"], switched["switched"]) == ("mine", 0, True)
    assert (again.code, "is of model 'mine' already" in again.err) == (2, True)
    assert f"is answered by {DEFAULT_MODEL} now" in back.out
