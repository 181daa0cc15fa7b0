#!/usr/bin/env bash
# The review page in headless Chromium: what a person does, and 50,000 pictures.
#
#   bash tests/review/run.sh                       installs what is missing and runs all of it
#   EPIC_SCREENSHOTS=DIR bash tests/review/run.sh  … and keeps pictures of the page
set -euo pipefail
cd "$(dirname "$0")"

cache="${EPIC_CACHE:-$HOME/.cache/epic}"
target="${CARGO_TARGET_DIR:-$cache/target}"
# shellcheck source=tests/packages.sh
source ../packages.sh
missing=()
command -v chromium >/dev/null || missing+=(chromium)
# Latin and Arabic letters for the pictures and for the page.
[ -e /usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf ] || missing+=(fonts-noto-core)
python3 -c 'import venv, ensurepip' 2>/dev/null || missing+=(python3 python3-venv)
install_packages "${missing[@]}"

venv="$cache/venv-review"
stamp="$venv/requirements.sha256"
if ! sha256sum --quiet --check "$stamp" 2>/dev/null; then
    python3 -m venv --clear "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r requirements.txt
    sha256sum requirements.txt > "$stamp"
fi
"$venv/bin/python" check.py --epic "$target/release/epic" ${EPIC_SCREENSHOTS:+--screenshots "$EPIC_SCREENSHOTS"}
