"""Draws pictures that stand for one that is gone: several looks, sizes, colours, file formats."""

import io
import random
import textwrap

import numpy as np
from PIL import Image, ImageDraw, ImageFont, features

FONTS = "/usr/share/fonts/truetype/"
LATIN = [
    FONTS + name
    for name in (
        "dejavu/DejaVuSans.ttf",
        "dejavu/DejaVuSans-Bold.ttf",
        "dejavu/DejaVuSerif.ttf",
        "lato/Lato-Regular.ttf",
        "lato/Lato-Bold.ttf",
        "noto/NotoSans-Regular.ttf",
        "noto/NotoSerif-Bold.ttf",
    )
]
ARABIC = [FONTS + name for name in ("noto/NotoSansArabic-Regular.ttf", "noto/NotoNaskhArabic-Bold.ttf")]
SIZES = [(161, 81), (240, 180), (320, 240), (400, 400), (500, 334), (640, 360), (800, 600), (300, 500)]
# Of the letters; smaller ones are not even read by people in a thumbnail.
MIN_LETTERS = 12
PALETTES = [
    ("#ffffff", "#333333"), ("#f0f0f0", "#777777"), ("#222222", "#f5f5f5"), ("#e8e4da", "#5b4636"),
    ("#3b5998", "#ffffff"), ("#b03030", "#ffffff"), ("#dff0d8", "#2c662d"), ("#000000", "#9a9a9a"),
    ("#f7f3c6", "#665500"), ("#cccccc", "#ffffff"), ("#5c6b73", "#e0fbfc"),
]


def placeholder(message: str, rng: random.Random) -> tuple[bytes, str]:
    """The bytes of a picture and the ending of its name."""
    if not features.check("raqm"):
        raise SystemExit("Pillow cannot shape Arabic here: it needs Raqm")
    width, height = rng.choice(SIZES)
    ground, ink = rng.choice(PALETTES)
    picture = backdrop(width, height, ground, rng)
    draw = ImageDraw.Draw(picture)
    if rng.random() < 0.3:
        draw.rectangle((4, 4, width - 5, height - 5), outline=ink, width=rng.choice((1, 2, 4)))
    top = icon(draw, width, height, ink, rng) if height > 150 and rng.random() < 0.5 else 0
    write(draw, (width, height), top, message, ink, rng)
    return encoded(picture, rng)


def backdrop(width: int, height: int, ground: str, rng: random.Random) -> Image.Image:
    picture = Image.new("RGB", (width, height), ground)
    look = rng.random()
    if look < 0.15:
        ramp = np.linspace(1.0, rng.uniform(0.82, 0.95), height)[:, None, None]
        picture = Image.fromarray((np.asarray(picture) * ramp).astype(np.uint8))
    elif look < 0.25:
        draw = ImageDraw.Draw(picture)
        shade = tuple(int(0.96 * value) for value in picture.getpixel((0, 0)))
        for x in range(-height, width, 24):
            draw.line((x, height, x + height, 0), fill=shade, width=10)
    return picture


def icon(draw, width: int, height: int, ink: str, rng: random.Random) -> int:
    """A sign in the upper part; returns where the text may begin."""
    side = height // 4
    left, top = (width - side) // 2, height // 8
    box = (left, top, left + side, top + side)
    stroke = max(2, side // 16)
    kind = rng.choice(("warning", "broken", "camera"))
    if kind == "warning":
        draw.polygon(((left + side // 2, top), (left, top + side), (left + side, top + side)), outline=ink, width=stroke)
        draw.line((left + side // 2, top + side // 3, left + side // 2, top + 2 * side // 3), fill=ink, width=stroke)
    elif kind == "broken":
        draw.rectangle(box, outline=ink, width=stroke)
        draw.line((left, top + side, left + side, top), fill=ink, width=stroke)
    else:
        draw.rounded_rectangle((left, top + side // 4, left + side, top + side), side // 8, outline=ink, width=stroke)
        draw.ellipse((left + side // 3, top + side // 2, left + 2 * side // 3, top + 5 * side // 6), outline=ink, width=stroke)
    return top + side


def write(draw, size: tuple[int, int], top: int, message: str, ink: str, rng: random.Random) -> None:
    width, height = size
    is_arabic = any("\u0600" <= letter <= "\u06ff" for letter in message)
    path = rng.choice(ARABIC if is_arabic else LATIN)
    if not is_arabic and rng.random() < 0.25:
        message = message.upper()
    letters = max(MIN_LETTERS, int(min(width, height) * rng.uniform(0.06, 0.11)))
    while True:
        font = ImageFont.truetype(path, letters)
        per_line = max(8, int(0.88 * width / draw.textlength("n", font=font)))
        text = "\n".join(textwrap.wrap(message, per_line))
        box = draw.multiline_textbbox((0, 0), text, font=font, align="center")
        fits = box[2] <= 0.96 * width and box[3] <= 0.94 * (height - top)
        if fits or letters <= MIN_LETTERS:
            break
        letters -= 1
    at = ((width - box[2]) / 2, top + (height - top - box[3]) / 2)
    draw.multiline_text(at, text, fill=ink, font=font, align="center")


def encoded(picture: Image.Image, rng: random.Random) -> tuple[bytes, str]:
    kind = rng.choice(("jpg", "jpg", "jpg", "png", "gif"))
    out = io.BytesIO()
    if kind == "png":
        picture.save(out, "PNG")
    elif kind == "gif":
        picture.quantize(64).save(out, "GIF")
    else:
        picture.save(out, "JPEG", quality=rng.randint(55, 95))
        if rng.random() < 0.4:
            # Saved once more by somebody else, a little smaller.
            out.seek(0)
            again = Image.open(out).convert("RGB")
            scale = rng.uniform(0.8, 1.0) if min(again.size) > 200 else 1.0
            again = again.resize((round(again.width * scale), round(again.height * scale)), Image.Resampling.LANCZOS)
            out = io.BytesIO()
            again.save(out, "JPEG", quality=rng.randint(50, 85))
    return out.getvalue(), kind
