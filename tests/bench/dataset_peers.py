"""`epic dataset check` and `dedupe` beside cleanvision and imagededup, on one folder in one run: time and findings.

    python3 -m venv "${EPIC_CACHE:-$HOME/.cache/epic}/venv-dataset-peers"
    VENV/bin/pip install -r tests/bench/requirements-dataset.txt
    VENV/bin/python tests/bench/dataset_peers.py DATA --epic target/release/epic [--cnn] [--list FILE.json]

Every program runs as a process of its own, with its default settings and all cores; programs take turns, and of
--rounds the least time counts. Prints Markdown. DATA is only read (a copy, if the program may write there).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from itertools import combinations
from pathlib import Path

# Kinds of ours and of cleanvision's that mean much the same.
KINDS = {
    "dark": ({"dark"}, "is_dark_issue"),
    "bright": ({"bright"}, "is_light_issue"),
    "blurred": ({"blurred"}, "is_blurry_issue"),
    "low information": ({"blank"}, "is_low_information_issue"),
    "odd aspect ratio": ({"extreme_aspect"}, "is_odd_aspect_ratio_issue"),
    "odd size": ({"tiny"}, "is_odd_size_issue"),
}


def cleanvision(data: Path) -> dict:
    from cleanvision import Imagelab

    lab = Imagelab(data_path=str(data))
    lab.find_issues(n_jobs=os.cpu_count())
    frame = lab.issues
    root = str(data.resolve())
    name = lambda path: os.path.relpath(path, root)  # noqa: E731
    found = {kind: sorted(map(name, frame.index[frame[column]])) for kind, (_, column) in KINDS.items() if column in frame}
    for key in ("exact_duplicates", "near_duplicates"):
        sets = lab.info.get(key, {}).get("sets", [])
        found[key] = sorted({tuple(sorted(pair)) for group in sets for pair in combinations(map(name, group), 2)})
    return found


def imagededup(data: Path, method: str) -> dict:
    from imagededup import methods

    finder = methods.CNN() if method == "CNN" else methods.PHash()
    maps = finder.find_duplicates(image_dir=str(data), recursive=True)
    pairs = {tuple(sorted((name, other))) for name, others in maps.items() for other in others}
    return {"near_duplicates": sorted(pairs)}


def epic(program: str, command: str, data: Path, *options: str) -> list[dict]:
    line = [program, "dataset", command, str(data), "--json", *options]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    return [json.loads(row) for row in done.stdout.splitlines()]


def of_check(rows: list[dict]) -> dict:
    kinds = {row["relative_path"]: {fault["fault"] for fault in row["faults"]} for row in rows}
    return {kind: sorted(path for path, has in kinds.items() if has & ours) for kind, (ours, _) in KINDS.items()}


def of_dedupe(rows: list[dict]) -> dict:
    groups = [(row["exact"], [row["keep"], *row["others"]]) for row in rows]
    pairs = lambda wanted: sorted({tuple(sorted(p)) for exact, group in groups if exact in wanted for p in combinations(group, 2)})  # noqa: E731
    return {"exact_duplicates": pairs({True}), "near_duplicates": pairs({True, False})}


def child(options: argparse.Namespace) -> None:
    """One program's work, in a process of its own."""
    data, name = options.data, options.child
    if name == "cleanvision":
        found = cleanvision(data)
    elif name.startswith("imagededup"):
        found = imagededup(data, name.split()[1])
    elif name == "epic dedupe":
        found = of_dedupe(epic(options.epic, "dedupe", data))
    else:
        found = of_check(epic(options.epic, "check", data, *(["--no-text"] if "--no-text" in name else [])))
    options.result.write_text(json.dumps(found))


def timed(name: str, options: argparse.Namespace, result: Path) -> tuple[float, float, int]:
    """Seconds, processor seconds, and peak memory in kB, of the process and its children."""
    line = [sys.executable, __file__, str(options.data), "--epic", options.epic, "--child", name, "--result", str(result)]
    begun = time.monotonic()
    process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"{name}: {errors.decode()[-2000:]}")
    return time.monotonic() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--epic", required=True, help="the program")
    parser.add_argument("--cnn", action="store_true", help="imagededup's network too; it downloads its weights")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--list", type=Path, metavar="FILE", help="write what only one side finds")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--result", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options)
        return
    names = ["epic check --no-text", "epic dedupe", "epic check", "cleanvision", "imagededup PHash"]
    names += ["imagededup CNN"] if options.cnn else []
    times: dict[str, list[tuple[float, float, int]]] = {name: [] for name in names}
    found = {}
    with tempfile.TemporaryDirectory(prefix="epic-peers-") as folder:
        result = Path(folder) / "result.json"
        for _ in range(options.rounds):
            for name in names:
                times[name].append(timed(name, options, result))
                found[name] = json.loads(result.read_text())
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}, {options.rounds} rounds\n")
    print("| program | seconds | processor seconds | peak memory of the largest process |\n|---|--:|--:|--:|")
    for name in names:
        seconds, used, memory = map(list, zip(*times[name]))
        print(f"| {name} | {min(seconds):.1f} | {min(used):.1f} | {max(memory) / 1024:.0f} MB |")
    compare(found, options)


def compare(found: dict, options: argparse.Namespace) -> None:
    differences = {}
    print("\n| finding | both | only EPIC | only the peer | peer |\n|---|--:|--:|--:|---|")
    lines = [(kind, "epic check", "cleanvision") for kind in KINDS]
    lines += [(kind, "epic dedupe", "cleanvision") for kind in ("exact_duplicates", "near_duplicates")]
    lines += [("near_duplicates", "epic dedupe", name) for name in found if name.startswith("imagededup")]
    for kind, ours, peer in lines:
        first = set(map(as_key, found[ours].get(kind, [])))
        second = set(map(as_key, found[peer].get(kind, [])))
        if kind == "near_duplicates" and peer == "cleanvision":
            # Its near duplicates are without the exact ones.
            second |= set(map(as_key, found[peer]["exact_duplicates"]))
        what = kind.replace("_", " ") + (", pairs" if "duplicates" in kind else "")
        print(f"| {what} | {len(first & second)} | {len(first - second)} | {len(second - first)} | {peer} |")
        differences[f"{kind}: {peer}"] = {"only EPIC": sorted(first - second), "only the peer": sorted(second - first)}
    if options.list:
        options.list.write_text(json.dumps(differences, ensure_ascii=False, indent=1))


def as_key(value):
    return tuple(value) if isinstance(value, list) else value


if __name__ == "__main__":
    main()
