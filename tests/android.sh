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

# R.java of the gallery app, and proof that its resources and manifest fit together. Debian's aapt2 reads
# the framework's resources up to API 32; the code is compiled against API 35.
resources="$build/resources"
framework="$build/framework"
sdk="android-all-instrumented"
version="12.1-robolectric-8229987-i7"
[ -f "$framework/$sdk-$version.jar" ] || mvn --batch-mode --quiet "-Dmaven.repo.local=$cache/m2" \
    org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy \
    "-Dartifact=org.robolectric:$sdk:$version" "-DoutputDirectory=$framework"
rm -rf "$resources"
mkdir -p "$resources"
aapt2 compile --dir android/gallery/src/main/res -o "$resources/compiled.zip"
# The package stands in the Gradle file, as current Android projects have it.
sed 's/<manifest /<manifest package="org.epicclassifier.gallery" /' \
    android/gallery/src/main/AndroidManifest.xml > "$resources/AndroidManifest.xml"
aapt2 link -I "$framework/$sdk-$version.jar" --manifest "$resources/AndroidManifest.xml" --min-sdk-version 24 \
    --target-sdk-version 35 --java "$resources/java" -o "$resources/gallery.apk" "$resources/compiled.zip"
mkdir -p "$resources/test/com/android/tools"
cat > "$resources/test/com/android/tools/test_config.properties" <<END
android_custom_package=org.epicclassifier.gallery
android_merged_manifest=$resources/AndroidManifest.xml
android_resource_apk=$resources/gallery.apk
END

mvn --batch-mode --quiet --file android/pom.xml \
    "-Dmaven.repo.local=$cache/m2" \
    "-Depic.native.dir=$CARGO_TARGET_DIR/release" \
    "-Depic.generated.dir=$build/generated" \
    "-Depic.framework.dir=$framework" \
    "-Depic.resources.dir=$resources" \
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
