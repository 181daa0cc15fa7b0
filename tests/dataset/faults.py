"""How well `epic dataset` finds faults that were put into a copy of a data set: precision, recall, time.

    pip install -r tests/dataset/requirements.txt
    python3 tests/dataset/faults.py DATA --epic target/release/epic \
        --backbone DIR/efficientnet_lite0.onnx --swap academicDigital academicPhotos

Copies DATA into a temporary folder, looks at the clean copy first (what the tools find there is told by itself:
real data has faults of its own), seeds faults, looks again, and prints Markdown. Seeds draw from four
lists of placeholder messages by their remainder: tune on the one, report another.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from seeding import Truth, seed_faults

UNUSABLE = {"zero_bytes", "unreadable", "not_a_picture", "truncated", "corrupt", "placeholder"}


@dataclass
class Run:
    rows: list[dict]
    # By the clock, and of all cores together: the latter does not grow when others use the machine.
    seconds: float
    cpu_seconds: float


class Epic:
    """The program, as a user runs it."""

    def __init__(self, program: Path, root: Path) -> None:
        self.program, self.root = program, root

    def run(self, command: str, *options: str) -> Run:
        line = [self.program, "dataset", command, self.root, "--json", *options]
        begun, used = time.monotonic(), cpu_of_children()
        done = subprocess.run(line, capture_output=True, text=True, check=False)
        # 1: some files failed, as they should here.
        if done.returncode not in (0, 1):
            raise SystemExit(f"epic dataset {command}: {done.stderr}")
        seconds = time.monotonic() - begun
        rows = [json.loads(row) for row in done.stdout.splitlines()]
        return Run(rows, seconds, cpu_of_children() - used)


def cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


@dataclass
class Score:
    """A line of the table."""

    what: str
    seeded: int
    found: int
    # Found where nothing was seeded, and nothing was found before.
    false: int
    target: str
    missed: list[str]

    def line(self) -> str:
        recall = 100 * self.found / max(1, self.seeded)
        precision = 100 * self.found / max(1, self.found + self.false)
        return f"| {self.what} | {self.seeded} | {self.found} | {recall:.1f} % | {precision:.1f} % | {self.target} |"


def faults_of(run: Run) -> dict[str, set[str]]:
    return {row["relative_path"]: {fault["fault"] for fault in row["faults"]} for row in run.rows}


def score_check(truth: Truth, before: Run, after: Run) -> list[Score]:
    known, found = faults_of(before), faults_of(after)

    def expected(path: str, kind: str) -> set[str]:
        # Bytes cut off in the middle of a line read as damage to some decoders and as an early end to others.
        return {"wrong_extension"} if kind == "wrong extension" else UNUSABLE - {"placeholder"}

    hits = [path for path, kind in truth.corrupt.items() if found[path] & expected(path, kind)]
    damage = UNUSABLE - {"placeholder"} | {"wrong_extension"}
    false = [p for p, kinds in found.items() if kinds & damage and p not in truth.corrupt and not known.get(p, set()) & damage]
    missed = [f"{path} ({kind})" for path, kind in truth.corrupt.items() if path not in hits]
    scores = [Score("corrupt files (`check`)", len(truth.corrupt), len(hits), len(false), "100 %", missed)]
    hits = [path for path in truth.placeholders if "placeholder" in found[path]]
    false = [p for p, kinds in found.items() if "placeholder" in kinds and p not in truth.placeholders and "placeholder" not in known.get(p, set())]
    missed = [f"{path} ({says})" for path, says in truth.placeholders.items() if path not in hits]
    scores.append(Score("placeholders (`check`)", len(truth.placeholders), len(hits), len(false), "≥ 99 %", missed))
    return scores


def pairs(run: Run, exact: bool) -> set[tuple[str, str]]:
    groups = [[row["keep"], *row["others"]] for row in run.rows if row["exact"] or not exact]
    return {pair for group in groups for pair in combinations(sorted(group), 2)}


def score_dedupe(truth: Truth, before: Run, after: Run) -> list[Score]:
    original = truth.exact | {copy: name for copy, (name, _) in truth.near.items()}
    known, found = pairs(before, exact=False), pairs(after, exact=False)

    def is_seeded(pair: tuple[str, str]) -> bool:
        first, second = (original.get(name, name) for name in pair)
        # One picture, or two that were known to be one before.
        return first == second or tuple(sorted((first, second))) in known

    def touches(pair: tuple[str, str], copies) -> bool:
        return any(name in copies for name in pair)

    renamed = set(truth.swapped) | set(truth.placeholders) | set(truth.corrupt)
    scores = []
    for what, copies, target in (
        ("exact duplicates (`dedupe`)", truth.exact, "100 %"),
        ("near duplicates (`dedupe`)", {c: n for c, (n, _) in truth.near.items()}, "≥ 97 % at ≥ 97 %"),
    ):
        hits = [copy for copy, name in copies.items() if tuple(sorted((copy, name))) in found]
        false = [pair for pair in found if touches(pair, copies) and not is_seeded(pair)]
        missed = [f"{copy} ({how(truth, copy)})" for copy in copies if copy not in hits]
        scores.append(Score(what, len(copies), len(hits), len(false), target, missed))
    others = [pair for pair in found - known if not touches(pair, original) and not touches(pair, renamed)]
    print(f"<!-- pairs of unseeded pictures that were not found before: {len(others)} -->")
    return scores


def how(truth: Truth, copy: str) -> str:
    return truth.near[copy][1] if copy in truth.near else "same bytes"


def score_labels(truth: Truth, after: Run) -> tuple[list[Score], str]:
    ranking = [row["relative_path"] for row in after.rows]
    top = ranking[: len(ranking) // 10]
    hits = [path for path in top if path in truth.swapped]
    missed = [f"{path} (place {ranking.index(path) + 1})" for path in truth.swapped if path not in hits]
    score = Score("swapped labels in the first 10 % (`label-errors`)", len(truth.swapped), len(hits), len(top) - len(hits), "≥ 80 %", missed)
    likely = {row["relative_path"] for row in after.rows if row["is_likely"]}
    both = likely & set(truth.swapped)
    suggested = sum(row["suggested"] == truth.swapped.get(row["relative_path"]) for row in after.rows)
    first = ranking[: len(truth.swapped)]
    note = (
        f"{len(ranking)} pictures ranked; {len(both)} of {len(truth.swapped)} swapped ones among the {len(likely)} that are called likely wrong; "
        f"{sum(path in truth.swapped for path in first)} among the first {len(first)}; the right label is suggested for {suggested}."
    )
    return [score], note


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="a folder per class; it is copied, never changed")
    parser.add_argument("--epic", type=Path, required=True, help="the program")
    parser.add_argument("--backbone", type=Path, help="for label errors; without it they are left out")
    parser.add_argument("--swap", nargs=2, metavar="CLASS", help="two classes that exchange 5 %% of their pictures")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--scratch", type=Path, help="a folder for the copy, kept [default: a temporary one]")
    parser.add_argument("--only", nargs="+", choices=("check", "dedupe", "labels"), default=["check", "dedupe", "labels"])
    parser.add_argument("--missed", action="store_true", help="name what was missed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="epic-faults-") as temporary:
        root = (options.scratch or Path(temporary)) / "data"
        measure(options, root)


def measure(options: argparse.Namespace, root: Path) -> None:
    shutil.copytree(options.data, root, copy_function=shutil.copyfile)
    for folder in [root, *(path for path in root.rglob("*") if path.is_dir())]:
        folder.chmod(0o755)
    epic = Epic(options.epic.resolve(), root)
    commands = [name for name in ("check", "dedupe") if name in options.only]
    before = {name: epic.run(name) for name in commands}
    truth = seed_faults(root, tuple(options.swap) if options.swap else ("", ""), options.seed)
    (root.parent / "truth.json").write_text(json.dumps(truth.as_json(), ensure_ascii=False, indent=1))
    after = {name: epic.run(name) for name in commands}
    scores, notes = [], []
    if "check" in after:
        scores += score_check(truth, before["check"], after["check"])
        kinds = Counter(kind for kinds in faults_of(before["check"]).values() for kind in kinds)
        notes.append(f"Without seeded faults `check` finds: {dict(kinds)}.")
    if "dedupe" in after:
        scores += score_dedupe(truth, before["dedupe"], after["dedupe"])
        groups = before["dedupe"].rows
        labels = sum(bool(row["conflicting_classes"]) for row in groups)
        notes.append(f"Without seeded faults `dedupe` finds {len(groups)} groups, {labels} of them under two labels.")
    if "labels" in options.only and options.backbone and options.swap:
        labels = ("label-errors", "--backbone", str(options.backbone.resolve()))
        after["label-errors"] = epic.run(*labels)
        after["label-errors, embeddings kept"] = epic.run(*labels)
        found, note = score_labels(truth, after["label-errors"])
        scores += found
        notes.append(note)
    load = os.getloadavg()[0]
    print(f"{truth.pictures} pictures before, seed {options.seed}, {os.cpu_count()} cores, load average {load:.1f}\n")
    print("| what was seeded | pictures | found | recall | precision | target |\n|---|--:|--:|--:|--:|---|")
    for score in scores:
        print(score.line())
    print("\n| command | seconds | processor seconds |\n|---|--:|--:|")
    for name, run in after.items():
        print(f"| {name} | {run.seconds:.1f} | {run.cpu_seconds:.1f} |")
    print("\n" + "\n".join(notes))
    if options.missed:
        for score in scores:
            print(f"\nmissed, {score.what}: " + "; ".join(score.missed))


if __name__ == "__main__":
    main()
