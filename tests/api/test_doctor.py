"""`footnoted doctor`: what footnoted stands on, and what to do about it."""

import shutil
from pathlib import Path

import pytest
from fakes import another_writer

from api.doctor import State, examine, file_system_of
from api.service import Service
from api.settings import Settings

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
tmpfs /run tmpfs rw 0 0
server:/share /home/ada nfs4 rw 0 0
/dev/sdb1 /home/ada/my\\040files ext4 rw 0 0
overlay /run/over overlay rw 0 0
server:/more /run/over cifs rw 0 0
"""


@pytest.fixture
def data(offline_data, tmp_path):
    return shutil.copytree(offline_data, tmp_path / "data")


def found(data, subject, **settings):
    examined = {each.subject: each for each in examine(Service(Settings(data=data, **settings)))}
    return examined[subject]


def test_where_all_is_well_every_line_says_so(run, data):
    done = run("footnoted", "doctor", "--data", data)

    assert (done.code, done.err) == (0, "")
    assert "ok     model: all-MiniLM-L6-v2: 6 layers, 384 dimensions" in done.out
    assert "ok     collection default: 5 documents, 44 passages" in done.out
    assert "wrong" not in done.out


def test_before_anything_was_ingested_it_can_be_looked_at_too(run, tmp_path):
    done = run("footnoted", "doctor", "--json", "--data", tmp_path / "none")

    subjects = {line["subject"]: line["state"] for line in done.lines}
    assert done.code == 0
    assert (subjects["data"], subjects["server"], subjects["model"]) == ("ok", "ok", "ok")
    assert not (tmp_path / "none").exists()


def test_the_reader_is_looked_at_and_told_where_it_is_switched_off(run, tmp_path):
    on = run("footnoted", "doctor", "--data", tmp_path)
    off = run("footnoted", "doctor", "--data", tmp_path, env={"FOOTNOTED_READER": "false"})

    assert "ok     reader:" in on.out
    assert "look   reader: the setting reader is off: the best sentence is taken" in off.out


def test_a_model_that_is_not_there_is_wrong_and_the_exit_code_tells(run, tmp_path):
    done = run("footnoted", "doctor", "--model", "nowhere", "--data", tmp_path)

    assert done.code == 1
    assert "wrong  model: there is no model 'nowhere' on this machine" in done.out


def test_who_writes_to_a_collection_is_told(data):
    with another_writer(data / "collections/default"):
        finding = found(data, "collection default")

    assert (finding.state, "process 4711 on here is writing" in finding.detail) == (
        State.RIGHT,
        True,
    )


def test_a_collection_that_cannot_be_opened_is_wrong(data):
    (data / "collections/default/store.sqlite").write_bytes(b"no store" * 1000)

    finding = found(data, "collection default")

    assert (finding.state, "footnoted check" in finding.remedy) == (State.WRONG, True)


def test_more_threads_than_cores_are_doubtful(tmp_path):
    finding = found(tmp_path, "threads", threads=4096)

    assert (finding.state, "FOOTNOTED_THREADS" in finding.remedy) == (State.DOUBTFUL, True)


def test_a_server_on_the_folder_is_named(serving, tmp_path):
    from api.discovery import announce, withdraw

    with serving(tmp_path) as served:
        announce(tmp_path, served.url)
        finding = found(tmp_path, "server")
        withdraw(tmp_path)

    assert finding.detail == served.url


def test_a_file_in_the_place_of_the_data_folder_is_wrong(tmp_path):
    (tmp_path / "file").touch()

    assert found(tmp_path / "file", "data").state is State.WRONG


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/var/data", "ext4"),
        ("/home/ada/data", "nfs4"),
        ("/home/ada/my files/data", "ext4"),
        ("/home/adam", "ext4"),
        ("/run/over/data", "cifs"),
    ],
)
def test_the_file_system_of_a_folder_is_that_of_the_mount_it_is_below(folder, kind):
    assert file_system_of(Path(folder), MOUNTS) == kind
