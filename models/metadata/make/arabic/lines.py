"""Draws training lines as the core would hand them to the network, in shards.

    python3 lines.py --fonts FOLDER --words PYSPELLCHECKER_WHEEL --out FOLDER --first 0 --shards 40

A shard is an .npz of `pixels` (all lines one after the other, 48 rows each), `widths` and
`labels` (visual order, JSON). Shards that exist are left alone, so that a run resumes.
"""

import argparse
import io
import json
import random
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

import fonts
import texts
from ink import ink

HEIGHT = 48
PAPER = 0.12
MAX_WIDTH = 720
PER_SHARD = 4000
FONT_CACHE = 400


class Faces:
    """Faces and what they have glyphs for."""

    def __init__(self, folder):
        self.paths = fonts.paths(folder)
        self.coverage = [self._characters(path) for path in self.paths]
        # One face of few weights counts as much as one of many.
        families = [path.stem.split("-")[0] for path in self.paths]
        self.weights = [families.count(family) ** -0.5 for family in families]
        self.loaded = {}

    @staticmethod
    def _characters(path):
        from fontTools.ttLib import TTFont

        with TTFont(path, lazy=True) as font:
            return frozenset(font.getBestCmap())

    def pick(self, random, text):
        wanted = {ord(c) for c in text if c != " "}
        for _ in range(40):
            [index] = random.choices(range(len(self.paths)), self.weights)
            if wanted <= self.coverage[index]:
                return index
        return None

    def load(self, index, size):
        if len(self.loaded) > FONT_CACHE:
            self.loaded.clear()
        if (index, size) not in self.loaded:
            path = str(self.paths[index])
            self.loaded[index, size] = ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.RAQM)
        return self.loaded[index, size]


def luminance(color):
    return 0.299 * color[0] + 0.587 * color[1] + 0.114 * color[2]


def colors(r):
    if r.random() < 0.4:
        pair = [(r.randrange(0, 60),) * 3, (r.randrange(225, 256),) * 3]
        return pair if r.random() < 0.65 else pair[::-1]
    while True:
        a, b = (tuple(r.randrange(256) for _ in range(3)) for _ in "ab")
        if abs(luminance(a) - luminance(b)) > r.choice([40, 80, 110]):
            return a, b


def backdrop(r, width, height, paper):
    """Flat, a gradient, or a soft texture like that of a photo."""
    kind = r.random()
    if kind < 0.7:
        return Image.new("RGB", (width, height), paper)
    if kind < 0.85:
        end = tuple(min(255, max(0, v + r.randrange(-50, 51))) for v in paper)
        share = np.linspace(0, 1, width if r.random() < 0.5 else height)[:, None]
        ramp = np.array(paper) * (1 - share) + np.array(end) * share
        pixels = ramp[None] if len(ramp) == width else ramp[:, None]
        return Image.fromarray(np.broadcast_to(pixels, (height, width, 3)).astype(np.uint8))
    generator = np.random.default_rng(r.randrange(2**32))
    cells = generator.normal(0, r.uniform(5, 30), (max(2, height // 12), max(2, width // 12), 3))
    cells = (np.array(paper) + cells).clip(0, 255).astype(np.uint8)
    return Image.fromarray(cells).resize((width, height), Image.Resampling.BICUBIC)


def drawn(r, faces, text, right_to_left):
    """The line on its paper, in colours; None if no face has all of it."""
    face = faces.pick(r, text)
    if face is None:
        return None
    size = round(2 ** r.uniform(3.75, 5.9))
    font = faces.load(face, size)
    options = {"direction": "rtl" if right_to_left else "ltr"}
    stroke = max(1, size // 14) if r.random() < 0.06 else 0
    left, top, right, bottom = font.getbbox(text, stroke_width=stroke, **options)
    width, height = right - left, bottom - top
    if width < 2 or height < 4 or width > 3000:
        return None
    pad = [round(size * r.uniform(0.1, 0.5)) + 1 for _ in range(4)]
    canvas = (width + pad[0] + pad[2], height + pad[1] + pad[3])
    color, paper = colors(r)
    image = backdrop(r, *canvas, paper)
    draw = ImageDraw.Draw(image)
    origin = (pad[0] - left, pad[1] - top)
    if stroke:
        options |= {"stroke_width": stroke, "stroke_fill": tuple(255 - v for v in color) if r.random() < 0.5 else color}
    draw.text(origin, text, font=font, fill=color, **options)
    if r.random() < 0.05:  # A neighbouring line that the box cuts.
        other = text[::-1]
        y = origin[1] + r.choice([-1, 1]) * (height + pad[1] + round(size * r.uniform(-0.05, 0.2)))
        draw.text((origin[0] + r.randint(-20, 20), y), other, font=font, fill=color, direction=options["direction"])
    if r.random() < 0.02:  # Underlined, or with a rule beside it.
        y = origin[1] + bottom + r.randint(-2, 3)
        draw.line((pad[0], y, pad[0] + width, y), fill=color, width=max(1, size // 16))
    return image


def worn(r, image):
    """What cameras, zooming and compression do."""
    if r.random() < 0.3:
        angle = r.gauss(0, 1.0)
        corner = image.getpixel((0, 0))
        image = image.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=corner)
    if r.random() < 0.15:
        shear = r.uniform(-0.25, 0.25)
        corner = image.getpixel((0, 0))
        extra = round(abs(shear) * image.height)
        data = (1, shear, -extra if shear > 0 else 0, 0, 1, 0)
        size = (image.width + extra, image.height)
        image = image.transform(size, Image.Transform.AFFINE, data, Image.Resampling.BILINEAR, fillcolor=corner)
    if r.random() < 0.25:
        image = image.filter(ImageFilter.GaussianBlur(r.uniform(0.2, 0.03 * image.height)))
    if r.random() < 0.25:
        scale = r.uniform(0.45, 0.95)
        small = (max(4, round(image.width * scale)), max(10, round(image.height * scale)))
        image = image.resize(small, Image.Resampling.BILINEAR)
    if r.random() < 0.2:
        stretch = r.uniform(0.8, 1.25)
        image = image.resize((max(4, round(image.width * stretch)), image.height), Image.Resampling.BILINEAR)
    if r.random() < 0.3:
        generator = np.random.default_rng(r.randrange(2**32))
        grain = generator.normal(0, r.uniform(2, 14), (image.height, image.width, 1 if r.random() < 0.3 else 3))
        image = Image.fromarray((np.asarray(image) + grain).clip(0, 255).astype(np.uint8))
    if r.random() < 0.5:
        file = io.BytesIO()
        image.save(file, "JPEG", quality=r.randint(30, 95))
        image = Image.open(file).convert("RGB")
    return image


def fitted(r, line):
    """At the network's height, with the core's paper above and below, sometimes more or less."""
    rows = round(line.shape[0] * (PAPER if r.random() < 0.6 else r.uniform(0.02, 0.35)))
    line = np.pad(line, ((rows, rows if r.random() < 0.8 else 0), (0, 0)))
    width = max(4, round(line.shape[1] * HEIGHT / line.shape[0]))
    if width > MAX_WIDTH:
        return None
    return np.asarray(Image.fromarray(line).resize((width, HEIGHT), Image.Resampling.BILINEAR))


def nothing(r):
    """What is no text and must be read as none."""
    width, height = r.randint(20, 400), r.randint(16, 60)
    image = backdrop(r, width, height, colors(r)[1])
    draw = ImageDraw.Draw(image)
    for _ in range(r.randint(1, 6)):
        x, y = r.randrange(width), r.randrange(height)
        box = (x, y, x + r.randint(3, 60), y + r.randint(3, 40))
        kind = r.choice([draw.ellipse, draw.rectangle, draw.arc, draw.line])
        color = tuple(r.randrange(256) for _ in range(3))
        kind(box, 0, r.randint(90, 360), fill=color) if kind == draw.arc else kind(box, fill=color)
    return image


def line(r, source, faces):
    """A line of ink and its text, left to right as displayed."""
    while True:
        if r.random() < 0.015:
            image, label = nothing(r), ""
        else:
            text, right_to_left = source.logical()
            image = drawn(r, faces, source.marked(text), right_to_left)
            label = texts.visual(text, right_to_left)
        pixels = None if image is None else ink(np.asarray(worn(r, image)))
        pixels = None if pixels is None or pixels.shape[0] < 4 else fitted(r, pixels)
        if pixels is not None:
            return pixels, label


def shard(index, source_wheel, faces):
    r = random.Random(f"lines/{index}")
    source = texts.Texts(source_wheel, f"texts/{index}")
    drawn_lines = [line(r, source, faces) for _ in range(PER_SHARD)]
    return {
        "pixels": np.concatenate([pixels for pixels, _ in drawn_lines], axis=1),
        "widths": np.array([pixels.shape[1] for pixels, _ in drawn_lines]),
        "labels": np.array(json.dumps([label for _, label in drawn_lines])),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fonts", type=Path, required=True)
    parser.add_argument("--words", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--shards", type=int, default=1)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    faces = Faces(options.fonts)
    for index in range(options.first, options.first + options.shards):
        path = options.out / f"{index:04}.npz"
        if not path.exists():
            np.savez(path.with_suffix(".tmp.npz"), **shard(index, options.words, faces))
            path.with_suffix(".tmp.npz").rename(path)
            print(path, flush=True)


if __name__ == "__main__":
    main()
