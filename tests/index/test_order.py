"""The ranking does not depend on the order of arrival, nor on threads."""

import random
from pathlib import Path

import pytest
from fakes import WordHashEncoder, arrival
from hypothesis import given, settings
from hypothesis import strategies as st

from index.collection import Collection
from index.embedding import Encoder
from index.ingest import Arrival, Ingester
from index.loading import find_sources, load
from index.models import DEFAULT_MODEL, find_model
from index.onnx_encoder import OnnxEncoder
from index.search import Searcher

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
QUESTIONS = (
    "What fee does El Salvador charge?",
    "Who won the football World Cup in 2018?",
    "How many people have been detained?",
    "bukele trump meeting white house",
    "What did Rubio say about human rights?",
)


def arrivals() -> list[Arrival]:
    return [
        Arrival(source.name, source.origin, outcome)
        for source in find_sources(SEEDS)
        for outcome in load(source)
    ]


def rankings(folder: Path, encoder: Encoder, found: list[Arrival]) -> list[list[str]]:
    collection = Collection.create(folder, "default", encoder.identity)
    list(Ingester(collection, encoder).ingest(found))
    searcher = Searcher(collection, encoder)
    hits = [searcher.search(question, k=44).hits for question in QUESTIONS]
    collection.close()
    return [[hit.passage.id for hit in some] for some in hits]


@pytest.fixture(scope="module")
def straight(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    return rankings(tmp_path_factory.mktemp("straight"), encoder, arrivals())


@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 999))
def test_the_order_of_arrival_does_not_matter(
    encoder: Encoder,
    straight: list[list[str]],
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
) -> None:
    shuffled = arrivals()
    random.Random(seed).shuffle(shuffled)

    assert rankings(tmp_path_factory.mktemp("shuffled"), encoder, shuffled) == straight


def test_passages_that_are_alike_where_a_leg_ends_do_not_depend_on_it_either(
    tmp_path: Path,
) -> None:
    alike = [arrival(f"Ferry {n:03} left.", document_id=f"d{n}") for n in range(150)]
    encoder = WordHashEncoder()

    found = []
    for folder, arrived in (("there", alike), ("back", alike[::-1])):
        collection = Collection.create(tmp_path / folder, "default", encoder.identity)
        list(Ingester(collection, encoder).ingest(arrived))
        hits = Searcher(collection, encoder).search("Which ferry?", k=40).hits
        found.append([hit.passage.id for hit in hits])
        collection.close()

    assert found[0] == found[1]


@pytest.mark.parametrize("count", [2, 3])
def test_the_number_of_threads_does_not_matter(
    straight: list[list[str]], tmp_path: Path, count: int
) -> None:
    encoder = OnnxEncoder(find_model(DEFAULT_MODEL), threads=count)

    assert rankings(tmp_path, encoder, arrivals()) == straight
