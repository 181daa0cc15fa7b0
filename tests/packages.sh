# Sourced: `install_packages NAME…` installs Debian or Ubuntu packages; without names it does nothing.
install_packages() {
    [ $# -gt 0 ] || return 0
    local sudo=()
    [ "$(id -u)" -eq 0 ] || sudo=(sudo)
    "${sudo[@]}" apt-get update
    "${sudo[@]}" apt-get install -y --no-install-recommends "$@"
}
