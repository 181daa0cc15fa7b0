"""Boosted trees beside XGBoost: the same rows, the same parameters, the same number of threads."""

import json
import statistics
import subprocess
import time
from pathlib import Path

import numpy as np

from measure import compare, interleave, ratio_row, table, RATIO_HEADER

CLASSES = 9
PARAMS = {"rounds": 100, "learning_rate": 0.3, "max_depth": 6}
TUNED = {**PARAMS, "learning_rate": 0.1, "max_depth": 4, "min_child_weight": 3.0,
         "reg_lambda": 2.0, "subsample": 0.8, "colsample_bytree": 0.6}
PEER = "XGBoost hist"


def blobs(rows: int, columns: int, spread: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Classes of three Gaussian heaps each, of unlike size, in a space where most columns are noise."""
    random = np.random.default_rng(seed)
    centres = np.zeros((CLASSES, 3, columns))
    telling = columns // 4
    centres[:, :, :telling] = np.random.default_rng(0).normal(size=(CLASSES, 3, telling))
    shares = np.arange(CLASSES, 0, -1) / np.arange(1, CLASSES + 1).sum()
    labels = random.choice(CLASSES, size=rows, p=shares)
    heaps = random.integers(3, size=rows)
    features = centres[labels, heaps] + spread * random.normal(size=(rows, columns))
    return features.astype("<f4"), labels


def features_of(pack: Path, folder: Path, limit: int) -> tuple[np.ndarray, np.ndarray]:
    """What a pack's last dense layer gets to see of a folder of classes."""
    import onnx
    import onnxruntime

    import peers

    manifest = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
    network = next(file for file in manifest["files"] if file["role"] == "network")
    model = onnx.load(pack / network["path"])
    last = next(node for node in reversed(model.graph.node) if node.op_type == "Gemm")
    del model.graph.output[:]
    model.graph.output.append(onnx.ValueInfoProto(name=last.input[0]))
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    peer, rows, labels = peers.Classifier(pack), [], []
    for label, entry in enumerate(manifest["taxonomy"]["classes"]):
        for path in sorted((folder / entry["name"]).glob("*.*"))[:limit]:
            tensor = peer.input(path)
            rows.append(session.run(None, {manifest["input"]["name"]: tensor})[0][0])
            labels.append(label)
    return np.array(rows, "<f4"), np.array(labels)


def trees(bench) -> tuple[object, str]:
    """Log loss on held-out rows, and the time of growing."""
    import xgboost

    cases = {
        "blobs, 2,500 × 64": (*blobs(5000, 64, 1.5, 1), PARAMS),
        "blobs, 2,500 × 256": (*blobs(5000, 256, 1.0, 2), PARAMS),
        "blobs, 2,500 × 256, sampled": (*blobs(5000, 256, 1.0, 2), TUNED),
    }
    if bench.options.pictures:
        features, labels = features_of(bench.options.pack, bench.options.pictures, 400)
        order = np.random.default_rng(3).permutation(len(labels))
        cases[f"features of {bench.options.pack.name}, {len(labels) // 2} × {features.shape[1]}"] = (
            features[order], labels[order], PARAMS)
    example = bench.options.programs / "examples/trees"
    rows, scores, figures = [], [], []
    for name, (features, labels, params) in cases.items():
        half = len(labels) // 2
        parts = {"train": slice(None, half), "test": slice(half, None)}
        classes = int(labels.max()) + 1
        for part, rows_of in parts.items():
            both = np.column_stack([features[rows_of], labels[rows_of]]).astype("<f4")
            both.tofile(bench.folder / f"{part}.f32")
        settings = {key: value for key, value in params.items() if key != "rounds"}
        for threads in sorted(set(bench.options.train_threads)):
            found: dict[str, list[float]] = {"EPIC": [], PEER: []}

            def ours() -> float:
                command = [example, json.dumps(params), bench.folder / "train.f32",
                           bench.folder / "test.f32", features.shape[1], classes, threads]
                answer = subprocess.run([str(word) for word in command], check=True,
                                        capture_output=True, text=True).stdout
                answer = json.loads(answer)
                found["EPIC"].append(answer["log_loss"])
                return answer["ms"]

            def theirs() -> float:
                started = time.perf_counter()
                # As ours: from the matrix of numbers on, bins included.
                data = xgboost.DMatrix(features[:half], labels[:half], nthread=threads)
                booster = xgboost.train(
                    {"objective": "multi:softprob", "num_class": classes, "tree_method": "hist",
                     "base_score": 0.5, "nthread": threads,
                     "seed": len(found[PEER]), **settings},
                    data, num_boost_round=params["rounds"])
                ms = (time.perf_counter() - started) * 1e3
                scores = booster.predict(xgboost.DMatrix(features[half:]))
                truth = scores[np.arange(half, len(labels)) - half, labels[half:]]
                found[PEER].append(float(-np.log(truth).mean()))
                return ms

            times = interleave({"EPIC": ours, PEER: theirs}, max(3, bench.options.rounds // 3))
            case = f"{name}, {threads} thread{'s' * (threads > 1)}"
            comparison = compare(times, "EPIC", PEER)
            losses = {key: statistics.median(values) for key, values in found.items()}
            figures.append({"case": case, **comparison, "log_loss": losses})
            rows.append(ratio_row(case, comparison))
        spread = max(found[PEER]) - min(found[PEER])
        scores.append([name, f"{losses['EPIC']:.4f}", f"{losses[PEER]:.4f}",
                       f"{losses['EPIC'] - losses[PEER]:+.4f}", f"{spread:.4f}"])
    header = ["held-out rows", "EPIC, log loss", "XGBoost, log loss", "difference", "XGBoost over seeds"]
    return figures, (f"## Boosted trees\n\nXGBoost {xgboost.__version__}.\n\n" + table(RATIO_HEADER, rows)
                     + "\n" + table(header, scores))
