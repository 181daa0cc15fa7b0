"""`epic dataset check` and `dedupe` on a data set that grows: time and peak memory.

    pip install -r tests/dataset/requirements.txt
    python3 tests/bench/dataset_growth.py --epic target/release/epic [--sizes 25000 50000 100000]

Draws small pictures of its own into a temporary folder (4 kB each): clouds and boxes at random, one in fifty
a copy of another at half size. Prints Markdown.
"""

import argparse
import io
import os
import subprocess
import tempfile
import time
from multiprocessing import Pool
from pathlib import Path

import numpy as np
from PIL import Image

SIDE = 128
CLASSES = 10
# One picture in as many is a smaller copy of the one before it.
COPY_EVERY = 50


def scene(number: int) -> Image.Image:
    rng = np.random.default_rng(number)
    clouds = Image.fromarray(rng.integers(20, 236, (9, 9, 3), np.uint8))
    canvas = np.array(clouds.resize((SIDE, SIDE), Image.Resampling.BICUBIC))
    for left, top, width, height in rng.integers((0, 0, 8, 8), (100, 100, 60, 60), (5, 4)):
        canvas[top : top + height, left : left + width] = rng.integers(0, 256, 3)
    return Image.fromarray(canvas)


def draw(task: tuple[Path, int, int]) -> None:
    root, first, last = task
    for number in range(first, last):
        is_copy = number % COPY_EVERY == COPY_EVERY - 1
        picture = scene(number - 1 if is_copy else number)
        if is_copy:
            picture = picture.resize((SIDE // 2, SIDE // 2), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=80)
        folder = root / f"class{(number // COPY_EVERY) % CLASSES}"
        (folder / f"{number:06}.jpg").write_bytes(out.getvalue())


def run(program: Path, command: str, root: Path) -> tuple[float, float, float, str]:
    """Seconds, processor seconds, peak memory in MB, last line of the report."""
    line = [program, "dataset", command, root]
    begun = time.monotonic()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(line, stdout=out, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            raise SystemExit(f"epic dataset {command} failed")
        out.seek(0)
        lines = out.read().decode().strip().splitlines()
    summary = next(line for line in reversed(lines) if " files, " in line)
    used = usage.ru_utime + usage.ru_stime
    return time.monotonic() - begun, used, usage.ru_maxrss / 1024, summary


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epic", type=Path, required=True, help="the program")
    parser.add_argument("--sizes", type=int, nargs="+", default=[25_000, 50_000, 100_000])
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}\n")
    print("| pictures | command | seconds | processor seconds | ms of a processor a picture | peak memory | found |")
    print("|--:|---|--:|--:|--:|--:|---|")
    with tempfile.TemporaryDirectory(prefix="epic-growth-") as folder, Pool() as pool:
        root = Path(folder)
        for number in range(CLASSES):
            (root / f"class{number}").mkdir()
        drawn = 0
        for size in sorted(options.sizes):
            step = COPY_EVERY * 10
            pool.map(draw, [(root, first, min(size, first + step)) for first in range(drawn, size, step)])
            drawn = size
            for command in ("check", "dedupe"):
                seconds, used, memory, summary = run(options.epic.resolve(), command, root)
                each = 1000 * used / size
                print(f"| {size:,} | {command} | {seconds:.1f} | {used:.1f} | {each:.2f} | {memory:.0f} MB | {summary} |", flush=True)


if __name__ == "__main__":
    main()
