"""Pictures of the metadata section: the sample gallery, and drawn chats and pages."""

import csv
import random
import sys
from pathlib import Path

from PIL import Image

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "metadata"))

import fonts  # noqa: E402
import render  # noqa: E402
import texts  # noqa: E402

KINDS = {
    "cameraPhotos": "photo", "selfies": "photo",
    "ememes": "meme or card", "fmemes": "meme or card", "eGreetingAndMisc": "meme or card",
    "academicDigital": "page", "academicPhotos": "page",
    "fTxtMssgs": "screenshot", "eSocialMedia": "screenshot", "fSocialMedia": "screenshot",
}
SCRIPTS = ("arabic", "latin")


def pictures(folder: Path, each: int) -> dict[str, list[Path]]:
    """By kind; `each`: of the drawn ones."""
    gallery = HERE.parent / "gallery"
    kinds: dict[str, list[Path]] = {}
    with open(gallery / "labels.csv", encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            kinds.setdefault(KINDS[row["class"]], []).append(gallery / row["file"])
    fonts.install()
    for layout in ("chat", "page"):
        for script in SCRIPTS:
            kind = f"drawn {layout}, {'Arabic' if script == 'arabic' else 'English'}"
            kinds[kind] = [drawn(folder, layout, script, index) for index in range(each)]
    return kinds


def drawn(folder: Path, layout: str, script: str, index: int) -> Path:
    """Every other one light on dark."""
    rng = random.Random(f"bench/{layout}/{script}/{index}")
    canvas = getattr(render, layout)(rng, script, index % 2 == 1)
    path = folder / f"{layout}_{script}_{index}.jpg"
    canvas.image.save(path, quality=85)
    return path


def many_lines(folder: Path, script: str, columns: int) -> Path:
    """200 lines of small text: in one column a scrolled screenshot, in two a screen."""
    rows, pitch, size, width = 200 // columns, 31, 20, 1080 if columns == 1 else 1440
    rng = random.Random(f"bench/lines/{script}/{columns}")
    canvas = render.Canvas(rng, width, 40 + pitch * (rows + 1), (255, 255, 255))
    source = texts.PAGE_AR if script == "arabic" else texts.PAGE_EN
    font = "NotoSansArabic-Regular" if script == "arabic" else "DejaVuSans"
    for index in range(200):
        column, row = divmod(index, rows)
        left, right = 40 + column * width // columns, (column + 1) * width // columns - 40
        x, align = (right, "right") if script == "arabic" else (left, "left")
        canvas.put(x, 40 + pitch * (row + 1), source[index % len(source)], font, size,
                   (20, 20, 20), (255, 255, 255), script, align)
    if len(canvas.lines) != 200:
        raise RuntimeError(f"{len(canvas.lines)} lines fit")
    path = folder / f"lines_{script}_{columns}.png"
    canvas.image.save(path)
    return path


def size(path: Path) -> str:
    with Image.open(path) as picture:
        return f"{picture.width}×{picture.height}"
