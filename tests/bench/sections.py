"""What is compared: each section returns its figures and their Markdown."""

import re
import statistics
import subprocess
import sys
from argparse import Namespace
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

import inputs
import peers
from measure import RATIO_HEADER, Server, compare, interleave, ratio_row, table, timed

HERE = Path(__file__).resolve().parent
Section = tuple[object, str]


@dataclass
class Bench:
    """What all sections share."""

    options: Namespace
    folder: Path
    server: Server
    peer: peers.Classifier
    photos: list[Path] = field(default_factory=list)

    @cached_property
    def scene(self) -> "inputs.Image.Image":
        return inputs.photo(0)

    @cached_property
    def photo(self) -> Path:
        return inputs.save_jpeg(self.scene, self.folder / "photo.jpg")

    @cached_property
    def progressive(self) -> Path:
        return inputs.save_jpeg(self.scene, self.folder / "progressive.jpg", progressive=True)

    def large(self, megapixels: int, progressive: bool = False) -> Path:
        path = self.folder / f"{megapixels}mp{'-progressive' * progressive}.jpg"
        height = round((megapixels * 1e6 * 3 / 4) ** 0.5)
        picture = inputs.enlarged(self.scene, height * 4 // 3, height)
        return inputs.save_jpeg(picture, path, progressive)

    @cached_property
    def gallery(self) -> list[Path]:
        """The repository's sample gallery and the user's own photos."""
        types = (".jpg", ".png", ".webp", ".gif")
        sample = (HERE.parent / "gallery").iterdir()
        return sorted(p for p in sample if p.suffix in types) + self.photos


def megabytes(path: Path) -> str:
    return f"{path.stat().st_size / 1e6:.1f} MB"


def network_input(bench: Bench) -> Section:
    """JPEG file to network input."""
    server = bench.server
    files = {
        "12 MP": bench.photo,
        "12 MP progressive": bench.progressive,
        "50 MP": bench.large(50),
        **{f"own photo {index}": path for index, path in enumerate(bench.photos, 1)},
    }
    rows, figures = [], []
    for name, path in files.items():
        for side in (128, 224):
            cases = {
                "EPIC": server.ms("decode", path, side),
                "image": server.ms("image", path, side),
                "Pillow draft": timed(peers.network_input, path, side),
            }
            times = interleave(cases, bench.options.rounds)
            case = f"{name}, {megabytes(path)} → {side}"
            for peer in ("image", "Pillow draft"):
                figures.append({"case": case, **compare(times, "EPIC", peer)})
                rows.append(ratio_row(case, figures[-1]))
    return figures, "## JPEG file to network input\n\n" + table(RATIO_HEADER, rows)


def thumbnails(bench: Bench) -> Section:
    """The EXIF thumbnail against the picture: time, and what it does to scores."""
    server, pack = bench.server, bench.options.pack
    rows, figures = [], []
    for side, thumbnail in ((128, 160), (224, 512)):
        path = inputs.with_thumbnail(bench.photo, bench.folder / f"t{thumbnail}.jpg", thumbnail)
        decoded = server.ask("decode", path, side, "thumbnail")["decoded"]
        if max(decoded) != thumbnail:
            raise RuntimeError(f"the thumbnail was not used: {decoded}")
        cases = {
            "EPIC, thumbnail": server.ms("decode", path, side, "thumbnail"),
            "EPIC": server.ms("decode", path, side),
        }
        times = interleave(cases, bench.options.rounds)
        figures.append({
            "case": f"12 MP with a thumbnail of {thumbnail} → {side}",
            **compare(times, "EPIC, thumbnail", "EPIC"),
        })
        rows.append(ratio_row(figures[-1]["case"], figures[-1]))

    differences, same_class, same_group, unused = [], 0, 0, 0
    jpegs = [p for p in bench.gallery if p.suffix.lower() in (".jpg", ".jpeg")]
    for index, source in enumerate(jpegs):
        path = inputs.with_thumbnail(source, bench.folder / f"thumb{index}.jpg", 160)
        if max(server.ask("decode", path, bench.peer.side, "thumbnail")["decoded"]) != 160:
            unused += 1
            continue
        full = server.ask("classify", pack, path)
        quick = server.ask("classify", pack, path, "thumbnail")
        differences.append(probability_difference(full, quick))
        same_class += full["class"] == quick["class"]
        same_group += full["group"] == quick["group"]
    effect = {
        "pictures": len(differences),
        "thumbnail_refused": unused,
        "max_difference": max(differences),
        "mean_of_picture_maxima": statistics.mean(differences),
        "same_class": same_class,
        "same_group": same_group,
    }
    text = (
        "## EXIF thumbnail\n\n" + table(RATIO_HEADER, rows) + "\n"
        f"Effect on scores, {len(differences)} JPEGs given a thumbnail of 160 pixels ({unused} more "
        "have a shape for which it was refused): largest difference of a class's probability "
        f"{effect['max_difference']:.3f}, mean over pictures of the largest "
        f"{effect['mean_of_picture_maxima']:.3f}; same class {same_class}, same group {same_group}.\n"
    )
    return {"times": figures, "scores": effect}, text


def probability_difference(a: dict, b: dict) -> float:
    return float(np.abs(np.subtract(a["probabilities"], b["probabilities"])).max())


def network(bench: Bench) -> Section:
    """One inference, tract against ONNX Runtime, on the same tensors."""
    server, peer, pack = bench.server, bench.peer, bench.options.pack
    values = np.arange(3 * peer.side**2) * 31 % 251 / 125.0 - 1.0
    fixed = values.astype(np.float32).reshape(1, 3, peer.side, peer.side)
    cases = {"EPIC (tract)": server.ms("network", pack), "ONNX Runtime": timed(peer.logits, fixed)}
    # Short operations: more rounds cost little.
    times = interleave(cases, bench.options.rounds * 4, warm_up=10)
    comparison = compare(times, "EPIC (tract)", "ONNX Runtime")

    differences = []
    for path in [bench.photo, *bench.gallery]:
        tensor = peer.input(path)
        raw = bench.folder / "tensor.f32"
        raw.write_bytes(tensor.astype("<f4").tobytes())
        ours = peer.probabilities(server.ask("logits", pack, raw)["logits"])
        differences.append(np.abs(ours - peer.probabilities(peer.logits(tensor))).max())
    difference = float(max(differences))
    name = f"{peer.manifest['name']}, {peer.side} pixels"
    text = "## Network\n\n" + table(RATIO_HEADER, [ratio_row(name, comparison)]) + (
        f"\nLargest difference of a probability over {len(differences)} pictures: {difference:.1e}.\n"
    )
    return {**comparison, "max_probability_difference": difference}, text


def scan(bench: Bench) -> Section:
    """File to verdict."""
    server, peer, pack = bench.server, bench.peer, bench.options.pack
    rounds = bench.options.rounds
    mirrored = bench.scene.transpose(inputs.Image.Transpose.FLIP_LEFT_RIGHT)
    photos = [bench.photo, inputs.save_jpeg(mirrored, bench.folder / "mirrored.jpg")]
    sets = {
        "12 MP JPEG": photos,
        "640-pixel JPEG": inputs.small_jpegs(bench.scene, bench.folder, 60),
        "PNG screenshot 1080x2400": inputs.screenshots(bench.folder, 20),
        "own photos": bench.photos,
        "sample gallery": [p for p in bench.gallery if p not in bench.photos],
    }
    rows, figures = [], []
    for name, paths in sets.items():
        if not paths:
            continue
        verdicts = [(server.ask("classify", pack, p), peer.classify(p)) for p in paths]
        cases = {
            "EPIC": lambda: sum(server.ask("classify", pack, p)["ms"] for p in paths) / len(paths),
            "Pillow + ONNX Runtime": lambda: sum(
                timed(peer.classify, p)() for p in paths
            ) / len(paths),
        }
        times = interleave(cases, max(3, rounds // 3) if len(paths) > 4 else rounds, warm_up=0)
        comparison = compare(times, "EPIC", "Pillow + ONNX Runtime")
        figure = {
            "case": f"{name} ({len(paths)})",
            **comparison,
            "ours_per_second": 1e3 / comparison["ours_ms"],
            "peer_per_second": 1e3 / comparison["peer_ms"],
            "same_class": sum(a["class"] == b["class"] for a, b in verdicts),
            "same_group": sum(a["group"] == b["group"] for a, b in verdicts),
            "max_probability_difference": max(probability_difference(a, b) for a, b in verdicts),
        }
        figures.append(figure)
        rows.append([
            figure["case"], figure["ours_per_second"], figure["peer_per_second"],
            figure["ratio_of_medians"], figure["median_of_ratios"],
            f"{figure['same_class']} of {len(paths)}", f"{figure['same_group']} of {len(paths)}",
            figure["max_probability_difference"],
        ])
    header = [
        "pictures", "EPIC, pictures/s", "Pillow + ONNX Runtime, pictures/s", "ratio of medians",
        "median of ratios", "same class", "same group", "largest probability difference",
    ]
    return figures, "## Whole scan, one core\n\n" + table(header, rows)


def training(bench: Bench) -> Section:
    """One training step of the default VCNN, burn against PyTorch."""
    python = bench.options.torch_python
    if subprocess.run([python, "-c", "import torch"], capture_output=True).returncode:
        text = f"No torch in {python}: `pip install torch`, or name another by --torch-python.\n"
        return None, f"## Training step\n\n{text}"
    example = bench.options.programs / "examples/train_step"
    spec = bench.folder / "network.json"
    spec.write_bytes(subprocess.run([example, "--spec"], capture_output=True, check=True).stdout)
    batch, steps = 32, 4

    def step(*command: object) -> float:
        result = subprocess.run(command, capture_output=True, text=True, check=True)
        return float(re.search(r"median step ([\d.]+) ms", result.stdout)[1])

    rows, figures = [], []
    for threads in sorted(set(bench.options.train_threads)):
        torch = [python, HERE / "train_step.py", spec, "--batch", str(batch)]
        torch += ["--steps", str(steps), "--threads", str(threads)]
        cases = {
            "EPIC (burn)": lambda: step(example, str(batch), str(steps), str(threads)),
            "PyTorch NCHW": lambda: step(*torch),
            "PyTorch channels_last": lambda: step(*torch, "--channels-last"),
        }
        times = interleave(cases, max(3, bench.options.rounds // 5), warm_up=0)
        for peer in ("PyTorch NCHW", "PyTorch channels_last"):
            case = f"batch {batch}, {threads} thread{'s' * (threads > 1)}"
            figures.append({"case": case, **compare(times, "EPIC (burn)", peer)})
            rows.append(ratio_row(case, figures[-1]))
    return figures, "## Training step\n\n" + table(RATIO_HEADER, rows)


def memory(bench: Bench) -> Section:
    """Peak resident memory of a fresh process that classifies one large picture."""
    rows, figures = [], []
    files = {"12 MP": bench.photo, "100 MP": bench.large(100)}
    files["100 MP progressive"] = bench.large(100, progressive=True)
    for name, path in files.items():
        server = Server(bench.options.programs / "epic-bench")
        server.ask("classify", bench.options.pack, path)
        peak = server.ask("peak")["kb"] / 1024
        server.close()
        figures.append({"case": name, "file": megabytes(path), "peak_mib": peak})
        rows.append([name, megabytes(path), peak])
    return figures, "## Peak memory\n\n" + table(["picture", "file", "peak, MiB"], rows)


def cold_start(bench: Bench) -> Section:
    """Whole processes: one picture, from nothing."""
    pack = bench.options.pack
    picture = inputs.small_jpegs(bench.scene, bench.folder, 1)[0]
    epic = [bench.options.programs / "epic", "scan", picture, "--pack", pack, "--json", "-j", "1"]
    python = [sys.executable, HERE / "peers.py", pack, picture]

    def process(command: list[object]) -> None:
        subprocess.run(command, capture_output=True, check=True)

    cases = {"epic scan": timed(process, epic), "Python, Pillow, ONNX Runtime": timed(process, python)}
    comparison = compare(interleave(cases, bench.options.rounds), *cases)
    case = "one 640-pixel JPEG"
    return comparison, "## Cold start\n\n" + table(RATIO_HEADER, [ratio_row(case, comparison)])
