"""Draws pictures/orientation_1.jpg … orientation_8.jpg: one scene, stored as the eight EXIF
orientations store it.

    python3 tests/parity/make.py        # needs Pillow and DejaVu Sans (Debian: fonts-dejavu-core)
"""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

OUT = Path(__file__).resolve().parent / "pictures"
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
# What has to be done to the upright picture so that the orientation's turn undoes it.
STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def scene():
    picture = Image.new("RGB", (480, 320), "#7fb2e5")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 208, 480, 320), fill="#4c7a34")
    draw.ellipse((384, 16, 464, 96), fill="#f5d742")
    draw.rectangle((48, 96, 352, 256), fill="#f4efe6", outline="#3b2a1a", width=4)
    draw.text((72, 112), "River Street Cafe", font=ImageFont.truetype(FONT, 30), fill="#201810")
    draw.text((72, 160), "Fresh bread from 7 to 11", font=ImageFont.truetype(FONT, 20), fill="#201810")
    draw.text((72, 200), "closed on Friday", font=ImageFont.truetype(FONT, 20), fill="#8c1d18")
    return picture


def main():
    OUT.mkdir(exist_ok=True)
    upright = scene()
    for orientation, turn in STORED.items():
        stored = upright if turn is None else upright.transpose(turn)
        exif = Image.Exif()
        exif[0x0112] = orientation
        # 4:4:4, so that chroma blocks lie alike in all turns.
        path = OUT / f"orientation_{orientation}.jpg"
        stored.save(path, quality=90, subsampling=0, exif=exif.tobytes())


if __name__ == "__main__":
    main()
