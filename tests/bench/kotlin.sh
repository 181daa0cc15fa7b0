#!/usr/bin/env bash
# What the border between Kotlin and Rust costs: the same picture classified from both, and 48 MB of pixels
# handed over in three ways. Prints Markdown.
#
#   bash tests/bench/kotlin.sh [ROUNDS]
set -euo pipefail
cd "$(dirname "$0")/../.."

cache="${EPIC_CACHE:-$HOME/.cache/epic}"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$cache/target}"
bash tests/android.sh -Dtest=SourcesTest >&2

native="$CARGO_TARGET_DIR/release"
classpath="$cache/android/classpath"
mvn --batch-mode --quiet --file android/pom.xml "-Dmaven.repo.local=$cache/m2" \
    "-Depic.build.dir=$cache/android/maven" --projects ffi,library \
    test-compile org.apache.maven.plugins:maven-dependency-plugin:3.9.0:build-classpath \
    "-Depic.generated.dir=$cache/android/generated" "-Depic.resources.dir=$cache/android/resources" \
    "-Dmdep.outputFile=$classpath" >&2
maven="$cache/android/maven"
java -Xmx1g "-Djava.library.path=$native" "-Djna.library.path=$native" "-Depic.root=$PWD" \
    -cp "$maven/library/test-classes:$maven/library/classes:$maven/ffi/classes:$(cat "$classpath")" \
    org.epicclassifier.CallOverhead "$native/epic-bench" "${1:-60}"
