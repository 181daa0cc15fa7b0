"""PyTorch twin of the example `train_step`: pictures per second of one training step.

    cargo run --release -p epic-training --features engine --example train_step -- --spec > net.json
    python train_step.py net.json --batch 32 --steps 20 --threads 2 [--channels-last]

The same network from the same description, the same cost, Adam, and pictures made ready
beforehand. Needs PyTorch only.
"""

import argparse
import json
import time

import torch
from torch import nn


def build(spec: dict) -> nn.Module:
    layers: list[nn.Module] = []
    channels = 3
    for block in spec["blocks"]:
        assert block["kind"] == "conv", block
        layers += [
            nn.Conv2d(
                channels,
                block["channels"],
                block["kernel"],
                block["stride"],
                block["kernel"] // 2,
                bias=False,
            ),
            nn.BatchNorm2d(block["channels"]),
            nn.ReLU(inplace=True),
        ]
        channels = block["channels"]
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(spec["dropout"])]
    return nn.Sequential(*layers, *head, nn.Linear(channels, spec["classes"]))


def per_class_cost(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """-1/n sum over samples and classes of y ln a + (1 - y) ln(1 - a), a = softmax(logits)."""
    classes = logits.shape[1]
    total = torch.logsumexp(logits, 1, keepdim=True)
    own = torch.eye(classes, dtype=torch.bool)
    others = logits[:, None, :].expand(-1, classes, -1).masked_fill(own, -1e30)
    log_not_a = torch.logsumexp(others, 2) - total
    target = nn.functional.one_hot(labels, classes).to(logits.dtype)
    return -(target * (logits - total) + (1 - target) * log_not_a).sum(1).mean()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("spec")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--channels-last", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    with open(arguments.spec, encoding="utf-8") as file:
        spec = json.load(file)

    memory = torch.channels_last if arguments.channels_last else torch.contiguous_format
    model = build(spec).to(memory_format=memory).train()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    images = torch.randn(arguments.batch, 3, spec["height"], spec["width"])
    images = images.to(memory_format=memory)
    labels = torch.arange(arguments.batch) % spec["classes"]

    times = []
    for _ in range(arguments.steps + 2):
        start = time.perf_counter()
        optimizer.zero_grad()
        loss = per_class_cost(model(images), labels)
        loss.backward()
        optimizer.step()
        assert loss.isfinite()
        times.append(time.perf_counter() - start)
    # The first steps fill caches and allocate the optimizer's state.
    times = sorted(times[2:])
    layout = "channels_last" if arguments.channels_last else "NCHW"
    print(
        f"PyTorch {torch.__version__} {layout}, batch {arguments.batch}, "
        f"{arguments.threads} threads: {arguments.batch * len(times) / sum(times):.1f} pictures/s "
        f"(median step {times[len(times) // 2] * 1e3:.1f} ms)"
    )


if __name__ == "__main__":
    main()
