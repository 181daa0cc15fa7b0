#!/usr/bin/env python3
"""Checks the Android library as the loader will see it: what it needs, exports, how it is aligned, its size."""

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path

NEEDED = {"libc.so", "libm.so", "libdl.so", "liblog.so", "libjnigraphics.so"}
PAGE = 0x4000
# A build with another compiler differs by some kilobytes; more is for a person to look at.
TOLERANCE = 0.01
TARGET_BYTES = 8 * 1024 * 1024
NATIVE_PIXELS = "android/library/src/main/kotlin/org/epicclassifier/internal"


def readelf(option: str, library: Path) -> str:
    command = ["llvm-readelf", option, "--wide", str(library)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def needed(library: Path) -> set[str]:
    return set(re.findall(r"\(NEEDED\)\s+Shared library: \[(.+?)\]", readelf("--dynamic", library)))


def exported(library: Path) -> set[str]:
    names = set()
    for line in readelf("--dyn-syms", library).splitlines():
        columns = line.split()
        if len(columns) >= 8 and columns[4] in ("GLOBAL", "WEAK") and columns[6] != "UND":
            names.add(columns[7].split("@")[0])
    return names


def smallest_alignment(library: Path) -> int:
    segments = re.findall(r"^\s+LOAD\s.*\s0x([0-9a-f]+)$", readelf("--program-headers", library), re.MULTILINE)
    return min(int(alignment, 16) for alignment in segments)


def wanted_by_kotlin(generated: Path) -> set[str]:
    names = set()
    for source in generated.rglob("*.kt"):
        names |= set(re.findall(r"external fun (\w+)\(", source.read_text()))
    for source in Path(NATIVE_PIXELS).glob("*.kt"):
        text = source.read_text()
        holder = re.search(r"object (\w+)", text)
        for function in re.findall(r"external fun (\w+)\(", text):
            names.add(f"Java_org_epicclassifier_internal_{holder.group(1)}_{function}")
    return names


def check_size(size: int, ledger: Path) -> list[str]:
    if os.environ.get("EPIC_UPDATE_SIZE"):
        record = {"aarch64-linux-android": {"stripped_bytes_without_packs": size}}
        ledger.write_text(json.dumps(record, indent=2) + "\n")
    recorded = json.loads(ledger.read_text())["aarch64-linux-android"]["stripped_bytes_without_packs"]
    faults = []
    if size > recorded * (1 + TOLERANCE):
        faults.append(f"{size} bytes, {size - recorded} more than the ledger says: EPIC_UPDATE_SIZE=1 if it is worth it")
    if size < recorded * (1 - TOLERANCE):
        faults.append(f"{size} bytes, {recorded - size} fewer than the ledger says: write it down, EPIC_UPDATE_SIZE=1")
    return faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", type=Path)
    parser.add_argument("--kotlin", type=Path, required=True, help="folder of the generated Kotlin")
    parser.add_argument("--size", type=Path, required=True, help="the ledger, a JSON file")
    arguments = parser.parse_args()

    faults = []
    needs = needed(arguments.library)
    if needs - NEEDED:
        faults.append(f"needs {sorted(needs - NEEDED)}")
    exports, wanted = exported(arguments.library), wanted_by_kotlin(arguments.kotlin)
    if wanted - exports:
        faults.append(f"does not export what Kotlin calls: {sorted(wanted - exports)}")
    # What uniffi's generator reads; its macros have no way to leave it out.
    metadata = {name for name in exports if name.startswith("UNIFFI_META_")}
    if surplus := exports - wanted - metadata:
        faults.append(f"exports what Kotlin does not call: {sorted(surplus)}")
    alignment = smallest_alignment(arguments.library)
    if alignment < PAGE:
        faults.append(f"segments are aligned to {alignment:#x}, not {PAGE:#x}")
    size = arguments.library.stat().st_size
    faults += check_size(size, arguments.size)

    print(f"needs {', '.join(sorted(needs))}")
    print(f"exports {len(exports)} names: {len(wanted)} that Kotlin calls, {len(metadata)} of uniffi's metadata")
    print(f"aligned to {alignment:#x}")
    print(f"{size} bytes stripped, without packs; the target is {TARGET_BYTES}")
    for fault in faults:
        print(f"FAULT: {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
