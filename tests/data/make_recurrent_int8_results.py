#!/usr/bin/env python3
"""Records what LiteRT's reference kernels compute with the files of recurrent_int8/, three runs in a row, as
recurrent_int8_results.json beside this file.

Files that LiteRT crashes on, refuses, or computes nonsense with (recurrent_test.py says which) are left out. Needs numpy and
ai-edge-litert; the tests need only the recorded file.
"""
import glob
import json
import os

import numpy as np
from ai_edge_litert import interpreter as litert

HERE = os.path.dirname(os.path.abspath(__file__))
LEFT_OUT = ("coupled_norm", "small_cells", "svdf_linear")
RUNS = 3


def record(path, random):
    run = litert.Interpreter(model_path=path, experimental_op_resolver_type=litert.OpResolverType.BUILTIN_REF)
    run.allocate_tensors()
    operand, result = run.get_input_details()[0], run.get_output_details()[0]
    runs = []
    for _ in range(RUNS):
        x = random.uniform(-2, 2, operand["shape"]).astype(np.float32)
        run.set_tensor(operand["index"], x)
        run.invoke()
        runs.append({"input": x.ravel().tolist(), "output": run.get_tensor(result["index"]).ravel().tolist()})
    return {"shape": operand["shape"].tolist(), "runs": runs}


def main():
    random = np.random.default_rng(20261123)
    results = {}
    for path in sorted(glob.glob(os.path.join(HERE, "recurrent_int8", "*.tflite"))):
        name = os.path.basename(path)
        if not any(left_out in name for left_out in LEFT_OUT):
            results[name] = record(path, random)
    with open(os.path.join(HERE, "recurrent_int8_results.json"), "w", encoding="utf-8") as file:
        json.dump(results, file, separators=(",", ":"))
        file.write("\n")
    print("recorded %d files" % len(results))


if __name__ == "__main__":
    main()
