"""The trained recogniser as the shipped files.

    python3 export.py RUN/last.pt ../..

Writes text_arabic.onnx (weights stored as f16), text_arabic.txt (the characters of classes
1, 2, …, one a line; class 0 is the CTC blank), and tests/metadata/text_arabic_golden.npz:
lines, and what the network makes of them in PyTorch with f32 weights.
"""

import argparse
import io
import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import nn
from torch.nn.utils import fusion

import texts
from lines import HEIGHT
from network import Recognizer

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from f16 import to_half_storage  # noqa: E402

GOLDEN = Path(__file__).resolve().parents[4] / "tests/metadata/text_arabic_golden.npz"


class Probabilities(nn.Module):
    """1 × 1 × 48 × W to 1 × W/4 × classes."""

    def __init__(self, recognizer):
        super().__init__()
        self.recognizer = recognizer

    def forward(self, x):
        return self.recognizer(x).transpose(1, 2).softmax(-1)


def fold(model):
    """Normalisations become part of the convolutions before them."""
    model.rows, model.norm = fusion.fuse_conv_bn_eval(model.rows, model.norm), nn.Identity()
    for context in model.context:
        context.mix = fusion.fuse_conv_bn_eval(context.mix, context.norm)
        context.norm = nn.Identity()
    return model


def to_onnx(model):
    file = io.BytesIO()
    torch.onnx.export(
        model, torch.zeros(1, 1, HEIGHT, 208), file, input_names=["x"], output_names=["probabilities"],
        dynamic_axes={"x": {3: "width"}, "probabilities": {1: "frames"}}, opset_version=17, dynamo=False,
    )
    graph = onnx.load_from_string(file.getvalue())
    to_half_storage(graph)
    onnx.checker.check_model(graph)
    return graph


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("state", type=Path, help="last.pt of the training run")
    parser.add_argument("folder", type=Path, help="where the files are written")
    parser.add_argument("--lines", type=Path, help="shard whose first lines make the golden file")
    options = parser.parse_args()
    model = Recognizer(len(texts.CHARACTERS) + 1).eval()
    model.load_state_dict(torch.load(options.state, weights_only=True)["average"])
    whole = Probabilities(model)
    if options.lines:
        with np.load(options.lines) as data:
            ends = np.cumsum(data["widths"])[:8]
            lines = [data["pixels"][:, a:b] for a, b in zip([0, *ends], ends)]
        arrays = {}
        for index, line in enumerate(lines):
            line = np.pad(line, ((0, 0), (8, 8 + -(line.shape[1] + 16) % 16)))
            x = torch.from_numpy(line.astype(np.float32) / 255)[None, None]
            with torch.inference_mode():
                arrays |= {f"line_{index}": line, f"answer_{index}": whole(x)[0].numpy().astype(np.float16)}
        np.savez_compressed(GOLDEN, **arrays)
    whole.recognizer = fold(model)
    onnx.save(to_onnx(whole), options.folder / "text_arabic.onnx")
    (options.folder / "text_arabic.txt").write_text("\n".join(texts.CHARACTERS) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
