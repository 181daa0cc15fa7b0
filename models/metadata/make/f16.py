"""Stores the weights of an ONNX graph as f16: half the file, and the graph computes in f32 as before."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# Smaller constants are shapes, biases and scales: nothing to save there.
MIN_VALUES = 256


def to_half_storage(model: onnx.ModelProto) -> None:
    """Replaces large f32 initializers by f16 ones and Casts, which engines fold when they
    load the file; in place."""
    graph = model.graph
    kept, casts = [], []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < MIN_VALUES:
            kept.append(tensor)
            continue
        if np.abs(values).max() > np.finfo(np.float16).max:
            raise SystemExit(f"{tensor.name} does not fit into f16")
        stored = f"{tensor.name}_f16"
        kept.append(numpy_helper.from_array(values.astype(np.float16), stored))
        casts.append(helper.make_node("Cast", [stored], [tensor.name], to=TensorProto.FLOAT))
    nodes = list(graph.node)
    del graph.initializer[:], graph.node[:], graph.value_info[:]
    graph.initializer.extend(kept)
    graph.node.extend(casts + nodes)
