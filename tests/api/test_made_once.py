"""What takes long to make is made once, and holds up nothing else."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from api.made_once import MadeOnce


def test_threads_that_want_the_same_value_get_the_same_one():
    values, gate = MadeOnce(), threading.Barrier(4)

    def asked(_):
        gate.wait()
        return values.get("a", object)

    with ThreadPoolExecutor(4) as threads:
        found = set(threads.map(asked, range(4)))

    assert len(found) == 1


def test_another_value_is_had_while_one_is_being_made():
    values, going_on = MadeOnce(), threading.Event()

    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(values.get, "slow", lambda: going_on.wait(30))
        quick = values.get("quick", lambda: 7)
        going_on.set()

    assert (quick, slow.result()) == (7, True)


def test_what_cannot_be_made_is_tried_again_and_not_remembered():
    values = MadeOnce()

    with pytest.raises(ZeroDivisionError):
        values.get("a", lambda: 1 // 0)

    assert values.get("a", lambda: 1) == 1
    assert values.values() == [1]


def test_what_is_no_longer_valid_or_forgotten_is_made_again():
    values = MadeOnce()
    values.get("a", lambda: 1)

    again = values.get("a", lambda: 2, is_valid=lambda held: held > 1)
    kept = values.get("a", lambda: 3, is_valid=lambda held: held > 1)
    values.forget("a")

    assert (again, kept, values.get("a", lambda: 4)) == (2, 2, 4)
    assert (values.clear(), values.values()) == ([4], [])
