"""Makes a folder of gallery-like pictures from sources that no pack was trained on: 640-pixel
JPEGs of photos, screenshots, document pages, captioned pictures and drawn chats.

    apt-get install fonts-dejavu-core poppler-utils       # Debian or Ubuntu
    python3 tests/unseen/make.py OUT [--count 900]        # needs Pillow; downloads Debian packages
    cargo run --release -- scan --json OUT

The names start with what the picture is. They are no truth to score a pack by: a cropped
wallpaper is only like a camera photo. What the folder shows is that a scan of pictures from
elsewhere ends with one line each.
"""

import argparse
import random
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

PHOTOS = ("plasma-workspace-wallpapers", "gnome-backgrounds", "mate-backgrounds")
SCREENS = ("gimp-help-en", "debian-handbook")
PAGES = ("r-doc-pdf",)
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"
SIDE = 640
SENTENCES = (
    "when the build passes at last", "nobody:", "me at three in the morning", "are you coming tomorrow?",
    "the exam was moved to Sunday", "لما تصحى متأخر يوم الامتحان", "انت فين يا ابني", "صباح الخير يا جماعة",
    "خلاص هبعتلك الملف دلوقتي", "ok, see you at 10:30", "الحمد لله كله تمام",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=900)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        photos = [p for name in PHOTOS for p in pictures(unpack(name, root))]
        screens = [p for name in SCREENS for p in pictures(unpack(name, root))]
        pages = [p for name in PAGES for p in rendered_pages(unpack(name, root))]
        kinds = {
            "photo": lambda rng: crop(open_rgb(rng.choice(photos)), rng),
            "screen": lambda rng: phone_screen(open_rgb(rng.choice(screens)), rng),
            "page": lambda rng: open_rgb(rng.choice(pages)),
            "caption": lambda rng: captioned(crop(open_rgb(rng.choice(photos)), rng), rng),
            "chat": chat,
        }
        for index in range(options.count):
            kind = list(kinds)[index % len(kinds)]
            rng = random.Random(index)
            picture = kinds[kind](rng)
            picture.thumbnail((SIDE, SIDE))
            picture.save(options.out / f"{kind}_{index:04}.jpg", quality=rng.randint(60, 95))


def unpack(package: str, root: Path) -> Path:
    subprocess.run(["apt-get", "download", "-qq", package], cwd=root, check=True, stderr=subprocess.DEVNULL)
    archive = next(root.glob(f"{package}_*.deb"))
    subprocess.run(["dpkg-deb", "-x", archive, root / package], check=True)
    return root / package


def pictures(folder: Path) -> list[Path]:
    """Sorted, so that a seed means the same picture everywhere; icons are left out."""
    found = (p for p in folder.rglob("*") if p.suffix.lower() in (".jpg", ".png", ".webp"))
    large = []
    for path in sorted(p for p in found if p.is_file() and not p.is_symlink()):
        with Image.open(path) as picture:
            if min(picture.size) >= 240:
                large.append(path)
    return large


def rendered_pages(folder: Path) -> Iterator[Path]:
    for pdf in sorted(folder.rglob("*.pdf")):
        subprocess.run(["pdftoppm", "-r", "90", "-l", "25", "-png", pdf, pdf.with_suffix("")], check=True)
        yield from sorted(pdf.parent.glob(f"{pdf.stem}-*.png"))


def open_rgb(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        rgba = picture.convert("RGBA")
    ground = Image.new("RGBA", rgba.size, "white")
    return Image.alpha_composite(ground, rgba).convert("RGB")


def crop(picture: Image.Image, rng: random.Random) -> Image.Image:
    """A part of the picture in the shape of a phone photo."""
    shape = rng.choice(((4, 3), (3, 4), (16, 9), (9, 16), (1, 1)))
    share = rng.uniform(0.5, 1.0)
    scale = min(picture.width / shape[0], picture.height / shape[1]) * share
    width, height = int(shape[0] * scale), int(shape[1] * scale)
    left, top = rng.randint(0, picture.width - width), rng.randint(0, picture.height - height)
    return picture.crop((left, top, left + width, top + height))


def phone_screen(content: Image.Image, rng: random.Random) -> Image.Image:
    ground = rng.choice(("white", "#101418", "#f0f2f5"))
    screen = Image.new("RGB", (1080, 2160), ground)
    content = ImageOps.contain(content, (1080, 1700))
    screen.paste(content, ((1080 - content.width) // 2, 220))
    ImageDraw.Draw(screen).text((48, 24), "10:42", font=ImageFont.truetype(FONT, 36), fill="#808080")
    return screen


def captioned(picture: Image.Image, rng: random.Random) -> Image.Image:
    picture = ImageOps.contain(picture, (SIDE, SIDE))
    draw = ImageDraw.Draw(picture)
    font = ImageFont.truetype(FONT, max(18, picture.width // 16))
    for y, anchor in ((8, "ma"), (picture.height - 8, "md")):
        draw.text((picture.width // 2, y), rng.choice(SENTENCES), font=font, anchor=anchor,
                  fill="white", stroke_fill="black", stroke_width=3)
    return picture


def chat(rng: random.Random) -> Image.Image:
    dark = rng.random() < 0.5
    screen = Image.new("RGB", (1080, 2160), "#0b141a" if dark else "#efeae2")
    draw = ImageDraw.Draw(screen)
    font = ImageFont.truetype(FONT, 40)
    y = 240
    while y < 1980:
        text = rng.choice(SENTENCES)
        width = int(draw.textlength(text, font=font))
        own = rng.random() < 0.5
        left = 1040 - width - 60 if own else 40
        fill = ("#005c4b" if own else "#202c33") if dark else ("#d9fdd3" if own else "white")
        draw.rounded_rectangle((left, y, left + width + 60, y + 90), 24, fill=fill)
        draw.text((left + 30, y + 18), text, font=font, fill="#e9edef" if dark else "#111b21")
        y += rng.randint(110, 200)
    return screen


if __name__ == "__main__":
    main()
