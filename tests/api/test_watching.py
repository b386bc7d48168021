"""`footnoted ingest --watch`: the index is what is in the folder, a moment later."""

import shutil
import signal
import subprocess
import threading
import time
from queue import Queue

import pytest
from fakes import WordHashEncoder, another_writer

from api.service import Service
from api.settings import Settings
from api.watching import Quiet, follow

SECONDS = 60


class Followed:
    """A folder that is followed in a thread; `next` waits for the next report."""

    def __init__(self, service, *folders):
        self.service = service
        self._reports = Queue()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, args=(folders,))
        self._thread.start()

    def next(self):
        report = self._reports.get(timeout=SECONDS)
        return report.source, report.status.value

    def stop(self):
        self._stop.set()
        self._thread.join(SECONDS)

    def texts(self):
        store = self.service.collection("default").store
        return sorted(store.document(entry.document_id).text for entry in store.entries())

    def _follow(self, folders):
        for report in follow(self.service, folders, stop=self._stop):
            self._reports.put(report)


@pytest.fixture
def folder(tmp_path):
    """A folder with one document."""
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents/gull.txt").write_text("A gull sleeps.")
    return tmp_path / "documents"


@pytest.fixture
def followed(folder, tmp_path):
    """The folder, followed; the document that is there has come in."""
    service = Service(Settings(data=tmp_path / "data"), encoder=WordHashEncoder())
    following = Followed(service, folder)
    assert following.next() == ("gull.txt", "added")
    yield following
    following.stop()
    service.close()


def test_a_new_file_comes_in(followed, folder):
    (folder / "tern.txt").write_text("A tern dives.")

    assert followed.next() == ("tern.txt", "added")
    assert followed.texts() == ["A gull sleeps.", "A tern dives."]


def test_a_changed_file_takes_the_place_of_its_old_version(followed, folder):
    (folder / "gull.txt").write_text("A gull wakes.")

    assert followed.next() == ("gull.txt", "updated")
    assert followed.texts() == ["A gull wakes."]


def test_a_file_that_is_gone_goes(followed, folder):
    (folder / "gull.txt").unlink()

    assert followed.next() == ("gull.txt", "removed")
    assert followed.texts() == []


def test_a_file_that_is_renamed_is_there_once(followed, folder):
    (folder / "gull.txt").rename(folder / "bird.txt")

    assert [followed.next(), followed.next()] == [("gull.txt", "removed"), ("bird.txt", "added")]
    assert followed.texts() == ["A gull sleeps."]


def test_a_folder_comes_and_goes_with_all_its_files(followed, folder, tmp_path):
    (tmp_path / "more").mkdir()
    (tmp_path / "more/tern.txt").write_text("A tern dives.")
    shutil.move(tmp_path / "more", folder / "more")
    came = followed.next()

    shutil.rmtree(folder / "more")

    assert (came[1], followed.next()[1]) == ("added", "removed")
    assert followed.texts() == ["A gull sleeps."]


def test_a_row_that_is_taken_out_of_a_file_of_rows_goes(followed, folder):
    (folder / "rows.jsonl").write_text('{"id": "a", "text": "One."}\n{"id": "b", "text": "Two."}\n')
    came = {followed.next(), followed.next()}

    (folder / "rows.jsonl").write_text('{"id": "b", "text": "Two."}\n')

    assert came == {("rows.jsonl:1", "added"), ("rows.jsonl:2", "added")}
    assert followed.next()[1] == "removed"
    assert followed.texts() == ["A gull sleeps.", "Two."]


def test_what_is_ignored_from_now_on_goes_and_comes_back(followed, folder):
    (folder / ".footnotedignore").write_text("gull.*\n")
    went = followed.next()

    (folder / ".footnotedignore").unlink()

    assert went == ("gull.txt", "removed")
    assert followed.next() == ("gull.txt", "added")


def test_hidden_files_and_the_index_itself_are_not_followed(folder):
    service = Service(Settings(data=folder / "data"), encoder=WordHashEncoder())
    following = Followed(service, folder)
    first = following.next()
    (folder / ".hidden.txt").write_text("Nobody reads this.")
    (folder / "tern.txt").write_text("A tern dives.")

    second = following.next()

    assert (first, second) == (("gull.txt", "added"), ("tern.txt", "added"))
    assert following.texts() == ["A gull sleeps.", "A tern dives."]
    following.stop()
    service.close()


def test_a_file_that_is_being_written_is_read_when_it_is_whole(followed, folder):
    with (folder / "long.txt").open("w") as file:
        for number in range(15):
            file.write(f"Word {number}. ")
            file.flush()
            time.sleep(0.15)

    assert followed.next() == ("long.txt", "added")
    assert followed.texts()[1].endswith("Word 14. ")


def test_while_somebody_else_writes_the_change_waits(followed, folder):
    place = followed.service.collection("default").place.folder
    with another_writer(place):
        (folder / "tern.txt").write_text("A tern dives.")
        time.sleep(4)

    assert followed.next() == ("tern.txt", "added")


def test_a_path_is_quiet_when_it_stayed_the_same_for_a_while(tmp_path):
    now = 0.0
    quiet = Quiet(1.0, clock=lambda: now)
    path = tmp_path / "a"
    path.write_text("a")
    quiet.note([path])
    now = 0.9
    early = quiet.take()
    path.write_text("ab")
    now = 1.5
    changed = quiet.take()
    now = 2.6

    assert (early, changed, quiet.take(), quiet.take()) == ([], [], [path], [])


@pytest.mark.parametrize("name", ["nowhere", "gull.txt"])
def test_what_is_no_folder_is_not_followed(run, folder, tmp_path, name):
    done = run("footnoted", "ingest", "--watch", folder / name, "--data", tmp_path / "data")

    assert (done.code, done.out) == (1, "")
    assert f"{name} is no folder; --watch follows folders" in done.err


def test_ctrl_c_ends_it_with_130_and_all_that_was_told_is_there(start, run, folder, tmp_path):
    words = ("footnoted", "ingest", "--watch", folder, "--data", tmp_path / "data")
    with start(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        told = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=SECONDS)

    listed = run("footnoted", "list", "--data", tmp_path / "data").out
    assert (process.returncode, errors) == (130, b"")
    assert told.startswith(b"added        gull.txt")
    assert "A gull sleeps" in listed
