"""Metadata against the Python pipeline of `metadata_peer.py`, on the same pictures."""

import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from measure import Server, interleave, table

if TYPE_CHECKING:
    from sections import Bench, Section

HERE = Path(__file__).resolve().parent
# Rounds after the first, which is reported alone: our plans are made in it.
MOST_ROUNDS = 3
STAGES = ("decode", "colors", "faces", "detection", "recognition")


def epic(bench: "Bench") -> Server:
    return Server(bench.options.programs / "epic-bench")


def python() -> Server:
    return Server(sys.executable, HERE / "metadata_peer.py")


def metadata(bench: "Bench") -> "Section":
    """Pictures per second, stages, memory and the first record."""
    import metadata_pictures

    kinds = metadata_pictures.pictures(bench.folder, each=4)
    weights = bench.options.weights
    # Detection alone is asked of a second process, which the first one's memory is not to hold.
    ours, detection, peer = epic(bench), epic(bench), python()
    cases = {}
    for path in (path for paths in kinds.values() for path in paths):
        cases["ours", path] = lambda p=path: ours.ask("metadata", weights, p)
        cases["detection", path] = lambda p=path: detection.ask("metadata", weights, p, 0)
        cases["peer", path] = lambda p=path: peer.ask("metadata", p)
    rounds = min(MOST_ROUNDS, bench.options.rounds)
    answers = interleave(cases, rounds + 1, warm_up=0)
    memory = {"ours": ours.ask("peak")["kb"] / 1024, **{
        name: kb / 1024 for name, kb in peer.ask("peak").items()
    }}
    for server in (ours, detection, peer):
        server.close()

    figures = [figure(kind, paths, answers) for kind, paths in kinds.items()]
    figures.append(figure("all", [p for paths in kinds.values() for p in paths], answers))
    start = first_record(bench, kinds, rounds)
    header = ["pictures", "ours, ms", "peer, ms", "ratio", "ours, pictures/s", "peer, pictures/s",
              "first pass: ours, ms", "peer, ms", "boxes Latin/Arabic/unread"]
    rows = [[f"{f['kind']} ({f['count']})", f["ours_ms"], f["peer_ms"], f["ratio"],
             1e3 / f["ours_ms"], 1e3 / f["peer_ms"], f["ours_first_ms"], f["peer_first_ms"],
             f["boxes"]] for f in figures]
    stage_header = ["pictures", *(f"ours: {stage}" for stage in STAGES), "peer: decode", "colours",
                    "MTCNN", "RapidOCR", "Tesseract"]
    stage_rows = [[f["kind"], *f["ours_stages"].values(), *f["peer_stages"].values()] for f in figures]
    start_rows = [[s["case"], s["ours_ms"], s["peer_ms"], s["ours_ms"] / s["peer_ms"]] for s in start]
    text = "\n".join([
        "## Metadata\n",
        f"Milliseconds per picture: means over the pictures of medians over {rounds} rounds; the "
        "first pass over all pictures, in which plans are made, stands alone.\n",
        table(header, rows),
        "Milliseconds per stage:\n",
        table(stage_header, stage_rows),
        "Process start to first record:\n",
        table(["picture", "ours, ms", "peer, ms", "ratio"], start_rows),
        f"Peak memory after all pictures: ours {memory['ours']:.0f} MiB, peer {memory['kb']:.0f} MiB "
        f"(Tesseract's process not counted): {memory['ours'] / memory['kb']:.2f} of it.\n",
    ])
    return {"pictures": figures, "memory_mib": memory, "start": start}, text


def figure(kind: str, paths: list[Path], answers: dict) -> dict:
    def mean(name: str, value) -> float:
        """Over the pictures, of the medians over all rounds but the first."""
        each = (statistics.median(map(value, answers[name, path][1:])) for path in paths)
        return statistics.fmean(each)

    def stage(name: str, key: str) -> float:
        return mean(name, lambda answer: answer["stages"][key])

    def first(name: str) -> float:
        return statistics.fmean(answers[name, path][0]["ms"] for path in paths)

    ours, peer = (mean(name, lambda answer: answer["ms"]) for name in ("ours", "peer"))
    stages = {key: stage("ours", key) for key in ("decode", "colors", "faces", "text")}
    found = stage("detection", "text")
    counts = [answers["ours", path][0] for path in paths]
    return {
        "kind": kind,
        "count": len(paths),
        "ours_ms": ours,
        "peer_ms": peer,
        "ratio": ours / peer,
        "ours_first_ms": first("ours"),
        "peer_first_ms": first("peer"),
        "ours_stages": {
            **{key: stages[key] for key in ("decode", "colors", "faces")},
            "detection": found,
            "recognition": max(0.0, stages["text"] - found),
        },
        "peer_stages": {key: stage("peer", key) for key in
                        ("decode", "colors", "faces", "latin", "arabic")},
        "boxes": "/".join(str(sum(count[key] for count in counts)) for key in
                          ("latin_boxes", "arabic_boxes", "unread_boxes")),
    }


def first_record(bench: "Bench", kinds: dict, rounds: int) -> list[dict]:
    """Whole processes: one picture, from nothing."""
    def timed_start(start, *request) -> float:
        began = time.perf_counter()
        server = start()
        server.ask("metadata", *request)
        elapsed = (time.perf_counter() - began) * 1e3
        server.close()
        return elapsed

    figures = []
    for kind in ("photo", "drawn chat, English", "drawn chat, Arabic"):
        path = kinds[kind][0]
        times = interleave({
            "ours": lambda: timed_start(lambda: epic(bench), bench.options.weights, path),
            "peer": lambda: timed_start(python, path),
        }, rounds)
        medians = {f"{name}_ms": statistics.median(values) for name, values in times.items()}
        figures.append({"case": kind, **medians})
    return figures


def many_lines(bench: "Bench") -> "Section":
    """200 small lines: time, memory, and what bounds leave out."""
    import metadata_pictures

    metadata_pictures.fonts.install()
    figures = []
    for script, columns in (("latin", 1), ("arabic", 1), ("latin", 2), ("arabic", 2)):
        path = metadata_pictures.many_lines(bench.folder, script, columns)
        case = f"{'Arabic' if script == 'arabic' else 'English'}, {metadata_pictures.size(path)}"
        for bounds in ((), (50,), (256, 3000)):
            server = epic(bench)
            answer = server.ask("metadata", bench.options.weights, path, *bounds)
            peak = server.ask("peak")["kb"] / 1024
            server.close()
            named = ["none", "50 boxes", "3 s"][len(bounds)]
            figures.append({"case": case, "bounds": named, "peak_mib": peak, **answer})
    header = ["200 lines", "bound", "ms", "of it text", "peak, MiB", "boxes", "read", "unread", "partial"]
    rows = [[f["case"], f["bounds"], f["ms"], f["stages"]["text"], f["peak_mib"], f["boxes"],
             f["latin_boxes"] + f["arabic_boxes"], f["unread_boxes"], "yes" if f["partial"] else "no"]
            for f in figures]
    return figures, "## 200 small lines, a fresh process each\n\n" + table(header, rows)
