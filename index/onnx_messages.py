"""The messages of an ONNX file that a graph of ours needs. The only door to protobuf.

onnxruntime reads such files and carries nothing to write them. The package onnx does, and takes 35
MB that nobody needs after a graph is made; a test holds that it reads what is written here, and
would write the same bytes. Names and numbers of the fields: onnx.proto of ONNX 1.20.
"""

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

__all__ = ["ElementType", "model", "node", "tensor", "value"]

PACKAGE: Final = "onnx"
# Of each message its fields: name, number, type; a type in capitals is another message, a star
# behind it makes a field repeated.
FIELDS: Final = {
    "Model": "ir_version 1 int64, graph 7 Graph, opset_import 8 OperatorSet*",
    "OperatorSet": "domain 1 string, version 2 int64",
    "Graph": "node 1 Node*, name 2 string, initializer 5 Tensor*, input 11 Value*, "
    "output 12 Value*",
    "Node": "input 1 string*, output 2 string*, name 3 string, op_type 4 string, "
    "attribute 5 Attribute*, domain 7 string",
    "Attribute": "name 1 string, f 2 float, i 3 int64, type 20 int32",
    "Tensor": "dims 1 int64*, data_type 2 int32, name 8 string, raw_data 9 bytes",
    "Value": "name 1 string, type 2 Type",
    "Type": "tensor_type 1 TensorType",
    "TensorType": "elem_type 1 int32, shape 2 Shape",
    "Shape": "dim 1 Dimension*",
    "Dimension": "dim_value 1 int64, dim_param 2 string",
}
FLOAT_ATTRIBUTE, INTEGER_ATTRIBUTE = 1, 2


class ElementType(IntEnum):
    """What an array holds."""

    FLOAT = 1
    INT8 = 3
    INT64 = 7


ELEMENT_TYPES: Final = {
    np.dtype(np.float32): ElementType.FLOAT,
    np.dtype(np.int8): ElementType.INT8,
    np.dtype(np.int64): ElementType.INT64,
}


def _messages() -> dict[str, Any]:
    """A class for each message of FIELDS."""
    kinds = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="graph.proto", package=PACKAGE, syntax="proto2")
    for message, fields in FIELDS.items():
        described = file.message_type.add(name=message)
        for field in fields.split(", "):
            name, number, kind = field.split()
            is_repeated, kind = kind.endswith("*"), kind.rstrip("*")
            label = kinds.LABEL_REPEATED if is_repeated else kinds.LABEL_OPTIONAL
            added = described.field.add(name=name, number=int(number), label=label)
            if kind in FIELDS:
                added.type, added.type_name = kinds.TYPE_MESSAGE, f".{PACKAGE}.{kind}"
            else:
                added.type = kinds.Type.Value(f"TYPE_{kind.upper()}")
    pool = descriptor_pool.DescriptorPool()  # of its own, where the package onnx may be loaded too
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{PACKAGE}.{name}"))
        for name in FIELDS
    }


_MESSAGES: Final = _messages()


def _attribute(name: str, given: float) -> Any:
    """A number that a node is set to; an integer stays one."""
    if isinstance(given, int):
        return _MESSAGES["Attribute"](name=name, i=given, type=INTEGER_ATTRIBUTE)
    return _MESSAGES["Attribute"](name=name, f=given, type=FLOAT_ATTRIBUTE)


def node(
    operator: str,
    inputs: Sequence[str],
    outputs: Sequence[str],
    *,
    domain: str,
    attributes: Mapping[str, float],
) -> Any:
    """One operation on named values."""
    return _MESSAGES["Node"](
        op_type=operator,
        input=inputs,
        output=outputs,
        domain=domain or None,
        attribute=[_attribute(*pair) for pair in attributes.items()],
    )


def tensor(name: str, values: npt.NDArray[np.generic]) -> Any:
    """An array of float32, int8 or int64 with a name."""
    return _MESSAGES["Tensor"](
        name=name,
        dims=values.shape,
        data_type=ELEMENT_TYPES[values.dtype],
        raw_data=values.astype(values.dtype.newbyteorder("<")).tobytes(),
    )


def value(name: str, kind: ElementType, shape: Sequence[int | str]) -> Any:
    """What goes in or comes out; a size that is not known before has a name."""
    dims = [{"dim_value" if isinstance(size, int) else "dim_param": size} for size in shape]
    return _MESSAGES["Value"](
        name=name, type={"tensor_type": {"elem_type": kind, "shape": {"dim": dims}}}
    )


def model(
    name: str,
    *,
    nodes: Sequence[Any],
    tensors: Sequence[Any],
    inputs: Sequence[Any],
    outputs: Sequence[Any],
    opsets: Mapping[str, int],
    ir_version: int,
) -> bytes:
    """A whole file; `opsets` has the version of each domain of operators."""
    graph = _MESSAGES["Graph"](
        name=name, node=nodes, initializer=tensors, input=inputs, output=outputs
    )
    imports = [{"domain": domain, "version": version} for domain, version in opsets.items()]
    whole = _MESSAGES["Model"](ir_version=ir_version, graph=graph, opset_import=imports)
    written: bytes = whole.SerializeToString(deterministic=True)
    return written
