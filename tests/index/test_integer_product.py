"""Products of whole numbers: exact, up to the largest that eight bits hold."""

import numpy as np
import onnx
import pytest

from index.integer_product import GRAPH, integer_product


@pytest.mark.parametrize(("n", "dim", "m"), [(1, 1, 1), (3, 384, 5), (4500, 384, 12)])
def test_products_are_exact(n: int, dim: int, m: int) -> None:
    lot = np.random.default_rng(n)
    rows = lot.integers(0, 2, (n, dim), dtype=np.uint8)
    columns = lot.integers(-127, 128, (dim, m), dtype=np.int8)

    found = integer_product(rows, columns)

    assert np.array_equal(found, rows.astype(np.int64) @ columns.astype(np.int64))


def test_nothing_overflows_between() -> None:
    rows = np.ones((2, 1024), dtype=np.uint8)
    columns = np.full((1024, 1), -127, dtype=np.int8)

    assert integer_product(rows, columns).tolist() == [[-127 * 1024]] * 2


def test_the_graph_is_one_product_that_onnx_finds_in_order() -> None:
    model = onnx.load_from_string(GRAPH)

    onnx.checker.check_model(model, full_check=True)
    assert [node.op_type for node in model.graph.node] == ["MatMulInteger"]
