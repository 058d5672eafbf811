"""Models with IF, WHILE and a variable, against what TensorFlow's converter makes of them and in LiteRT.

The files are recorded by tests/data/make_control_flow_reference.py.
"""

import os

import numpy as np
import pytest
import zeropoint as tf

FOLDER = os.path.join(os.path.dirname(__file__), "..", "data", "control_flow")
SAMPLES = np.load(os.path.join(FOLDER, "x.npy"))
MODELS = ("branch", "loop", "memory")
BUILTINS, INT8, INT16X8 = (tf.lite.OpsSet.TFLITE_BUILTINS, tf.lite.OpsSet.TFLITE_BUILTINS_INT8,
                           tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8)
# How near to the float model's results, as a part of the largest.
MODES = {"dynamic": ([BUILTINS], [], False, 1e-5), "float16": ([BUILTINS], [tf.float16], False, 1e-3),
         "int8": ([BUILTINS], [], True, 0.05), "int8-only": ([INT8], [], True, 0.05),
         "int16x8-fallback": ([INT16X8, BUILTINS], [], True, 0.01)}


def path_of(model, mode="float"):
    return os.path.join(FOLDER, f"{model}_{mode}.tflite")


def convert(model, mode):
    ops, types, calibrates, _ = MODES[mode]
    converter = tf.lite.TFLiteConverter.from_tflite(path_of(model))
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_ops = ops
    converter.target_spec.supported_types = types
    if calibrates:
        converter.representative_dataset = lambda: ([sample[None]] for sample in SAMPLES)
    return converter.convert()


def described(graph):
    """Each op with its version and the types and scales around it; what is the same in any order of ops and tensors."""
    def tensor(index):
        if index < 0:
            return None
        of = graph["tensors"][index]
        scales = [f"{scale:.5g}" for scale in of.get("scale", ())]  # ranges depend on the order of sums
        return of["type"], of["shape"], scales, of.get("zero_point")

    return sorted(repr((op["op"], op["version"], [tensor(i) for i in op["inputs"]], [tensor(i) for i in op["outputs"]]))
                  for op in graph["operators"])


def run(model):
    litert = pytest.importorskip("ai_edge_litert.interpreter")
    interpreter = litert.Interpreter(model_content=model)
    interpreter.allocate_tensors()
    results = []
    for sample in SAMPLES:
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], sample[None])
        interpreter.invoke()
        results.append(interpreter.get_tensor(interpreter.get_output_details()[0]["index"]).copy())
    return np.array(results)


@pytest.mark.parametrize("model", MODELS)
def test_int8_is_tensorflows(model):
    ours, theirs = tf.inspect(convert(model, "int8")), tf.inspect(path_of(model, "int8"))
    assert len(ours["subgraphs"]) == len(theirs["subgraphs"])
    for our_graph, their_graph in zip(ours["subgraphs"], theirs["subgraphs"]):
        assert described(our_graph) == described(their_graph)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("mode", MODES)
def test_every_mode_runs(model, mode):
    with open(path_of(model), "rb") as file:
        expected = run(file.read())
    assert np.abs(run(convert(model, mode)) - expected).max() <= MODES[mode][3] * np.abs(expected).max()
