"""What many tests need, made once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import WordHashEncoder
from hypothesis import settings

from index.collection import Collection
from index.embedding import SentenceTransformerEncoder
from index.models import DEFAULT_MODEL, find_model
from index.onnx_encoder import OnnxEncoder

# The time of one example says nothing on a machine that others use, too.
settings.register_profile("footnoted", deadline=None)
settings.load_profile("footnoted")


@pytest.fixture(scope="session")
def encoder() -> OnnxEncoder:
    """The default model as it is shipped."""
    return OnnxEncoder(find_model(DEFAULT_MODEL), threads=1)


@pytest.fixture(scope="session")
def torch_encoder() -> SentenceTransformerEncoder:
    """The same model in full precision; loading it takes seconds."""
    return SentenceTransformerEncoder(find_model(DEFAULT_MODEL), threads=1)


@pytest.fixture
def word_hash() -> WordHashEncoder:
    return WordHashEncoder()


@pytest.fixture
def collection(tmp_path: Path, word_hash: WordHashEncoder) -> Iterator[Collection]:
    """An empty collection for vectors of the fake encoder."""
    opened = Collection.create(tmp_path / "data", "default", word_hash.identity)
    yield opened
    opened.close()
