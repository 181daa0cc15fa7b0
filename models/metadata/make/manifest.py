"""Writes manifest.json: size and sha256 of each weights file beside it.

    python3 models/metadata/make/manifest.py
"""

import hashlib
import json
import os
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent
NO_WEIGHTS = {"manifest.json", "README.md"}


def main():
    files = {}
    for path in sorted(FOLDER.iterdir()):
        is_notice = path.name.endswith(".NOTICE.txt")
        if path.is_file() and path.name not in NO_WEIGHTS and not is_notice:
            content = path.read_bytes()
            files[path.name] = {
                "size": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
    text = json.dumps({"schema": 1, "files": files}, indent=2) + "\n"
    temporary = FOLDER / ".manifest.json.writing"
    temporary.write_text(text)
    os.replace(temporary, FOLDER / "manifest.json")
    print(f"{len(files)} files, {sum(f['size'] for f in files.values()) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
