#!/usr/bin/env bash
# Installs a build into a fresh prefix and builds programs against it, in C and C++, with CMake and with pkg-config; then
# each, and the installed command, converts the demo model.
#
#   run.sh BUILD_FOLDER
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "$0")"
root=$(realpath ../..)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix
model=$root/examples/demo/digits

cmake --install "$build" --prefix "$prefix" >"$work/install.log" || { cat "$work/install.log"; exit 1; }

cmake -S consumer -B "$work/cmake" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" --log-level=NOTICE >/dev/null
cmake --build "$work/cmake" >"$work/build.log" || { cat "$work/build.log"; exit 1; }

libraries=$(dirname "$(find "$prefix" -name zeropoint.pc)")
export PKG_CONFIG_PATH=$libraries
# The prefix in the files is the one the build was configured for; the install before this moved it.
flags() { pkg-config --define-variable=prefix="$prefix" --cflags --libs "$1"; }
mkdir "$work/pkg"
# shellcheck disable=SC2046  # the flags are words
cc -std=c11 consumer/main.c -o "$work/pkg/consumer_c" $(flags zeropoint)
# shellcheck disable=SC2046
c++ -std=c++20 consumer/main.cpp -o "$work/pkg/consumer_cpp" $(flags zeropoint_cpp)

export LD_LIBRARY_PATH=$(dirname "$(find "$prefix" -name libzeropoint.so)")
for program in "$work"/cmake/consumer_c "$work"/cmake/consumer_cpp "$work"/pkg/consumer_c "$work"/pkg/consumer_cpp; do
  "$program" "$model" "$work/out.tflite"
  [ -s "$work/out.tflite" ] || { echo "$program wrote nothing"; exit 1; }
  rm "$work/out.tflite"
done
"$prefix/bin/zeropoint" convert "$model" -o "$work/out.tflite" --mode float
[ -s "$work/out.tflite" ]
echo "installed, found by CMake and pkg-config, linked and run"
