#!/usr/bin/env bash
# Runs pytest on those of the given folders that exist; says so, and passes, where pytest cannot be had.
#
#   run_pytest.sh FOLDER...
set -euo pipefail
cd "$(dirname "$0")/.."

folders=()
for folder in "$@"; do
  [ -d "$folder" ] && folders+=("$folder")
done
[ ${#folders[@]} -eq 0 ] && exit 0

python=.venv/bin/python
if ! "$python" -c 'import pytest, numpy' 2>/dev/null; then
  echo "tests in Python SKIPPED: pytest or numpy is missing; scripts/venv.sh installs them" >&2
  exit 0
fi
# Nothing beside the sources: bytecode and caches belong to the build.
export PYTHONDONTWRITEBYTECODE=1
PYTHONPATH=$PWD/build/release/python${PYTHONPATH:+:$PYTHONPATH} "$python" -m pytest -q -p no:cacheprovider "${folders[@]}"
