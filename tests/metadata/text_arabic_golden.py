"""Writes text_arabic_golden.npz: lines, and what the original Arabic network makes of them.

    pip install numpy pillow safetensors torch
    pip download --no-deps --dest DIR parisaocr==0.7.2 kraken==7.1.1
    python3 tests/metadata/text_arabic_golden.py DIR/parisaocr-*.whl DIR/kraken-*.whl

The network runs as it was trained: kraken's own code in PyTorch, unfolded, three channels,
f32. Only its answers are kept, so that the parity test needs no PyTorch. The lines are
drawn with DejaVu Sans (Debian fonts-dejavu-core), some small, some noisy.
"""

import importlib
import json
import sys
import tempfile
import types
import zipfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from safetensors.torch import load

GOLDEN = Path(__file__).with_name("text_arabic_golden.npz")
WEIGHTS = "parisaocr/models/parisaocr-fa-0.1.safetensors"
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
HEIGHT, SIDE = 96, 16
LINES = [
    ("صباح الخير يا جماعة", 60, 640, 0),
    ("الامتحان يوم ٢٥ يناير", 24, 640, 12),
    ("WhatsApp رسالة من", 40, 640, 0),
    ("كل عام وأنتم بخير", 16, 432, 6),
]


def drawn(text, size, width, noise, random):
    """Grey of ink 255 on paper 0, as the core hands lines to the network."""
    font = ImageFont.truetype(FONT, size, layout_engine=ImageFont.Layout.RAQM)
    left, top, right, bottom = font.getbbox(text, direction="rtl")
    image = Image.new("L", (right - left, bottom - top))
    ImageDraw.Draw(image).text((-left, -top), text, font=font, fill=255, direction="rtl")
    inner = min(width - 2 * SIDE, round(image.width * HEIGHT / image.height))
    line = np.zeros((HEIGHT, width))
    line[:, SIDE : SIDE + inner] = image.resize((inner, HEIGHT), Image.Resampling.BILINEAR)
    return (line + random.normal(0, noise, line.shape)).clip(0, 255).round().astype(np.uint8)


def original(weights, code):
    """The network of the weights' header, built by the package that trained it."""
    zipfile.ZipFile(code).extractall(folder := tempfile.mkdtemp())
    package = types.ModuleType("ppocr")
    # The folder alone: the package's own entry imports the whole trainer.
    package.__path__ = [str(Path(folder, "kraken/lib/ppocr"))]
    sys.modules["ppocr"] = package
    content = zipfile.ZipFile(weights).read(WEIGHTS)
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    [(key, meta)] = json.loads(header["__metadata__"]["kraken_meta"]).items()
    network = importlib.import_module("ppocr.network")
    model = network.build_recognizer(meta["variant"], meta["num_classes"]).eval()
    tensors = {name.removeprefix(f"{key}.nn."): tensor for name, tensor in load(content).items()}
    model.load_state_dict(tensors, strict=True)
    return model


def answers(model, line):
    """Probabilities of the classes in each frame, to four digits."""
    x = torch.from_numpy(line.astype(np.float32) / 255).expand(1, 3, *line.shape)
    with torch.inference_mode():
        answer = torch.softmax(model.head(model.neck(model.backbone(x), None)), -1)
    return answer[0].numpy().round(4)


def main():
    torch.set_num_threads(1)
    model = original(*sys.argv[1:3])
    random = np.random.default_rng(3)
    lines = [drawn(*line, random) for line in LINES]
    lines.append(random.integers(0, 256, (HEIGHT, 320), np.uint8))
    arrays = {f"line_{index}": line for index, line in enumerate(lines)}
    arrays |= {f"answer_{index}": answers(model, line) for index, line in enumerate(lines)}
    np.savez_compressed(GOLDEN, **arrays)
    print(f"{len(lines)} lines, {GOLDEN.stat().st_size} bytes")


if __name__ == "__main__":
    main()
