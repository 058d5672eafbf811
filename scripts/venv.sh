#!/usr/bin/env bash
# Makes .venv, with what scripts/requirements.txt names, for the tests and the demo. Without a network it makes do with
# what is there and says what will be left out; the build itself needs none of it. What could not be had is asked for again
# after an hour, so that a machine without a network does not wait at every build; `rm -r .venv` asks at once.
#
#   ZEROPOINT_PYTHON=/path/to/python3      another interpreter than the first fitting one on PATH
#   ZEROPOINT_VENV, ZEROPOINT_REQUIREMENTS     another environment, of other requirements (that of the benchmarks)
set -euo pipefail
cd "$(dirname "$0")/.."

venv=${ZEROPOINT_VENV:-.venv}
requirements=${ZEROPOINT_REQUIREMENTS:-scripts/requirements.txt}
stamp=$venv/installed.txt   # a copy of the requirements that were installed
tried=$venv/tried.txt       # a copy of the requirements of which some could not be had
log=$venv/install.log

fitting() { "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 9))' 2>/dev/null; }

python=${ZEROPOINT_PYTHON:-}
if [ -z "$python" ]; then
  while read -r candidate; do
    if fitting "$candidate"; then python=$candidate; break; fi
  done < <(type -ap python3)
fi
if [ -z "$python" ] || ! fitting "$python"; then
  echo "venv: no Python >= 3.9 with the venv module; tests in Python are left out" >&2
  exit 0
fi

# A virtual environment that was moved or whose interpreter is gone does not run; it is made anew.
if ! "$venv/bin/python" -c '' 2>/dev/null; then
  rm -rf "$venv"
  "$python" -m venv "$venv"
fi
cmp -s "$requirements" "$stamp" && exit 0
if cmp -s "$requirements" "$tried" && [ -n "$(find "$tried" -mmin -60)" ]; then
  echo "venv: still incomplete; $log says why" >&2
  exit 0
fi

install() {
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --timeout 20 "$@" </dev/null >>"$log" 2>&1
}

echo "venv: installing $(grep -v '^#' "$requirements" | tr '\n' ' ')"
: >"$log"
if install --retries 2 -r "$requirements"; then
  cp "$requirements" "$stamp"
  exit 0
fi
# One at a time: what can be had is worth having.
while read -r requirement; do
  case $requirement in ''|'#'*) continue ;; esac
  install --retries 0 "$requirement" ||
    echo "venv: $requirement cannot be had ($log says why); what needs it will be left out" >&2
done <"$requirements"
cp "$requirements" "$tried"
