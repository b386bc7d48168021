"""A collection of numbered documents, and the graphs that its vectors are in."""

from fakes import WordHashEncoder, arrival

from index.collection import Collection
from index.dense_leg import CompactionRule
from index.ingest import Ingester
from index.types import Keys

__all__ = ["RULE", "files", "graphs", "nearest", "put", "remove"]

RULE = CompactionRule(exact=10, rows=40, small=30)
WORDS = ("ferry", "gull", "harbour", "lamp", "mast", "net", "oar", "pier", "quay", "rope", "sail")


def put(collection: Collection, first: int, last: int) -> None:
    """Documents of one passage each, with the numbers from `first` to before `last`."""
    arrivals = [
        arrival(
            f"The {WORDS[n % 11]} and the {WORDS[n // 11 % 11]}, number {n}.", document_id=f"d{n}"
        )
        for n in range(first, last)
    ]
    list(Ingester(collection, WordHashEncoder()).ingest(arrivals))


def remove(collection: Collection, first: int, last: int) -> None:
    with collection.writing() as writer:
        [writer.remove(f"d{n}") for n in range(first, last)]


def graphs(collection: Collection) -> list[int]:
    """How many passages are there in each graph."""
    return [len(keys) for _, keys in collection.snapshot().dense.graphs]


def nearest(collection: Collection) -> Keys:
    query = WordHashEncoder().encode_queries(["ferry harbour 17"]).vectors[0]
    return collection.snapshot().dense.nearest(query, k=8).keys


def files(collection: Collection) -> list[str]:
    return sorted(path.name for path in (collection.place.folder / "dense").glob("*.vectors"))
