"""What eight bits cost: the same questions with vectors of 32 bits, of both kinds, and of 8."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.quality.asking import alone, change_of, figures_of
from benchmarks.quality.indexes import Bench, RememberingEncoder
from benchmarks.quality.variants import PLAIN, SHIPPED
from benchmarks.recording import Figures
from index.embedding import Encoded, Encoder, EncoderIdentity, SentenceTransformerEncoder
from index.models import DEFAULT_MODEL, find_model
from index.onnx_encoder import OnnxEncoder
from qa.results import Measure, Result

__all__ = ["measure_precision"]

VARIANTS = (SHIPPED, PLAIN, "dense only")
FULL = "32 bits, torch"
WAYS = {FULL: (False, False), "8 bits for questions": (False, True), "8 bits": (True, True)}


class _Mixed:
    """An `Encoder` that encodes questions otherwise than passages."""

    def __init__(self, passages: Encoder, questions: Encoder) -> None:
        self._passages = passages
        self._questions = questions

    @property
    def identity(self) -> EncoderIdentity:
        return self._passages.identity

    @property
    def window(self) -> int:
        return self._passages.window

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._passages.count_tokens(texts)

    def encode_queries(self, texts: Sequence[str]) -> Encoded:
        return self._questions.encode_queries(texts)

    def encode_passages(self, texts: Sequence[str]) -> Encoded:
        return self._passages.encode_passages(texts)


def measure_precision(shared: Path, folder: Path, name: str, *, most: int | None) -> Figures:
    """Success@1 of one set each way, with the paired difference from 32 bits.

    Args:
        shared: Folder of the sets that are not in the repository.
        folder: Of the indexes.
        name: Of the set.
        most: Questions of it.
    """
    model = find_model(DEFAULT_MODEL)
    encoders = {False: SentenceTransformerEncoder(model), True: OnnxEncoder(model)}
    found: Figures = {}
    before: dict[str, tuple[Result, ...]] = {}
    for way, (passages, questions) in WAYS.items():
        place = folder / ("8" if passages else "32")
        bench = Bench(shared, place, most=most)
        bench.encoder = RememberingEncoder(_Mixed(encoders[passages], encoders[questions]))
        found[way] = {}
        for variant in VARIANTS:
            results = alone(bench, name, variant)
            before.setdefault(variant, results)
            value = figures_of(results)[Measure.SUCCESS_1.value]
            against = change_of(results, before[variant])
            found[way][variant] = {"success_1": value, "against_32_bits": against}
            print(
                f"{name} · {way} · {variant}: {value['value']:.3f} (p {against['p']})", flush=True
            )
    return found
