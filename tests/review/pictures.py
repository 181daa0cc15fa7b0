"""A data set of drawn pictures: chats, memes, cards, notes and landscapes, rendered by the browser so that Arabic is
shaped as it should be. Nothing of it comes from anybody."""

import json
import os
import random

CHATS = [("Are we still on for tomorrow?", "Yes! 10 am at the library"), ("عامل ايه النهارده؟", "الحمد لله تمام، وانت؟"),
         ("Send me the notes please", "Uploading now, 24 pages"), ("كل سنة وانت طيب يا صاحبي", "وانت بالصحة والسعادة"),
         ("The lecture was moved to hall 3", "Thanks, see you there"), ("ممكن تبعتلي المحاضرة؟", "حاضر، دقيقة واحدة")]
MEMES = ["When the exam is open book\nbut the book is closed", "لما تذاكر ليلة الامتحان", "Me: five more minutes\nAlso me: 3 hours later",
         "أنا والنوم قصة حب", "Nobody:\nMy phone at 1 %: update now?", "الجو حر نار"]
CARDS = ["عيد مبارك", "رمضان كريم", "Happy New Year", "جمعة مباركة", "مولد نبوي شريف", "Congratulations!"]
NOTES = ["Σ xᵢ² = 385\n∫ sin x dx = −cos x + C\nlim (1 + 1/n)ⁿ = e", "Lecture 7: Sorting\n• merge sort O(n log n)\n• quick sort\n• heaps",
         "المحاضرة الثالثة\n• تعريف الدالة\n• المشتقة الأولى", "f(x) = 3x² + 2x − 7\nf′(x) = 6x + 2\nx = −1/3"]
STYLE = """* { box-sizing: border-box; margin: 0 } body { font: 22px 'Noto Sans', 'Noto Sans Arabic', sans-serif; width: 480px; overflow: hidden }
.chat { padding: 70px 18px; display: flex; flex-direction: column; gap: 14px } .chat p { padding: 12px 16px; border-radius: 16px; max-width: 76% }
.center { display: grid; place-items: center; text-align: center; white-space: pre-line; padding: 30px }"""


def chat(random, number):
    dark = random.random() < 0.5
    back, mine, other, ink = ("#0b141a", "#005c4b", "#202c33", "#e9edef") if dark else ("#efeae2", "#d9fdd3", "#fff", "#111b21")
    lines = [line for pair in random.sample(CHATS, 3) for line in pair]
    bubbles = "".join(f"<p dir=auto style='background:{mine if i % 2 else other};align-self:{'flex-end' if i % 2 else 'flex-start'}'>{line}</p>" for i, line in enumerate(lines))
    return 800, f"<div class=chat style='height:800px;background:{back};color:{ink}'>{bubbles}</div>"


def meme(random, number):
    hue = random.randrange(360)
    text = MEMES[number % len(MEMES)]
    return 480, f"<div class=center dir=auto style='height:480px;font:800 38px/1.25 Noto Sans, Noto Sans Arabic;color:#fff;text-shadow:0 3px 10px #000;background:radial-gradient(circle at {random.randrange(100)}% 20%,hsl({hue} 80% 62%),hsl({hue + 70} 70% 26%))'>{text}</div>"


def card(random, number):
    hue = random.choice([150, 200, 265, 30, 340])
    stars = "".join(f"<i style='position:absolute;left:{random.randrange(460)}px;top:{random.randrange(600)}px;color:hsl(45 90% 70%);font-size:{random.randrange(10, 34)}px;font-style:normal'>✦</i>" for _ in range(26))
    return 620, f"<div class=center style='height:620px;position:relative;background:linear-gradient(160deg,hsl({hue} 55% 16%),hsl({hue + 30} 60% 38%));color:hsl(45 90% 78%);font:700 48px Noto Sans, Noto Sans Arabic'>{stars}<span dir=auto>{CARDS[number % len(CARDS)]}</span></div>"


def note(random, number):
    lines = "repeating-linear-gradient(#fffdf4 0 38px,#bcd2e8 38px 40px)"
    return 640, f"<div dir=auto style='height:640px;padding:44px 40px;background:{lines};white-space:pre-line;font:26px/40px Noto Sans, Noto Sans Arabic;color:hsl({random.randrange(200, 260)} 60% 28%)'>{NOTES[number % len(NOTES)]}</div>"


def landscape(random, number):
    hue, sun = random.randrange(180, 320), random.randrange(60, 400)
    hills = ""
    for depth in range(4):
        points = " ".join(f"{x},{150 + depth * 46 + random.randrange(-26, 26)}" for x in range(0, 520, 40))
        hills += f"<polygon points='0,360 {points} 480,360' fill='hsl({hue - depth * 25} {25 + depth * 8}% {46 - depth * 10}%)'/>"
    blur = "filter:blur(9px)" if number % 9 == 8 else ""
    return 360, f"<svg width=480 height=360 style='display:block;{blur};background:linear-gradient(hsl({hue} 70% 62%),hsl(35 90% 76%))'><circle cx={sun} cy=120 r={random.randrange(24, 50)} fill='hsl(45 100% 80%)'/>{hills}</svg>"


CLASSES = {"cards": card, "chats": chat, "landscapes": landscape, "memes": meme, "notes": note}
NAMES = {"cards": "معايدة_{}.jpg", "chats": "Screenshot_{:03}.jpg", "landscapes": "IMG_{:04}.jpg", "memes": "ميمز {}.jpg", "notes": "note {} – صفحة.jpg"}


def render(page, html, height, quality=82, scale=1):
    page.call("Emulation.setDeviceMetricsOverride", width=480, height=height, deviceScaleFactor=1, mobile=False)
    frame = page.call("Page.getFrameTree")["frameTree"]["frame"]["id"]
    page.call("Page.setDocumentContent", frameId=frame, html=f"<!doctype html><meta charset=utf-8><style>{STYLE}</style>{html}")
    return page.picture(format="jpeg", quality=quality, clip={"x": 0, "y": 0, "width": 480, "height": height, "scale": scale})


def make(page, folder, each=14):
    """A folder per class, with copies, a picture under two labels, and a damaged file."""
    chance = random.Random(7)
    for name, draw in CLASSES.items():
        (folder / name).mkdir(parents=True)
        for number in range(each):
            height, html = draw(chance, number)
            (folder / name / NAMES[name].format(number)).write_bytes(render(page, html, height))
    photo = (folder / "landscapes" / NAMES["landscapes"].format(0)).read_bytes()
    (folder / "landscapes" / "IMG_0000 (copy).jpg").write_bytes(photo)
    meme_file = (folder / "memes" / NAMES["memes"].format(1)).read_bytes()
    (folder / "cards" / "from memes.jpg").write_bytes(meme_file)
    (folder / "chats" / "broken.jpg").write_bytes(photo[: len(photo) // 3])


def findings(folder, file):
    """What another command might have found: clusters and suspected labels."""
    chance = random.Random(3)
    with file.open("w") as lines:
        for path in sorted(folder.glob("[!.]*/*")):
            relative = path.relative_to(folder).as_posix()
            suspicion = round(max(0, chance.gauss(-0.4, 0.4)), 3)
            columns = [("component", chance.randrange(4)), ("component_distance", round(chance.uniform(1, 9), 3)), ("outlier_distance", round(chance.uniform(1, 9), 3)), ("label_error", suspicion)]
            if suspicion:
                others = [name for name in CLASSES if name != relative.split("/")[0]]
                columns.append(("suggested_label", chance.choice(others)))
            for column, value in columns:
                lines.write(json.dumps({"relative_path": relative, "column": column, "value": value}, ensure_ascii=False) + "\n")


def many(page, folder, count):
    """As many files of a handful of small pictures."""
    chance = random.Random(11)
    originals = folder.parent / "originals"
    originals.mkdir()
    files = []
    for number in range(20):
        draw = list(CLASSES.values())[number % 5]
        height, html = draw(chance, number)
        file = originals / f"{number}.jpg"
        file.write_bytes(render(page, html, height, quality=60, scale=0.3))
        files.append(file)
    for name in CLASSES:
        (folder / name).mkdir(parents=True)
    for number in range(count):
        name = list(CLASSES)[number % 5]
        os.link(files[number % 20], folder / name / f"{number:06}.jpg")
