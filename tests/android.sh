#!/usr/bin/env bash
# Builds the library for this machine, generates its Kotlin, compiles all Kotlin sources
# against the framework classes of Android API 35 and runs the JUnit tests, which call into the library.
# No Android SDK is needed. Called by tests/run.sh; by itself it takes Maven's arguments:
#
#   bash tests/android.sh                       everything
#   bash tests/android.sh -Dtest=ScanTest       some tests
set -euo pipefail
cd "$(dirname "$0")/.."

cache="${EPIC_CACHE:-$HOME/.cache/epic}"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$cache/target}"
build="$cache/android"
mkdir -p "$build"

cargo build --release --workspace --features epic-training/engine
rm -rf "$build/generated" "$build"/maven/*/surefire-reports
"$CARGO_TARGET_DIR/release/uniffi-bindgen" generate --no-format --language kotlin \
    --config bindings/uniffi.toml --out-dir "$build/generated" "$CARGO_TARGET_DIR/release/libepic.so"

mvn --batch-mode --quiet --file android/pom.xml \
    "-Dmaven.repo.local=$cache/m2" \
    "-Depic.native.dir=$CARGO_TARGET_DIR/release" \
    "-Depic.generated.dir=$build/generated" \
    "-Depic.build.dir=$build/maven" \
    -Dsurefire.failIfNoSpecifiedTests=false \
    "$@" test

# Maven is quiet; this is the line that says how many tests ran.
python3 - "$build/maven" <<'PYTHON'
import sys
import xml.etree.ElementTree as xml
from pathlib import Path

counts = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
for report in Path(sys.argv[1]).glob("*/surefire-reports/TEST-*.xml"):
    suite = xml.parse(report).getroot()
    for name in counts:
        counts[name] += int(suite.get(name))
bad = counts["failures"] + counts["errors"]
print(f"{counts['tests'] - bad - counts['skipped']} passed, {bad} failed, {counts['skipped']} skipped")
sys.exit(bad > 0 or counts["tests"] == 0)
PYTHON
