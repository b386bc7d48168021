"""What runs a model of the BERT family over passages: the fastest runtime that is there.

A question is always encoded in eight bits by onnxruntime, which is there with every installation.
Taking in many passages is worth a short measurement of what else is installed: a processor with
matrix instructions for bfloat16 is faster with these, one without them is not.
"""

import hashlib
import json
import logging
import platform
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt
from platformdirs import user_cache_path

from index.bert import Bert
from index.errors import RuntimeMissingError
from index.files import write_text_durably

__all__ = ["LEAST_COSINE", "Pass", "Runtime", "chosen", "fastest", "installed", "open_pass"]

LENGTHS: Final = (24, 96, 192)  # word pieces of what is measured: sentences, paragraphs, long ones
ROUNDS: Final = 3
WORTH_IT: Final = 1.15  # times as fast as onnxruntime, or it stays with that
# Of vectors by two ways to run the same weights, the mean. In eight bits all-MiniLM-L6-v2 has .993
# on a sample, and ranks as well as in 32: benchmarks/README.md, "Eight bits".
LEAST_COSINE: Final = 0.98
FILE: Final = "runtimes.json"

log = logging.getLogger("footnoted")


class Runtime(StrEnum):
    """What a setting may say; AUTO is the fastest of the others."""

    AUTO = "auto"
    ONNXRUNTIME = "onnxruntime"
    OPENVINO = "openvino"
    TORCH = "torch"


# What each needs beside onnxruntime, and the extra that brings it.
PACKAGES: Final[Mapping[Runtime, tuple[str, ...]]] = {
    Runtime.ONNXRUNTIME: ("onnxruntime",),
    Runtime.OPENVINO: ("openvino",),
    Runtime.TORCH: ("torch", "transformers"),
}


class Pass(Protocol):
    """A loaded model. Safe to share between threads; each call works on the thread it is made on.

    Returns:
        Last-layer vectors of a text's word pieces, shape (t, dim), for ids of shape (t,).
    """

    def __call__(self, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]: ...


@dataclass(frozen=True, slots=True)
class _Measured:
    """Milliseconds of the texts of LENGTHS, by runtime."""

    ms: Mapping[Runtime, float]

    @property
    def best(self) -> Runtime:
        usual = self.ms[Runtime.ONNXRUNTIME]
        best = min(self.ms, key=lambda runtime: self.ms[runtime])
        return best if usual >= WORTH_IT * self.ms[best] else Runtime.ONNXRUNTIME


def installed() -> tuple[Runtime, ...]:
    """The runtimes that are there, onnxruntime first."""
    return tuple(runtime for runtime in PACKAGES if _versions(runtime) is not None)


def chosen(wanted: Runtime, bert: Bert, usual: Callable[[], Pass]) -> Pass:
    """What is to run a model over passages.

    Args:
        wanted: The one to take, or AUTO.
        bert: The model.
        usual: Loads it for onnxruntime.

    Raises:
        RuntimeMissingError: The one that is wanted is not installed.
    """
    if wanted is Runtime.AUTO:
        there = installed()
        wanted = fastest(bert, usual(), there) if len(there) > 1 else Runtime.ONNXRUNTIME
    if wanted is Runtime.ONNXRUNTIME:
        return usual()
    found = open_pass(wanted, bert)
    if _agree(found, usual()):
        return found
    log.warning("passages are encoded by onnxruntime, for %s gives other vectors", wanted)
    return usual()


def open_pass(runtime: Runtime, bert: Bert) -> Pass:
    """Load a model for a runtime other than onnxruntime.

    Raises:
        RuntimeMissingError: It is not installed.
    """
    if _versions(runtime) is None:
        raise RuntimeMissingError(runtime.value)
    if runtime is Runtime.OPENVINO:
        from index.openvino_pass import OpenVinoPass

        return OpenVinoPass(bert)
    from index.torch_pass import TorchPass

    return TorchPass(bert)


def fastest(bert: Bert, usual: Pass, runtimes: Iterable[Runtime]) -> Runtime:
    """The fastest of some runtimes on this processor, measured once and kept in the cache folder.

    Args:
        bert: The model.
        usual: It, loaded for onnxruntime.
        runtimes: Installed ones.
    """
    runtimes = tuple(runtimes)
    key = _key(bert, runtimes)
    place = user_cache_path("footnoted", appauthor=False) / FILE
    known = _read(place)
    if key in known:
        with suppress(ValueError, KeyError, TypeError):  # written by another version, or damaged
            return Runtime(str(known[key]["best"]))
    passes = {Runtime.ONNXRUNTIME: usual}
    for runtime in runtimes:
        if runtime is not Runtime.ONNXRUNTIME:
            try:
                passes[runtime] = open_pass(runtime, bert)
            except (ImportError, OSError, RuntimeError) as error:  # a broken installation
                log.warning(
                    "passages are not encoded by %s, which cannot be loaded: %s", runtime, error
                )
    measured = _Measured(
        {name: _milliseconds(run) for name, run in passes.items() if _agree(run, usual)}
    )
    told = {"best": measured.best, "ms": {name: round(ms, 2) for name, ms in measured.ms.items()}}
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        write_text_durably(place, json.dumps({**known, key: told}, indent=1))
    return measured.best


def _agree(one: Pass, other: Pass) -> bool:
    """Whether two give texts of each length nearly the same vectors; none of them may be no number.

    The mean of the cosines is asked for as much as of a graph in eight bits.
    """
    cosines = []
    for ids in _texts():
        mean, same = one(ids).mean(axis=0), other(ids).mean(axis=0)
        cosines.append(mean @ same / (np.linalg.norm(mean) * np.linalg.norm(same)))
    return bool(np.mean(cosines) >= LEAST_COSINE)


def _texts() -> list[npt.NDArray[np.int64]]:
    return [np.arange(1000, 1000 + length, dtype=np.int64) for length in LENGTHS]


def _milliseconds(run: Pass) -> float:
    """Of one text of each length, the best of some rounds after the first."""
    total = 0.0
    for ids in _texts():
        run(ids)
        rounds = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            run(ids)
            rounds.append(time.perf_counter() - start)
        total += 1000 * min(rounds)
    return total


def _key(bert: Bert, runtimes: Iterable[Runtime]) -> str:
    """What a measurement holds for: a shape of model, a processor, and versions."""
    shape = f"{bert.layers} layers, {bert.heads} heads, {bert.weights.stat().st_size:,} bytes"
    programs = ", ".join(f"{runtime} {_versions(runtime)}" for runtime in runtimes)
    return f"{shape}; {_processor()}; {programs}"


def _processor() -> str:
    """Its name, and a hash of what it can do."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    facts = {name.strip(): value.strip() for name, _, value in (s.partition(":") for s in lines)}
    features = facts.get("flags") or facts.get("Features") or ""
    name = facts.get("model name") or platform.machine()
    return f"{name} {hashlib.sha256(features.encode()).hexdigest()[:8]}"


def _versions(runtime: Runtime) -> str | None:
    try:
        return " ".join(version(package) for package in PACKAGES[runtime])
    except PackageNotFoundError:
        return None


def _read(place: Path) -> dict[str, dict[str, object]]:
    try:
        known = json.loads(place.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
