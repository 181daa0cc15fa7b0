"""The fonts that the training lines are drawn in, and their set-up.

    python3 fonts.py FOLDER

Fetches the npm packages of fonts.tsv (all under the SIL Open Font License 1.1), checks their
sha256, and writes one TTF per family and weight, its Arabic and Latin subsets joined, into
FOLDER. Debian's fonts are used where they are installed (fonts-arabeyes, fonts-kacst,
fonts-kacst-one, fonts-farsiweb). Faces of UNSEEN are never trained on, so that the evaluation
can tell what the network makes of new ones.
"""

import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from fontTools.merge import Merger
from fontTools.ttLib import TTFont

TABLE = Path(__file__).with_name("fonts.tsv")
DEBIAN_FOLDERS = ["fonts-arabeyes", "kacst", "kacst-one", "ttf-farsiweb", "farsiweb"]
WEIGHTS = [300, 400, 700, 900]
# Of the evaluation (tests/metadata/fonts.py).
UNSEEN = {
    "DejaVuSans", "KacstBook", "KacstOffice", "KacstTitle", "KacstTitleL", "KacstPoster",
    "KacstDecorative", "ae_AlArabiya", "ae_Nada", "ae_Salem", "ae_Dimnah", "ae_Cortoba",
}
# Ornament, or letters without dots, that nobody could read.
UNREADABLE = {"ae_Shado", "ae_Mashq", "ae_Mashq-Bold", "KacstArt", "ae_Japan"}


def fetch(package, version, sha256):
    """The package's archive, checked."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", f"{package}@{version}", "--pack-destination", folder]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        [path] = Path(folder).iterdir()
        content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise SystemExit(f"{package} {version} is not the recorded one")
    return tarfile.open(fileobj=io.BytesIO(content))


def subset(archive, family, script, weight):
    name = f"package/files/{family}-{script}-{weight}-normal.woff2"
    try:
        font = TTFont(archive.extractfile(name))
    except KeyError:
        return None
    font.flavor = None
    return font


def join(arabic, latin, path):
    """One file of both; the Arabic alone where they do not fit together."""
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for index, font in enumerate((arabic, latin)):
            if font is not None:
                names.append(str(Path(folder, f"{index}.ttf")))
                font.save(names[-1])
        try:
            Merger().merge(names).save(path)
        except Exception as error:  # The merger raises many kinds for tables that differ.
            print(f"{path.stem}: without Latin ({error})", file=sys.stderr)
            TTFont(names[0]).save(path)


def prepare(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for row in TABLE.read_text().splitlines()[1:]:
        package, version, sha256 = row.split("\t")
        family = package.split("/")[1]
        if any(folder.glob(f"{family}-[0-9]*.ttf")):
            continue
        archive = fetch(package, version, sha256)
        for weight in WEIGHTS:
            arabic = subset(archive, family, "arabic", weight)
            if arabic is not None:
                join(arabic, subset(archive, family, "latin", weight), folder / f"{family}-{weight}.ttf")


def paths(folder):
    """All faces to train on."""
    debian = (Path("/usr/share/fonts/truetype", name) for name in DEBIAN_FOLDERS)
    files = [*folder.glob("*.ttf"), *(p for d in debian for p in d.glob("*.ttf"))]
    return sorted(p for p in files if p.stem not in UNSEEN | UNREADABLE)


if __name__ == "__main__":
    prepare(Path(sys.argv[1]))
    print(len(paths(Path(sys.argv[1]))), "faces")
