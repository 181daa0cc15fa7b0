"""Arabic recognition: ParisaOCR's network as an ONNX graph, weights stored as f16.

    pip download --no-deps --dest DIR parisaocr==0.7.2
    pip install onnx==1.23.2 numpy safetensors
    python3 models/metadata/make/text_arabic.py DIR/parisaocr-0.7.2-py3-none-any.whl models/metadata

Writes text_arabic.onnx, text_arabic.txt (the characters of classes 1, 2, …, one a line;
class 0 is the CTC blank) and text_arabic.NOTICE.txt. The graph is written node by node from
the weights' names, the PP-OCRv6 "small" recogniser (PPLCNetV4, SVTR neck, CTC head), with
the same results but less work than the training graph:
- batch normalisations and the branches of each depthwise block are folded into one
  convolution;
- the network was trained on grey lines in three equal channels, so its first convolution
  is summed over them and the input has one channel.
"""

import argparse
import json
import zipfile
from pathlib import Path

import numpy as np
import onnx
from f16 import to_half_storage
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load

WEIGHTS = "parisaocr/models/parisaocr-fa-0.1.safetensors"
NOTICE = "parisaocr-0.7.2.dist-info/licenses/NOTICE"
HEIGHT = 96
HEADS = 8
BATCH_NORM_EPSILON = 1e-5
# Blocks whose convolution halves the height: (2, 1) is its stride.
HALVING = {"blocks4.0", "blocks5.0"}
BLOCKS = {"blocks2": 1, "blocks3": 2, "blocks4": 7, "blocks5": 3}


class Graph:
    """Nodes in order, over the weights of the checkpoint."""

    def __init__(self, weights):
        self.weights = weights
        self.nodes, self.constants = [], []

    def constant(self, values, name):
        if name not in {constant.name for constant in self.constants}:
            self.constants.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def node(self, kind, inputs, name, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def folded(self, conv, norm):
        """Kernel and bias of a convolution without bias and the batch normalisation after it."""
        scale, shift = self.norm(norm)
        kernel = self.weights[f"{conv}.weight"].astype(np.float64)
        return kernel * scale.reshape(-1, 1, 1, 1), shift

    def norm(self, name):
        get = lambda part: self.weights[f"{name}.{part}"].astype(np.float64)
        scale = get("weight") / np.sqrt(get("running_var") + BATCH_NORM_EPSILON)
        return scale, get("bias") - get("running_mean") * scale

    def conv(self, x, name, kernel, bias, **attributes):
        names = [
            self.constant(kernel.astype(np.float32), f"{name}.kernel"),
            self.constant(bias.astype(np.float32), f"{name}.bias"),
        ]
        shape = list(kernel.shape[2:])
        return self.node("Conv", [x, *names], name, kernel_shape=shape, **attributes)

    def relu_conv(self, x, name, **attributes):
        kernel, bias = self.folded(f"{name}.conv", f"{name}.bn")
        return self.node("Relu", [self.conv(x, name, kernel, bias, **attributes)], f"{name}.relu")

    def gelu(self, x, name):
        root = self.constant(np.float32(np.sqrt(2)), "sqrt_2")
        erf = self.node("Erf", [self.node("Div", [x, root], f"{name}.div")], f"{name}.erf")
        one = self.node("Add", [erf, self.constant(np.float32(1), "one")], f"{name}.one")
        half = self.constant(np.float32(0.5), "half")
        return self.node("Mul", [self.node("Mul", [x, one], f"{name}.mul"), half], f"{name}.gelu")

    def silu(self, x, name):
        return self.node("Mul", [x, self.node("Sigmoid", [x], f"{name}.sigmoid")], f"{name}.silu")

    def linear(self, x, name, columns=slice(None), part=""):
        name_of = f"{name}{part}"
        weight = self.constant(self.weights[f"{name}.weight"].T[:, columns].copy(), f"{name_of}.w")
        bias = self.constant(self.weights[f"{name}.bias"][columns].copy(), f"{name_of}.b")
        return self.node("Add", [self.node("MatMul", [x, weight], f"{name_of}.mm"), bias], name_of)

    def layer_norm(self, x, name, epsilon):
        names = [
            self.constant(self.weights[f"{name}.{part}"], f"{name}.{part}")
            for part in ("weight", "bias")
        ]
        return self.node("LayerNormalization", [x, *names], name, axis=-1, epsilon=epsilon)


def stem(graph, x):
    """Three levels of grey down to a quarter of the size."""
    kernel, bias = graph.folded("backbone.conv1.stem1.conv", "backbone.conv1.stem1.bn")
    kernel = kernel.sum(axis=1, keepdims=True)
    name = "backbone.conv1.stem1"
    x = graph.conv(x, name, kernel, bias, strides=[2, 2], pads=[1, 1, 1, 1])
    x = graph.node("Relu", [x], f"{name}.relu")
    below_and_right = [0, 0, 1, 1]
    branch = graph.relu_conv(x, "backbone.conv1.stem2a", pads=below_and_right)
    branch = graph.relu_conv(branch, "backbone.conv1.stem2b", pads=below_and_right)
    pool = graph.node(
        "MaxPool", [x], "backbone.conv1.pool", kernel_shape=[2, 2], strides=[1, 1], pads=below_and_right
    )
    x = graph.node("Concat", [pool, branch], "backbone.conv1.concat", axis=1)
    x = graph.relu_conv(x, "backbone.conv1.stem3", strides=[2, 2], pads=[1, 1, 1, 1])
    return graph.relu_conv(x, "backbone.conv1.stem4")


def depthwise(graph, name):
    """Kernel and bias of the token mixer, its parallel branches folded."""
    if f"{name}.dw_conv.conv.weight" in graph.weights:
        return graph.folded(f"{name}.dw_conv.conv", f"{name}.dw_conv.bn")
    kernel, bias = graph.folded(f"{name}.rep_dw.conv.conv", f"{name}.rep_dw.conv.bn")
    centre = kernel.shape[-1] // 2
    kernel[:, 0, centre, centre] += graph.weights[f"{name}.rep_dw.conv1.weight"][:, 0, 0, 0] + 1.0
    scale, shift = graph.norm(f"{name}.rep_dw.bn")
    return kernel * scale.reshape(-1, 1, 1, 1), bias * scale + shift


def squeeze_and_excite(graph, x, name):
    y = graph.node("ReduceMean", [x], f"{name}.mean", axes=[2, 3], keepdims=1)
    for part in ("conv1", "conv2"):
        weight, bias = (graph.weights[f"{name}.{part}.{kind}"] for kind in ("weight", "bias"))
        y = graph.conv(y, f"{name}.{part}", weight, bias)
        if part == "conv1":
            y = graph.node("Relu", [y], f"{name}.relu")
    y = graph.node("HardSigmoid", [y], f"{name}.gate", alpha=1 / 6, beta=0.5)
    return graph.node("Mul", [x, y], name)


def block(graph, x, name):
    short = name.removeprefix("backbone.")
    kernel, bias = depthwise(graph, f"{name}.token_mixer")
    strides = [2, 1] if short in HALVING else [1, 1]
    channels = kernel.shape[0]
    pads = [kernel.shape[-1] // 2] * 4
    x = graph.conv(x, f"{name}.dw", kernel, bias, strides=strides, pads=pads, group=channels)
    if f"{name}.token_mixer.se.conv1.weight" in graph.weights:
        x = squeeze_and_excite(graph, x, f"{name}.token_mixer.se")
    mixer = f"{name}.channel_mixer"
    y = graph.conv(x, f"{mixer}.expand", *graph.folded(f"{mixer}.expand.conv", f"{mixer}.expand.bn"))
    y = graph.gelu(y, mixer)
    compress = f"{mixer}.compress"
    y = graph.conv(y, compress, *graph.folded(f"{compress}.conv", f"{compress}.bn"))
    return y if short in HALVING else graph.node("Add", [x, y], name)


def attention(graph, x, name, width):
    """Multi-head attention over the frames; x is 1 × frames × width."""
    split = graph.constant(np.array([0, -1, HEADS, width // HEADS]), "heads")
    query, key, value = (
        graph.linear(x, f"{name}.qkv", slice(part * width, (part + 1) * width), f".{part}")
        for part in range(3)
    )
    scale = graph.constant(np.float32((width // HEADS) ** -0.5), "attention_scale")
    query = graph.node("Mul", [query, scale], f"{name}.scaled")
    heads = lambda y, order: graph.node(
        "Transpose", [graph.node("Reshape", [y, split], f"{y}.split")], f"{y}.heads", perm=order
    )
    scores = graph.node("MatMul", [heads(query, [0, 2, 1, 3]), heads(key, [0, 2, 3, 1])], f"{name}.scores")
    shares = graph.node("Softmax", [scores], f"{name}.shares", axis=-1)
    mixed = graph.node("MatMul", [shares, heads(value, [0, 2, 1, 3])], f"{name}.mixed")
    mixed = graph.node("Transpose", [mixed], f"{name}.frames", perm=[0, 2, 1, 3])
    merge = graph.constant(np.array([0, -1, width]), "merge")
    return graph.linear(graph.node("Reshape", [mixed, merge], f"{name}.merged"), f"{name}.proj")


def neck(graph, x):
    """A local convolution and two blocks of attention beside a skip connection; the result
    is 1 × frames × channels."""
    reduce = lambda name: graph.silu(
        graph.conv(x, name, *graph.folded(f"{name}.conv", f"{name}.norm")), name
    )
    skip, z = reduce("neck.skip_conv"), reduce("neck.conv_reduce")
    kernel, bias = graph.folded("neck.local_conv.0", "neck.local_conv.1")
    width, reach = kernel.shape[0], kernel.shape[-1] // 2
    local = graph.conv(z, "neck.local", kernel, bias, pads=[0, reach, 0, reach], group=width)
    z = graph.node("Add", [z, graph.silu(local, "neck.local")], "neck.mixed")
    rows = graph.constant(np.array([2]), "height_axis")
    frames = lambda y: graph.node(
        "Transpose", [graph.node("Squeeze", [y, rows], f"{y}.flat")], f"{y}.frames", perm=[0, 2, 1]
    )
    z, skip = frames(z), frames(skip)
    for index in range(2):
        name = f"neck.svtr_block.{index}"
        y = attention(graph, graph.layer_norm(z, f"{name}.norm1", 1e-5), f"{name}.mixer", width)
        z = graph.node("Add", [z, y], f"{name}.attended")
        y = graph.linear(graph.layer_norm(z, f"{name}.norm2", 1e-5), f"{name}.mlp.fc1")
        y = graph.linear(graph.silu(y, f"{name}.mlp"), f"{name}.mlp.fc2")
        z = graph.node("Add", [z, y], f"{name}.out")
    return graph.node("Add", [graph.layer_norm(z, "neck.norm", 1e-6), skip], "neck.out")


def build(weights):
    """The graph with f32 weights: 1 × 1 × 96 × W in, 1 × W/8 × classes out (probabilities)."""
    graph = Graph(weights)
    x = stem(graph, "x")
    for stage, count in BLOCKS.items():
        for index in range(count):
            x = block(graph, x, f"backbone.{stage}.{index}")
    x = graph.node(
        "AveragePool", [x], "pool", kernel_shape=[HEIGHT // 16, 2], strides=[HEIGHT // 16, 2]
    )
    logits = graph.linear(neck(graph, x), "head.fc")
    graph.node("Softmax", [logits], "probabilities", axis=-1)
    classes = weights["head.fc.bias"].shape[0]
    described = helper.make_graph(
        graph.nodes,
        "text_arabic",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1, HEIGHT, "width"])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [1, "frames", classes])],
        graph.constants,
    )
    model = helper.make_model(described, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return model


def read_wheel(path):
    """Weights by name, and the characters of classes 1, 2, …"""
    content = zipfile.ZipFile(path).read(WEIGHTS)
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    [(key, meta)] = json.loads(header["__metadata__"]["kraken_meta"]).items()
    prefix = f"{key}.nn."
    weights = {name.removeprefix(prefix): values for name, values in load(content).items()}
    characters = [""] * (meta["num_classes"] - 1)
    for character, [index] in meta["codec"].items():
        characters[index - 1] = character
    return weights, characters


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("wheel", help="parisaocr 0.7.2")
    parser.add_argument("folder", type=Path, help="where the files are written")
    args = parser.parse_args()
    weights, characters = read_wheel(args.wheel)
    model = build(weights)
    to_half_storage(model)
    onnx.save(model, args.folder / "text_arabic.onnx")
    (args.folder / "text_arabic.txt").write_text("\n".join(characters) + "\n", encoding="utf-8")
    notice = zipfile.ZipFile(args.wheel).read(NOTICE)
    (args.folder / "text_arabic.NOTICE.txt").write_bytes(notice)


if __name__ == "__main__":
    main()
