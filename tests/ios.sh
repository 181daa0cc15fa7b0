#!/usr/bin/env bash
# Builds the library for this machine, generates its Swift, builds the Swift packages and runs their tests, which
# call into the library. Called by tests/run.sh; by itself it takes arguments of `swift test`:
#
#   bash tests/ios.sh                          everything
#   bash tests/ios.sh --filter ScanTests       some tests
set -euo pipefail
cd "$(dirname "$0")/.."

cache="${EPIC_CACHE:-$HOME/.cache/epic}"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$cache/target}"
mkdir -p "$cache"
# shellcheck source=tests/ios/toolchain.sh
source tests/ios/toolchain.sh

python3 tests/ios/check_app.py
if ! reason="$(set_up_swift)"; then
    skipped="$(cat ios/Tests/*/*.swift ios/PhotoApp/PhotoGallery/Tests/*/*.swift | grep -c 'func test')"
    printf '\n!!!! SKIPPED: the Swift package was not built and not tested: %s\n' "$reason"
    echo "0 passed, 0 failed, $skipped skipped"
    exit 0
fi

cargo build --release --workspace --features epic-training/engine
generated="$cache/ios/generated"
rm -rf "$generated"
"$CARGO_TARGET_DIR/release/uniffi-bindgen" generate --no-format --language swift \
    --config bindings/uniffi.toml --out-dir "$generated" "$CARGO_TARGET_DIR/release/libepic.so"
# Touched only where something changed, or Swift builds everything anew.
place() { cmp --quiet "$1" "$2" || { mkdir -p "$(dirname "$2")" && cp "$1" "$2"; }; }
place "$generated/EpicFFI.swift" ios/Sources/EpicFFI/EpicFFI.swift
place "$generated/CEpic.h" ios/Sources/CEpic/CEpic.h
printf 'module CEpic {\n    header "CEpic.h"\n    link "epic"\n    export *\n}\n' > "$generated/module.modulemap"
place "$generated/module.modulemap" ios/Sources/CEpic/module.modulemap
place "$CARGO_TARGET_DIR/release/libepic.so" ios/lib/libepic.so

log="$cache/ios/test.log"
status=0
: > "$log"
# Arguments: the package, a sanitizer or nothing, arguments of `swift test`.
run_tests() {
    local scratch sanitizer="$2"
    scratch="$cache/ios/build-$(basename "$1")${sanitizer:+-$sanitizer}"
    in_swift "LD_LIBRARY_PATH=$PWD/ios/lib swift test --package-path $1 --scratch-path $scratch \
        ${sanitizer:+--sanitize=$sanitizer} -Xswiftc -warnings-as-errors ${*:3}" 2>&1 | tee -a "$log" || status=1
}
run_tests ios "" "$@"
run_tests ios/PhotoApp/PhotoGallery "" "$@"
# What meets from several threads, once more under ThreadSanitizer.
[ $# -gt 0 ] || run_tests ios thread --filter ScanTests
[ $# -gt 0 ] || bash tests/ios/typecheck.sh || status=1
release="$cache/ios/release" url=https://example.org/CEpic.xcframework.zip checksum="$(printf '%064d' 7)"
bash ios/scripts/release-package.sh "$url" "$checksum" "$release"
in_swift "swift package --package-path $release dump-package" |
    python3 tests/ios/check_release.py "$release" "$url" "$checksum" || status=1

# One line for both packages; XCTest prints a total per bundle, twice where all tests are selected.
python3 - "$log" "$status" <<'PYTHON'
import re
import sys
from pathlib import Path

log = Path(sys.argv[1]).read_text(errors="replace")
outcomes = re.findall(r"^Test Case '.+' (passed|failed|skipped)", log, re.MULTILINE)
passed, failed, skipped = (outcomes.count(word) for word in ("passed", "failed", "skipped"))
print(f"{passed} passed, {failed} failed, {skipped} skipped")
sys.exit(failed > 0 or passed == 0 or sys.argv[2] != "0")
PYTHON
