"""What a Python program would do: Pillow's scaled decode and ONNX Runtime, one thread.

As a script, classifies one picture (for the cold start): python peers.py PACK PICTURE
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image, ImageOps


def content_size(width: int, height: int, side: int) -> tuple[int, int]:
    factor = min(side / width, side / height)
    return max(1, round(width * factor)), max(1, round(height * factor))


# Most packs': pixels in [-1, 1].
PAD, MEAN, STD = 128, 0.5, 0.5


def network_input(
    path: Path, side: int, pad: int = PAD, mean: float = MEAN, std: float = STD
) -> np.ndarray:
    """File to a letterboxed, normalised 1x3xSIDExSIDE tensor."""
    with Image.open(path) as picture:
        target = content_size(*picture.size, side)
        if picture.format == "JPEG":
            picture.draft("RGB", (2 * target[0], 2 * target[1]))
        rgb = picture.convert("RGB")
        # Turned after the resize, where it costs least.
        rgb = rgb.resize(target, Image.Resampling.BILINEAR, reducing_gap=2.0)
        ImageOps.exif_transpose(rgb, in_place=True)
    canvas = np.full((side, side, 3), pad, np.uint8)
    left, top = (side - rgb.width) // 2, (side - rgb.height) // 2
    canvas[top : top + rgb.height, left : left + rgb.width] = np.asarray(rgb)
    tensor = canvas.transpose(2, 0, 1).astype(np.float32)
    tensor *= 1 / (255 * std)
    tensor -= mean / std
    return tensor[None]


class Classifier:
    """A pack in ONNX Runtime."""

    def __init__(self, pack: Path) -> None:
        self.manifest = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
        given = self.manifest["input"]
        grey = all(len(set(given[key])) == 1 for key in ("pad", "mean", "std"))
        if given["resize"] != "letterbox" or given["width"] != given["height"] or not grey:
            raise SystemExit(f"this benchmark cannot prepare the pack's input: {given}")
        self.side = given["width"]
        self.channels = {key: given[key][0] for key in ("pad", "mean", "std")}
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        network = next(file for file in self.manifest["files"] if file["role"] == "network")
        self.session = onnxruntime.InferenceSession(
            pack / network["path"], options, providers=["CPUExecutionProvider"]
        )

    def input(self, path: Path) -> np.ndarray:
        return network_input(path, self.side, **self.channels)

    def logits(self, tensor: np.ndarray) -> np.ndarray:
        return self.session.run(None, {self.manifest["input"]["name"]: tensor})[0][0]

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        scaled = np.asarray(logits, np.float64) / self.manifest["calibration"]["temperature"]
        powers = np.exp(scaled - scaled.max())
        return powers / powers.sum()

    def classify(self, path: Path) -> dict:
        """Class, group and probabilities, with the pack's thresholds."""
        scores = self.probabilities(self.logits(self.input(path)))
        taxonomy, thresholds = self.manifest["taxonomy"], self.manifest["thresholds"]
        best = int(scores.argmax())
        group = taxonomy["classes"][best]["group"]
        own = [entry["group"] == group for entry in taxonomy["classes"]]
        abstained = bool(
            scores[best] < thresholds["confidence"]
            or scores[own].sum() < thresholds.get("groups", {}).get(group, 0)
        )
        return {
            "class": taxonomy["classes"][best]["name"],
            "group": taxonomy["fallback_group"] if abstained else group,
            "probabilities": scores.tolist(),
            "abstained": abstained,
        }


if __name__ == "__main__":
    print(json.dumps(Classifier(Path(sys.argv[1])).classify(Path(sys.argv[2]))))
