"""EPIC beside its peers, one thread each, in one interleaved run.

    pip install -r tests/bench/requirements.txt          # and torch, for the training step,
                                                         # requirements-trees.txt for trees
    python tests/bench/bench.py [--photos DIR] [--json FILE]

Builds what it times, makes its own pictures in a temporary folder, and prints Markdown.
A ratio is our time by the peer's: below 1, ours is faster.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime
import PIL

import metadata_section
import sections
import trees_section
from measure import Server
from peers import Classifier

ROOT = Path(__file__).resolve().parents[2]
SECTIONS = {
    "input": sections.network_input,
    "thumbnail": sections.thumbnails,
    "network": sections.network,
    "scan": sections.scan,
    "training": sections.training,
    "memory": sections.memory,
    "start": sections.cold_start,
    "metadata": metadata_section.metadata,
    "many-lines": metadata_section.many_lines,
    "trees": trees_section.trees,
}
# These need more packages: asked for by name.
DEFAULT = [name for name in SECTIONS if name not in ("metadata", "many-lines", "trees")]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--pack", type=Path, default=ROOT / "models/packs/transfer-epic10")
    parser.add_argument("--photos", type=Path, help="a folder of your own JPEG pictures")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=DEFAULT)
    parser.add_argument("--weights", type=Path, default=ROOT / "models/metadata",
                        help="of the metadata section")
    parser.add_argument("--pictures", type=Path, metavar="DIR",
                        help="a folder per class of the pack, for the trees section")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--programs", type=Path, metavar="DIR",
                        help="where epic, epic-bench and the examples are built already")
    parser.add_argument("--torch-python", default=sys.executable,
                        help="a Python with torch, for the training step")
    parser.add_argument("--train-threads", type=int, nargs="+", default=[1, os.cpu_count() or 1])
    options = parser.parse_args()
    examples = {"training": "train_step", "trees": "trees"}
    options.programs = options.programs or build([examples[n] for n in options.only if n in examples])
    # Nothing here may use a second thread, whatever its own default is.
    os.environ.update(OMP_NUM_THREADS="1", RAYON_NUM_THREADS="1")

    machine = describe()
    print("\n".join(f"- {key}: {value}" for key, value in machine.items()) + "\n", flush=True)
    results: dict[str, object] = {"machine": machine}
    with tempfile.TemporaryDirectory(prefix="epic-bench-") as folder:
        bench = sections.Bench(
            options=options,
            folder=Path(folder),
            server=Server(options.programs / "epic-bench"),
            peer=Classifier(options.pack),
            photos=photos_of(options.photos),
        )
        for name in options.only:
            results[name], text = SECTIONS[name](bench)
            print(text, flush=True)
        bench.server.close()
    print(f"Load average at the end: {load()}")
    results["load_at_end"] = load()
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def build(examples: list[str]) -> Path:
    """Programs are built one by one: together, cargo would unite their features."""
    cargo = ["cargo", "build", "--release", "--manifest-path", ROOT / "Cargo.toml", "-p"]
    subprocess.run([*cargo, "epic-bench"], check=True)
    subprocess.run([*cargo, "epic-cli"], check=True)
    for name in examples:
        example = ["epic-training", "--features", "engine", "--example", name]
        subprocess.run([*cargo, *example], check=True)
    return Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"


def photos_of(folder: Path | None) -> list[Path]:
    if folder is None:
        return []
    return sorted(p for p in folder.rglob("*") if p.suffix.lower() in (".jpg", ".jpeg"))


def load() -> str:
    return " ".join(f"{value:.2f}" for value in os.getloadavg())


def describe() -> dict[str, str]:
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    names = {line.split(":")[1].strip() for line in info.splitlines() if "model name" in line}
    rust = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True)
    return {
        "processor": f"{', '.join(sorted(names)) or platform.machine()}, {os.cpu_count()} cores",
        "system": f"{platform.system()} {platform.machine()}, {rust.stdout.strip()}",
        "peers": f"Python {platform.python_version()}, Pillow {PIL.__version__}, "
        f"NumPy {np.__version__}, ONNX Runtime {onnxruntime.__version__}",
        "load average at the start": load(),
    }


if __name__ == "__main__":
    main()
