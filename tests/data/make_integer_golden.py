#!/usr/bin/env python3
"""Records what LiteRT's reference kernels compute on quantized integers, for one-op models, as integer_golden.json beside this file.

Needs numpy and ai-edge-litert; the tests need only the recorded file. Run it to record anew, with a
folder as the argument to have the models there as well. The kernels are those of
BUILTIN_REF, except for the ops in OPTIMIZED, where that resolver has none or a wrong one.
"""
import json
import os
import sys

import numpy as np
from ai_edge_litert import interpreter as litert
from ai_edge_litert import schema_py_generated as schema

import one_op
from one_op import TYPES

OPTIMIZED = ("SUM", "ELU")
SAME, VALID = 0, 1
random = np.random.default_rng(20261123)
FOLDER = sys.argv[1] if len(sys.argv) > 1 else None  # where to write the models as well


class T:
    """An operand or result: its integers and what they stand for."""

    def __init__(self, array, scale=None, zero=0, axis=0, constant=False):
        self.array, self.axis, self.constant = np.asarray(array), axis, constant
        self.scales = [] if scale is None else [float(np.float32(s)) for s in np.atleast_1d(scale)]
        self.zeros = [zero] * len(self.scales)
        self.type = str(self.array.dtype)

    def stored(self):
        """The bytes in the file; of int4, two elements each, the first one below."""
        if self.type != "int4":
            return self.array.tobytes()
        nibbles = np.append(self.array.ravel(), np.zeros(self.array.size % 2, np.int8)).astype(np.uint8) & 0xF
        return (nibbles[::2] | nibbles[1::2] << 4).tobytes()


def ints(kind, *shape):
    limits = np.iinfo(kind)
    return random.integers(limits.min, limits.max + 1, shape).astype(kind)


def x(kind, *shape, scale=0.037, zero=7):
    return T(ints(kind, *shape), scale, zero if kind != "int16" else 0)


def y(kind, *shape, scale=0.05, zero=-11):
    return T(np.zeros(shape, kind), scale, zero if kind != "int16" else 0)


def w(*shape, axis=0, scales=None):
    n = shape[axis]
    return T(random.integers(-127, 128, shape).astype("int8"), random.uniform(0.002, 0.02, n) if scales is None else scales, 0,
             axis, True)


def w4(*shape, axis=0, scales=None):
    """Weights of 4 bits."""
    weights = w(*shape, axis=axis, scales=scales)
    weights.array, weights.type = (weights.array // 17).astype("int8"), "int4"
    return weights


def bias(kind, a, b):
    scales = np.float32(a.scales[0]) * np.float32(b.scales)
    return T(random.integers(-3000, 3000, b.array.shape[b.axis]).astype("int64" if kind == "int16" else "int32"), scales, 0, 0, True)


def const(array):
    return T(np.asarray(array, "int32"), constant=True)


def operand(model, graph, name, value, constant):
    t = one_op.tensor(model, graph, name, value.type, value.array.shape, value.stored() if constant else None)
    if value.scales:
        t.quantization = schema.QuantizationParametersT()
        t.quantization.scale, t.quantization.zeroPoint = value.scales, value.zeros
        t.quantization.quantizedDimension = value.axis
    return len(graph.tensors) - 1


def one_op_model(op, table, version, attrs, inputs, output):
    model, graph, node = one_op.frame(op, version)
    node.inputs = [-1 if a is None else operand(model, graph, f"x{i}", a, a.constant) for i, a in enumerate(inputs)]
    graph.inputs = [i for i, a in zip(node.inputs, inputs) if a is not None and not a.constant]
    node.outputs = graph.outputs = [operand(model, graph, "y", output, False)]
    one_op.set_options(node, table, attrs)
    return one_op.pack(model)


def record(op, table, version, attrs, inputs, output):
    model = one_op_model(op, table, version, attrs, inputs, output)
    kernels = litert.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES if op in OPTIMIZED else litert.OpResolverType.BUILTIN_REF
    run = litert.Interpreter(model_content=model, experimental_op_resolver_type=kernels)
    run.allocate_tensors()
    free = [a for a in inputs if a is not None and not a.constant]
    for detail, value in zip(run.get_input_details(), free):
        run.set_tensor(detail["index"], value.array)
    run.invoke()
    if FOLDER:
        with open(os.path.join(FOLDER, f"{len(cases):03}_{op}_{output.array.dtype}.tflite"), "wb") as file:
            file.write(model)
    return run.get_tensor(run.get_output_details()[0]["index"])


def plain(value, array, constant):
    return {"type": value.type, "shape": list(array.shape), "data": array.ravel().astype(int).tolist(), "constant": constant,
            "scale": value.scales, "zero_point": value.zeros, "axis": value.axis}


cases = []


def add(op, inputs, output, table=None, version=1, **attrs):
    result = record(op, table, version, attrs, inputs, output)
    cases.append({"op": op, "attrs": attrs,
                  "inputs": [None if a is None else plain(a, a.array, a.constant) for a in inputs],
                  "output": plain(output, result, False)})


def all_of(kind, low=None):
    """Every integer of 8 bits, or 500 of 16."""
    limits = np.iinfo(kind)
    low = limits.min if low is None else low
    return np.unique(np.linspace(low, limits.max, 500 if kind == "int16" else 256).astype(kind))


CONV = dict(padding=SAME, stride_w=1, stride_h=1, fused_activation_function=0, dilation_w_factor=1, dilation_h_factor=1)
for kind in ("int8", "int16"):
    typed = dict(quantized_bias_type=TYPES["int64"]) if kind == "int16" else {}
    wide = kind == "int16"
    out = dict(scale=0.0004 if wide else 0.2)
    for more in ({}, {"padding": VALID, "fused_activation_function": 1}, {"stride_w": 2, "stride_h": 2, "fused_activation_function": 3},
                 {"dilation_w_factor": 2, "dilation_h_factor": 2}):
        a, f, d = x(kind, 1, 6, 5, 3, scale=0.0002 if wide else 0.037), w(4, 3, 3, 3), w(1, 3, 3, 6, axis=3)
        size = {"padding": (4, 3), "stride_w": (3, 3)}.get(next(iter(more), None), (6, 5))
        add("CONV_2D", [a, f, bias(kind, a, f)], y(kind, 1, *size, 4, **out), "Conv2DOptions", 8 if wide else 3, **{**CONV, **typed, **more})
        add("DEPTHWISE_CONV_2D", [a, d, bias(kind, a, d)], y(kind, 1, *size, 6, **out), "DepthwiseConv2DOptions", 3, depth_multiplier=2,
            **{**CONV, **more})
    a = x(kind, 1, 4, 4, 6, scale=0.0002 if wide else 0.037)
    f = w(4, 1, 1, 6, scales=[0.01])
    add("CONV_2D", [a, f, bias(kind, a, f)], y(kind, 1, 4, 4, 4, **out), "Conv2DOptions", 8 if wide else 3, **{**CONV, **typed})
    for padding, stride, size in ((SAME, 2, 8), (VALID, 2, 9), (VALID, 1, 6)):
        a, f = x(kind, 1, 4, 4, 2, scale=0.0002 if wide else 0.037), w(3, 3, 3, 2)
        add("TRANSPOSE_CONV", [const([1, size, size, 3]), f, a, bias(kind, a, f)], y(kind, 1, size, size, 3, **out), "TransposeConvOptions",
            5 if wide else 3, padding=padding, stride_w=stride, stride_h=stride, fused_activation_function=0, **typed)
    for f in (w(5, 70), w(5, 70, scales=[0.01])):
        a = x(kind, 8, 70, scale=0.0002 if wide else 0.037)
        add("FULLY_CONNECTED", [a, f, bias(kind, a, f)], y(kind, 8, 5, scale=0.0009 if wide else 0.4), "FullyConnectedOptions",
            11 if wide else 4, fused_activation_function=1, **typed)
    for adj_x, adj_y in ((False, False), (True, True)):
        a, b = x(kind, 2, 5, 3) if adj_x else x(kind, 2, 3, 5), x(kind, 1, 4, 5, scale=0.02, zero=-3) if adj_y else x(kind, 1, 5, 4, scale=0.02, zero=-3)
        add("BATCH_MATMUL", [a, b], y(kind, 2, 3, 4, scale=3.0 if wide else 0.3), "BatchMatMulOptions", 3 if wide else 2, adj_x=adj_x, adj_y=adj_y)
    for op, table in (("ADD", "AddOptions"), ("SUB", "SubOptions")):
        version = {"ADD": 3, "SUB": 5}[op] if wide else 2
        more = dict(pot_scale_int16=False)
        add(op, [x(kind, 3, 40), x(kind, 3, 40, scale=0.011, zero=-20)], y(kind, 3, 40), table, version, fused_activation_function=0, **more)
        add(op, [x(kind, 3, 1), x(kind, 1, 40, scale=0.11, zero=-20)], y(kind, 3, 40), table, version, fused_activation_function=1, **more)
    for scale in (0.05, 0.0009):
        add("MUL", [x(kind, 3, 40), x(kind, 40, scale=0.011, zero=-20)], y(kind, 3, 40, scale=scale), "MulOptions", 4 if wide else 2,
            fused_activation_function=0)
    for op in ("MAXIMUM", "MINIMUM"):
        add(op, [x(kind, 3, 40), x(kind, 1, 40)], y(kind, 3, 40, scale=0.037, zero=7), "MaximumMinimumOptions", 4 if wide else 2)
    for op, table in (("EQUAL", "EqualOptions"), ("GREATER", "GreaterOptions"), ("LESS_EQUAL", "LessEqualOptions")):
        a, b = x(kind, 300), x(kind, 300, scale=0.111, zero=-3)
        if wide:
            continue
        add(op, [a, b], T(np.zeros(300, bool)), table, 2)
    for op in ("AVERAGE_POOL_2D", "MAX_POOL_2D"):
        for padding, size in ((SAME, 3), (VALID, 2)):
            add(op, [x(kind, 1, 6, 6, 3)], y(kind, 1, size, size, 3, scale=0.037, zero=7), "Pool2DOptions", 3 if wide else 2, padding=padding,
                stride_w=2, stride_h=2, filter_width=3, filter_height=3, fused_activation_function=0)
    for axes, shape in (([1, 2], (2, 5)), ([3], (2, 6, 7)), ([0, 1, 2, 3], ())):
        add("MEAN", [x(kind, 2, 6, 7, 5), const(axes)], y(kind, *shape), "ReducerOptions", 3 if wide else 2, keep_dims=False)
        add("SUM", [x(kind, 2, 6, 7, 5), const(axes)], y(kind, *shape, scale=1.5), "ReducerOptions", 2, keep_dims=False)
        add("REDUCE_MAX", [x(kind, 2, 6, 7, 5), const(axes)], y(kind, *shape, scale=0.037, zero=7), "ReducerOptions", 3 if wide else 2,
            keep_dims=False)
        add("REDUCE_MIN", [x(kind, 2, 6, 7, 5), const(axes)], y(kind, *shape, scale=0.037, zero=7), "ReducerOptions", 3 if wide else 2,
            keep_dims=False)
    add("REDUCE_PROD", [x(kind, 4, 30, scale=0.0003 if wide else 0.03), const([0])], y(kind, 30, scale=0.001 if wide else 0.3), "ReducerOptions", 2, keep_dims=False)
    for scale in (0.05, 0.6) if not wide else (0.0002, 0.00003):
        for beta in (1.0, 0.7):
            add("SOFTMAX", [x(kind, 6, 33, scale=scale)], T(np.zeros((6, 33), kind), 1 / 32768 if wide else 1 / 256, 0 if wide else -128),
                "SoftmaxOptions", 3 if wide else 2, beta=beta)
    full = lambda scale, zero=7, low=None: T(all_of(kind, low), scale, 0 if wide else zero)
    flat = lambda scale, zero=-11, n=None: T(np.zeros(n or len(all_of(kind)), kind), scale, 0 if wide else zero)
    for scale in (0.04, 0.2) if not wide else (0.0003, 1 / 4096, 0.0011):
        add("LOGISTIC", [full(scale)], flat(1 / 32768 if wide else 1 / 256, -128), None, 3 if wide else 2)
        add("TANH", [full(scale)], flat(1 / 32768 if wide else 1 / 128, 0), None, 3 if wide else 2)
        add("EXP", [full(scale)], flat(0.001 if wide else 0.3, -128), "ExpOptions", 2)
        add("LOG", [full(scale)], flat(0.0002 if wide else 0.04, 20), None, 2)
        for approximate in (False, True):
            add("GELU", [full(scale)], flat(scale, 7), "GeluOptions", 2, approximate=approximate)
        add("RELU", [full(scale)], flat(scale * 0.6, -128), None, 3 if wide else 2)
        add("RELU6", [full(scale)], flat(scale * 0.6, -128), None, 3 if wide else 2)
        add("LEAKY_RELU", [full(scale)], flat(scale * 1.1, 3), "LeakyReluOptions", 2, alpha=0.3)
        add("ABS", [full(scale)], flat(scale * 0.7, -128), "AbsOptions", 3 if wide else 2)
        positive = dict(low=0, zero=0) if wide else dict(low=-120, zero=-120)
        n = len(all_of(kind, positive["low"]))
        add("SQRT", [full(scale, **positive)], flat(0.0002 if wide else 0.03, -128, n), None, 2)
        add("RSQRT", [full(scale, **positive)], flat(0.002 if wide else 0.03, -128, n), None, 3 if wide else 2)
        if not wide:
            add("ELU", [full(scale)], flat(scale, -100))
            add("HARD_SWISH", [full(scale)], flat(scale * 1.2, -120), "HardSwishOptions")
            add("RELU_N1_TO_1", [full(scale)], flat(0.01, 3))
            alpha = T(ints("int8", 1, 8), 0.006, 5, constant=True)
            add("PRELU", [x(kind, 20, 8), alpha], y(kind, 20, 8))
            add("SQUARED_DIFFERENCE", [x(kind, 20, 8), x(kind, 8, scale=0.05, zero=9)], y(kind, 20, 8, scale=0.7, zero=-128),
                "SquaredDifferenceOptions", 2)
            add("L2_NORMALIZATION", [x(kind, 9, 16, zero=0)], T(np.zeros((9, 16), kind), 1 / 128, 0), "L2NormOptions", 2)
            add("LOG_SOFTMAX", [x(kind, 9, 16, scale=scale)], T(np.zeros((9, 16), kind), 16 / 256, 127), "LogSoftmaxOptions", 2)
            divisor = ints("int8", 30)
            divisor[divisor == 5] = 9  # the zero point: nothing is divided by it
            add("DIV", [x(kind, 4, 30), T(divisor, 0.02, 5)], y(kind, 4, 30, scale=0.1), "DivOptions", 2,
                fused_activation_function=0)
    for more in ({}, {"align_corners": True}, {"half_pixel_centers": True}):
        options = {"align_corners": False, "half_pixel_centers": False, **more}
        add("RESIZE_BILINEAR", [x(kind, 1, 4, 5, 2), const([7, 11])], y(kind, 1, 7, 11, 2, scale=0.037, zero=7), "ResizeBilinearOptions",
            4 if wide else 3, **options)
        add("RESIZE_NEAREST_NEIGHBOR", [x(kind, 1, 4, 5, 2), const([7, 11])], y(kind, 1, 7, 11, 2, scale=0.037, zero=7),
            "ResizeNearestNeighborOptions", 4 if wide else 3, **options)
    add("PAD", [x(kind, 2, 3), const([[1, 2], [0, 1]])], y(kind, 5, 4, scale=0.037, zero=7), "PadOptions", 3 if wide else 2)
    add("SPACE_TO_BATCH_ND", [x(kind, 1, 3, 4, 2), const([2, 2]), const([[0, 1], [0, 0]])], y(kind, 4, 2, 2, 2, scale=0.037, zero=7),
        "SpaceToBatchNDOptions", 4 if wide else 2)
    add("QUANTIZE", [full(0.04)], flat(0.031, 20), "QuantizeOptions", 2)
add("QUANTIZE", [T(all_of("int16"), 0.0004)], T(np.zeros(len(all_of("int16")), "int8"), 0.11, 3), "QuantizeOptions", 2)
add("QUANTIZE", [T(all_of("int8"), 0.04, 3)], T(np.zeros(256, "uint8"), 0.04, 131), "QuantizeOptions", 1)

# Weights of 4 bits, after all others so that their random numbers stay.
for f in (w4(5, 71), w4(5, 70, scales=[0.1])):
    a = x("int8", 8, f.array.shape[1])
    add("FULLY_CONNECTED", [a, f, bias("int8", a, f)], y("int8", 8, 5, scale=0.4), "FullyConnectedOptions", 10, fused_activation_function=1)
a, f = x("int8", 1, 6, 5, 3), w4(4, 3, 3, 3)
add("CONV_2D", [a, f, bias("int8", a, f)], y("int8", 1, 6, 5, 4, scale=0.2), "Conv2DOptions", 7, **CONV)

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "integer_golden.json"), "w", encoding="utf-8") as file:
    file.write("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n")
print(len(cases), "cases")
