"""Turns a flat page into a phone photo of it: perspective, bend, table, uneven light, blur, noise."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter


def _homography(source, target):
    """3x3 matrix that maps the four `source` points onto the four `target` points."""
    rows = []
    for (x, y), (u, v) in zip(source, target):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
    solution = np.linalg.solve(np.array(rows, float), np.array(target, float).reshape(8))
    return np.append(solution, 1).reshape(3, 3)


def _sample(pixels, x, y):
    """Bilinear lookup with the edge repeated."""
    height, width = pixels.shape[:2]
    x, y = np.clip(x, 0, width - 1.001), np.clip(y, 0, height - 1.001)
    left, top = x.astype(int), y.astype(int)
    fx, fy = (x - left)[..., None], (y - top)[..., None]
    upper = pixels[top, left] * (1 - fx) + pixels[top, left + 1] * fx
    lower = pixels[top + 1, left] * (1 - fx) + pixels[top + 1, left + 1] * fx
    return upper * (1 - fy) + lower * fy


def _clouds(rng, size, grain):
    """Smooth noise in [0, 1]; `grain` is the number of cells along each side."""
    cells = rng.random((grain[1], grain[0])) * 255
    image = Image.fromarray(cells.astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)
    return np.asarray(image, float) / 255


def wood(rng, size, dark=(92, 58, 36), light=(158, 110, 72)):
    """A wooden table top: grain along x, boards about a third of the height each."""
    streaks = 0.5 * _clouds(rng, size, (4, 160)) + 0.3 * _clouds(rng, size, (9, 340)) + 0.2 * _clouds(rng, size, (3, 18))
    mix = np.clip((streaks - 0.25) * 1.8, 0, 1)[..., None]
    table = np.array(dark, float) * (1 - mix) + np.array(light, float) * mix
    for board in range(1, 3):
        y = int(size[1] * (board / 3 + 0.03))
        table[y : y + 4] *= 0.45
    return table


def wall(rng, size, colour=(196, 190, 178)):
    """A painted wall with faint stains."""
    return np.array(colour, float) * (0.93 + 0.09 * _clouds(rng, size, (6, 6)))[..., None]


def photograph(page, size, corners, background, rng, bend=0.0, shadow=None, light=(1.08, 0.72), warm=(1.0, 0.97, 0.88),
               noise=5.0, blur=0.6) -> Image.Image:  # fmt: skip
    """`page` seen with its corners (TL, TR, BR, BL, as fractions of `size`) at `corners`.

    `bend` lifts the middle of the page (fraction of its height), `shadow` is a polygon in fractions of `size`,
    `light` the gain at the bright and at the dark end of the frame, `noise` the sensor's sigma in grey levels.
    """
    width, height = size
    source = np.asarray(page.convert("RGB"), float)
    page_h, page_w = source.shape[:2]
    target = [(x * width, y * height) for x, y in corners]
    back = _homography(target, [(0, 0), (page_w, 0), (page_w, page_h), (0, page_h)])
    grid_x, grid_y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    px, py, pw = np.tensordot(back, np.stack([grid_x, grid_y, np.ones_like(grid_x)]), axes=1)
    px, py = px / pw, py / pw
    across = np.clip(px / page_w, 0, 1)
    py = py + bend * page_h * np.sin(np.pi * across)
    inside = ((px >= 0) & (px < page_w) & (py >= 0) & (py < page_h)).astype(float)

    soft = Image.fromarray((inside * 255).astype(np.uint8))
    edge = np.asarray(soft.filter(ImageFilter.GaussianBlur(0.8)), float)[..., None] / 255
    fall = np.asarray(soft.filter(ImageFilter.GaussianBlur(width / 60)), float) / 255
    fall = np.roll(fall, (width // 70, width // 90), axis=(0, 1))[..., None]
    curl = 1 - 0.22 * np.abs(np.cos(np.pi * across)) ** 6 * (bend != 0)
    picture = background * (1 - 0.55 * fall)
    picture = picture * (1 - edge) + _sample(source, px, py) * curl[..., None] * edge

    slope = (grid_x / width + grid_y / height) / 2
    gain = light[0] + (light[1] - light[0]) * slope
    if shadow:
        mask = Image.new("L", size, 0)
        ImageDraw.Draw(mask).polygon([(x * width, y * height) for x, y in shadow], fill=255)
        dark = np.asarray(mask.filter(ImageFilter.GaussianBlur(width / 28)), float) / 255
        gain = gain * (1 - 0.36 * dark)
    picture = picture * gain[..., None] * np.array(warm)
    flat = Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(blur))
    noisy = np.asarray(flat, float) + rng.normal(0, noise, (height, width, 1)) + rng.normal(0, noise / 3, (height, width, 3))
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))
