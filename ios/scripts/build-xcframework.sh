#!/usr/bin/env bash
# Builds ios/build/CEpic.xcframework (device, simulator, macOS) and the Swift that belongs to it. Needs macOS with
# Xcode and Rust.
#
#   bash ios/scripts/build-xcframework.sh             for this checkout's Package.swift
#   bash ios/scripts/build-xcframework.sh URL         also ios/build/release: a zip to be put at URL, and the Swift
#                                                     package that fetches it
set -euo pipefail
cd "$(dirname "$0")/../.."

[ "$(uname -s)" = Darwin ] || { echo "this needs macOS with Xcode" >&2; exit 2; }
export IPHONEOS_DEPLOYMENT_TARGET=16.0 MACOSX_DEPLOYMENT_TARGET=13.0
target="${CARGO_TARGET_DIR:-target}"
build="ios/build"

targets=(aarch64-apple-ios aarch64-apple-ios-sim x86_64-apple-ios aarch64-apple-darwin x86_64-apple-darwin)
rustup target add "${targets[@]}"
for triple in "${targets[@]}"; do
    cargo rustc --profile mobile --package epic-ffi --crate-type staticlib --target "$triple"
done

# From a library of this machine that is not stripped: there lies what the generator reads.
generated="$build/generated"
bash bindings/generate.sh swift "$generated"
mkdir -p ios/Sources/EpicFFI
cp "$generated/EpicFFI.swift" ios/Sources/EpicFFI/

# A folder of their own, or two frameworks in one app fight over module.modulemap.
headers="$build/headers"
rm -rf "$headers"
mkdir -p "$headers/CEpic"
cp "$generated/CEpic.h" "$headers/CEpic/"
printf 'module CEpic {\n    header "CEpic.h"\n    export *\n}\n' > "$headers/CEpic/module.modulemap"

library() { echo "$target/$1/mobile/libepic.a"; }
mkdir -p "$build/simulator" "$build/macos"
lipo -create "$(library aarch64-apple-ios-sim)" "$(library x86_64-apple-ios)" -output "$build/simulator/libepic.a"
lipo -create "$(library aarch64-apple-darwin)" "$(library x86_64-apple-darwin)" -output "$build/macos/libepic.a"
rm -rf "$build/CEpic.xcframework"
xcodebuild -create-xcframework \
    -library "$(library aarch64-apple-ios)" -headers "$headers" \
    -library "$build/simulator/libepic.a" -headers "$headers" \
    -library "$build/macos/libepic.a" -headers "$headers" \
    -output "$build/CEpic.xcframework"

if [ $# -gt 0 ]; then
    mkdir -p "$build/release"
    zip="$PWD/$build/release/CEpic.xcframework.zip"
    rm -f "$zip"
    (cd "$build" && zip --quiet --recurse-paths --symlinks "$zip" CEpic.xcframework)
    checksum="$(swift package --package-path ios compute-checksum "$zip")"
    bash ios/scripts/release-package.sh "$1" "$checksum" "$build/release/Epic"
    echo "put $zip at $1, and $build/release/Epic into the package's repository"
fi
