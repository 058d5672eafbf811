"""What integer_only_rewrite and target_litert write runs in LiteRT, and computes what it says.

Needs ai-edge-litert (interpreter and schema) and flatbuffers; skipped without them. The models of the zoo are
beside the project, in ../shared or where ZEROPOINT_SHARED says; their tests are skipped without it.
"""

import math
import os
import pathlib
import sys

import numpy as np
import pytest
import zeropoint as tf

litert = pytest.importorskip("ai_edge_litert.interpreter")
schema = pytest.importorskip("ai_edge_litert.schema_py_generated")
pytest.importorskip("flatbuffers")

TESTS = pathlib.Path(__file__).parent.parent
sys.path.insert(0, str(TESTS / "data"))
import probe_kernels as probe  # noqa: E402

INT8_ONLY = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
INT16_ONLY = [tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8]
INT16_FALLBACK = [*INT16_ONLY, tf.lite.OpsSet.TFLITE_BUILTINS]
BITS = {"int8": 8, "int16": 16}
NUDGE = 4e-7  # three units in the last place of float32


def model_of(op, inputs, options=None, result=None):
    """A float .tflite with one op; the operands are made as tests/data/probe_kernels.py makes them."""
    shape = next(o.shape for o in inputs if o.kind == "activation")
    return probe.Builder(schema, "real").build(op, (inputs, [result or probe.y(*shape)], options))


def scalar(value):
    """A constant operand of one element."""
    constant = probe.c(1)
    constant.values = [value]
    return constant


def converter_of(model, samples, op_sets, io="int8", **options):
    converter = tf.lite.TFLiteConverter.from_tflite(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: iter(samples)
    converter.target_spec.supported_ops = op_sets
    converter.inference_input_type = converter.inference_output_type = getattr(tf, io)
    converter.progress = False
    for name, value in options.items():
        setattr(converter, name, value)
    return converter


def interpreter(model, resolver="AUTO"):
    kind = getattr(litert.OpResolverType, resolver)
    runner = litert.Interpreter(model_content=model, experimental_op_resolver_type=kind)
    runner.allocate_tensors()
    return runner


def run(model, inputs, resolver="AUTO"):
    runner = interpreter(model, resolver)
    for detail, value in zip(runner.get_input_details(), inputs):
        runner.set_tensor(detail["index"], value)
    runner.invoke()
    return [runner.get_tensor(detail["index"]) for detail in runner.get_output_details()]


def dequantized(values, detail):
    scale, zero = detail["quantization"]
    return (np.float32(scale) * (values.astype(np.int64) - zero).astype(np.float32)).astype(np.float32)


def every(io):
    """Every integer of the type, once."""
    limits = np.iinfo(io)
    return np.arange(limits.min, limits.max + 1).astype(io)


def ops_of(model):
    return [op["op"] for op in tf.inspect(model)["subgraphs"][0]["operators"]]


X = probe.a  # one activation
FUNCTIONS = {
    # op: (options, (low, high) of the samples, further operands, the function)
    "SIN": (None, (-4, 4), [], np.sin),
    "COS": (("CosOptions", {}), (-4, 4), [], np.cos),
    "FLOOR": (None, (-7, 9), [], np.floor),
    "CEIL": (None, (-7, 9), [], np.ceil),
    "ROUND": (None, (-7, 9), [], np.round),
    "POW": (None, (-3, 3), [2.0], lambda x: x * x),
    "FLOOR_DIV": (None, (-7, 9), [1.5], lambda x: np.floor(x / 1.5)),
    "FLOOR_MOD": (None, (-7, 9), [1.5], lambda x: x - 1.5 * np.floor(x / 1.5)),
}
INT16_FUNCTIONS = {
    "ELU": (None, (-5, 3), [], lambda x: np.where(x < 0, np.expm1(x), x)),
    "HARD_SWISH": (None, (-5, 5), [], lambda x: x * np.clip(x + 3, 0, 6) / 6),
    "RELU_N1_TO_1": (None, (-3, 3), [], lambda x: np.clip(x, -1, 1)),
}
CASES = [(op, "int8") for op in FUNCTIONS] + [(op, "int16") for op in (*FUNCTIONS, *INT16_FUNCTIONS)]


@pytest.mark.parametrize("op,io", CASES)
def test_a_table_holds_the_exact_value_for_every_integer(op, io):
    options, (low, high), constants, function = {**FUNCTIONS, **INT16_FUNCTIONS}[op]
    count = 2 ** BITS[io]
    model = model_of(op, [X(1, count), *map(scalar, constants)], options)
    samples = [[np.linspace(low, high, count, dtype=np.float32)[None]]]
    op_sets = INT8_ONLY if io == "int8" else INT16_ONLY
    result = converter_of(model, samples, op_sets, io, integer_only_rewrite=True).convert()
    assert ops_of(result) == ["CAST", "ADD", "GATHER"]

    runner = interpreter(result)
    source, target = runner.get_input_details()[0], runner.get_output_details()[0]
    inputs = every(io)[None]
    for resolver in ("AUTO", "BUILTIN_REF", "BUILTIN_WITHOUT_DEFAULT_DELEGATES"):
        got = run(result, [inputs], resolver)[0]
        scale, zero = target["quantization"]
        limits = np.iinfo(io)

        def rounded(nudge):
            exact = function(dequantized(inputs, source).astype(np.float64) * (1 + nudge)) / scale * (1 + nudge)
            return np.clip(np.floor(np.abs(exact) + 0.5) * np.sign(exact) + zero, limits.min, limits.max)

        # Where the function jumps or its value is half-way between two integers, float32 may decide otherwise than double.
        wanted, decided = rounded(0), rounded(NUDGE) == rounded(-NUDGE)
        assert decided.mean() > 0.8  # the test is about most integers; FLOOR_DIV has a whole step on a tie
        np.testing.assert_array_equal(got[decided], wanted[decided])


def test_the_strict_error_names_the_remedy_and_the_remedy_works():
    model = model_of("SIN", [X(1, 8)])
    samples = [[np.linspace(-3, 3, 8, dtype=np.float32)[None]]]
    with pytest.raises(tf.QuantizationError,
                       match="integer_only_rewrite makes it a lookup in a table"):
        converter_of(model, samples, INT8_ONLY).convert()
    assert converter_of(model, samples, INT8_ONLY, integer_only_rewrite=True).convert()


# Op, operands, result, options; then what stands for it.
ALGEBRAIC = {
    "SQUARE": ([X(1, 64)], None, ["MUL"]),
    "NEG": ([X(1, 64)], None, ["MUL"]),
    "ADD_N": ([X(1, 64), X(1, 64), X(1, 64)], None, ["ADD", "ADD"]),
    "SQUARED_DIFFERENCE": ([X(1, 64), X(1, 64)], None, {"int8": ["SQUARED_DIFFERENCE"], "int16": ["SUB", "MUL"]}),
    "PRELU": ([X(1, 64), probe.c(64)], None, {"int8": ["PRELU"], "int16": ["RELU", "MINIMUM", "MUL", "ADD"]}),
    "SQRT": ([X(1, 64)], None, ["SQRT"]),
    "ELU": ([X(1, 64)], None, {"int8": ["ELU"], "int16": ["CAST", "ADD", "GATHER"]}),
    "EQUAL": ([X(1, 64), X(1, 64)], probe.y(1, 64, kind="bool"), ["EQUAL"]),
    "NOT_EQUAL": ([X(1, 64), X(1, 64)], probe.y(1, 64, kind="bool"), ["NOT_EQUAL"]),
    "GREATER": ([X(1, 64), X(1, 64)], probe.y(1, 64, kind="bool"), ["GREATER"]),
    "LESS": ([X(1, 64), X(1, 64)], probe.y(1, 64, kind="bool"), ["LESS"]),
}


@pytest.mark.parametrize("io", ["int8", "int16"])
@pytest.mark.parametrize("op", ALGEBRAIC)
def test_integer_ops_stand_in_for_an_op_without_a_kernel(op, io):
    operands, result, expected = ALGEBRAIC[op]
    model = model_of(op, operands, None, result)
    random = np.random.default_rng(7)
    count = sum(o.kind == "activation" for o in operands)
    samples = [[random.uniform(0.5, 3, (1, 64)).astype(np.float32) for _ in range(count)] for _ in range(20)]
    op_sets = INT8_ONLY if io == "int8" else INT16_ONLY
    converter = converter_of(model, samples, op_sets, "float32", integer_only_rewrite=True)
    converted = converter.convert()
    assert not [op["reason"] for op in converter.report["ops"] if op.get("reason")]
    wanted = expected[io] if isinstance(expected, dict) else expected
    assert [name for name in ops_of(converted) if name not in ("QUANTIZE", "DEQUANTIZE")] == wanted

    inputs = samples[0]
    exact, got = run(model, inputs)[0], run(converted, inputs)[0]
    if exact.dtype == np.bool_:
        assert (exact == got).mean() > (0.95 if io == "int8" else 0.99)
    else:
        step = max(t["scale"][0] for t in tf.inspect(converted)["subgraphs"][0]["tensors"] if t.get("scale"))
        allowed = 3 * step * max(1.0, np.abs(exact).max())
        assert np.abs(exact - got).max() <= allowed


# Forms that TensorFlow's converter writes and LiteRT does not run; ours stay float, or take another form.
@pytest.mark.parametrize("op,operands,options,op_sets", [
    ("SQUARED_DIFFERENCE", [X(1, 8), X(1, 8)], None, INT16_FALLBACK),
    ("PADV2", [X(2, 8), probe.ints(1, 1, 0, 2, shape=[2, 2]), probe.c(1)], None, INT16_FALLBACK),
    ("SCATTER_ND", [probe.ints(1, 0, shape=[2, 1]), X(2, 8), probe.ints(4, 8)], None, INT16_FALLBACK),
    ("REVERSE_SEQUENCE", [X(2, 4, 8), probe.ints(2, 3)], ("ReverseSequenceOptions", dict(seq_dim=1, batch_dim=0)),
     [tf.lite.OpsSet.TFLITE_BUILTINS]),
])
def test_what_tensorflow_writes_and_nobody_runs_is_not_written(op, operands, options, op_sets):
    results = {"PADV2": probe.y(4, 10), "SCATTER_ND": probe.y(4, 8)}
    model = model_of(op, operands, options, results.get(op))
    shapes = [o.shape for o in operands if o.kind == "activation"]
    random = np.random.default_rng(3)
    samples = [[random.uniform(-2, 2, shape).astype(np.float32) for shape in shapes] for _ in range(4)]
    try:
        converted = converter_of(model, samples, op_sets, "float32").convert()
    except tf.UnsupportedError as error:
        pytest.skip(f"no record yet: {error}")
    exact, got = run(model, samples[0])[0], run(converted, samples[0])[0]
    assert np.abs(exact - got).max() <= 0.05 * np.abs(exact).max()


def test_an_older_target_keeps_float_what_its_kernels_do_not_run():
    model = model_of("DIV", [X(1, 8), X(1, 8)], ("DivOptions", {}))
    random = np.random.default_rng(3)
    samples = [[random.uniform(1, 2, (1, 8)).astype(np.float32) for _ in range(2)] for _ in range(4)]
    assert "DIV" in ops_of(converter_of(model, samples, INT8_ONLY, target_litert="1.4").convert())
    with pytest.raises(tf.ZeropointError, match="LiteRT 1.3 does not run this op in int8, LiteRT 1.4 does"):
        converter_of(model, samples, INT8_ONLY, target_litert="1.3").convert()
    with pytest.raises(tf.OptionError, match="1.0, 1.1, "):
        converter_of(model, samples, INT8_ONLY, target_litert="2.14").convert()


SHARED = pathlib.Path(os.environ.get("ZEROPOINT_SHARED", TESTS.parent.parent / "shared"))


def signal_to_noise(exact, got):
    noise = np.sum((exact.astype(np.float64) - got) ** 2)
    return math.inf if noise == 0 else 10 * math.log10(np.sum(exact.astype(np.float64) ** 2) / noise)


# How much less signal to noise (dB) than with the ops in question left float still counts as equal; as in conformance.py.
TOLERANCE = 1.0
ZOO = [("selfie_tf1", "models/selfie_tf1", "photos_256x256.npz"),
       ("face_landmark_f32", "models/face_landmark_f32.tflite", "photos_192x192.npz")]


@pytest.mark.skipif(not (SHARED / "zoo").is_dir(), reason="the models of ../shared are not there")
@pytest.mark.parametrize("name,path,photos", ZOO, ids=[case[0] for case in ZOO])
@pytest.mark.parametrize("mode", ["int8-only", "int16x8"])
def test_models_that_tensorflow_leaves_with_float_islands_become_all_integer(name, path, photos, mode):
    data = np.load(SHARED / "zoo" / "data" / photos)["x"][:12].astype(np.float32) / 255
    source = SHARED / "zoo" / path
    make = tf.lite.TFLiteConverter.from_saved_model if source.is_dir() else tf.lite.TFLiteConverter.from_tflite
    converter = make(str(source))
    converter.progress = False
    float_model = converter.convert()
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([x[None]] for x in data[:10])
    strict, islands = (INT8_ONLY, [tf.lite.OpsSet.TFLITE_BUILTINS]) if mode == "int8-only" else (INT16_ONLY, INT16_FALLBACK)
    converter.target_spec.supported_ops = islands
    with_islands = converter.convert()
    converter.target_spec.supported_ops = strict
    converter.integer_only_rewrite = True
    converted = converter.convert()
    assert not [op for op in converter.report["ops"] if op.get("reason")]

    def decibels(model):
        results = [(run(float_model, [x[None]])[0], run(model, [x[None]])[0]) for x in data[10:]]
        return signal_to_noise(*(np.stack(side) for side in zip(*results)))

    print(f"{name} {mode}: {decibels(converted):.1f} dB, with float islands {decibels(with_islands):.1f} dB")
    assert decibels(converted) > decibels(with_islands) - TOLERANCE
