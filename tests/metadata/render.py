"""Draws the pictures of the evaluation and what they say. The same seed draws the same pictures."""

import io
import random

import numpy
from PIL import Image, ImageDraw, ImageFilter

import fonts
import texts

LAYOUTS = ["chat", "sheet", "page", "card", "meme", "tilted"]
JPEG_QUALITIES = [None, 95, 80, 60, 40]
NOISES = [0, 0, 4, 8]


def luminance(color):
    red, green, blue = color
    return 0.299 * red + 0.587 * green + 0.114 * blue


class Canvas:
    """A picture that remembers the lines drawn on it."""

    def __init__(self, rng, width, height, background):
        self.rng = rng
        self.image = Image.new("RGB", (width, height), background)
        self.draw = ImageDraw.Draw(self.image)
        self.lines = []

    def measure(self, text, font, size, script):
        direction = "rtl" if script == "arabic" else "ltr"
        return fonts.load(font, size).getbbox(text, direction=direction)

    def put(self, x, y, text, font, size, ink, paper, script, align="left", stroke=None):
        """One line; `y` is its baseline, `x` its left end, right end or middle."""
        direction = "rtl" if script == "arabic" else "ltr"
        anchor = {"left": "ls", "right": "rs", "middle": "ms"}[align]
        options = {"font": fonts.load(font, size), "anchor": anchor, "direction": direction}
        if stroke is not None:
            options["stroke_width"] = max(1, size // 14)
        box = self.draw.textbbox((x, y), text, **options)
        if stroke is not None:
            options["stroke_fill"] = stroke
        if box[0] < 2 or box[1] < 0 or box[2] > self.image.width - 2 or box[3] > self.image.height:
            return False
        self.draw.text((x, y), text, fill=ink, **options)
        left, top, right, bottom = box
        self.lines.append({
            "text": text, "script": truth_script(text), "font": font, "size": size,
            "light_on_dark": luminance(ink) > luminance(paper),
            "quad": [[left, top], [right, top], [right, bottom], [left, bottom]],
        })
        return True


def truth_script(text):
    """The script of most letters; `any` without letters."""
    arabic = sum("\u0620" <= c <= "\u064a" for c in text)
    latin = sum(c.isascii() and c.isalpha() for c in text)
    if arabic == latin == 0:
        return "any"
    return "arabic" if arabic >= latin else "latin"


def pick_font(rng, script, line, display=0.0):
    """A font that has all glyphs of `line`."""
    plain, fancy = (
        (fonts.ARABIC, fonts.ARABIC_DISPLAY) if script == "arabic"
        else (fonts.LATIN, fonts.LATIN_DISPLAY)
    )
    names = fancy if rng.random() < display else plain
    good = [name for name in fonts.available(names) if fonts.covers(name, line)]
    return rng.choice(good or fonts.available(["DejaVuSans"]))


def pick_script(rng, script):
    return rng.choice(["latin", "arabic"]) if script == "both" else script


def sentence(rng, script, kind):
    """A line of the layout's kind; one in twelve Arabic ones holds Latin words."""
    if script == "arabic" and rng.random() < 1 / 12:
        return rng.choice(texts.MIXED)
    suffix = "AR" if script == "arabic" else "EN"
    return rng.choice(getattr(texts, f"{kind}_{suffix}"))


def time(rng, main):
    """Of a message: half of the Arabic chats show Arabic-Indic digits."""
    digits = "arabic" if main == "arabic" and rng.random() < 0.5 else "latin"
    text = rng.choice(texts.TIMES_AR if digits == "arabic" else texts.TIMES)
    font = pick_font(rng, "arabic", text) if digits == "arabic" else "Roboto-Regular"
    return text, font, digits


def colors(rng, dark):
    """Ink and paper with enough contrast to read."""
    while True:
        a = tuple(rng.randrange(256) for _ in range(3))
        b = tuple(rng.randrange(256) for _ in range(3))
        ink, paper = (a, b) if (luminance(a) > luminance(b)) == dark else (b, a)
        if abs(luminance(a) - luminance(b)) > 110:
            return ink, paper


def sheet(rng, script, dark):
    """Lines of all sizes and fonts on one colour."""
    ink, paper = colors(rng, dark)
    canvas = Canvas(rng, 900, 760, paper)
    y = 20
    while True:
        size = rng.randint(16, 52)
        y += round(size * 1.5)
        if y > 745 - size * 0.5:
            return canvas
        line_script = pick_script(rng, script)
        text = sentence(rng, line_script, rng.choice(["CHAT", "CARD", "PAGE"]))
        if line_script == "arabic" and rng.random() < 0.1:
            text = rng.choice(texts.NUMBERS_AR)
        font = pick_font(rng, line_script, text, display=0.15)
        align, x = rng.choice([("left", 30), ("right", 870), ("middle", 450)])
        canvas.put(x, y, text, font, size, ink, paper, line_script, align)
        y += round(size * 0.5)


def chat(rng, script, dark):
    """A phone's screenshot of a conversation."""
    paper = (17, 27, 33) if dark else (236, 229, 221)
    canvas = Canvas(rng, 720, 1280, paper)
    bar = (32, 44, 51) if dark else (7, 94, 84)
    canvas.draw.rectangle((0, 0, 720, 120), fill=bar)
    main = pick_script(rng, script)
    name = rng.choice(texts.NAMES_AR if main == "arabic" else texts.NAMES_EN)
    clock, clock_font, digits = time(rng, main)
    canvas.put(30, 32, clock, clock_font, 22, (255, 255, 255), bar, digits)
    canvas.draw.ellipse((24, 50, 84, 110), fill=(160, 170, 180))
    name_font = pick_font(rng, main, name)
    canvas.put(104, 92, name, name_font, 32, (255, 255, 255), bar, main)
    size = rng.choice([26, 28, 30, 34])
    face = {s: pick_font(rng, s, "".join(getattr(texts, k))) for s, k in
            (("latin", "CHAT_EN"), ("arabic", "CHAT_AR"))}
    y = 150
    while y < 1200:
        line_script = pick_script(rng, script)
        mine = rng.random() < 0.5
        bubble = ((0, 92, 75) if mine else (32, 44, 51)) if dark else (
            (220, 248, 198) if mine else (255, 255, 255))
        ink = (233, 237, 239) if dark else (17, 27, 33)
        lines = [sentence(rng, line_script, "CHAT") for _ in range(rng.randint(1, 3))]
        step = round(size * 1.6)
        height = 20 + step * len(lines) + 30
        if y + height > 1240:
            break
        chosen = [face[line_script] if fonts.covers(face[line_script], t) else "DejaVuSans" for t in lines]
        boxes = [canvas.measure(t, f, size, line_script) for t, f in zip(lines, chosen)]
        width = min(660, max(b[2] - b[0] for b in boxes) + 60)
        left = 720 - 24 - width if mine else 24
        canvas.draw.rounded_rectangle((left, y, left + width, y + height), 18, fill=bubble)
        for index, (text, font) in enumerate(zip(lines, chosen)):
            rtl = line_script == "arabic"
            x = left + width - 26 if rtl else left + 26
            base = y + 8 + step * index + round(size * 1.15)
            canvas.put(x, base, text, font, size, ink, bubble, line_script, "right" if rtl else "left")
        grey = (134, 150, 160) if dark else (102, 119, 129)
        stamp, stamp_font, digits = time(rng, line_script)
        canvas.put(left + width - 20, y + height - 10, stamp, stamp_font, 18, grey, bubble, digits, "right")
        y += height + 18
    return canvas


def page(rng, script, dark):
    """A page or slide of a course."""
    paper = (24, 26, 38) if dark else rng.choice([(255, 255, 255), (250, 248, 240), (240, 244, 250)])
    ink = (235, 235, 240) if dark else rng.choice([(0, 0, 0), (30, 30, 60), (40, 40, 40)])
    canvas = Canvas(rng, 1000, 1300, paper)
    size = rng.choice([18, 20, 24, 28])
    y = 90
    while y < 1240:
        line_script = pick_script(rng, script)
        heading = rng.random() < 0.12
        text_size = round(size * 1.5) if heading else size
        text = sentence(rng, line_script, "PAGE")
        font = pick_font(rng, line_script, text)
        rtl = line_script == "arabic"
        color = (150, 30, 30) if heading and not dark else ink
        canvas.put(930 if rtl else 70, y, text, font, text_size, color, paper, line_script,
                   "right" if rtl else "left")
        y += round(text_size * (1.9 if rtl else 1.7)) + (size if rng.random() < 0.2 else 0)
    return canvas


def gradient(width, height, start, end):
    share = numpy.linspace(0, 1, height)[:, None, None]
    rows = numpy.array(start) * (1 - share) + numpy.array(end) * share
    return Image.fromarray(numpy.broadcast_to(rows, (height, width, 3)).round().astype("uint8"))


def card(rng, script, dark):
    """A greeting on a gradient with ornaments."""
    ink, paper = colors(rng, dark)
    end = tuple(round(p + (255 - p) * 0.25) if luminance(ink) < luminance(paper) else round(p * 0.7)
                for p in paper)
    canvas = Canvas(rng, 800, 800, paper)
    canvas.image.paste(gradient(800, 800, paper, end))
    for _ in range(6):
        x, y, r = rng.choice([50, 750]), rng.choice([60, 740]), rng.randint(15, 45)
        canvas.draw.ellipse((x - r, y - r, x + r, y + r), outline=ink, width=3)
    y = 210
    for _ in range(rng.randint(3, 5)):
        line_script = pick_script(rng, script)
        text = sentence(rng, line_script, "CARD")
        font = pick_font(rng, line_script, text, display=0.2)
        size = rng.randint(32, 52)
        canvas.put(400, y, text, font, size, ink, paper, line_script, "middle")
        y += round(size * 2.1)
    return canvas


def scene(rng, width, height):
    """Blurred shapes that stand for a photo."""
    image = gradient(width, height, *(tuple(rng.randrange(30, 200) for _ in range(3)) for _ in "ab"))
    draw = ImageDraw.Draw(image)
    for _ in range(14):
        x, y = rng.randrange(width), rng.randrange(height)
        w, h = rng.randrange(40, 260), rng.randrange(40, 260)
        fill = tuple(rng.randrange(20, 210) for _ in range(3))
        rng.choice([draw.ellipse, draw.rectangle])((x, y, x + w, y + h), fill=fill)
    return image.filter(ImageFilter.GaussianBlur(6))


def meme(rng, script, dark):
    """White outlined capitals on a photo, or dark ones on a white band above it."""
    canvas = Canvas(rng, 720, 720, (255, 255, 255))
    main = pick_script(rng, script)
    size = rng.randint(30, 42)
    top, bottom = sentence(rng, main, "MEME"), sentence(rng, main, "MEME")
    font = pick_font(rng, main, top + bottom)
    if dark:
        canvas.image.paste(scene(rng, 720, 720))
        white, black = (255, 255, 255), (0, 0, 0)
        canvas.put(360, 80, top, font, size, white, black, main, "middle", stroke=black)
        canvas.put(360, 680, bottom, font, size, white, black, main, "middle", stroke=black)
    else:
        canvas.image.paste(scene(rng, 720, 560), (0, 160))
        for y, text in ((62, top), (62 + round(size * 1.7), bottom)):
            canvas.put(360, y, text, font, size, (0, 0, 0), (255, 255, 255), main, "middle")
    return canvas


def tilted(rng, script, dark):
    """A sheet turned by up to five degrees, as a photo of a page is."""
    canvas = sheet(rng, script, dark)
    angle = rng.uniform(-5, 5)
    paper = canvas.image.getpixel((0, 0))
    width, height = canvas.image.size
    canvas.image = canvas.image.rotate(angle, Image.BICUBIC, expand=True, fillcolor=paper)
    radians = numpy.deg2rad(angle)
    cos, sin = float(numpy.cos(radians)), float(numpy.sin(radians))
    for line in canvas.lines:
        line["quad"] = [
            [(x - width / 2) * cos + (y - height / 2) * sin + canvas.image.width / 2,
             -(x - width / 2) * sin + (y - height / 2) * cos + canvas.image.height / 2]
            for x, y in line["quad"]
        ]
    return canvas


def render(seed, index):
    """The picture of this index as encoded bytes, and its truth."""
    rng = random.Random(f"{seed}/{index}")
    layout = LAYOUTS[index % len(LAYOUTS)]
    script = ["latin", "arabic", "both"][index // len(LAYOUTS) % 3]
    dark = index % 5 in (1, 3)
    canvas = globals()[layout](rng, script, dark)
    noise, quality = rng.choice(NOISES), rng.choice(JPEG_QUALITIES)
    image = canvas.image
    if noise:
        grain = numpy.random.default_rng(rng.randrange(2**32)).normal(0, noise, (image.height, image.width, 3))
        image = Image.fromarray((numpy.asarray(image) + grain).clip(0, 255).round().astype("uint8"))
    file = io.BytesIO()
    if quality is None:
        image.save(file, "PNG")
    else:
        image.save(file, "JPEG", quality=quality)
    name = f"{index:04}_{layout}.{'png' if quality is None else 'jpg'}"
    truth = {"name": name, "layout": layout, "noise": noise, "quality": quality, "lines": canvas.lines}
    return truth, file.getvalue()
