"""Draws pictures/: one scene as the eight EXIF orientations store it, an Arabic card, a chat in both
scripts, a flat picture and a page with formulas.

    python3 tests/parity/make.py        # needs Pillow and Debian's fonts-dejavu-core, fonts-noto-core
"""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

OUT = Path(__file__).resolve().parent / "pictures"
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
ARABIC = "/usr/share/fonts/truetype/noto/NotoNaskhArabic-Regular.ttf"
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


def write(draw, x, y, text, size, fill, arabic=False):
    """`x` is the end where the script starts, `y` the top."""
    font = ImageFont.truetype(ARABIC if arabic else FONT, size, layout_engine=ImageFont.Layout.RAQM)
    anchor, direction = ("ra", "rtl") if arabic else ("la", "ltr")
    draw.text((x, y), text, font=font, fill=fill, anchor=anchor, direction=direction)


def arabic_card():
    picture = Image.new("RGB", (520, 360), "#fdf3dc")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((16, 16, 504, 344), outline="#9a6b2f", width=4)
    for y, text in ((60, "صباح الخير والسعادة"), (150, "كل عام وأنتم بخير"), (240, "الساعة ٧:٣٠ مساء")):
        write(draw, 460, y, text, 40, "#4a2c10", arabic=True)
    return picture


def chat():
    picture = Image.new("RGB", (480, 640), "#111b21")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 480, 80), fill="#202c33")
    write(draw, 24, 26, "Study group", 26, "#ffffff")
    bubbles = [
        (24, 110, "#202c33", "are you coming at 6:30?", False),
        (120, 210, "#005c4b", "انا نازل حالا من البيت", True),
        (24, 310, "#202c33", "ok, see you there", False),
        (120, 410, "#005c4b", "هات معاك عيش ولبن", True),
    ]
    for x, y, fill, text, arabic in bubbles:
        draw.rounded_rectangle((x, y, x + 336, y + 72), 14, fill=fill)
        write(draw, x + 316 if arabic else x + 20, y + 16, text, 24, "#e9edef", arabic)
    return picture


def formulas():
    picture = Image.new("RGB", (600, 480), "white")
    draw = ImageDraw.Draw(picture)
    write(draw, 40, 30, "Lecture 3: Quadratic equations", 28, "black")
    lines = ["Solve 2x + 5 = 17", "x = (17 - 5) / 2 = 6", "3 × 4 = 12 and 12 ÷ 3 = 4", "y = 0.5x - 2 for x > 10"]
    for index, line in enumerate(lines):
        write(draw, 40, 110 + 80 * index, line, 26, "#202020")
    return picture


def main():
    OUT.mkdir(exist_ok=True)
    arabic_card().save(OUT / "arabic_card.png", optimize=True)
    chat().save(OUT / "chat_two_scripts.jpg", quality=88)
    Image.new("RGB", (320, 240), "#3366cc").save(OUT / "flat.png", optimize=True)
    formulas().save(OUT / "formulas.png", optimize=True)
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
