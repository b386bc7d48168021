"""What encodes passages: any runtime gives nearly the same vectors, and the fastest is taken."""

import json
import subprocess
import sys
import time
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from index import runtimes
from index.bert import Bert, read_bert
from index.bert_graph import graph_of
from index.embedding import Encoder
from index.errors import RuntimeMissingError
from index.forward_pass import ForwardPass
from index.models import DEFAULT_MODEL, find_model
from index.onnx_encoder import OnnxEncoder
from index.runtimes import Pass, Runtime, chosen, fastest, installed, open_pass

TEXTS = ["A canal links two oceans.", "¿Cuánto cuesta? 東京 😀", "word " * 400, ""]
OTHERS = [Runtime.OPENVINO, Runtime.TORCH]


@pytest.fixture(scope="module")
def bert() -> Bert:
    return read_bert(find_model(DEFAULT_MODEL).path)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "footnoted" / "runtimes.json"


@pytest.fixture(scope="module")
def quick(bert: Bert) -> Pass:
    """The model's own vectors, in no time after the first."""
    return cache_of_results(ForwardPass(graph_of(bert, quantized=True)))


@pytest.fixture(scope="module")
def slow(quick: Pass) -> Pass:
    def run(ids: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        time.sleep(0.3)
        return quick(ids)

    return run


def cache_of_results(run: Pass) -> Pass:
    found = lru_cache(lambda ids: run(np.array(ids)))
    return lambda ids: found(tuple(ids.tolist()))


@pytest.mark.parametrize("runtime", OTHERS)
def test_every_runtime_gives_a_passage_nearly_the_same_vector(
    runtime: Runtime, torch_encoder: Encoder
) -> None:
    encoder = OnnxEncoder(find_model(DEFAULT_MODEL), runtime=runtime)

    encoded = encoder.encode_passages(TEXTS)

    full = torch_encoder.encode_passages(TEXTS)
    assert (encoded.vectors * full.vectors).sum(axis=1).min() > 0.999
    for ours, theirs in zip(encoded.tokens, full.tokens, strict=True):
        assert ours.starts.tolist() == theirs.starts.tolist()
        assert (ours.vectors * theirs.vectors).sum(axis=1) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("runtime", OTHERS)
def test_a_vector_does_not_depend_on_what_is_encoded_at_the_same_time(runtime: Runtime) -> None:
    model = find_model(DEFAULT_MODEL)
    texts = [f"The {n}th canal " + "links two oceans " * n for n in range(12)]

    together = OnnxEncoder(model, runtime=runtime, threads=4).encode_passages(texts).vectors
    alone = OnnxEncoder(model, runtime=runtime, threads=1).encode_passages(texts).vectors

    assert np.array_equal(together, alone)


@pytest.mark.parametrize("runtime", OTHERS)
def test_the_first_texts_may_be_encoded_at_the_same_time(runtime: Runtime) -> None:
    code = (
        "from index.models import DEFAULT_MODEL, find_model\n"
        "from index.onnx_encoder import OnnxEncoder\n"
        "from index.runtimes import Runtime\n"
        "encoder = OnnxEncoder(\n"
        f"    find_model(DEFAULT_MODEL), threads=8, runtime=Runtime('{runtime}')\n"
        ")\n"
        "print(len(encoder.encode_passages(['A canal.'] * 16).vectors))"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )

    assert done.stdout.strip() == "16"


def test_what_is_installed_is_known() -> None:
    assert installed() == (Runtime.ONNXRUNTIME, *OTHERS)


def test_the_fastest_is_taken(bert: Bert, cache: Path, slow: Pass) -> None:
    assert fastest(bert, slow, [Runtime.ONNXRUNTIME, Runtime.OPENVINO]) is Runtime.OPENVINO


def test_what_is_there_with_every_installation_stays_unless_another_is_clearly_faster(
    bert: Bert, cache: Path, quick: Pass
) -> None:
    assert fastest(bert, quick, [Runtime.ONNXRUNTIME, Runtime.OPENVINO]) is Runtime.ONNXRUNTIME


def test_what_was_measured_is_kept_with_its_figures(
    bert: Bert, cache: Path, slow: Pass, quick: Pass
) -> None:
    first = fastest(bert, slow, [Runtime.ONNXRUNTIME, Runtime.OPENVINO])

    again = fastest(bert, quick, [Runtime.ONNXRUNTIME, Runtime.OPENVINO])

    [(key, kept)] = json.loads(cache.read_text()).items()
    assert (first, again) == (Runtime.OPENVINO, Runtime.OPENVINO)
    assert "openvino 20" in key
    assert kept["ms"]["onnxruntime"] > 900 > kept["ms"]["openvino"]


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"x": 1}', '{"KEY": 1}', '{"KEY": {"best": 1}}']
)
def test_a_damaged_file_of_measurements_is_made_again(
    bert: Bert, cache: Path, slow: Pass, content: str
) -> None:
    cache.parent.mkdir()
    key = runtimes._key(bert, [Runtime.ONNXRUNTIME, Runtime.OPENVINO])
    cache.write_text(content.replace("KEY", key))

    assert fastest(bert, slow, [Runtime.ONNXRUNTIME, Runtime.OPENVINO]) is Runtime.OPENVINO
    assert "openvino" in cache.read_text()


def test_where_nothing_else_is_installed_nothing_is_measured(
    bert: Bert, cache: Path, quick: Pass, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtimes, "installed", lambda: (Runtime.ONNXRUNTIME,))

    run: Pass = chosen(Runtime.AUTO, bert, lambda: quick)

    assert run is quick
    assert not cache.exists()


def nonsense(ids: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    return np.full((len(ids), 384), np.nan, dtype=np.float32)


@pytest.mark.parametrize("wanted", [Runtime.AUTO, Runtime.OPENVINO])
def test_a_runtime_that_gives_other_vectors_is_not_taken(
    bert: Bert, cache: Path, slow: Pass, monkeypatch: pytest.MonkeyPatch, wanted: Runtime
) -> None:
    monkeypatch.setattr(runtimes, "installed", lambda: (Runtime.ONNXRUNTIME, Runtime.OPENVINO))
    monkeypatch.setattr(runtimes, "open_pass", lambda runtime, bert: nonsense)

    assert chosen(wanted, bert, lambda: slow) is slow


@pytest.mark.parametrize("error", [ImportError, OSError, RuntimeError])
def test_a_runtime_that_cannot_be_loaded_is_passed_over(
    bert: Bert,
    cache: Path,
    slow: Pass,
    monkeypatch: pytest.MonkeyPatch,
    error: type[Exception],
) -> None:
    def broken(runtime: Runtime, bert: Bert) -> Pass:
        raise error("no shared library")

    monkeypatch.setattr(runtimes, "open_pass", broken)

    assert fastest(bert, slow, [Runtime.ONNXRUNTIME, Runtime.OPENVINO]) is Runtime.ONNXRUNTIME


def test_a_runtime_that_is_not_installed_is_refused_with_the_way_out(
    bert: Bert, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(runtimes.PACKAGES, Runtime.OPENVINO, ("no-such-package",))

    with pytest.raises(RuntimeMissingError, match=r"pip install .footnoted\[openvino\]"):
        open_pass(Runtime.OPENVINO, bert)


@pytest.mark.parametrize("runtime", [Runtime.AUTO, *OTHERS])
def test_a_question_needs_no_other_runtime(runtime: Runtime) -> None:
    code = (
        "import sys\n"
        "from index.models import DEFAULT_MODEL, find_model\n"
        "from index.onnx_encoder import OnnxEncoder\n"
        "from index.runtimes import Runtime\n"
        f"encoder = OnnxEncoder(find_model(DEFAULT_MODEL), runtime=Runtime('{runtime}'))\n"
        "encoder.encode_queries(['Is it there?'])\n"
        "print([name for name in ('openvino', 'torch') if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
