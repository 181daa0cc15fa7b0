#!/usr/bin/env bash
# Rebuilds the sample gallery one folder up. See README.md for what it needs.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
cache="${GALLERY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/epic-gallery}"
venv="${GALLERY_VENV:-$cache/venv}"
mkdir -p "$cache"
if [ ! -x "$venv/bin/python" ]; then
  python3 -m venv "$venv"
fi
"$venv/bin/pip" install --quiet --requirement "$here/requirements.txt"
PYTHONDONTWRITEBYTECODE=1 exec "$venv/bin/python" "$here/build.py" --cache "$cache" --out "$here/.." "$@"
