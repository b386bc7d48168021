"""A BERT as an ONNX graph, straight from its weights.

The graph is written and not traced, so that nobody needs torch for it. One text goes in, without
padding, so there is no mask. For an encoder, whose token types are all alike, these are part of the
positions; the reader, which tells a question from a passage by them, has them as a second input.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file

from index import onnx_messages as onnx
from index.bert import Bert
from index.onnx_messages import ElementType

__all__ = ["INPUT", "OUTPUT", "READER_OUTPUTS", "TYPES", "graph_of", "reader_graph"]

INPUT, TYPES, OUTPUT = "input_ids", "token_type_ids", "token_vectors"
READER_OUTPUTS = ("ends", "verdicts")
OPSET = 20  # the first with Gelu
IR_VERSION = 9
MICROSOFT = "com.microsoft"  # operators of onnxruntime's own
# Of a weight in whole steps. Processors without VNNI add two products of a weight and an activation
# (at most 255) in 16 bits: 2 * 255 * 127 would overflow there, and give other vectors.
LARGEST = 63

Weights = npt.NDArray[np.float32]


def graph_of(bert: Bert, *, quantized: bool) -> bytes:
    """Write a model's forward pass; equal weights give equal bytes.

    Args:
        bert: What to write.
        quantized: Linear layers multiply int8 weights, one scale for each output, with uint8
            activations, one scale for each text; word embeddings are int8, one scale for each
            word piece. Otherwise everything is float32.

    Returns:
        A model with the input `input_ids`, int64, shape (1, t), and the output `token_vectors`,
        float32, shape (1, t, dim), the last layer's.
    """
    loaded = load_file(bert.weights)
    weights = {name.removeprefix("bert."): value for name, value in loaded.items()}
    writer = _Writer(weights, bert.epsilon, quantized=quantized)
    hidden = writer.encoder(writer.embeddings(), bert)
    return writer.model({OUTPUT: (hidden, [1, "t", "dim"])}, inputs=[INPUT])


def reader_graph(
    weights: Mapping[str, npt.NDArray[np.floating]], bert: Bert, *, length: int, quantized: bool
) -> bytes:
    """Write the forward pass of a BERT with two heads, as `training.network` has them.

    Args:
        weights: The BERT's, and of the heads `span`, `verdict.0` and `verdict.3`.
        bert: Shape of the BERT.
        length: Most word pieces of an input; positions behind are left out.
        quantized: As in `graph_of`; the heads stay in float32.

    Returns:
        A model with the inputs `input_ids` and `token_type_ids`, int64, shape (1, t), and the
        outputs `ends`, logits of start and end, float32, shape (1, t, 2), and `verdicts`, logits of
        answerable and relevant, float32, shape (1, 2).
    """
    writer = _Writer(weights, bert.epsilon, quantized=quantized)
    hidden = writer.encoder(writer.embeddings(length=length, has_types=True), bert)
    ends, verdicts = writer.heads(hidden)
    outputs: dict[str, tuple[str, list[int | str]]] = {
        READER_OUTPUTS[0]: (ends, [1, "t", 2]),
        READER_OUTPUTS[1]: (verdicts, [1, 2]),
    }
    return writer.model(outputs, inputs=[INPUT, TYPES])


class _Writer:
    """Collects nodes and tensors. Each method adds some and returns the name of its result."""

    def __init__(
        self, weights: Mapping[str, npt.NDArray[np.floating]], epsilon: float, *, quantized: bool
    ) -> None:
        self._weights = weights
        self._epsilon = epsilon
        self._quantized = quantized
        self._nodes: list[Any] = []
        self._tensors: list[Any] = []

    def embeddings(self, *, length: int | None = None, has_types: bool = False) -> str:
        of = "embeddings"
        places = self._weight(f"{of}.position_embeddings.weight")[:length]
        types = self._weight(f"{of}.token_type_embeddings.weight")
        if not has_types:
            places = places + types[0]
        zero, one = self._tensor("zero", np.array([0])), self._tensor("one", np.array([1]))
        shape = self._node("Shape", [INPUT], "shape")
        count = self._node("Slice", [shape, one, self._tensor("two", np.array([2]))], "length")
        here = self._node("Slice", [self._tensor("positions", places), zero, count], "places")
        summed = self._node("Add", [self._words(f"{of}.word_embeddings.weight"), here], "summed")
        if has_types:
            kinds = self._node("Gather", [self._tensor("types", types), TYPES], "kinds")
            summed = self._node("Add", [summed, kinds], "summed_with_kinds")
        return self._norm(summed, f"{of}.LayerNorm")

    def encoder(self, hidden: str, bert: Bert) -> str:
        for number in range(bert.layers):
            hidden = self._layer(hidden, f"encoder.layer.{number}", heads=bert.heads)
        return hidden

    def heads(self, hidden: str) -> tuple[str, str]:
        ends = self._exact(hidden, "span")
        first = self._node("Gather", [hidden, self._tensor("first", np.array(0))], "cls", axis=1)
        inner = self._node("Tanh", [self._exact(first, "verdict.0")], "verdict.tanh")
        return ends, self._exact(inner, "verdict.3")

    def _layer(self, hidden: str, of: str, *, heads: int) -> str:
        attended = self._attention(hidden, f"{of}.attention", heads)
        inner = self._linear(attended, f"{of}.intermediate.dense")
        inner = self._node("Gelu", [inner], f"{of}.gelu")
        outer = self._linear(inner, f"{of}.output.dense")
        outer = self._node("Add", [outer, attended], f"{of}.sum")
        return self._norm(outer, f"{of}.output.LayerNorm")

    def model(
        self, outputs: Mapping[str, tuple[str, Sequence[int | str]]], *, inputs: Sequence[str]
    ) -> bytes:
        """The whole graph; `outputs` has a result and its shape for each name."""
        taken = [onnx.value(name, ElementType.INT64, [1, "t"]) for name in inputs]
        given = []
        for name, (result, shape) in outputs.items():
            self._node("Identity", [result], name)
            given.append(onnx.value(name, ElementType.FLOAT, shape))
        return onnx.model(
            "bert",
            nodes=self._nodes,
            tensors=self._tensors,
            inputs=taken,
            outputs=given,
            opsets={"": OPSET, MICROSOFT: 1},
            ir_version=IR_VERSION,
        )

    def _attention(self, hidden: str, of: str, heads: int) -> str:
        # One product for all three, which is faster than three.
        names = [f"{of}.self.{part}" for part in ("query", "key", "value")]
        together = self._product(
            hidden,
            f"{of}.projected",
            np.concatenate([self._weight(f"{name}.weight") for name in names]),
            np.concatenate([self._weight(f"{name}.bias") for name in names]),
        )
        self._add("Split", [together], names, axis=-1, num_outputs=3)
        context = self._node(
            "MultiHeadAttention", names, f"{of}.context", domain=MICROSOFT, num_heads=heads
        )
        outer = self._linear(context, f"{of}.output.dense")
        outer = self._node("Add", [outer, hidden], f"{of}.sum")
        return self._norm(outer, f"{of}.output.LayerNorm")

    def _words(self, name: str) -> str:
        table = self._weight(name)
        if not self._quantized:
            return self._node("Gather", [self._tensor(name, table), INPUT], "words")
        whole, scales = _quantized(table)
        steps = self._node("Gather", [self._tensor(name, whole), INPUT], "steps")
        steps = self._node("Cast", [steps], "float_steps", to=ElementType.FLOAT)
        sizes = self._tensor("step_sizes", scales[:, np.newaxis])
        return self._node("Mul", [steps, self._node("Gather", [sizes, INPUT], "sizes")], "words")

    def _linear(self, hidden: str, of: str) -> str:
        return self._product(hidden, of, self._weight(f"{of}.weight"), self._weight(f"{of}.bias"))

    def _product(self, hidden: str, of: str, weight: Weights, bias: Weights) -> str:
        if not self._quantized:
            return self._exact_product(hidden, of, weight, bias)
        whole, scales = _quantized(weight)
        inputs = [
            hidden,
            self._tensor(f"{of}.weight", whole.T),
            self._tensor(f"{of}.scales", scales),
            self._tensor(f"{of}.zeros", np.zeros(len(scales), dtype=np.int8)),
            self._tensor(f"{of}.bias", bias),
        ]
        return self._node("DynamicQuantizeMatMul", inputs, of, domain=MICROSOFT)

    def _exact(self, hidden: str, of: str) -> str:
        weight, bias = (self._weight(f"{of}.{part}") for part in ("weight", "bias"))
        return self._exact_product(hidden, of, weight, bias)

    def _exact_product(self, hidden: str, of: str, weight: Weights, bias: Weights) -> str:
        factors = [hidden, self._tensor(f"{of}.weight", weight.T)]
        product = self._node("MatMul", factors, f"{of}.product")
        return self._node("Add", [product, self._tensor(f"{of}.bias", bias)], of)

    def _norm(self, hidden: str, of: str) -> str:
        scale, bias = (
            self._tensor(f"{of}.{part}", self._weight(f"{of}.{part}"))
            for part in ("weight", "bias")
        )
        return self._node("LayerNormalization", [hidden, scale, bias], of, epsilon=self._epsilon)

    def _weight(self, name: str) -> Weights:
        return self._weights[name].astype(np.float32)

    def _tensor(self, name: str, values: npt.NDArray[np.generic]) -> str:
        self._tensors.append(onnx.tensor(name, values))
        return name

    def _node(
        self,
        operator: str,
        inputs: Sequence[str],
        name: str,
        *,
        domain: str = "",
        **attributes: float,
    ) -> str:
        self._add(operator, inputs, [name], domain=domain, **attributes)
        return name

    def _add(
        self,
        operator: str,
        inputs: Sequence[str],
        outputs: Sequence[str],
        *,
        domain: str = "",
        **attributes: float,
    ) -> None:
        node = onnx.node(operator, inputs, outputs, domain=domain, attributes=attributes)
        self._nodes.append(node)


def _quantized(rows: Weights) -> tuple[npt.NDArray[np.int8], Weights]:
    """Rows in whole steps of [-63, 63], and the size of each row's step."""
    sizes = np.maximum(np.abs(rows).max(axis=1), 1e-12) / LARGEST
    return np.round(rows / sizes[:, np.newaxis]).astype(np.int8), sizes.astype(np.float32)
