"""HTML template + data → picture, through headless Chromium."""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

from PIL import Image

TEMPLATES = Path(__file__).parent / "templates"
# Some headless versions take the browser's own bars out of --window-size, so the window is made taller and cut.
SPARE_HEIGHT = 200
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars", "--force-color-profile=srgb", "--disable-lcd-text", "--font-render-hinting=none",
    "--allow-file-access-from-files", "--virtual-time-budget=2000",
]  # fmt: skip


def chromium():
    """The first Chromium-like browser on PATH; raises FileNotFoundError when there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    raise FileNotFoundError("chromium is not on PATH")


def render(template, data, size, scale=1.0, images=None) -> Image.Image:
    """`templates/<template>.html` with `DATA = data`, `size` CSS pixels at `scale`; `images`: file name → picture."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for part in TEMPLATES.glob("*.*"):
            if part.suffix != ".html":
                shutil.copy(part, folder)
        for name, image in (images or {}).items():
            image.save(folder / name)
        html = (TEMPLATES / f"{template}.html").read_text(encoding="utf-8")
        page = folder / "page.html"
        page.write_text(html.replace("/*DATA*/", json.dumps(data, ensure_ascii=False)), encoding="utf-8")
        shot = folder / "shot.png"
        subprocess.run(
            [
                chromium(), *FLAGS, f"--user-data-dir={folder / 'profile'}",
                f"--force-device-scale-factor={scale}", f"--window-size={size[0]},{size[1] + SPARE_HEIGHT}",
                f"--screenshot={shot}", page.as_uri(),
            ],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120,
        )  # fmt: skip
        with Image.open(shot) as image:
            return image.convert("RGB").crop((0, 0, round(size[0] * scale), round(size[1] * scale)))
