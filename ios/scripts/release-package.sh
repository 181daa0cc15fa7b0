#!/usr/bin/env bash
# Writes the Swift package of a release: the sources with what is generated, and a Package.swift that fetches the
# XCFramework.
#
#   bash ios/scripts/release-package.sh URL CHECKSUM OUT_DIR
set -euo pipefail
url="$1" checksum="$2" out="$3"
cd "$(dirname "$0")/.."

[[ "$url" == https://*.zip ]] || { echo "not the https address of a zip: $url" >&2; exit 2; }
[[ "$checksum" =~ ^[0-9a-f]{64}$ ]] || { echo "not a sha256: $checksum" >&2; exit 2; }
[ -f Sources/EpicFFI/EpicFFI.swift ] || { echo "nothing is generated yet: build-xcframework.sh first" >&2; exit 2; }

rm -rf "$out"
mkdir -p "$out/Sources"
cp -R Sources/EpicClassifier Sources/EpicFFI "$out/Sources/"
cp ../LICENSE-APACHE ../LICENSE-MIT "$out/"
# The development package's, with the binary target by address and without tests.
awk -v url="$url" -v checksum="$checksum" '
    /^#if os\(Linux\)/ { skipping = 1 }
    !skipping && !/testTarget|executableTarget/ {
        sub(/^        native,$/, "        .binaryTarget(name: \"CEpic\", url: \"" url "\", checksum: \"" checksum "\"),")
        sub(/, linkerSettings: linked/, "")
        if ($0 !~ /The Rust library: an XCFramework|machine on Linux/) print
    }
    /^#endif/ { skipping = 0; getline }
' Package.swift > "$out/Package.swift"
