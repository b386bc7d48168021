"""A graph is made once, kept, checked, and made again where it is not as it was."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from index import exporting, models
from index.bert import read_bert
from index.errors import ModelChangedError
from index.exporting import Export, exported
from index.models import DEFAULT_MODEL, ModelFolder, find_model


@pytest.fixture(scope="module")
def model() -> ModelFolder:
    return find_model(DEFAULT_MODEL)


@pytest.fixture(scope="module")
def made(model: ModelFolder, tmp_path_factory: pytest.TempPathFactory) -> tuple[Export, Path]:
    """A fresh export and its folder."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exporting, "user_cache_path", lambda *_, **__: folder)
        return exported(model, read_bert(model.path)), folder / "onnx"


@pytest.fixture
def cache(made: tuple[Export, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's cache folder, with that export in it."""
    monkeypatch.setattr(exporting, "user_cache_path", lambda *_, **__: tmp_path)
    (tmp_path / "onnx").mkdir()
    for file in made[1].iterdir():
        (tmp_path / "onnx" / file.name).hardlink_to(file)
    return tmp_path / "onnx"


@pytest.fixture
def never(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing may be made."""
    monkeypatch.delattr(exporting, "_made")


def graph_in(cache: Path) -> Path:
    [found] = cache.glob("*.onnx")
    return found


def test_eight_bits_are_taken_where_they_are_near_enough(made: tuple[Export, Path]) -> None:
    assert made[0].quantized
    assert made[0].cosine == pytest.approx(0.993, abs=0.004)


def test_where_they_are_not_the_graph_stays_in_32_bits(
    model: ModelFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "user_cache_path", lambda *_, **__: tmp_path)
    monkeypatch.setattr(exporting, "LEAST_COSINE", 0.9999)

    found = exported(model, read_bert(model.path))

    assert (found.quantized, found.cosine) == (False, 1.0)


@pytest.mark.usefixtures("cache", "never")
def test_what_is_there_is_not_made_again(model: ModelFolder, made: tuple[Export, Path]) -> None:
    assert exported(model, read_bert(model.path)) == made[0]


def test_the_note_beside_it_tells_what_it_was_made_from(model: ModelFolder, cache: Path) -> None:
    [note] = cache.glob("*.json")

    assert json.loads(note.read_text())["weights_sha256"] == model.sha256


@pytest.mark.parametrize("damage", [b"", b"\x00" * 100, None])
def test_a_graph_that_is_damaged_or_missing_is_made_again(
    model: ModelFolder, made: tuple[Export, Path], cache: Path, damage: bytes | None
) -> None:
    graph = graph_in(cache)
    graph.unlink()
    if damage is not None:
        graph.write_bytes(damage)

    assert exported(model, read_bert(model.path)) == made[0]
    assert graph.read_bytes() == made[0].graph


def test_the_graph_of_other_weights_is_not_taken(
    model: ModelFolder, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = replace(model, sha256=model.sha256[:16] + "0" * 48)

    with pytest.raises(ModelChangedError, match="expected 53aa51172d142c89"):
        exported(other, read_bert(model.path))


def test_without_a_place_to_keep_it_a_graph_is_made_all_the_same(
    model: ModelFolder, made: tuple[Export, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(exporting, "user_cache_path", lambda *_, **__: tmp_path / "file")

    assert exported(model, read_bert(model.path)) == made[0]


def test_of_changed_weights_no_graph_is_made(
    tmp_path: Path, model: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "user_cache_path", lambda *_, **__: tmp_path / "cache")
    (tmp_path / "model.safetensors").write_bytes(b"changed")
    monkeypatch.setattr(models, "_packaged_folder", lambda: tmp_path)

    with pytest.raises(ModelChangedError, match="install the model again"):
        exported(find_model(DEFAULT_MODEL), read_bert(model.path))
