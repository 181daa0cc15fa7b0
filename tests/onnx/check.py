#!/usr/bin/env python3
"""Checks the shipped networks with tools that share no code with EPIC.

    python tests/onnx/check.py --epic target/release/epic [--exports DIR]

Every pack: the ONNX checker with full shape inference, names and shapes against the
manifest, then the gallery's PNG files through Pillow and ONNX Runtime against the
probabilities of `epic scan --json`. PNG only, so that both sides start from the same
pixels: EPIC decodes JPEG scaled down, Pillow does not.

DIR holds networks that a Rust test left there: NAME.onnx with NAME.input.f32 (one
input, little-endian) and NAME.logits.f32 (what tract computed from it).
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import numpy
import onnx
import onnxruntime
from PIL import Image, ImageOps

ROOT = Path(__file__).resolve().parents[2]
# The resamplers round differently, by one level of 255 at most.
PROBABILITY_TOLERANCE = 0.02
CLEAR_MARGIN = 0.05
LOGIT_TOLERANCE = 1e-4


class Tally:
    """Counts checks and prints each."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def check(self, good, what):
        if good:
            self.passed += 1
        else:
            self.failed += 1
        print(f"{'ok  ' if good else 'FAIL'} {what}")
        return good


def dimensions(value):
    """Sizes of a graph input or output; names for symbolic ones."""
    return [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim]


def session(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(
        str(path), sess_options=options, providers=["CPUExecutionProvider"]
    )


def preprocess(path, spec):
    """A picture as the manifest's input asks for it: NCHW, one picture."""
    picture = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    width, height = spec["width"], spec["height"]
    if spec["resize"] == "letterbox":
        factor = min(width / picture.width, height / picture.height)
        sides = [
            min(max(int(side * factor + 0.5), 1), bound)
            for side, bound in ((picture.width, width), (picture.height, height))
        ]
    else:
        sides = [width, height]
    canvas = Image.new("RGB", (width, height), tuple(spec["pad"]))
    offset = ((width - sides[0]) // 2, (height - sides[1]) // 2)
    canvas.paste(picture.resize(sides, Image.Resampling.BILINEAR), offset)
    values = numpy.asarray(canvas, dtype=numpy.float32) / 255
    values = (values - numpy.float32(spec["mean"])) / numpy.float32(spec["std"])
    return numpy.ascontiguousarray(values.transpose(2, 0, 1)[None], dtype=numpy.float32)


def softmax(logits):
    powers = numpy.exp(logits - logits.max())
    return powers / powers.sum()


def check_graph(tally, path, manifest):
    """Structure and interface of a pack's network."""
    model = onnx.load(path)
    try:
        onnx.checker.check_model(model, full_check=True)
        tally.check(True, "the ONNX checker accepts the network")
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        tally.check(False, f"the ONNX checker: {error}")
    spec, classes = manifest["input"], manifest["taxonomy"]["classes"]
    initializers = {tensor.name for tensor in model.graph.initializer}
    inputs = [value for value in model.graph.input if value.name not in initializers]
    tally.check([value.name for value in inputs] == [spec["name"]], "one input, as named")
    shape = dimensions(inputs[0])
    wanted = [3, spec["height"], spec["width"]]
    tally.check(isinstance(shape[0], str) and shape[1:] == wanted, f"input shape {shape}")
    outputs = model.graph.output
    tally.check([v.name for v in outputs] == [manifest["output"]["name"]], "one output, as named")
    shape = dimensions(outputs[0])
    tally.check(shape[1:] == [len(classes)], f"output shape {shape}")


def scan(epic, pack, pictures):
    """Rows of `epic scan --json` by path."""
    command = [epic, "scan", "--json", "--pack", str(pack), *map(str, pictures)]
    run = subprocess.run(command, capture_output=True, check=False)
    if run.returncode != 0:
        sys.exit(f"epic scan: exit code {run.returncode}\n{run.stderr.decode()}")
    rows = map(json.loads, run.stdout.decode().splitlines())
    return {Path(row["path"]).name: row for row in rows}


def check_verdicts(tally, epic, pack, manifest):
    """Probabilities of ONNX Runtime on Pillow's pixels against those of `epic scan`."""
    pictures = sorted((ROOT / "tests/gallery").glob("*.png"))
    if not tally.check(bool(pictures), "the gallery has PNG files"):
        return
    network = session(pack / "model.onnx")
    spec, classes = manifest["input"], [c["name"] for c in manifest["taxonomy"]["classes"]]
    temperature = manifest["calibration"]["temperature"]
    rows = scan(epic, pack, pictures)
    worst = 0.0
    for picture in pictures:
        [logits] = network.run([manifest["output"]["name"]], {spec["name"]: preprocess(picture, spec)})
        ours = softmax(logits[0].astype(numpy.float64) / temperature)
        row = rows[picture.name]
        theirs = numpy.array([row["scores"][name] for name in classes])
        difference = float(numpy.abs(ours - theirs).max())
        worst = max(worst, difference)
        second, first = numpy.sort(ours)[-2:]
        clear = first - second > CLEAR_MARGIN
        same = not clear or classes[int(ours.argmax())] == row["class"]
        good = difference < PROBABILITY_TOLERANCE and same
        tally.check(good, f"{picture.name}: probabilities within {difference:.5f}")
    print(f"largest difference of a probability: {worst:.5f}")


def check_export(tally, path):
    """A network with an input and the logits that tract computed."""
    onnx.checker.check_model(onnx.load(path), full_check=True)
    network = session(path)
    [entry], [out] = network.get_inputs(), network.get_outputs()
    sides = [side if isinstance(side, int) else 1 for side in entry.shape]
    tensor = numpy.fromfile(path.with_suffix(".input.f32"), dtype="<f4").reshape(sides)
    wanted = numpy.fromfile(path.with_suffix(".logits.f32"), dtype="<f4")
    [logits] = network.run([out.name], {entry.name: tensor})
    good = logits[0].shape == wanted.shape
    difference = float(numpy.abs(logits[0] - wanted).max()) if good else numpy.inf
    tally.check(difference < LOGIT_TOLERANCE, f"{path.name}: logits within {difference:.2e}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epic", required=True, help="the epic program")
    parser.add_argument("--exports", type=Path, help="folder of networks that a test left")
    arguments = parser.parse_args()
    tally = Tally()
    packs = sorted(path.parent for path in ROOT.glob("models/packs/*/model.onnx"))
    tally.check(bool(packs), "there are packs")
    for pack in packs:
        print(f"-- {pack.name}")
        manifest = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
        check_graph(tally, pack / "model.onnx", manifest)
        check_verdicts(tally, arguments.epic, pack, manifest)
    if arguments.exports:
        exports = sorted(arguments.exports.glob("*.onnx"))
        tally.check(bool(exports), "a test left networks to compare")
        for path in exports:
            check_export(tally, path)
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
