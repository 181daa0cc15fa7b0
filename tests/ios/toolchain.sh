# Sourced: gives `in_swift`, which runs a command where Swift 6 is, or fails with a reason.
#
# That is this machine, if it has Swift 6; else a folder with Debian 13, which has it as a package. It takes 3.3 GB
# of the cache and needs root for its set-up and use (mounts of a namespace of its own, gone with the command).

swift_root="$cache/swift-debian13"

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo --non-interactive "$@"; fi
}

has_swift_6() { swift --version 2>/dev/null | grep -q 'Swift version \([6-9]\|[1-9][0-9]\)\.'; }

set_up_swift() {
    if has_swift_6 || [ -f "$swift_root/ready" ]; then return 0; fi
    [ "$(uname -m)" = x86_64 ] || { echo "no Swift 6, and no recipe for $(uname -m)"; return 1; }
    as_root true 2>/dev/null || { echo "no Swift 6, and no root to install it"; return 1; }
    command -v apt-get >/dev/null || { echo "no Swift 6, and no apt-get"; return 1; }
    as_root unshare --mount true 2>/dev/null || { echo "no Swift 6, and no right to mount"; return 1; }
    [ "$(df --output=avail --block-size=G "$cache" | tail -1 | tr -dc 0-9)" -ge 5 ] ||
        { echo "no Swift 6, and less than 5 GB free for it"; return 1; }
    local log="$cache/swift-setup.log"
    if ! install_swift > "$log" 2>&1; then
        echo "Swift 6 could not be installed: $(tail -1 "$log") ($log)"
        return 1
    fi
}

install_swift() (
    set -e
    command -v debootstrap >/dev/null || { as_root apt-get update; as_root apt-get install -y --no-install-recommends debootstrap; }
    # This machine's own mirror, if it is Debian's.
    mirror="$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
        grep -oE '^(URIs:|deb)[^#]*https?://[^ ]+/debian/?( |$)' | grep -oE 'https?://[^ ]+' | head -1)" || true
    as_root rm -rf "$swift_root"
    as_root debootstrap --variant=minbase trixie "$swift_root" ${mirror:+"$mirror"}
    as_root cp /etc/resolv.conf "$swift_root/etc/"
    enter_debian13 "apt-get update && apt-get install -y --no-install-recommends \
        swiftlang libc6-dev libstdc++-14-dev binutils binutils-gold gcc && apt-get clean"
    as_root touch "$swift_root/ready"
)

# The checkout and the cache lie there under the same paths.
enter_debian13() {
    as_root unshare --mount bash -c '
        set -e
        root="$1"; checkout="$2"; cache="$3"; command="$4"
        mount --make-rprivate /
        mount -t proc proc "$root/proc"
        mount --bind /dev "$root/dev"
        for folder in "$checkout" "$cache"; do
            mkdir -p "$root$folder"
            mount --bind "$folder" "$root$folder"
        done
        exec chroot "$root" /usr/bin/env DEBIAN_FRONTEND=noninteractive HOME=/root bash -c "$command"
    ' bash "$swift_root" "$PWD" "$cache" "$1"
}

in_swift() {
    if has_swift_6; then bash -c "$1"; else enter_debian13 "cd '$PWD' && $1"; fi
}
