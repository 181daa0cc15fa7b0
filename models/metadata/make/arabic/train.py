"""Trains the Arabic recogniser on drawn lines. Resumes where it was stopped.

    python3 train.py --shards FOLDER --latin ../../text_latin.onnx --out FOLDER --minutes 90

Needs PyTorch; bf16 where the processor has matrix units for it. The learning rate rises and
falls with the time that is left, so that any budget ends with a finished network. The last
shard is not trained on: OUT/log.tsv has its character error rate. OUT/last.pt is the state
after every few minutes, its `average` the weights to export.
"""

import argparse
import copy
import json
import math
import os
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

import texts
from network import Recognizer, start_from_latin

PIXELS_PER_BATCH = 48 * 48 * 320
SAVE_SECONDS = 240
SIDE = 8
WIDTHS = [*range(64, 448, 32), *range(448, 800, 48)]


class Lines:
    """Shards in memory; new ones are taken in as they appear."""

    def __init__(self, folder):
        self.folder, self.loaded, self.lines = folder, {}, []

    def refresh(self, skip):
        for path in sorted(self.folder.glob("[0-9][0-9][0-9][0-9].npz")):
            if path.name not in self.loaded and path.name != skip:
                self.loaded[path.name] = self.read(path)
                self.lines += self.loaded[path.name]

    @staticmethod
    def read(path):
        codes = {character: index + 1 for index, character in enumerate(texts.CHARACTERS)}
        with np.load(path) as data:
            pixels, ends, labels = data["pixels"], np.cumsum(data["widths"]), json.loads(str(data["labels"]))
        starts = ends - np.diff(ends, prepend=0)
        lines = []
        for start, end, label in zip(starts, ends, labels):
            target = np.array([codes[c] for c in label], np.int64)
            frames = (end - start + 2 * SIDE) // 4
            repeats = int((target[1:] == target[:-1]).sum())
            if len(target) + repeats < frames:
                lines.append((pixels[:, start:end], target, label))
        return lines


def batches(lines, random):
    """Batches of (width, indices), in any order. Few shapes, because each is planned anew; what does
    not fill a batch is left out this time."""
    buckets = {width: [] for width in WIDTHS}
    for index in random.permutation(len(lines)):
        columns = lines[index][0].shape[1] + 2 * SIDE + int(random.integers(0, 16))
        buckets[next(width for width in WIDTHS if width >= columns)].append(int(index))
    made = []
    for width, indices in buckets.items():
        size = PIXELS_PER_BATCH // (48 * width)
        made += [(width, indices[i : i + size]) for i in range(0, len(indices) - size + 1, size)]
    random.shuffle(made)
    return made


def tensor(lines, width, random=None):
    """A batch of ink in [0, 1] with paper at the sides; with `random`, of varied contrast."""
    x = np.zeros((len(lines), 1, 48, width), np.float32)
    for row, (pixels, *_) in zip(x, lines):
        left = SIDE if random is None else int(random.integers(2, 2 * SIDE))
        left = min(left, width - pixels.shape[1])
        row[0, :, left : left + pixels.shape[1]] = pixels
    x /= 255
    if random is not None:
        each = (len(lines), 1, 1, 1)
        x **= np.exp(random.normal(0, 0.25, each)).astype(np.float32)
        x *= random.uniform(0.75, 1.0, each).astype(np.float32)
        noisy = random.random(each) < 0.3
        x += random.standard_normal(x.shape, np.float32) * np.where(noisy, 0.05, 0.0).astype(np.float32)
        x = x.clip(0, 1)
    return torch.from_numpy(x).to(memory_format=torch.channels_last)


def edits(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]


def read(model, x):
    """Greedy texts of a batch."""
    best = model(x).argmax(1).numpy()
    texts_read = []
    for frames in best:
        kept = [int(c) for c, before in zip(frames, [0, *frames[:-1]]) if c not in (0, before)]
        texts_read.append("".join(texts.CHARACTERS[c - 1] for c in kept))
    return texts_read


def error_rate(model, lines):
    model.eval()
    wrong = total = 0
    with torch.inference_mode():
        by_width = sorted(lines, key=lambda line: line[0].shape[1])
        for start in range(0, len(by_width), 32):
            batch = by_width[start : start + 32]
            width = next(w for w in WIDTHS if w >= batch[-1][0].shape[1] + 2 * SIDE)
            for guess, (*_, label) in zip(read(model, tensor(batch, width)), batch):
                wrong += edits(guess, label)
                total += len(label)
    return wrong / total


class Trainer:
    def __init__(self, options):
        self.options = options
        self.model = Recognizer(len(texts.CHARACTERS) + 1)
        start_from_latin(self.model, options.latin)
        self.model = self.model.to(memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.model).eval()
        decayed = [p for p in self.model.parameters() if p.ndim > 1]
        plain = [p for p in self.model.parameters() if p.ndim <= 1]
        groups = [{"params": decayed, "weight_decay": 0.02}, {"params": plain, "weight_decay": 0.0}]
        self.optimizer = torch.optim.AdamW(groups, lr=options.rate, betas=(0.9, 0.98))
        self.means, self.values = (
            [v for v in m.state_dict().values() if v.is_floating_point()] for m in (self.average, self.model)
        )
        self.seconds, self.steps, self.epoch = 0.0, 0, 0
        self.path = options.out / "last.pt"
        if self.path.exists():
            state = torch.load(self.path, weights_only=True)
            self.model.load_state_dict(state["model"])
            self.average.load_state_dict(state["average"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.seconds, self.steps, self.epoch = state["seconds"], state["steps"], state["epoch"]

    def save(self):
        state = {
            "model": self.model.state_dict(), "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(), "seconds": self.seconds, "steps": self.steps,
            "epoch": self.epoch,
        }
        temporary = self.path.with_suffix(".tmp")
        torch.save(state, temporary)
        os.replace(temporary, self.path)

    def rate(self):
        warm = min(1.0, (self.steps + 1) / 400)
        share = min(1.0, self.seconds / (self.options.minutes * 60))
        return self.options.rate * warm * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * share)))

    def step(self, lines, width, random):
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate()
        x = tensor(lines, width, random)
        targets = [torch.from_numpy(target) for _, target, _ in lines]
        lengths = torch.tensor([len(target) for target in targets])
        self.model.train()
        with torch.autocast("cpu", torch.bfloat16):
            scores = self.model(x)
        logs = functional.log_softmax(scores.float(), 1).permute(2, 0, 1)
        frames = torch.full((len(lines),), logs.shape[0])
        losses = functional.ctc_loss(logs, torch.cat(targets), frames, lengths, reduction="none", zero_infinity=True)
        loss = losses.sum() / lengths.clamp(min=1).sum()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.steps += 1
        keep = min(0.999, (self.steps + 1) / (self.steps + 20))
        with torch.no_grad():
            torch._foreach_lerp_(self.means, self.values, 1 - keep)
        return loss.item()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shards", type=Path, required=True)
    parser.add_argument("--held-out", default="9000.npz", help="shard that is only measured on")
    parser.add_argument("--latin", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=90)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(options.threads)
    trainer, lines = Trainer(options), Lines(options.shards)
    held_out = Lines.read(options.shards / options.held_out)
    saved, loss_mean, seen, clock = time.monotonic(), None, 0, time.monotonic()
    while trainer.seconds < options.minutes * 60:
        lines.refresh(options.held_out)
        random = np.random.default_rng(trainer.epoch)
        # A part of all lines, so that new shards come in soon.
        some = random.permutation(len(lines.lines))[:20000]
        chosen = [lines.lines[i] for i in some]
        for width, batch in batches(chosen, random):
            loss = trainer.step([chosen[i] for i in batch], width, random)
            loss_mean = loss if loss_mean is None else 0.98 * loss_mean + 0.02 * loss
            seen += len(batch)
            trainer.seconds += time.monotonic() - clock
            clock = time.monotonic()
            if clock - saved > SAVE_SECONDS or trainer.seconds >= options.minutes * 60:
                trainer.save()
                rate = error_rate(trainer.average, held_out[:1500])
                row = [trainer.steps, round(trainer.seconds / 60, 1), len(lines.lines), seen,
                       f"{loss_mean:.4f}", f"{rate:.4f}", f"{trainer.rate():.2e}"]
                with open(options.out / "log.tsv", "a", encoding="utf-8") as file:
                    print(*row, sep="\t", file=file)
                print(*row, sep="\t", flush=True)
                saved = clock = time.monotonic()
            if trainer.seconds >= options.minutes * 60:
                return
        trainer.epoch += 1


if __name__ == "__main__":
    main()
