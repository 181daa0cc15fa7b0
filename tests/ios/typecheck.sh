#!/usr/bin/env bash
# Type-checks on Linux what stands behind `#if canImport(…)`, and the photo app's screens, against the stand-ins of
# tests/ios/stubs. Needs what tests/ios.sh has built.
set -euo pipefail
cd "$(dirname "$0")/../.."

cache="${EPIC_CACHE:-$HOME/.cache/epic}"
# shellcheck source=tests/ios/toolchain.sh
source tests/ios/toolchain.sh
reason="$(set_up_swift)" || { printf '\n!!!! SKIPPED: nothing was type-checked: %s\n' "$reason"; exit 0; }

modules="$cache/ios/modules"
rm -rf "$modules"
mkdir -p "$modules"
flags="-swift-version 6 -I $modules -Xcc -fmodule-map-file=$PWD/ios/Sources/CEpic/module.modulemap"
module() {
    echo "swiftc -emit-module -parse-as-library -module-name $1 -emit-module-path $modules/$1.swiftmodule $flags ${*:2}"
}
commands="set -e"
while read -r name; do
    commands+="; $(module "$name" "tests/ios/stubs/$name.swift")"
done < tests/ios/stubs/modules.txt
commands+="; $(module EpicFFI ios/Sources/EpicFFI/*.swift)"
commands+="; $(module EpicClassifier ios/Sources/EpicClassifier/*.swift ios/Sources/EpicClassifier/*/*.swift)"
commands+="; $(module PhotoGallery ios/PhotoApp/PhotoGallery/Sources/PhotoGallery/*.swift)"
commands+="; swiftc -typecheck -parse-as-library -module-name PhotoApp $flags ios/PhotoApp/App/*.swift"
log="$cache/ios/typecheck.log"
in_swift "$commands" > "$log" 2>&1 || { cat "$log"; exit 1; }
# Apple's enumerations may grow, which those of the stand-ins cannot say.
if grep 'warning:' "$log" | grep -v 'default will never be executed'; then exit 1; fi
echo "type-checked: $(cat ios/Sources/EpicClassifier/Apple/*.swift ios/PhotoApp/App/*.swift | wc -l) lines behind Apple's frameworks"
