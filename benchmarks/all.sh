#!/usr/bin/env bash
# All benchmarks, one after the other, then the tables of docs/performance.md. A benchmark that fails is named at the end; the others
# run all the same.
#
#   all.sh PYTHON      that has what scripts/requirements-bench.txt names
set -uo pipefail
cd "$(dirname "$0")/.."
python=$1
out=build/bench
failed=()
run() { echo "== $*"; "$python" benchmarks/"$@" </dev/null || failed+=("$1"); }

mkdir -p "$out"
run bench_models.py
run conversion_time.py --output $out/conversion_time.jsonl
run float_inference.py --output $out/float_inference.jsonl
run calibration.py --output $out/calibration.jsonl
run kernels.py --output $out/kernels.jsonl
run linear_cost.py --output $out/linear_cost.jsonl
run conversion_memory.py --output $out/conversion_memory.jsonl
run large_model.py --output $out/large_model.jsonl
run conversion_table.py $out/conversion_time.jsonl
run engine_table.py --folder $out
run memory_table.py $out/conversion_memory.jsonl $out/large_model.jsonl
if [ ${#failed[@]} -gt 0 ]; then
  echo "failed: ${failed[*]}" >&2
  exit 1
fi
