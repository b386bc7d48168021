"""`footnoted snapshot`, `restore` and `check`: a collection is kept, and known to be right."""

import shutil

import apsw
import pytest


@pytest.fixture
def data(offline_data, tmp_path):
    """A copy of the seed documents' index, to be changed."""
    return shutil.copytree(offline_data, tmp_path / "data")


@pytest.fixture(scope="module")
def file(run, offline_data, tmp_path_factory):
    """A snapshot of the seed documents' index."""
    path = tmp_path_factory.mktemp("snapshots") / "seeds.snapshot"
    done = run("footnoted", "snapshot", path, "--data", offline_data)
    assert (done.code, done.err) == (0, "")
    assert "default, generation 1, 5 documents, 44 passages, 0." in done.out
    return path


def spoil(data, statement):
    connection = apsw.Connection(str(data / "collections/default/store.sqlite"), vfs="cksmvfs")
    connection.execute(statement)
    connection.close()


def test_a_restored_index_answers_without_embedding_anything_again(run, file, tmp_path):
    restored = run("footnoted", "restore", file, "--data", tmp_path / "new")
    listed = run("footnoted", "list", "--json", "--data", tmp_path / "new")

    assert restored.out == (
        "restored  default: generation 1, 5 documents, 44 passages, of model all-MiniLM-L6-v2\n"
    )
    assert sum(entry["passages"] for entry in listed.lines) == 44


def test_a_collection_that_is_there_is_not_replaced_by_mistake(run, file, data):
    refused = run("footnoted", "restore", file, "--data", data)
    wanted = run("footnoted", "restore", file, "--data", data, "--replace")

    assert (refused.code, refused.out) == (2, "")
    assert "replace it with --replace, or choose another name" in refused.err
    assert wanted.code == 0


def test_a_snapshot_is_restored_under_the_name_that_is_given(run, file, data):
    done = run("footnoted", "restore", file, "--data", data, "--collection", "copy", "--json")

    assert done.json["collection"] == "copy"
    assert "copy" in run("footnoted", "collections", "list", "--data", data).out


def test_what_is_no_snapshot_is_refused_and_nothing_is_made(run, tmp_path):
    (tmp_path / "file").write_text("no snapshot")

    done = run("footnoted", "restore", tmp_path / "file", "--data", tmp_path / "new")

    assert (done.code, done.out) == (2, "")
    assert "this snapshot is not restored: there is no header" in done.err
    assert not (tmp_path / "new").exists()


def test_a_running_server_answers_from_what_was_restored(serving, run, tmp_path):
    with serving(tmp_path / "data") as served:
        served.client.put("/v1/documents/a", json={"text": "A gull sleeps."})
        run("footnoted", "snapshot", tmp_path / "file", "--data", served.data)
        served.client.put("/v1/documents/a", json={"text": "The ferry sails."})

        done = run("footnoted", "restore", tmp_path / "file", "--data", served.data, "--replace")
        answered = served.client.post("/v1/ask", json={"question": "Who sleeps? The gull?"}).json()

    assert done.code == 0
    assert [passage["text"] for passage in answered["passages"]] == ["A gull sleeps."]


def test_an_index_that_is_right_is_said_to_be(run, data):
    done = run("footnoted", "check", "--data", data)

    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "all right: default, generation 1, 5 documents, 44 passages, recall 100.0%\n"
    )


def test_what_is_wrong_is_told_repaired_where_it_can_be_and_the_exit_code_tells(run, data):
    spoil(data, "DELETE FROM facets")

    found = run("footnoted", "check", "--data", data)
    repaired = run("footnoted", "check", "--repair", "--json", "--data", data)

    assert found.code == 1
    assert "wrong     filter values: those of bukele-white-house-visit-" in found.out
    assert "5 faults: default, generation 1, 5 documents, 44 passages" in found.out
    assert (repaired.code, repaired.json["faults"]) == (0, [])
    assert "nothing was embedded" in repaired.json["repaired"][-1]


def test_what_cannot_be_repaired_is_told_with_what_helps(run, data):
    spoil(data, "UPDATE documents SET text = upper(text) WHERE key = 1")

    done = run("footnoted", "check", "--repair", "--data", data)

    assert done.code == 1
    assert "ingest the document again" in done.out


def test_a_check_of_what_is_not_there_is_told(run, tmp_path):
    done = run("footnoted", "check", "--data", tmp_path)

    assert (done.code, done.out) == (3, "")
    assert "there is no index" in done.err
