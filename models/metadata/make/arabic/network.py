"""The Arabic line recogniser: PP-OCRv6 tiny's backbone with frames twice as dense.

1 × 1 × 48 × W ink in [0, 1] in, 1 × W/4 × classes out. The backbone starts from the weights of
the Latin recogniser; the neck, which keeps the three rows apart that the original averages
(dots above and below letters are told from them), and the head are new.
"""

import torch
from onnx import load, numpy_helper
from torch import nn
from torch.nn import functional

WIDTH = 192
REACHES = [4, 4, 4]


class Excite(nn.Module):
    """Squeeze and excitation (Hu et al. 2018)."""

    def __init__(self, channels):
        super().__init__()
        self.squeeze = nn.Conv2d(channels, channels // 4, 1)
        self.excite = nn.Conv2d(channels // 4, channels, 1)

    def forward(self, x):
        y = functional.relu(self.squeeze(x.mean((2, 3), keepdim=True)))
        return x * functional.hardsigmoid(self.excite(y))


class Block(nn.Module):
    """Depthwise mixing of places, then a bottleneck that mixes channels."""

    def __init__(self, inputs, inner, outputs, stride=1, excite=False):
        super().__init__()
        self.mix = nn.Conv2d(inputs, inputs, 3, stride, 1, groups=inputs)
        self.gate = Excite(inputs) if excite else nn.Identity()
        self.expand = nn.Conv2d(inputs, inner, 1)
        self.compress = nn.Conv2d(inner, outputs, 1)
        self.residual = stride == 1

    def forward(self, x):
        x = self.gate(self.mix(x))
        y = self.compress(functional.gelu(self.expand(x)))
        return x + y if self.residual else y


class Context(nn.Module):
    """Mixes frames `reach` apart and adds what they say; nothing before training."""

    def __init__(self, reach):
        super().__init__()
        self.mix = nn.Conv2d(WIDTH, WIDTH, (1, 2 * reach + 1), padding=(0, reach), groups=WIDTH)
        self.norm = nn.BatchNorm2d(WIDTH)
        self.expand = nn.Conv2d(WIDTH, 2 * WIDTH, 1)
        self.compress = nn.Conv2d(2 * WIDTH, WIDTH, 1)
        nn.init.zeros_(self.compress.weight)
        nn.init.zeros_(self.compress.bias)

    def forward(self, x):
        return x + self.compress(functional.gelu(self.expand(self.norm(self.mix(x)))))


class Recognizer(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.stem1 = nn.Conv2d(1, 24, 3, 2, 1)
        self.stem2 = nn.Conv2d(24, 48, 3, 2, 1)
        self.blocks = nn.Sequential(
            Block(48, 96, 48, excite=True), Block(48, 96, 48), Block(48, 96, 96, (2, 1)),
            Block(96, 192, 96, excite=True), Block(96, 192, 96), Block(96, 192, 160, (2, 1)),
            Block(160, 320, 160, excite=True), Block(160, 320, 160), Block(160, 320, 160),
        )
        self.rows = nn.Conv2d(160, WIDTH, (3, 1))
        self.norm = nn.BatchNorm2d(WIDTH)
        self.context = nn.Sequential(*map(Context, REACHES))
        self.head = nn.Conv2d(WIDTH, classes, 1)

    def forward(self, x):
        """Scores, batch × classes × frames."""
        x = self.blocks(self.stem2(functional.gelu(self.stem1(x))))
        x = self.context(functional.gelu(self.norm(self.rows(x))))
        return self.head(x).squeeze(2)


def start_from_latin(model, path):
    """Takes the backbone from text_latin.onnx, whose normalisations are partly folded."""
    graph = load(path).graph
    constants = {c.name: torch.tensor(numpy_helper.to_array(c)).float() for c in graph.initializer}
    makers = {output: node for node in graph.node for output in node.output}

    def value(name):
        while name not in constants and name in makers and makers[name].op_type in ("Cast", "Identity"):
            name = makers[name].input[0]
        return constants.get(name)

    users = {}
    for node in graph.node:
        for name in node.input:
            users.setdefault(name, []).append(node)
    found = []
    for node in (node for node in graph.node if node.op_type == "Conv"):
        weight, [after] = value(node.input[1]), users[node.output[0]][:1]
        if after.op_type == "BatchNormalization":
            scale, shift, mean, var = (value(name) for name in after.input[1:5])
            scale = scale / (var + 1e-5).sqrt()
            weight, bias = weight * scale.view(-1, 1, 1, 1), shift - mean * scale
        elif after.op_type == "Add":
            bias = next(v for v in map(value, after.input) if v is not None).flatten()
        else:
            break
        found.append((weight, bias))
    # The input has one channel of ink in [0, 1]; there it was three of paper and ink in [-1, 1].
    weight, bias = found[0]
    found[0] = (-2 * weight.sum(1, keepdim=True), bias + weight.sum((1, 2, 3)))
    backbone = [m for part in (model.stem1, model.stem2, model.blocks) for m in part.modules() if isinstance(m, nn.Conv2d)]
    with torch.no_grad():
        for conv, (weight, bias) in zip(backbone, found):
            if conv.weight.shape != weight.shape:
                raise ValueError(f"{tuple(weight.shape)} in the file, {tuple(conv.weight.shape)} here")
            conv.weight.copy_(weight)
            conv.bias.copy_(bias)
        average = model.rows.weight[:160]
        average.zero_()
        average[range(160), range(160)] = 1 / 3
