#!/usr/bin/env bash
# ARM64 without an ARM machine, an Android SDK or an NDK:
#
#   bash tests/arm64/run.sh             both
#   bash tests/arm64/run.sh android     links the library for Android, checks what it needs and exports, its
#                                       alignment, and its size against tests/arm64/size.json
#   bash tests/arm64/run.sh linux       runs the core's tests under qemu, verdicts equal to x86-64's among them
#
#   EPIC_UPDATE_SIZE=1                  writes the measured size into size.json
#   EPIC_QEMU_CPU=cortex-a53            the processor that qemu plays [default: qemu's richest]
#
# Not part of tests/run.sh, since two cross builds take a quarter of an hour. The Android library that is made here
# must not be shipped: it is linked against stubs and another unwinder than the NDK's.
set -euo pipefail
cd "$(dirname "$0")/../.."

what="${1:-both}"
cache="${EPIC_CACHE:-$HOME/.cache/epic}"
# Not the folder of the other builds: other flags would rebuild the build scripts there.
export CARGO_TARGET_DIR="$cache/target-arm64"
export CARGO_TERM_COLOR=never
stubs="$cache/arm64-stubs"
mkdir -p "$stubs"

missing=()
command -v clang >/dev/null || missing+=(clang)
command -v ld.lld >/dev/null || missing+=(lld)
command -v llvm-readelf >/dev/null || missing+=(llvm)
command -v aarch64-linux-gnu-gcc >/dev/null || missing+=(gcc-aarch64-linux-gnu libc6-dev-arm64-cross)
command -v qemu-aarch64 >/dev/null || missing+=(qemu-user)
# shellcheck source=tests/packages.sh
source tests/packages.sh
install_packages "${missing[@]}"
for target in aarch64-linux-android aarch64-unknown-linux-gnu; do
    rustup target list --installed | grep -qx "$target" || rustup target add "$target"
done

android() {
    # Stubs of what bionic exports since API 24, as far as the library uses it: a new name stops the link,
    # and has to be looked up before it is added to the list.
    awk '/^lib/ { library = $1 } /^  / { print library, $1 }' tests/arm64/bionic.txt |
        while read -r library symbol; do
            printf '.globl %s\n%s:\n' "$symbol" "$symbol" >> "$stubs/$library.s.new"
        done
    for source in "$stubs"/*.s.new; do
        library="$(basename "$source" .s.new)"
        clang --target=aarch64-linux-android24 -fuse-ld=lld -shared -nostdlib -Wl,-soname,"$library.so" \
            -x assembler "$source" -o "$stubs/$library.so"
        rm "$source"
    done
    # The NDK's unwinder is static; this is GCC's.
    cp "$(aarch64-linux-gnu-gcc -print-file-name=libgcc_eh.a)" "$stubs/libunwind.a"
    # The NDK's C headers are not at hand: glibc's, with bionic's name for errno.
    export EPIC_STUBS="$stubs"
    export CC_aarch64_linux_android=clang AR_aarch64_linux_android=llvm-ar
    export CFLAGS_aarch64_linux_android="--target=aarch64-linux-android24 \
        -isystem /usr/aarch64-linux-gnu/include -D__errno_location=__errno"
    export CARGO_TARGET_AARCH64_LINUX_ANDROID_LINKER="$PWD/tests/arm64/linker.sh"
    # Stripped afterwards: what generates Kotlin reads the symbols.
    cargo build --profile mobile --config 'profile.mobile.strip="none"' --target aarch64-linux-android \
        --package epic-ffi --no-default-features
    cargo build --release --package epic-bindgen
    local library="$CARGO_TARGET_DIR/aarch64-linux-android/mobile/libepic.so" kotlin="$cache/arm64-kotlin"
    rm -rf "$kotlin"
    "$CARGO_TARGET_DIR/release/uniffi-bindgen" generate --no-format --language kotlin \
        --config bindings/uniffi.toml --out-dir "$kotlin" "$library"
    llvm-strip --strip-unneeded -o "$stubs/libepic.so" "$library"
    python3 tests/arm64/check_library.py "$stubs/libepic.so" --kotlin "$kotlin" --size tests/arm64/size.json
}

linux() {
    export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
    export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER="qemu-aarch64 -L /usr/aarch64-linux-gnu"
    export QEMU_CPU="${EPIC_QEMU_CPU:-max}"
    cargo test --release --target aarch64-unknown-linux-gnu --package epic-core --package epic-models --package epic-ffi
}

case "$what" in
    android) android ;;
    linux) linux ;;
    both) android; linux ;;
    *) echo "not android, linux or both: $what" >&2; exit 2 ;;
esac
