"""Puts faults into a copy of a data set, and writes down where."""

import io
import random
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path

from messages import messages
from PIL import Image, ImageEnhance, ImageOps
from placeholders import placeholder

ENDINGS = {".jpg", ".jpeg", ".png", ".webp", ".gif"}


@dataclass
class Truth:
    """Paths from the data set's folder."""

    pictures: int = 0
    # File → what is wrong with it.
    corrupt: dict[str, str] = field(default_factory=dict)
    # File → what it says.
    placeholders: dict[str, str] = field(default_factory=dict)
    # Copy → original.
    exact: dict[str, str] = field(default_factory=dict)
    # Copy → (original, how it was changed).
    near: dict[str, tuple[str, str]] = field(default_factory=dict)
    # Picture → its right class.
    swapped: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict:
        return asdict(self)


def listed(root: Path) -> list[str]:
    files = (path for path in root.rglob("*") if path.suffix.lower() in ENDINGS and path.is_file())
    names = (path.relative_to(root) for path in files)
    return sorted(name.as_posix() for name in names if not name.parts[0].startswith("."))


def seed_faults(root: Path, pair: tuple[str, str], seed: int) -> Truth:
    rng = random.Random(seed)
    files = listed(root)
    truth = Truth(pictures=len(files))
    left = files.copy()
    rng.shuffle(left)

    def take(share: float, of: int = len(files)) -> list[str]:
        count = round(share * of)
        taken, left[:] = left[:count], left[count:]
        return taken

    # First, so that both classes have enough left.
    swap(root, truth, left, pair, rng)
    for number, name in enumerate(take(0.05)):
        damage(root, truth, name, number, rng)
    for number, name in enumerate(take(0.05)):
        copy = beside(name, f"copy{number}", Path(name).suffix)
        shutil.copy(root / name, root / copy)
        truth.exact[copy] = name
    for number, name in enumerate(take(0.05)):
        content, how = changed(root / name, number, rng)
        copy = beside(name, f"like{number}", ".jpg")
        (root / copy).write_bytes(content)
        truth.near[copy] = (name, how)
    classes = sorted({name.split("/")[0] for name in files})
    says = messages(seed)
    for number in range(round(0.03 * len(files))):
        message = says[number % len(says)]
        content, ending = placeholder(message, rng)
        name = f"{rng.choice(classes)}/shot{number}.{ending}"
        (root / name).write_bytes(content)
        truth.placeholders[name] = message
    return truth


def beside(name: str, mark: str, ending: str) -> str:
    """A name in the same folder, of another source by its look."""
    folder, _, _ = name.rpartition("/")
    return f"{folder}/{mark}{ending}"


def swap(root: Path, truth: Truth, left: list[str], pair: tuple[str, str], rng: random.Random) -> None:
    first, second = pair
    for number, (own, other) in enumerate(((first, second), (second, first))):
        members = [name for name in left if name.startswith(f"{own}/")]
        for name in rng.sample(members, round(0.05 * len(members))):
            moved = f"{other}/moved{number}_{Path(name).name}"
            (root / name).rename(root / moved)
            left.remove(name)
            truth.swapped[moved] = own


def damage(root: Path, truth: Truth, name: str, number: int, rng: random.Random) -> None:
    path = root / name
    content = path.read_bytes()
    kind = ("truncated", "zero bytes", "garbage", "wrong extension", "web page")[number % 5]
    if kind == "truncated":
        path.write_bytes(content[: int(len(content) * rng.uniform(0.05, 0.95))])
    elif kind == "zero bytes":
        path.write_bytes(b"")
    elif kind == "garbage":
        path.write_bytes(rng.randbytes(len(content)))
    elif kind == "web page":
        path.write_bytes(b"<!DOCTYPE html><html><title>Not here</title><p>gone</p></html>\n" * 20)
    else:
        name = str(Path(name).with_suffix(".png" if path.suffix != ".png" else ".jpg"))
        path.rename(root / name)
    truth.corrupt[name] = kind


def changed(path: Path, number: int, rng: random.Random) -> tuple[bytes, str]:
    picture = Image.open(path).convert("RGB")
    width, height = picture.size
    kind = ("resized", "recompressed", "cropped", "brightness", "border", "all but border")[number % 6]
    quality = 90
    if kind in ("resized", "all but border"):
        scale = rng.uniform(0.4, 0.8)
        size = (max(48, round(width * scale)), max(48, round(height * scale)))
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    if kind in ("cropped", "all but border"):
        x, y = (round(side * rng.uniform(0.005, 0.02)) for side in picture.size)
        picture = picture.crop((x, y, picture.width - x, picture.height - y))
    if kind in ("brightness", "all but border"):
        picture = ImageEnhance.Brightness(picture).enhance(rng.choice((0.9, 1.1)))
    if kind == "border":
        side = max(1, round(min(picture.size) * rng.uniform(0.01, 0.03)))
        picture = ImageOps.expand(picture, side, rng.choice(("white", "black", "gray")))
    if kind in ("recompressed", "all but border"):
        quality = rng.randint(30, 60)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue(), kind
