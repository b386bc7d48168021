"""Passages of training rows as an index that is asked with the whole pipeline."""

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path

from index.collection import Collection
from index.encoders import encoder_for
from index.ingest import Ingester
from index.loading import draft_of
from index.models import DEFAULT_MODEL, find_model
from index.reports import Arrival
from training.examples import Example

__all__ = ["index_of", "passage_id"]


def passage_id(passage: str) -> str:
    """The same for a paragraph that stands in two files in different letters and signs."""
    words = " ".join(re.findall(r"\w+", passage.casefold()))
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def index_of(examples: Iterable[Example], folder: Path, *, name: str) -> Collection:
    """A new collection with each passage once, as a document whose id is `passage_id`.

    Args:
        examples: Whose passages are taken in.
        folder: Where it is made.
        name: What the report calls the source.
    """
    encoder = encoder_for(find_model(DEFAULT_MODEL))
    collection = Collection.create(folder, "default", encoder.identity)
    rows = {passage_id(example.passage): example for example in examples}
    lines = (
        json.dumps({"id": id_, "title": example.title or None, "text": example.passage})
        for id_, example in rows.items()
    )
    drafts = draft_of("\n".join(lines).encode(), name=f"{name}.jsonl", origin=name)
    for _ in Ingester(collection, encoder).ingest([Arrival(name, name, each) for each in drafts]):
        pass
    return collection
