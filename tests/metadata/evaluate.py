"""Detection, recognition and routing of text on pictures drawn here, with floors.

    python3 tests/metadata/evaluate.py --epic target/release/epic           # small, holds the floors
    python3 tests/metadata/evaluate.py --epic … --full --out docs/metadata-accuracy.md
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import fonts
import render
import score

ROOT = Path(__file__).resolve().parents[2]
# The full run draws other pictures than the small one, so that floors are not set on the table's.
SMALL, FULL = (1, 18), (2, 180)
BEGIN, END = "<!-- table: tests/metadata/evaluate.py -->", "<!-- end of table -->"

# At least (recall, precision, routing), at most (CER, unread).
FLOORS = {"recall": 0.95, "precision": 0.95, "routing": 0.98}
UNREAD = {"latin": 0.02, "arabic": 0.02}
CER = {"latin": 0.01, "arabic": 0.03}


def read(epic, weights, seed, count):
    """Draws pictures, has them read, and pairs truths with records."""
    with tempfile.TemporaryDirectory() as folder:
        truths = {}
        for index in range(count):
            truth, data = render.render(seed, index)
            path = Path(folder, truth["name"])
            path.write_bytes(data)
            truths[str(path)] = truth
        command = [epic, "metadata", "--json", "--weights", weights, "--parts", "text", *truths]
        run = subprocess.run(command, check=False, capture_output=True, text=True)
    records = [json.loads(line) for line in run.stdout.splitlines()]
    if len(records) != count:
        raise SystemExit(f"{len(records)} records for {count} pictures")
    failed = [r["error"]["message"] for r in records if r["error"]]
    if failed or run.returncode:
        raise SystemExit(f"{len(failed)} pictures failed: {failed[:1] or run.stderr}")
    return [(truths[r["path"]], r["metadata"]["text"]) for r in records]


def percent(value):
    return "–" if value is None else f"{value * 100:.1f} %"


def table(tallies, boxes, count):
    true, total = boxes
    lines = [
        f"{count} pictures, {sum(t.counts['lines'] for k, t in tallies.items() if k[0] == 'all')} lines, "
        f"{total} boxes found; box precision {percent(true / total if total else None)}.",
        "",
        "| slice | value | script | lines | found | unread | script right | CER | words right |",
        "|---|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    kinds = ["target", "all", "face", "numbers", "layout", "size", "contrast", "JPEG quality", "noise", "font"]
    for kind, value, script in sorted(tallies, key=lambda k: (kinds.index(k[0]), k[2], k[1])):
        t = tallies[kind, value, script]
        cells = [t.recall, t.unread, t.routing, t.cer, t.words]
        lines.append(f"| {kind} | {value} | {script} | {t.counts['lines']} | "
                     + " | ".join(map(percent, cells)) + " |")
    return "\n".join(lines)


def misses(tallies, boxes):
    """What falls short of the floors."""
    true, total = boxes
    short = []
    if not total or true / total < FLOORS["precision"]:
        short.append(f"box precision {percent(true / total if total else None)}")
    for script, most in CER.items():
        t = tallies["target", "text fonts", script]
        for name in ("recall", "routing"):
            value = getattr(t, name)
            if value is None or value < FLOORS[name]:
                short.append(f"{script} {name} {percent(value)}, at least {percent(FLOORS[name])}")
        for name, bound in (("cer", most), ("unread", UNREAD[script])):
            value = getattr(t, name)
            if value is None or value > bound:
                short.append(f"{script} {name} {percent(value)}, at most {percent(bound)}")
    return short


def write_table(path, text):
    page = path.read_text(encoding="utf-8")
    head, rest = page.split(BEGIN)
    path.write_text(f"{head}{BEGIN}\n{text}\n{END}{rest.split(END)[1]}", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epic", required=True, help="the built program")
    parser.add_argument("--weights", default=str(ROOT / "models/metadata"))
    parser.add_argument("--full", action="store_true", help="the larger run behind the documentation")
    parser.add_argument("--out", type=Path, help="page whose table is replaced")
    options = parser.parse_args()
    fonts.install()
    seed, count = FULL if options.full else SMALL
    results = read(options.epic, options.weights, seed, count)
    tallies, boxes = score.score(results, {*fonts.LATIN_DISPLAY, *fonts.ARABIC_DISPLAY})
    text = table(tallies, boxes, count)
    print(text)
    if options.out:
        write_table(options.out, text)
    short = misses(tallies, boxes)
    for miss in short:
        print("below the floor:", miss, file=sys.stderr)
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
