"""Vectors of a fixed set of passages: exact where flat, nearly so along a graph."""

from io import BytesIO

import faiss
import numpy as np
import pytest

from index.faiss_segments import ALL_THREADS, GraphSegment, ScannedSegment
from index.ranking import Ranking
from index.segments import FlatSegment, Memory, Segment, exact_segment
from index.types import Keys, StoredVectors, Vectors

ROWS = 3_000
KEYS: Keys = np.arange(0, 2 * ROWS, 2, dtype=np.int64)


def clustered(seed: int, n: int) -> Vectors:
    """Unit vectors that lie in clusters, as those of sentences do."""
    random = np.random.default_rng(seed)
    centres = np.random.default_rng(0).standard_normal((60, 48))
    return unit(centres[random.integers(0, 60, n)] + 0.7 * random.standard_normal((n, 48)))


def unit(rows: Vectors) -> Vectors:
    length_one: Vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return length_one


VECTORS = clustered(1, ROWS).astype(np.float16).astype(np.float32)  # as the store has them


def stored(keys: Keys) -> StoredVectors:
    return StoredVectors(keys, VECTORS[keys // 2])


GRAPHS = {
    "graph": GraphSegment.build(KEYS, stored, sample=VECTORS),
    "small graph": GraphSegment.build(KEYS, stored, sample=VECTORS, memory=Memory.LOW),
}
SEGMENTS: dict[str, Segment] = {
    "flat": FlatSegment(KEYS, VECTORS),
    "scanned": ScannedSegment(KEYS, VECTORS),
    **GRAPHS,
}
SMALL = 600


def recall(segment: Segment, admitted: np.ndarray | None = None) -> float:
    """Of the ten nearest to each of a hundred questions, how many are among the first found."""
    keys, vectors = (KEYS, VECTORS) if admitted is None else (KEYS[admitted], VECTORS[admitted])
    questions = clustered(2, 100)
    nearest = [set(keys[np.argsort(-(vectors @ query))[:10]].tolist()) for query in questions]
    found = [segment.nearest(query, k=20, admitted=admitted).keys for query in questions]
    return float(
        np.mean([len(n & set(f.tolist())) / 10 for n, f in zip(nearest, found, strict=True)])
    )


def keys_and_scores(ranking: Ranking) -> tuple[list[int], list[float]]:
    return ranking.keys.tolist(), ranking.scores.tolist()


@pytest.mark.parametrize("kind", SEGMENTS)
def test_ten_nearest_are_found_in_nearly_every_case(kind: str) -> None:
    assert recall(SEGMENTS[kind]) >= 0.99


def test_a_graph_finds_what_has_many_near_copies() -> None:
    random = np.random.default_rng(1)
    texts = unit(random.standard_normal((300, 64)))
    copies = unit(np.tile(texts, (40, 1)) + 0.02 * unit(random.standard_normal((12_000, 64))))
    questions = unit(texts + 0.9 * unit(random.standard_normal((300, 64))))
    graph = GraphSegment.build(
        np.arange(len(copies)), lambda keys: StoredVectors(keys, copies[keys]), sample=copies
    )

    found = [graph.nearest(question, k=100).keys[:10] for question in questions]

    nearest = np.argsort(-(questions @ copies.T), axis=1)[:, :10]
    shares = [
        len(np.intersect1d(one, other)) / 10 for one, other in zip(nearest, found, strict=True)
    ]
    assert np.mean(shares) >= 0.98


@pytest.mark.parametrize("share", [0.5, 0.02])
@pytest.mark.parametrize("kind", SEGMENTS)
def test_filters_take_nothing_from_what_is_found(kind: str, share: float) -> None:
    admitted = np.random.default_rng(3).random(ROWS) < share

    assert recall(SEGMENTS[kind], admitted) >= 0.99


@pytest.mark.parametrize("kind", SEGMENTS)
def test_only_admitted_passages_are_found(kind: str) -> None:
    admitted = np.zeros(ROWS, dtype=np.bool_)
    admitted[[5, 7]] = True

    found = SEGMENTS[kind].nearest(VECTORS[5], k=10, admitted=admitted)

    assert sorted(found.keys.tolist()) == [10, 14]


@pytest.mark.parametrize("rows", [SMALL, ROWS])
def test_equal_vectors_are_equally_near_wherever_they_stand(rows: int) -> None:
    copies = exact_segment(np.arange(rows), np.tile(VECTORS[:30], (rows // 30, 1)))

    found = copies.nearest(VECTORS[0], k=rows // 30 + 1)

    equal = rows // 30
    assert len(set(found.scores[:equal].tolist())) == 1
    assert found.keys[:equal].tolist() == list(range(0, rows, 30))


def test_a_small_and_a_large_segment_give_the_same_scores() -> None:
    small, large = (exact_segment(KEYS[:n], VECTORS[:n]) for n in (SMALL, ROWS))
    assert type(small) is not type(large)

    of_few = dict(zip(*keys_and_scores(small.nearest(VECTORS[3], k=SMALL)), strict=True))
    of_all = dict(zip(*keys_and_scores(large.nearest(VECTORS[3], k=ROWS)), strict=True))

    assert of_few.items() <= of_all.items()


MANY = 9_000  # enough for a first look in one byte a dimension
AS_STORED = {
    "clusters": clustered(4, MANY),
    "near copies": unit(np.tile(clustered(5, 300), (30, 1)) + 0.001 * clustered(6, MANY)),
    "all alike": unit(clustered(7, 1) + 0.0001 * clustered(8, MANY)),
    "one far off": np.concatenate([clustered(9, MANY - 1), np.eye(1, 48, dtype=np.float32)]),
}  # fmt: skip


@pytest.mark.parametrize("k", [1, 20, 300, 5_000])
@pytest.mark.parametrize("share", [1.0, 0.5, 0.005])
@pytest.mark.parametrize("vectors", AS_STORED)
def test_a_first_look_at_bytes_changes_nothing(vectors: str, share: float, k: int) -> None:
    of_two_bytes = AS_STORED[vectors].astype(np.float16).astype(np.float32)
    segment = ScannedSegment(np.arange(MANY), of_two_bytes)
    admitted = None if share == 1 else np.random.default_rng(3).random(MANY) < share
    segment.nearest(of_two_bytes[0], k=1)  # the first question looks at the vectors as they are

    for question in (*clustered(2, 20), of_two_bytes[-1]):
        found = segment.nearest(question, k=k, admitted=admitted)

        rows = np.arange(MANY) if admitted is None else np.flatnonzero(admitted)
        scores = np.sort((of_two_bytes[rows] * question).sum(axis=1))[::-1][:k]
        # Where scores differ by rounding alone any of them may be the last.
        assert found.scores == pytest.approx(scores, abs=1e-6)
        assert found.scores.tolist() == sorted(found.scores.tolist(), reverse=True)
        assert len(set(found.keys.tolist())) == len(scores)


@pytest.mark.parametrize("kind", GRAPHS)
def test_a_graph_comes_back_from_its_file(kind: str) -> None:
    segment, file = GRAPHS[kind], BytesIO()

    segment.write(file)
    file.seek(0)
    again = GraphSegment.read(file)

    asked = segment.nearest(VECTORS[9], k=5)
    assert again.nearest(VECTORS[9], k=5).keys.tolist() == asked.keys.tolist()
    assert again.memory is segment.memory


def test_a_file_of_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="not a file of vectors"):
        GraphSegment.read(BytesIO(b"something else, longer than the first line of a file"))


def test_a_small_graph_takes_half_of_the_room_for_its_vectors() -> None:
    large, small = BytesIO(), BytesIO()

    GRAPHS["graph"].write(large)
    GRAPHS["small graph"].write(small)

    saved = len(large.getvalue()) - len(small.getvalue())
    assert saved == pytest.approx(VECTORS.nbytes / 4, rel=0.02)


@pytest.mark.parametrize(
    ("kind", "most"), [("flat", 0.0), ("scanned", 0.0), ("graph", 0.0), ("small graph", 0.02)]
)
def test_vectors_come_back_by_their_rows(kind: str, most: float) -> None:
    rows = np.array([7, 3, 2_999])

    assert np.abs(SEGMENTS[kind].vectors(rows) - VECTORS[rows]).max() <= most


@pytest.mark.parametrize("segment", SEGMENTS.values(), ids=SEGMENTS)
def test_a_search_stays_on_its_thread_and_a_build_takes_all(segment: Segment) -> None:
    segment.nearest(VECTORS[0], k=5)
    threads_of_search = faiss.omp_get_max_threads()

    GraphSegment.build(KEYS[:100], stored, sample=VECTORS)

    assert threads_of_search == 1
    assert faiss.omp_get_max_threads() == ALL_THREADS
