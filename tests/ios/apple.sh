#!/usr/bin/env bash
# Compiles the library for aarch64-apple-ios without an Apple machine or SDK: into a static library, linked as an
# app's linker would, and held against the header and the privacy manifest. C headers come from the PyPI
# package ziglang. Not part of tests/run.sh, since the cross build takes minutes.
set -euo pipefail
cd "$(dirname "$0")/../.."

cache="${EPIC_CACHE:-$HOME/.cache/epic}"
export CARGO_TARGET_DIR="$cache/target-arm64"
export CARGO_TERM_COLOR=never
mkdir -p "$cache"

missing=()
command -v clang >/dev/null || missing+=(clang)
command -v llvm-nm >/dev/null || missing+=(llvm)
# Debian names it with its version.
[ -n "$(compgen -c ld64.lld)" ] || missing+=(lld)
# shellcheck source=tests/packages.sh
source tests/packages.sh
install_packages "${missing[@]}"
linker="$(compgen -c ld64.lld | sort | head -1)"
target=aarch64-apple-ios
rustup target list --installed | grep -qx "$target" || rustup target add "$target"
venv="$cache/venv-zig"
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check "ziglang==0.17.*"
headers="$("$venv/bin/python" -c 'import ziglang, pathlib; print(pathlib.Path(ziglang.__file__).parent / "lib/libc/include/any-darwin-any")')"

export IPHONEOS_DEPLOYMENT_TARGET=16.0
# Instead of asking Xcode for it.
export SDKROOT="$cache"
export CC_aarch64_apple_ios=clang AR_aarch64_apple_ios=llvm-ar
# Older clangs take the environment kernelkit, which they do not know, for that of every target.
export CFLAGS_aarch64_apple_ios="--target=arm64-apple-ios16.0 -nostdlibinc -isystem $headers -D__is_target_environment(x)=0"
cargo rustc --profile mobile --config 'profile.mobile.strip="none"' --target "$target" --package epic-ffi \
    --no-default-features --crate-type staticlib
cargo build --release --package epic-bindgen
library="$CARGO_TARGET_DIR/$target/mobile/libepic.a"
generated="$cache/ios/generated-apple"
rm -rf "$generated"
"$CARGO_TARGET_DIR/release/uniffi-bindgen" generate --no-format --language swift \
    --config bindings/uniffi.toml --out-dir "$generated" "$library"
# As an app's linker will see it: what the header declares, and no more than that needs.
linked="$cache/ios/libepic.dylib"
grep -oE '\b(uniffi|ffi)_epic_\w+\(' "$generated/CEpic.h" | tr -d '(' | sort -u | sed 's/^/_/' > "$cache/ios/exports.txt"
"$linker" -dylib -arch arm64 -platform_version ios 16.0 16.0 -dead_strip -undefined dynamic_lookup \
    -exported_symbols_list "$cache/ios/exports.txt" "$library" -o "$linked"
python3 tests/ios/check_library.py "$linked" --header "$generated/CEpic.h" \
    --privacy ios/Sources/EpicClassifier/Resources/PrivacyInfo.xcprivacy
