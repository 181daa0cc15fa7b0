"""Picture → bytes of a file, in the kinds a phone's gallery holds."""

import io

from PIL import Image

import exif

PHONE = ("Nilofar", "Lotus 9 Pro")


def _bytes(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def jpeg(image, quality=80, progressive=False, payload=None) -> bytes:
    """Baseline or progressive JPEG, 4:2:0; `payload` is a whole EXIF APP1 body."""
    extra = {"exif": payload} if payload else {}
    return _bytes(image, "JPEG", quality=quality, progressive=progressive, optimize=True, subsampling=2, **extra)


def camera_jpeg(image, taken, quality=80, orientation=1, lens=None, thumbnail=False, progressive=False, **shot) -> bytes:
    """What the invented phone writes: EXIF, and for orientation 6 the pixels turned 90° anticlockwise."""
    small = None
    if thumbnail:
        copy = image.copy()
        copy.thumbnail((160, 160))
        small = jpeg(copy, 60)
    stored = image.transpose(Image.Transpose.ROTATE_90) if orientation == 6 else image
    payload = exif.build(*PHONE, taken, stored.size, orientation, lens, thumbnail=small, **shot)
    return jpeg(stored, quality, progressive, payload)


def png(image, colours=None) -> bytes:
    """True-colour PNG, or a palette of `colours`."""
    if colours:
        image = image.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    return _bytes(image, "PNG", optimize=True)


def webp(image, quality=75) -> bytes:
    """Lossy WebP."""
    return _bytes(image, "WEBP", quality=quality, method=6)


def gif(image, colours=32) -> bytes:
    """Single-frame GIF."""
    return _bytes(image.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE), "GIF", optimize=True)
