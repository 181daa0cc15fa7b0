"""The fonts of the evaluation, all from Debian packages, and their set-up."""

import functools
import os
import subprocess
from pathlib import Path

from fontTools.ttLib import TTFont
from PIL import ImageFont

PACKAGES = {
    "fonts-dejavu-core": "dejavu",
    "fonts-liberation": "liberation",
    "fonts-noto-core": "noto",
    "fonts-roboto-unhinted": "roboto/unhinted",
    "fonts-open-sans": "open-sans",
    "fonts-lato": "lato",
    "fonts-hosny-amiri": "fonts-hosny-amiri",
    "fonts-kacst": "kacst",
    "fonts-arabeyes": "fonts-arabeyes",
    "fonts-freefont-ttf": "freefont",
    "fonts-sil-scheherazade": "scheherazade",
}
ROOTS = [Path("/usr/share/fonts/truetype"), Path("/usr/share/fonts/opentype")]

# Fonts as phones, documents and picture captions use them: these count for the targets.
LATIN = [
    "DejaVuSans", "DejaVuSerif-Bold", "LiberationSans-Regular", "LiberationSerif-Regular",
    "LiberationMono-Regular", "NotoSans-Regular", "NotoSerif-Regular", "Roboto-Regular",
    "Roboto-Medium", "OpenSans-Regular", "Lato-Regular", "FreeSans",
]
ARABIC = [
    "NotoNaskhArabic-Regular", "NotoSansArabic-Regular", "NotoKufiArabic-Regular",
    "NotoSansArabic-Bold", "Amiri-Regular", "Amiri-Bold", "Scheherazade-Regular",
    "DejaVuSans", "KacstBook", "KacstOffice", "KacstTitle", "ae_AlArabiya", "ae_Nada",
    "ae_Salem",
]
# Display faces: reported, but no target is held against them.
LATIN_DISPLAY = ["LiberationSans-BoldItalic", "Lato-Black"]
ARABIC_DISPLAY = ["KacstPoster", "KacstDecorative", "ae_Dimnah", "ae_Cortoba"]

# Faces that the Arabic network was not trained on (models/metadata/make/arabic/fonts.py).
ARABIC_UNSEEN = {
    "DejaVuSans", "KacstBook", "KacstOffice", "KacstTitle", "KacstPoster", "KacstDecorative",
    "ae_AlArabiya", "ae_Nada", "ae_Salem", "ae_Dimnah", "ae_Cortoba",
}


def install():
    """Installs the packages that are missing."""
    missing = [name for name, folder in PACKAGES.items() if not any((r / folder).is_dir() for r in ROOTS)]
    if missing:
        sudo = [] if os.geteuid() == 0 else ["sudo"]
        subprocess.run([*sudo, "apt-get", "update", "-q"], check=True)
        command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *missing]
        subprocess.run([*sudo, *command], check=True)


@functools.cache
def paths():
    files = (path for root in ROOTS for path in root.rglob("*.[to]tf"))
    return {path.stem: path for path in sorted(files)}


def available(names):
    """Those of `names` that the installed version of the packages holds."""
    return [name for name in names if name in paths()]


@functools.cache
def load(name, size):
    return ImageFont.truetype(str(paths()[name]), size, layout_engine=ImageFont.Layout.RAQM)


@functools.cache
def _characters(name):
    with TTFont(paths()[name]) as font:
        return frozenset(font.getBestCmap())


def covers(name, text):
    """Whether the font has a glyph for every character."""
    return all(ord(character) in _characters(name) for character in text if character != " ")
