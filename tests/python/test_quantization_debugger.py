"""QuantizationDebugger held against what TensorFlow's recorded of the same models and samples (tests/data/debugger/make_golden.py)."""

import csv
import io
import json
import pathlib

import numpy as np
import pytest

import zeropoint as tf

DATA = pathlib.Path(__file__).resolve().parents[1] / "data" / "debugger"
CASES = json.loads((DATA / "golden.json").read_text())["cases"]
FIGURES = ("stddev", "mean_error", "max_abs_error", "mean_squared_error", "l1")
# Both ran LiteRT's reference kernels; sums in another order and float32 figures leave this share of a quantization step.
STEPS = 0.002
# TensorFlow holds an operator that keeps its operand's scale against itself, and finds nothing; here it is held against its float form.
KEEPS_SCALE = {"AVERAGE_POOL_2D"}


def samples_of(model):
    with np.load(DATA / "samples.npz") as arrays:
        named = {key.split("/")[1]: arrays[key] for key in arrays.files if key.startswith(model + "/")}
    return lambda: ([named[name][i] for name in sorted(named)] for i in range(len(next(iter(named.values())))))


def converter_of(model):
    converter = tf.lite.TFLiteConverter.from_saved_model(DATA / model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = samples_of(model)
    converter.progress = False
    return converter


def options_of(case, **more):
    selective = {"plain": {}, "fully_quantize": {"fully_quantize": True}, "denylisted_ops": {"denylisted_ops": ["CONV_2D", "SUB"]}}[case]
    return tf.lite.experimental.QuantizationDebugOptions(
        model_debug_metrics={"mae": lambda real, quantized: np.mean(np.abs(real[0] - quantized[0]))},
        layer_debug_metrics={"l1": lambda differences: np.mean(np.abs(differences))}, **selective, **more)


def dump(debugger):
    text = io.StringIO()
    debugger.layer_statistics_dump(text)
    return list(csv.DictReader(io.StringIO(text.getvalue())))


@pytest.mark.parametrize("model", sorted(CASES))
@pytest.mark.parametrize("case", ["plain", "fully_quantize", "denylisted_ops"])
def test_layers_are_told_as_by_tensorflow(model, case):
    debugger = tf.lite.experimental.QuantizationDebugger(
        converter=converter_of(model), debug_dataset=samples_of(model), debug_options=options_of(case))
    debugger.run()
    wanted, found = CASES[model][case]["layers"], dump(debugger)
    assert list(found[0]) == list(wanted[0])
    assert sorted(row["op_name"] for row in found) == sorted(row["op_name"] for row in wanted)
    for theirs in wanted:
        # The same operator with the same parameters; the names of fused ones differ.
        same = [row for row in found if row["op_name"] == theirs["op_name"] and row["num_elements"] == theirs["num_elements"]
                and float(row["scale"]) == pytest.approx(float(theirs["scale"]), rel=1e-4)]
        assert len(same) == 1, (theirs, found)
        ours, scale = same[0], float(theirs["scale"])
        assert (ours["zero_point"], float(ours["num_elements"])) == (theirs["zero_point"], float(theirs["num_elements"]))
        if theirs["op_name"] in KEEPS_SCALE:
            assert float(theirs["max_abs_error"]) < 1e-5 * scale and float(ours["max_abs_error"]) <= 0.51 * scale
            continue
        for name in FIGURES:
            unit = scale**2 if name == "mean_squared_error" else scale
            assert float(ours[name]) == pytest.approx(float(theirs[name]), abs=STEPS * unit), (name, theirs, ours)
    assert debugger.model_statistics["mae"] == pytest.approx(CASES[model][case]["model"]["mae"], rel=1e-3)


@pytest.mark.parametrize("model", sorted(CASES))
def test_a_debug_model_yields_the_same_differences_in_litert(model):
    litert = pytest.importorskip("ai_edge_litert.interpreter")
    debugger = tf.lite.experimental.QuantizationDebugger(converter=converter_of(model))
    debugger.run()
    content = debugger.get_debug_quantized_model()
    operators = tf.inspect(content)["subgraphs"][0]["operators"]
    verified = [operator for operator in operators if operator["op"] == "custom.NumericVerify"]
    interpreter = litert.Interpreter(model_content=content, experimental_op_resolver_type=litert.OpResolverType.BUILTIN_REF,
                                     experimental_preserve_all_tensors=True)
    interpreter.allocate_tensors()
    squares = [[] for _ in verified]
    for sample in samples_of(model)():
        for detail, value in zip(interpreter.get_input_details(), sample):
            interpreter.set_tensor(detail["index"], value)
        interpreter.invoke()
        for operator, one in zip(verified, squares):
            one.append(np.mean(np.square(interpreter.get_tensor(operator["outputs"][0]))))
    rows = dump(debugger)
    assert len(rows) == len(verified) > 3
    for row, operator, one in zip(rows, verified, squares):
        assert int(row["tensor_idx"]) == operator["inputs"][0]
        assert np.mean(one) == pytest.approx(float(row["mean_squared_error"]), rel=1e-3, abs=1e-9)


def test_indices_are_those_of_the_model_that_was_compared():
    debugger = tf.lite.experimental.QuantizationDebugger(converter=converter_of("images"))
    debugger.run()
    tensors = tf.inspect(debugger.get_nondebug_quantized_model())["subgraphs"][0]["tensors"]
    for row in dump(debugger):
        tensor = tensors[int(row["tensor_idx"])]
        assert float(row["scale"]) == pytest.approx(tensor["scale"][0])


def test_nodes_that_are_denied_stay_float():
    debugger = tf.lite.experimental.QuantizationDebugger(converter=converter_of("images"))
    debugger.run()
    first = dump(debugger)[0]
    assert first["op_name"] == "CONV_2D"
    debugger.options = tf.lite.experimental.QuantizationDebugOptions(denylisted_nodes=[first["tensor_name"]])
    assert debugger.layer_statistics is None
    debugger.run()
    assert first["tensor_name"] not in {row["tensor_name"] for row in dump(debugger)}
    assert len(dump(debugger)) > 3
    assert debugger.converter.recipe is None
    debugger.options = tf.lite.experimental.QuantizationDebugOptions(denylisted_ops=["NO_SUCH_OP"])
    debugger.run()
    assert first["tensor_name"] in {row["tensor_name"] for row in dump(debugger)}


def test_integers_scale_and_zero_point_are_given_to_direct_metrics():
    seen = []

    def metric(real, integers, scale, zero_point):
        seen.append((real, integers, scale, zero_point))
        return np.max(np.abs(real - (integers.astype(np.int32) - zero_point) * np.float32(scale)))

    options = tf.lite.experimental.QuantizationDebugOptions(layer_direct_compare_metrics={"direct": metric})
    debugger = tf.lite.experimental.QuantizationDebugger(converter=converter_of("signals"), debug_options=options)
    debugger.run()
    assert all(integers.dtype == np.int8 and real.dtype == np.float32 for real, integers, _, _ in seen)
    for row in dump(debugger):
        assert float(row["direct"]) == pytest.approx(float(row["max_abs_error"]), rel=1e-4)


def test_two_files_are_held_side_by_side(tmp_path):
    converter = converter_of("images")
    quantized = converter.convert()
    converter.optimizations = []
    real = converter.convert()
    (tmp_path / "q.tflite").write_bytes(quantized)
    (tmp_path / "f.tflite").write_bytes(real)
    by_converter = tf.lite.experimental.QuantizationDebugger(converter=converter_of("images"))
    by_converter.run()
    for models in ({"quant_debug_model_content": quantized, "float_model_content": real},
                   {"quant_debug_model_path": tmp_path / "q.tflite", "float_model_path": tmp_path / "f.tflite"}):
        debugger = tf.lite.experimental.QuantizationDebugger(debug_dataset=samples_of("images"), **models)
        debugger.run()
        assert [row["op_name"] for row in dump(debugger)] == [row["op_name"] for row in dump(by_converter)]
        for ours, theirs in zip(dump(debugger), dump(by_converter)):
            assert float(ours["mean_squared_error"]) == pytest.approx(float(theirs["mean_squared_error"]), rel=1e-3)
        with pytest.raises(ValueError, match="no converter"):
            debugger.get_nondebug_quantized_model()


def test_what_is_wrong_is_told():
    experimental = tf.lite.experimental
    with pytest.raises(ValueError, match="mse"):
        experimental.QuantizationDebugOptions(layer_debug_metrics={"mse": np.mean}, model_debug_metrics={"mse": np.mean})
    converter = converter_of("images")
    converter.optimizations = []
    with pytest.raises(ValueError, match="optimizations"):
        experimental.QuantizationDebugger(converter=converter)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = None
    with pytest.raises(ValueError, match="representative_dataset"):
        experimental.QuantizationDebugger(converter=converter)
    with pytest.raises(ValueError, match="wanted"):
        experimental.QuantizationDebugger()
    with pytest.raises(ValueError, match="float_model"):
        experimental.QuantizationDebugger(quant_debug_model_content=converter.convert(), debug_dataset=samples_of("images"))
    instrumented = experimental.QuantizationDebugger(converter=converter_of("images")).get_debug_quantized_model()
    with pytest.raises(tf.UnsupportedError, match="debug model"):
        experimental.QuantizationDebugger(quant_debug_model_content=instrumented, float_model_content=b"", debug_dataset=samples_of("images"))
    with pytest.raises(AttributeError, match="migration"):
        experimental.Analyzer  # noqa: B018

    def broken(differences):
        raise KeyError("mine")

    debugger = experimental.QuantizationDebugger(
        converter=converter_of("images"), debug_options=experimental.QuantizationDebugOptions(layer_debug_metrics={"mine": broken}))
    with pytest.raises(KeyError, match="mine"):
        debugger.run()
