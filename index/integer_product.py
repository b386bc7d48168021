"""Matrices of small whole numbers multiplied, by the processor's instructions for eight bits.

numpy multiplies whole numbers one by one, and floats in four times the memory; onnxruntime has
MatMulInteger.
"""

import functools
from typing import Final

import numpy as np
import numpy.typing as npt

from index.forward_pass import Graph

__all__ = ["GRAPH", "integer_product"]

# An ONNX model of one MatMulInteger, rows (n, dim) and columns (dim, m); a test reads it. It is
# written out because whoever asks a question does not wait for the library that writes such files.
GRAPH: Final = (
    b'\x08\t:\x8c\x01\n(\n\x04rows\n\x07columns\x12\x08products"\rMatMulInteger\x12\x07product'
    b"Z\x1a\n\x04rows\x12\x12\n\x10\x08\x02\x12\x0c\n\x03\x12\x01n\n\x05\x12\x03dim"
    b"Z\x1d\n\x07columns\x12\x12\n\x10\x08\x03\x12\x0c\n\x05\x12\x03dim\n\x03\x12\x01m"
    b"b\x1c\n\x08products\x12\x10\n\x0e\x08\x06\x12\n\n\x03\x12\x01n\n\x03\x12\x01m"
    b"B\x04\n\x00\x10\x14"
)


def integer_product(
    rows: npt.NDArray[np.uint8], columns: npt.NDArray[np.int8]
) -> npt.NDArray[np.int32]:
    """Exact products of rows, shape (n, dim), with columns, shape (dim, m): shape (n, m).

    Processors without VNNI add pairs of products in 16 bits, so that no value of `rows` may be
    above 128.
    """
    [products] = _graph().run({"rows": rows, "columns": columns})
    return products


@functools.cache
def _graph() -> Graph:
    return Graph(GRAPH)
