#!/usr/bin/env python3
"""Checks the library for iOS: Mach-O for ARM64, what the header declares, what the privacy manifest says."""

import argparse
import plistlib
import re
import subprocess
import sys
from pathlib import Path

# Functions whose use has to be explained, by category ("Describing use of required reason API", Apple's
# documentation of the privacy manifest).
REQUIRED_REASON = {
    "NSPrivacyAccessedAPICategoryFileTimestamp": {
        "stat", "fstat", "fstatat", "lstat", "getattrlist", "getattrlistbulk", "fgetattrlist", "getattrlistat",
    },
    "NSPrivacyAccessedAPICategorySystemBootTime": {"mach_absolute_time", "clock_gettime_nsec_np"},
    "NSPrivacyAccessedAPICategoryDiskSpace": {"statfs", "statvfs", "fstatfs", "fstatvfs"},
}
SOCKETS = {"socket", "connect", "bind", "listen", "accept", "getaddrinfo", "send", "sendto", "recv", "recvfrom"}


def symbols(library: Path, *options: str) -> set[str]:
    command = ["llvm-nm", "--just-symbol-name", "--quiet", *options, str(library)]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return {line.strip().removeprefix("_") for line in lines if line.strip() and not line.endswith(":")}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", type=Path)
    parser.add_argument("--header", type=Path, required=True)
    parser.add_argument("--privacy", type=Path, required=True)
    arguments = parser.parse_args()

    faults = []
    kind = subprocess.run(
        ["llvm-objdump", "--macho", "--private-header", str(arguments.library)],
        capture_output=True, text=True, check=False,
    ).stdout
    if "ARM64" not in kind and "arm64" not in kind:
        faults.append("no Mach-O objects for ARM64")

    defined = symbols(arguments.library, "--defined-only", "--extern-only")
    declared = set(re.findall(r"\b(\w*(?:uniffi|ffi)_epic_\w+)\(", arguments.header.read_text()))
    if missing := declared - defined:
        faults.append(f"the header declares what is not there: {sorted(missing)}")
    if not declared:
        faults.append("the header declares nothing")

    wanted = symbols(arguments.library, "--undefined-only")
    manifest = plistlib.loads(arguments.privacy.read_bytes())
    named = {entry["NSPrivacyAccessedAPIType"] for entry in manifest["NSPrivacyAccessedAPITypes"]}
    for category, functions in REQUIRED_REASON.items():
        found = sorted(functions & wanted)
        print(f"{category}: {', '.join(found) or 'nothing'}")
        if found and category not in named:
            faults.append(f"the privacy manifest does not name {category}")
        if not found and category in named:
            faults.append(f"the privacy manifest names {category} without need")
    if opened := sorted(SOCKETS & wanted):
        faults.append(f"it could open a socket: {opened}")

    print(f"{len(declared)} functions of the header are there, {len(wanted)} names come from the system")
    print(f"{arguments.library.stat().st_size} bytes, without packs")
    for fault in faults:
        print(f"FAULT: {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
