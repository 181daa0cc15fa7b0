#!/usr/bin/env bash
# Generates the bindings from a library for this machine.
#
#   bash bindings/generate.sh kotlin|swift OUT_DIR
set -euo pipefail
cd "$(dirname "$0")/.."

target="${CARGO_TARGET_DIR:-target}"
cargo build --release --package epic-ffi --package epic-bindgen
library="$target/release/libepic.so"
[ -f "$library" ] || library="$target/release/libepic.dylib"
rm -rf "$2"
"$target/release/uniffi-bindgen" generate --no-format --language "$1" \
    --config bindings/uniffi.toml --out-dir "$2" "$library"
