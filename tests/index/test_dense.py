"""Nearest passages, compared with looking at every one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.dense import DenseIndex
from index.types import Keys, StoredVectors, Vectors

SEEDS = st.integers(0, 2**32 - 1)


def unit_rows(seed: int, n: int, dim: int = 8) -> Vectors:
    rows = np.random.default_rng(seed).standard_normal((n, dim)).astype(np.float32)
    unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def keys(n: int) -> Keys:
    return np.arange(1, 3 * n, 3, dtype=np.int64)[:n]


def brute_force(held: Keys, vectors: Vectors, query: Vectors, k: int) -> list[float]:
    return [float(score) for score in np.sort(vectors @ query)[::-1][:k]]


@given(SEEDS, st.integers(1, 40), st.integers(1, 50))
def test_nearest_agrees_with_brute_force(seed: int, n: int, k: int) -> None:
    vectors, query = unit_rows(seed, n), unit_rows(seed + 1, 1)[0]

    found = DenseIndex.of(keys(n), vectors).nearest(query, k=k)

    expected = brute_force(keys(n), vectors, query, k)
    assert found.scores.tolist() == pytest.approx(expected, abs=1e-5)


@given(SEEDS, st.integers(1, 40), st.sets(st.integers(0, 130)), st.integers(1, 50))
def test_only_admitted_passages_are_found_and_as_many_as_asked(
    seed: int, n: int, admitted: set[int], k: int
) -> None:
    vectors, query = unit_rows(seed, n), unit_rows(seed + 1, 1)[0]
    among = np.array(sorted(admitted), dtype=np.int64)

    found = DenseIndex.of(keys(n), vectors).nearest(query, k=k, among=among)

    inside = np.isin(keys(n), among)
    expected = brute_force(keys(n)[inside], vectors[inside], query, k)
    assert set(found.keys.tolist()) <= admitted
    assert found.scores.tolist() == pytest.approx(expected, abs=1e-5)


@given(SEEDS, st.integers(0, 20), st.integers(0, 20), st.data())
def test_a_changed_index_equals_one_made_anew(
    seed: int, n: int, more: int, data: st.DataObject
) -> None:
    everything, vectors = keys(n + more), unit_rows(seed, n + more)
    removed = np.array(sorted(data.draw(st.sets(st.sampled_from([*keys(n).tolist(), 999])))))
    query = unit_rows(seed + 1, 1)[0]
    rest = ~np.isin(everything, removed)

    changed = DenseIndex.of(everything[:n], vectors[:n]).changed(
        removed=removed, added=StoredVectors(everything[n:], vectors[n:])
    )

    expected = DenseIndex.of(everything[rest], vectors[rest]).nearest(query, k=50)
    assert changed.nearest(query, k=50).keys.tolist() == expected.keys.tolist()


@given(st.integers(1, 60), st.integers(1, 60))
def test_equal_passages_come_by_key_and_none_is_cut_off(n: int, k: int) -> None:
    vectors = np.repeat(unit_rows(7, 1), n, axis=0)

    found = DenseIndex.of(keys(n), vectors).nearest(vectors[0], k=k)

    assert found.keys.tolist() == keys(n).tolist()


@given(SEEDS, st.integers(1, 20))
def test_cosines_come_in_the_order_of_the_keys(seed: int, n: int) -> None:
    vectors, query = unit_rows(seed, n), unit_rows(seed + 1, 1)[0]

    cosines = DenseIndex.of(keys(n), vectors).cosines(query, keys(n)[::-1])

    assert cosines == pytest.approx((vectors @ query)[::-1], abs=1e-6)


def test_an_empty_index_finds_nothing() -> None:
    empty = DenseIndex.of(keys(0), np.empty((0, 0), dtype=np.float32))

    assert len(empty) == 0
    assert empty.nearest(unit_rows(1, 1)[0], k=3).keys.tolist() == []


def test_a_changed_index_leaves_the_old_one_as_it_was() -> None:
    old = DenseIndex.of(keys(2), unit_rows(1, 2))

    old.changed(removed=keys(1), added=StoredVectors(keys(0), unit_rows(1, 0)))

    assert len(old) == 2


def test_an_index_tells_which_keys_it_holds() -> None:
    held = DenseIndex.of(keys(2), unit_rows(1, 2)).holds(np.array([1, 2, 4]))

    assert held.tolist() == [True, False, True]
