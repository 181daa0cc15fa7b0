"""The list of pictures: name, class of taxonomy epic10, photos used, and how each is made."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

import encode
import photos
import warp
from render import render

CONTENT = Path(__file__).parent / "content"
SCREEN = (360, 800)


@dataclass(frozen=True)
class Picture:
    """`make` takes the cache folder and returns the file's bytes; `uses` names photos of photos.SOURCES."""

    name: str
    label: str
    make: Callable[[Path], bytes]
    uses: tuple = ()


def _content(name):
    return json.loads((CONTENT / f"{name}.json").read_text(encoding="utf-8"))


def _fit(image, size):
    return ImageOps.fit(image, size, Image.Resampling.LANCZOS)


def screen(name, label, template, content, save, photo=None, size=(640, 427)):
    """A phone screenshot of 540x1200."""

    def make(cache):
        images = {"photo.png": _fit(photos.load(photo, cache), size)} if photo else None
        return save(render(template, _content(content), SCREEN, 1.5, images))

    return Picture(name, label, make, (photo,) if photo else ())


def meme(name, label, photo, save, width, height, type, **captions):
    """A photo with captions over it (top, bottom) or above it (bar)."""

    def make(cache):
        data = {"width": width, "height": height, "type": type, "image": "photo.png", **captions}
        return save(render("meme", data, (width, height), 1.0, {"photo.png": photos.load(photo, cache)}))

    return Picture(name, label, make, (photo,))


def drawn(name, label, template, content, save, size, scale=1.0):
    """A picture rendered whole from a template."""
    return Picture(name, label, lambda cache: save(render(template, _content(content), size, scale)))


def camera(name, label, photo, taken, size, edit=lambda image: image, **shot):
    """A photo as the phone's camera app would save it."""
    return Picture(name, label, lambda cache: encode.camera_jpeg(_fit(edit(photos.load(photo, cache)), size), taken, **shot), (photo,))


def paper_photo(name, template, content, page, size, corners, seed, taken, table=warp.wood, **look):
    """A phone photo of a rendered page."""

    def make(cache):
        rng = np.random.default_rng(seed)
        flat = render(template, _content(content), page)
        picture = warp.photograph(flat, size, corners, table(rng, size), rng, **look)
        return encode.camera_jpeg(picture, taken, quality=62)

    return Picture(name, "academicPhotos", make)


def _face(image):
    """Head and shoulders, cut above the badges of the suit, brightened as a front camera would."""
    return ImageEnhance.Brightness(image.crop((86, 0, 326, 320))).enhance(1.06)


def _grey(cache):
    image = ImageOps.fit(photos.load("photographer", cache).convert("L"), (640, 640), Image.Resampling.LANCZOS)
    return encode.jpeg(image, 70)


def jpeg(quality):
    return lambda image: encode.jpeg(image, quality)


def png(colours=None):
    return lambda image: encode.png(image, colours)


def webp(quality):
    return lambda image: encode.webp(image, quality)


PICTURES = [
    camera("IMG_20240312_174512.jpg", "cameraPhotos", "coffee", "2024:03:12 17:45:12", (640, 426), quality=82, thumbnail=True),
    camera("IMG_20240127_101544.jpg", "cameraPhotos", "cat", "2024:01:27 10:15:44", (640, 426), quality=80, iso=400),
    camera("IMG_20240405_081923.jpg", "cameraPhotos", "raccoon", "2024:04:05 08:19:23", (800, 600), quality=64, progressive=True, exposure=(1, 250), iso=100),
    camera("IMG_20240503_193011.jpg", "cameraPhotos", "rocket", "2024:05:03 19:30:11", (640, 426), quality=80, orientation=6, exposure=(1, 15), iso=1600),
    Picture("IMG-20240218-WA0012.jpg", "cameraPhotos", _grey, ("photographer",)),
    camera("IMG_20240220_190233.jpg", "selfies", "astronaut", "2024:02:20 19:02:33", (600, 800), _face, quality=80, lens="Lotus 9 Pro front camera", iso=320),

    screen("Screenshot_20240501-101012.png", "fTxtMssgs", "chat", "chat-ar-light", png(64)),
    screen("Screenshot_20240502-073841.jpg", "fTxtMssgs", "chat", "chat-ar-dark", jpeg(72), "coffee"),
    screen("Screenshot_20240611-143205.png", "fTxtMssgs", "chat", "chat-en-light", png()),
    screen("Screenshot_20240613-233912.jpg", "fTxtMssgs", "chat", "chat-en-dark", jpeg(72), "cat"),
    screen("Screenshot_20240409-090501.png", "fTxtMssgs", "chat", "sms-ar", png(48)),

    screen("Screenshot_20240320-120144.jpg", "eSocialMedia", "post", "post-ar-light", jpeg(70), "coffee"),
    screen("Screenshot_20240322-210815.png", "eSocialMedia", "post", "post-ar-dark", png(64)),
    screen("Screenshot_20240416-172630.jpg", "fSocialMedia", "post", "post-en-light", jpeg(66), "raccoon", (640, 480)),
    screen("Screenshot_20240417-211520.png", "fSocialMedia", "post", "post-en-dark", png(64)),

    meme("IMG-20240219-WA0003.jpg", "fmemes", "cat", jpeg(74), 600, 480, 50, top="You opened the tuna", bottom="and did not call me"),
    meme("IMG-20240303-WA0021.jpg", "fmemes", "raccoon", jpeg(62), 600, 500, 54, top="Trash can?", bottom="I call it a free buffet"),
    meme("IMG-20240225-WA0008.jpg", "ememes", "raccoon", jpeg(62), 560, 560, 28, rtl=True, bar="ماما: مين اللي خلّص الكيكة؟<br>أنا: 😶"),
    meme("IMG-20240511-WA0030.webp", "ememes", "coffee", webp(74), 560, 540, 27, rtl=True, bar="أنا: هنام بدري النهاردة<br>القهوة الساعة ١٢ بالليل: 😏"),
    drawn("IMG-20240601-WA0017.gif", "ememes", "panels", "panels", encode.gif, (480, 560)),

    drawn("IMG-20240410-WA0002.jpg", "eGreetingAndMisc", "card", "card-eid", jpeg(74), (640, 640)),
    drawn("IMG-20240310-WA0044.jpg", "eGreetingAndMisc", "card", "card-ramadan", jpeg(76), (600, 800)),
    drawn("IMG-20240419-WA0001.jpg", "eGreetingAndMisc", "card", "card-friday", jpeg(74), (640, 520)),
    drawn("IMG-20240506-WA0005.jpg", "eGreetingAndMisc", "card", "card-morning", jpeg(76), (560, 700)),

    drawn("Screenshot_20240214-112233.png", "academicDigital", "slide", "slide-en", png(64), (960, 540)),
    drawn("IMG-20240221-WA0019.jpg", "academicDigital", "slide", "slide-ar", jpeg(74), (960, 540)),
    drawn("Screenshot_20240330-203315.png", "academicDigital", "paper", "paper", png(48), (720, 1018)),

    paper_photo("IMG_20240213_133020.jpg", "notebook", "notebook", (720, 960), (750, 1000),
                [(.10, .07), (.93, .045), (.975, .945), (.03, .965)], 7, "2024:02:13 13:30:20",
                bend=.012, shadow=[(.45, 1.1), (.62, .66), (1.1, .4), (1.1, 1.1)], light=(1.1, .88)),
    paper_photo("IMG_20240226_111508.jpg", "board", "board", (1100, 680), (960, 640),
                [(.05, .12), (.97, .03), (.945, .93), (.06, .86)], 8, "2024:02:26 11:15:08", table=warp.wall,
                light=(.98, .78), warm=(.97, 1.0, .96), noise=4.5, blur=.8),
    paper_photo("IMG_20240304_220147.jpg", "book", "book", (720, 1000), (720, 960),
                [(.06, .03), (.95, .06), (1.03, .99), (-.03, .955)], 9, "2024:03:04 22:01:47",
                bend=.03, shadow=[(-.1, .55), (.35, .8), (.5, 1.1), (-.1, 1.1)], warm=(1.02, .97, .88), light=(1.1, .86)),

]  # fmt: skip
