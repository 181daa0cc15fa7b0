"""Pictures for the benchmark, made here: nothing is downloaded and nothing is kept."""

import io
import struct
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

PHOTO = (4032, 3024)  # 12 megapixels, the size of most phone photos
SCREENSHOT = (1080, 2400)


def photo(seed: int) -> Image.Image:
    """12 megapixels with the statistics that matter to a JPEG decoder.

    A spectrum of amplitude 1/f (Field, "Relations between the statistics of natural images",
    1987), steepened a little as a lens does, colour varying less than brightness, calm and
    busy regions, and sensor noise: at quality 90 about 4 MB, as phones write.
    """
    rng = np.random.default_rng(seed)
    width, height = PHOTO
    luma, red, blue = (_pink_noise(rng, width, height) for _ in range(3))
    sharpness = np.clip(_pink_noise(rng, width // 8, height // 8) * 0.6 + 0.5, 0.0, 1.0)
    sharpness = np.kron(sharpness, np.ones((8, 8), np.float32))
    fine = rng.standard_normal((height, width), np.float32)
    luma = 118 + 48 * luma + (1 + 2.5 * sharpness) * fine
    red, blue = 14 * red, 14 * blue
    rgb = np.stack([luma + red, luma - 0.5 * red - 0.2 * blue, luma + blue], axis=2)
    return Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8))


def _pink_noise(rng: np.random.Generator, width: int, height: int) -> np.ndarray:
    """Mean 0, variance 1, amplitude falling as 1/f^1.25."""
    rows, columns = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :]
    frequency = np.hypot(rows, columns)
    frequency[0, 0] = 1
    phase = rng.uniform(0, 2 * np.pi, frequency.shape)
    field = np.fft.irfft2(np.exp(1j * phase) / frequency**1.25, (height, width))
    return ((field - field.mean()) / field.std()).astype(np.float32)


def enlarged(picture: Image.Image, width: int, height: int) -> Image.Image:
    """Mirrored copies side by side: more pixels, the same content per pixel."""
    tile = np.asarray(picture)
    tile = np.concatenate([tile, tile[:, ::-1]], axis=1)
    tile = np.concatenate([tile, tile[::-1]], axis=0)
    repeats = (-(-height // tile.shape[0]), -(-width // tile.shape[1]), 1)
    return Image.fromarray(np.tile(tile, repeats)[:height, :width])


def save_jpeg(picture: Image.Image, path: Path, progressive: bool = False) -> Path:
    """Quality 90, 4:2:0."""
    picture.save(path, quality=90, subsampling="4:2:0", progressive=progressive)
    return path


def small_jpegs(picture: Image.Image, folder: Path, count: int) -> list[Path]:
    """Crops scaled to 640 pixels, as messengers send them."""
    rng = np.random.default_rng(1)
    paths = []
    for index in range(count):
        side = int(rng.integers(640, min(picture.size)))
        left = int(rng.integers(picture.width - side + 1))
        top = int(rng.integers(picture.height - side + 1))
        crop = picture.crop((left, top, left + side, top + side * 3 // 4)).resize((640, 480))
        paths.append(save_jpeg(crop, folder / f"small_{index:02}.jpg"))
    return paths


def screenshots(folder: Path, count: int) -> list[Path]:
    """Chats: bars, speech bubbles and anti-aliased text."""
    rng = np.random.default_rng(2)
    fonts = [ImageFont.load_default(size) for size in (28, 36, 44)]
    words = "the pictures of a phone gallery are sorted on the device and none of them leaves it"
    vocabulary = words.split()
    paths = []
    for index in range(count):
        dark = index % 3 == 0
        paper, ink = ((18, 27, 34), (233, 237, 239)) if dark else ((239, 234, 226), (17, 27, 33))
        screen = Image.new("RGB", SCREENSHOT, paper)
        draw = ImageDraw.Draw(screen)
        draw.rectangle((0, 0, SCREENSHOT[0], 180), fill=(0, 128, 105))
        draw.text((140, 80), f"Contact {index}", fill="white", font=fonts[2])
        top = 220
        while top < SCREENSHOT[1] - 260:
            own = bool(rng.integers(2))
            lines = [
                " ".join(rng.choice(vocabulary, int(rng.integers(3, 8))))
                for _ in range(int(rng.integers(1, 5)))
            ]
            left = 220 if own else 40
            box = (left, top, left + 820, top + 40 + 56 * len(lines))
            shade = ((0, 92, 75) if own else (32, 44, 51)) if dark else \
                ((217, 253, 211) if own else (255, 255, 255))
            draw.rounded_rectangle(box, radius=24, fill=shade)
            for row, text in enumerate(lines):
                font = fonts[int(rng.integers(3))]
                draw.text((left + 24, top + 20 + 56 * row), text, fill=ink, font=font)
            top = box[3] + 24
        path = folder / f"screenshot_{index:02}.png"
        screen.save(path)
        paths.append(path)
    return paths


def with_thumbnail(source: Path, target: Path, side: int) -> Path:
    """The same JPEG with an EXIF thumbnail as a camera writes one; the picture's own
    coded data is not touched, and neither is its orientation."""
    with Image.open(source) as picture:
        orientation = picture.getexif().get(0x0112, 1)
        picture.draft("RGB", (2 * side, 2 * side))
        small = picture.convert("RGB")
    small.thumbnail((side, side))
    thumbnail = io.BytesIO()
    small.save(thumbnail, "JPEG", quality=80, subsampling="4:2:0")
    app1 = _exif_segment(orientation, thumbnail.getvalue())
    data = source.read_bytes()
    target.write_bytes(data[:2] + app1 + _without_app1(data[2:]))
    return target


def _exif_segment(orientation: int, thumbnail: bytes) -> bytes:
    taken = b"2024:03:01 12:00:00\0"

    def ifd(entries: list[tuple[int, int, int, int]], following: int) -> bytes:
        body = b"".join(struct.pack("<HHII", *entry) for entry in entries)
        return struct.pack("<H", len(entries)) + body + struct.pack("<I", following)

    # Offsets: header 8, first directory 42, its date 20, camera directory 18, its date 20.
    first, date, camera, original, second = 8, 50, 70, 88, 108
    pixels = second + 30
    tiff = struct.pack("<2sHI", b"II", 42, first)
    tiff += ifd(
        [(0x0112, 3, 1, orientation), (0x0132, 2, 20, date), (0x8769, 4, 1, camera)], second
    )
    tiff += taken
    tiff += ifd([(0x9003, 2, 20, original)], 0)
    tiff += taken
    tiff += ifd([(0x0201, 4, 1, pixels), (0x0202, 4, 1, len(thumbnail))], 0)
    tiff += thumbnail
    return struct.pack(">HH", 0xFFE1, len(tiff) + 8) + b"Exif\0\0" + tiff


def _without_app1(segments: bytes) -> bytes:
    kept, at = b"", 0
    while segments[at + 1] != 0xDA:
        (length,) = struct.unpack_from(">H", segments, at + 2)
        if segments[at + 1] != 0xE1:
            kept += segments[at : at + 2 + length]
        at += 2 + length
    return kept + segments[at:]
