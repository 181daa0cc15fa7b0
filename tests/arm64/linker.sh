#!/bin/sh
# The linker of the Android build: no NDK, so no start files, and stub libraries (EPIC_STUBS) for the
# platform's. 16 KB pages as the Gradle build asks for them.
exec clang --target=aarch64-linux-android24 -fuse-ld=lld -nostdlib -L"$EPIC_STUBS" \
    -Wl,-z,defs -Wl,--error-limit=0 -Wl,-z,max-page-size=16384 "$@"
