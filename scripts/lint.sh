#!/usr/bin/env bash
# Static checks. A tool that is not installed is named and passed over.
set -uo pipefail
cd "$(dirname "$0")/.."
status=0

ctest --test-dir build/release --output-on-failure -R '^lint_' || status=1

mapfile -t sources < <(git ls-files '*.cpp' '*.h' '*.c')
if command -v clang-format >/dev/null; then
  clang-format --dry-run --Werror "${sources[@]}" || status=1
else
  echo "lint: clang-format is not installed; formatting is not checked"
fi
if command -v clang-tidy >/dev/null; then
  git ls-files 'lib/*.cpp' 'capi/*.cpp' 'cli/*.cpp' | xargs -P "$(nproc)" -n 4 clang-tidy -quiet -p build/release || status=1
else
  echo "lint: clang-tidy is not installed; its checks are left out"
fi
exit $status
