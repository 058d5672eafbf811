#!/usr/bin/env python3
"""Records what LiteRT's float kernels compute for one-op models, as op_golden.json beside this file.

Needs numpy and ai-edge-litert; the tests need only the recorded file. Run without arguments to record anew.
"""
import json
import os

import numpy as np
from ai_edge_litert import interpreter as litert

import one_op

random = np.random.default_rng(20240607)


def one_op_model(op, table, attrs, inputs, constants, output_type):
    model, graph, node = one_op.frame(op, 1)
    for i, array in enumerate(inputs):
        one_op.tensor(model, graph, f"x{i}", str(array.dtype), array.shape, array.tobytes() if i in constants else None)
    node.inputs = list(range(len(inputs)))
    graph.inputs = [i for i in node.inputs if i not in constants]
    one_op.tensor(model, graph, "y", output_type, [])
    node.outputs = graph.outputs = [len(graph.tensors) - 1]
    one_op.set_options(node, table, attrs)
    return one_op.pack(model)


def record(op, table, attrs, inputs, constants, output_type):
    model = one_op_model(op, table, attrs, inputs, constants, output_type)
    run = litert.Interpreter(model_content=model,
                             experimental_op_resolver_type=litert.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    run.allocate_tensors()
    free = [a for i, a in enumerate(inputs) if i not in constants]
    for detail, array in zip(run.get_input_details(), free):
        run.set_tensor(detail["index"], array)
    run.invoke()
    return run.get_tensor(run.get_output_details()[0]["index"])


def plain(array):
    if array.dtype == np.float32:
        return [float(np.format_float_scientific(v, unique=True)) for v in array.ravel()]
    return array.ravel().astype(int).tolist()


def floats(*shape, low=-2.0, high=2.0):
    return random.uniform(low, high, shape).astype(np.float32)


def ints(*shape, low=-9, high=9, dtype=np.int32):
    return random.integers(low, high, shape).astype(dtype)


cases = []


def add(op, *inputs, table=None, constants=(), output_type=None, **attrs):
    output_type = output_type or str(inputs[0].dtype)
    result = record(op, table, attrs, inputs, constants, output_type)
    cases.append({
        "op": op, "attrs": attrs,
        "inputs": [{"type": str(a.dtype), "shape": list(a.shape), "data": plain(a), "constant": i in constants}
                   for i, a in enumerate(inputs)],
        "output": {"type": str(result.dtype), "shape": list(result.shape), "data": plain(result)}})


def conv_options(**more):
    return {"padding": 0, "stride_w": 1, "stride_h": 1, "fused_activation_function": 0, "dilation_w_factor": 1,
            "dilation_h_factor": 1, **more}


SAME, VALID = 0, 1
for more in ({}, {"padding": VALID, "fused_activation_function": 1}, {"stride_w": 2, "stride_h": 2},
             {"dilation_w_factor": 2, "dilation_h_factor": 2, "fused_activation_function": 3}):
    add("CONV_2D", floats(1, 6, 5, 3), floats(4, 3, 3, 3), floats(4), table="Conv2DOptions", constants=(1, 2),
        **conv_options(**more))
    add("DEPTHWISE_CONV_2D", floats(1, 6, 5, 3), floats(1, 3, 3, 6), floats(6), table="DepthwiseConv2DOptions",
        constants=(1, 2), depth_multiplier=2, **conv_options(**more))
add("CONV_2D", floats(1, 4, 4, 4), floats(4, 3, 3, 2), floats(4), table="Conv2DOptions", constants=(1, 2), **conv_options())
for padding, stride, size in ((SAME, 2, 8), (VALID, 2, 9), (VALID, 1, 6)):
    add("TRANSPOSE_CONV", np.array([1, size, size, 3], np.int32), floats(3, 3, 3, 2), floats(1, 4, 4, 2),
        table="TransposeConvOptions", constants=(0, 1), output_type="float32", padding=padding, stride_w=stride,
        stride_h=stride, fused_activation_function=0)
add("FULLY_CONNECTED", floats(3, 7), floats(5, 7), floats(5), table="FullyConnectedOptions", constants=(1, 2),
    fused_activation_function=1)
add("FULLY_CONNECTED", floats(2, 3, 7), floats(5, 7), floats(5), table="FullyConnectedOptions", constants=(1, 2),
    keep_num_dims=True)
for adj_x, adj_y in ((False, False), (True, False), (False, True), (True, True)):
    add("BATCH_MATMUL", floats(2, 1, 5, 3) if adj_x else floats(2, 1, 3, 5), floats(1, 3, 4, 5) if adj_y else floats(1, 3, 5, 4),
        table="BatchMatMulOptions", adj_x=adj_x, adj_y=adj_y)
for op in ("AVERAGE_POOL_2D", "MAX_POOL_2D"):
    for padding, act in ((SAME, 0), (VALID, 1)):
        add(op, floats(1, 5, 6, 3), table="Pool2DOptions", padding=padding, stride_w=2, stride_h=1, filter_width=3,
            filter_height=2, fused_activation_function=act)

for op in ("RELU", "RELU6", "RELU_N1_TO_1", "RELU_0_TO_1", "LOGISTIC", "TANH", "ELU", "HARD_SWISH", "EXP", "ABS", "NEG",
           "FLOOR", "CEIL", "ROUND", "SIN", "COS", "SQUARE"):
    add(op, floats(3, 13, low=-8, high=8))
for op in ("LOG", "SQRT", "RSQRT"):
    add(op, floats(3, 13, low=0.01, high=9))
add("LEAKY_RELU", floats(2, 9), table="LeakyReluOptions", alpha=float(np.float32(0.3)))
add("PRELU", floats(1, 2, 3, 4), floats(1, 1, 4), constants=(1,))
for approximate in (False, True):
    add("GELU", floats(3, 13, low=-5, high=5), table="GeluOptions", approximate=approximate)
add("SOFTMAX", floats(3, 11, low=-6, high=6), table="SoftmaxOptions", beta=1.0)
add("SOFTMAX", floats(2, 2, 5), table="SoftmaxOptions", beta=0.5)
add("LOG_SOFTMAX", floats(3, 11, low=-6, high=6))
add("L2_NORMALIZATION", floats(3, 11), table="L2NormOptions")

for op, table in (("ADD", "AddOptions"), ("SUB", "SubOptions"), ("MUL", "MulOptions"), ("DIV", "DivOptions")):
    add(op, floats(2, 3, 5), floats(2, 3, 5, low=0.5), table=table)
    add(op, floats(2, 3, 5), floats(3, 1, low=0.5), table=table, fused_activation_function=3)
    add(op, ints(2, 5), ints(5, low=1), table=table)
for op in ("MAXIMUM", "MINIMUM", "SQUARED_DIFFERENCE"):
    add(op, floats(2, 3, 5), floats(2, 1, 5))
    add(op, ints(2, 5), ints(2, 1))
for op in ("FLOOR_DIV", "FLOOR_MOD"):
    add(op, floats(3, 7), floats(1, 7, low=0.3, high=2) * np.where(np.arange(7) % 2, 1, -1).astype(np.float32))
    add(op, ints(3, 7), ints(7, low=1) * np.where(np.arange(7) % 2, 1, -1).astype(np.int32))
add("POW", floats(3, 7, low=0.1), floats(7))
add("POW", ints(7), ints(7, low=0, high=4))
add("ADD_N", floats(2, 7), floats(2, 7), floats(2, 7))
for op in ("EQUAL", "NOT_EQUAL", "LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL"):
    add(op, ints(3, 7, low=0, high=3), ints(7, low=0, high=3), output_type="bool")
    add(op, floats(3, 7), floats(3, 1), output_type="bool")
for op in ("LOGICAL_AND", "LOGICAL_OR"):
    add(op, ints(3, 7, low=0, high=2).astype(bool), ints(3, 7, low=0, high=2).astype(bool))
add("LOGICAL_NOT", ints(3, 7, low=0, high=2).astype(bool))
add("SELECT", ints(3, 4, low=0, high=2).astype(bool), floats(3, 4), floats(3, 4), output_type="float32")
add("SELECT", ints(3, low=0, high=2).astype(bool), floats(3, 4), floats(3, 4), output_type="float32")
add("SELECT_V2", ints(3, 1, low=0, high=2).astype(bool), floats(4), floats(2, 3, 1), output_type="float32")

for op in ("MEAN", "SUM", "REDUCE_PROD", "REDUCE_MAX", "REDUCE_MIN"):
    for axes in ([1, 2], [-1], [0, 2]):
        add(op, floats(2, 3, 4, 5), np.array(axes, np.int32), table="ReducerOptions", constants=(1,),
            keep_dims=axes == [1, 2])
for op in ("SUM", "REDUCE_PROD", "REDUCE_MAX", "REDUCE_MIN"):
    add(op, ints(2, 3, 4), np.array([1], np.int32), table="ReducerOptions", constants=(1,), keep_dims=False)

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "op_golden.json"), "w") as out:
    out.write("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n")
print(len(cases), "cases of", len({case["op"] for case in cases}), "ops")
