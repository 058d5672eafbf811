#!/usr/bin/env python3
"""Records what LiteRT computes for one-op models of ops that select, scatter and sum segments, that shift bits, that
slide windows over volumes and the like, as selection_golden.json beside this file.

Needs numpy and ai-edge-litert; the tests need only the recorded file. Run without arguments to record anew.
"""
import json
import os

import flatbuffers
import numpy as np
from ai_edge_litert import interpreter as litert
from ai_edge_litert import schema_py_generated as schema


def tensor_type(dtype):
    return getattr(schema.TensorType, str(dtype).upper())


def add_tensor(model, graph, name, dtype, shape, data=None):
    tensor = schema.TensorT()
    tensor.name, tensor.shape, tensor.type, tensor.buffer = name, list(shape), tensor_type(dtype), 0
    if data is not None and data.size > 0:
        buffer = schema.BufferT()
        buffer.data = np.frombuffer(data.tobytes(), np.uint8)
        model.buffers.append(buffer)
        tensor.buffer = len(model.buffers) - 1
    graph.tensors.append(tensor)
    return len(graph.tensors) - 1


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def record(op, inputs, options=None, results=None, fed=(0,), second=False, version=1):
    """Runs `op`. The inputs in `fed` are graph inputs, the others constants, None is an absent one; `results` are the
    types of the results, that of the first fed input unless given."""
    model, graph, code, node = schema.ModelT(), schema.SubGraphT(), schema.OperatorCodeT(), schema.OperatorT()
    model.version, model.buffers, model.operatorCodes, model.subgraphs = 3, [schema.BufferT()], [code], [graph]
    code.builtinCode = getattr(schema.BuiltinOperator, op)
    code.deprecatedBuiltinCode, code.version = min(code.builtinCode, 127), version
    graph.tensors, graph.operators = [], [node]
    node.inputs = [-1 if a is None else add_tensor(model, graph, f"x{i}", a.dtype, a.shape, None if i in fed else a)
                   for i, a in enumerate(inputs)]
    results = results or [str(inputs[fed[0]].dtype)]
    node.outputs = [add_tensor(model, graph, f"y{i}", dtype, []) for i, dtype in enumerate(results)]
    graph.inputs, graph.outputs = [node.inputs[i] for i in fed], list(node.outputs)
    attrs = {}
    if options:
        table, attrs = options
        built = getattr(schema, table + "T")()
        for name, value in attrs.items():
            setattr(built, camel(name), value)
        if second:
            node.builtinOptions2Type, node.builtinOptions2 = getattr(schema.BuiltinOptions2, table), built
        else:
            node.builtinOptionsType, node.builtinOptions = getattr(schema.BuiltinOptions, table), built
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    run = litert.Interpreter(model_content=bytes(builder.Output()),
                             experimental_op_resolver_type=litert.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    run.allocate_tensors()
    for i, detail in zip(fed, run.get_input_details()):
        run.set_tensor(detail["index"], inputs[i])
    run.invoke()
    outputs = [run.get_tensor(i) for i in node.outputs]
    return {"op": op, "attrs": attrs, "fed": list(fed), "inputs": [plain(a) for a in inputs],
            "outputs": [plain(a) for a in outputs]}


def plain(array):
    if array is None:
        return None
    if array.dtype in (np.float32, np.float64):
        numbers = [None if np.isnan(v) else float(v) for v in array.ravel()]
    else:
        numbers = [int(v) for v in array.ravel()]
    return {"type": str(array.dtype), "shape": list(array.shape), "data": numbers}


def count(*shape, dtype=np.float32):
    return (np.arange(np.prod(shape, dtype=int)).reshape(shape) + 1).astype(dtype)


def spread(*shape, low=-1.0, high=1.0, seed=1):
    return np.random.default_rng(seed).uniform(low, high, shape).astype(np.float32)


def i32(*values, shape=None):
    array = np.array(values, np.int32)
    return array if shape is None else array.reshape(shape)


def f32(*values, shape=None):
    return i32(*values, shape=shape).astype(np.float32) if shape else np.array(values, np.float32)


def scalar(value, dtype=np.int32):
    return np.array(value, dtype)


def top_k():
    rows = np.array([[3, 1, 3, 0, -7], [5, 7, 9, 7, 9]])
    for dtype in (np.float32, np.int8, np.uint8, np.int16, np.int32, np.int64):
        yield record("TOPK_V2", [np.abs(rows).astype(dtype) if dtype == np.uint8 else rows.astype(dtype), scalar(3)],
                     ("TopKV2Options", {}), [np.dtype(dtype).name, "int32"])
    yield record("TOPK_V2", [spread(2, 3, 4), scalar(4)], ("TopKV2Options", {}), ["float32", "int32"], fed=(0, 1))
    yield record("TOPK_V2", [f32(1, 2, 3, -1), scalar(2, np.int16)], ("TopKV2Options", {}), ["float32", "int16"])
    yield record("TOPK_V2", [f32(1, np.nan, 3, -1), scalar(3)], ("TopKV2Options", {}), ["float32", "int32"])
    yield record("TOPK_V2", [f32(1, 2, 3), scalar(0)], ("TopKV2Options", {}), ["float32", "int32"])


def boxes():
    corners = np.array([[0, 0, 1, 1], [0, 0, 1, .5], [0, 0, 1, 1.1], [1, 1, 0, 0], [2, 2, 3, 3], [5, 5, 6, 6],
                        [0, 0, .9, 1], [2, 2, 3, 3.2], [2.5, 2, 3.5, 3]], np.float32)
    scores = f32(.9, .8, .85, .7, .6, .95, .3, .55, .5)
    for most, overlap, least in ((3, .5, .1), (9, .5, .1), (6, .25, .56), (6, 1, .1), (6, 0, .1), (0, .5, .1)):
        operands = [corners, scores, scalar(most), scalar(overlap, np.float32), scalar(least, np.float32)]
        yield record("NON_MAX_SUPPRESSION_V4", operands, None, ["int32", "int32"], fed=(0, 1))
        for sigma in (0, .5, .05):
            yield record("NON_MAX_SUPPRESSION_V5", operands + [scalar(sigma, np.float32)], None,
                         ["int32", "float32", "int32"], fed=(0, 1))
    live = [corners, scores, scalar(4), scalar(.5, np.float32), scalar(.1, np.float32)]
    yield record("NON_MAX_SUPPRESSION_V4", live, None, ["int32", "int32"], fed=(0, 1, 2, 3, 4))
    flat = corners.copy()
    flat[5] = (5, 5, 5, 6)  # without area
    yield record("NON_MAX_SUPPRESSION_V4", [flat, *live[1:]], None, ["int32", "int32"], fed=(0, 1))
    random = np.random.default_rng(3)
    many = random.uniform(0, 10, (60, 2)).astype(np.float32)
    many = np.concatenate([many, many + random.uniform(1, 4, (60, 2)).astype(np.float32)], 1)
    for sigma in (0, .3):
        yield record("NON_MAX_SUPPRESSION_V5", [many, spread(60, low=0), scalar(40), scalar(.4, np.float32),
                                                scalar(.2, np.float32), scalar(sigma, np.float32)], None,
                     ["int32", "float32", "int32"], fed=(0, 1))


def indices():
    grid = np.array([[0, 3, 0], [1, 0, 2]])
    for dtype in (np.bool_, np.float32, np.int8, np.uint8, np.int32, np.uint32, np.int64):
        yield record("WHERE", [grid.astype(dtype)], None, ["int64"])
    yield record("WHERE", [spread(2, 3, 2, 2) > 0], None, ["int64"])
    yield record("WHERE", [np.maximum(spread(30, 50), 0)], None, ["int64"])
    for dtype in (np.float32, np.int8, np.uint8, np.int16, np.int32, np.int64):
        for name, code in (("int32", 2), ("int64", 4)):
            yield record("UNIQUE", [np.array([4, 2, 4, 9, 1, 2, 7]).astype(dtype)],
                         ("UniqueOptions", {"idx_out_type": code}), [np.dtype(dtype).name, name])
    yield record("UNIQUE", [i32(*(np.arange(2000) * 7 % 311))], ("UniqueOptions", {"idx_out_type": 2}),
                 ["int32", "int32"])


def bool_reductions():
    bits = spread(2, 3, 4, seed=5) > -0.5
    for op in ("REDUCE_ALL", "REDUCE_ANY"):
        for axes in (i32(1), i32(-1, 0), i32(0, 1, 2), scalar(2)):
            for keep in (False, True):
                yield record(op, [~bits if op == "REDUCE_ANY" else bits, axes], ("ReducerOptions", {"keep_dims": keep}))
        yield record(op, [bits, i32(1)], ("ReducerOptions", {"keep_dims": False}), fed=(0, 1))


def reversals():
    for dtype in (np.float32, np.uint8, np.int16, np.int32, np.int64):
        for sequence, batch, shape, lengths in ((1, 0, (3, 4, 2), (2, 4, 1)), (0, 1, (4, 3), (1, 4, 3)),
                                                (2, 1, (2, 2, 3), (3, 2)), (1, 3, (2, 3, 2, 2), (2, 3)),
                                                (0, 2, (3, 2, 2), (2, 3))):
            yield record("REVERSE_SEQUENCE", [count(*shape, dtype=dtype), i32(*lengths)],
                         ("ReverseSequenceOptions", {"seq_dim": sequence, "batch_dim": batch}))
    yield record("REVERSE_SEQUENCE", [count(2, 3), np.array([3, 0], np.int64)],
                 ("ReverseSequenceOptions", {"seq_dim": 1, "batch_dim": 0}), fed=(0, 1))


def float_ops():
    for radius, bias, alpha, beta in ((2, 1, .1, .5), (0, 2, .5, .75), (9, .5, .01, 1), (1, 1, .3, .5)):
        yield record("LOCAL_RESPONSE_NORMALIZATION", [spread(2, 3, 2, 8)],
                     ("LocalResponseNormalizationOptions",
                      {"radius": radius, "bias": float(bias), "alpha": alpha, "beta": float(beta)}))
    window = {"filter_height": 2, "filter_width": 3, "stride_w": 2, "stride_h": 1}
    for padding in (0, 1):
        for activation in (0, 1, 3):
            yield record("L2_POOL_2D", [spread(2, 5, 6, 3, high=9)],
                         ("Pool2DOptions", {**window, "padding": padding, "fused_activation_function": activation}))
    ranges = ((-1, 2), (0, 3), (-3, 0), (.1, .9), (-1, -.2), (-1.3, 2.7))
    for low, high in ranges:
        for bits in (8, 4, 16, 2):  # a narrow range runs in no kernel
            yield record("FAKE_QUANT", [np.concatenate([spread(40, low=-4, high=4), f32(low, high, 0)])],
                         ("FakeQuantOptions", {"min": float(low), "max": float(high), "num_bits": bits,
                                               "narrow_range": False}))


def matrices():
    for dtype in (np.float32, np.int8, np.uint8, np.int16, np.int32, np.int64):
        yield record("MATRIX_DIAG", [count(2, 3, dtype=dtype)])
        yield record("MATRIX_SET_DIAG", [count(2, 3, 4, dtype=dtype), -count(2, 3).astype(dtype)], fed=(0, 1))
    yield record("MATRIX_DIAG", [count(3)])
    yield record("MATRIX_DIAG", [count(2, 1, 2)])
    yield record("MATRIX_SET_DIAG", [count(4, 3), f32(7, 8, 9)])
    yield record("MATRIX_SET_DIAG", [count(2, 2, 1, 3), -count(2, 2, 1)])


def scatters():
    spots = i32(1, 3, 1, shape=(3, 1))
    for dtype in (np.float32, np.int8, np.uint8, np.int32, np.int64, np.bool_):
        yield record("SCATTER_ND", [spots, count(3, dtype=dtype), i32(5)], None, [np.dtype(dtype).name], fed=(0, 1))
    yield record("SCATTER_ND", [spots, count(3, 2, 2), i32(4, 2, 2)], None, ["float32"], fed=(0, 1))
    yield record("SCATTER_ND", [i32(0, 1, 1, 0, shape=(2, 2)), count(2, 3), i32(2, 2, 3)], None, ["float32"],
                 fed=(0, 1))
    yield record("SCATTER_ND", [i32(0, 1, 1, 0, shape=(1, 2, 2)), count(1, 2), i32(2, 2)], None, ["float32"],
                 fed=(0, 1, 2))
    yield record("SCATTER_ND", [np.zeros((0, 1), np.int32), f32(), i32(3)], None, ["float32"], fed=(0, 1))

    def sparse(places, shape, values, fill):
        return record("SPARSE_TO_DENSE", [places, shape, values, fill], None, [str(values.dtype)], fed=(0, 2))
    for dtype in (np.float32, np.int8, np.uint8, np.int32, np.int64):
        yield sparse(i32(0, 1, 2, 2, shape=(2, 2)), i32(3, 3), count(2, dtype=dtype) + 5, scalar(1, dtype))
    yield sparse(i32(0, 1, 2, 2, shape=(2, 2)), i32(3, 3), scalar(7, np.float32), scalar(1, np.float32))
    yield sparse(i32(0, 2), i32(4), f32(7, 8), scalar(-1, np.float32))
    yield sparse(scalar(2), i32(4), scalar(7, np.float32), scalar(-1, np.float32))
    yield sparse(np.array([1, 1], np.int64), np.array([4], np.int64), f32(7, 8), scalar(0, np.float32))
    yield sparse(i32(0, 1, 1, 1, 0, 2, shape=(2, 3)), i32(2, 2, 3), f32(7, 8), scalar(0, np.float32))


def segments():
    for dtype in (np.float32, np.int32):
        name = [np.dtype(dtype).name]
        yield record("SEGMENT_SUM", [count(4, 2, dtype=dtype), i32(0, 0, 1, 2)])
        yield record("SEGMENT_SUM", [count(3, dtype=dtype), i32(0, 0, 0)], None, name, fed=(0, 1))
        for kind in ("SUM", "PROD", "MAX", "MIN"):
            op = "UNSORTED_SEGMENT_" + kind
            yield record(op, [count(4, 2, dtype=dtype) - 3, i32(2, 0, 2, -1), scalar(4)])
            yield record(op, [count(2, 2, 3, dtype=dtype), i32(1, 0, 0, 1, shape=(2, 2)), i32(2)], None, name,
                         fed=(0, 1, 2))
    yield record("SEGMENT_SUM", [count(1500, 2), i32(*(np.arange(1500) // 4))], fed=(0, 1))


def bits():
    for dtype in (np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32):
        info = np.iinfo(dtype)
        ends = np.array([info.min, 5, 100, info.max], dtype)
        yield record("RIGHT_SHIFT", [ends, np.array([1, 40, 3, 0 if info.min == 0 else -1], dtype)], fed=(0, 1))
        yield record("BITWISE_XOR", [ends, np.array([7, 9, info.max, info.min], dtype)], fed=(0, 1))
    yield record("RIGHT_SHIFT", [i32(-64, 64), i32(1, 3, shape=(2, 1))], fed=(0, 1))
    yield record("BITWISE_XOR", [i32(-64, 64, shape=(2, 1)), i32(1, 3)], fed=(0, 1))
    for source, target, shape in (("float32", "int32", (2, 2)), ("float32", "uint8", (3,)), ("int16", "int64", (2, 4)),
                                  ("uint8", "int8", (3,)), ("int64", "int16", (1, 2)), ("int32", "float64", (3, 2))):
        yield record("BITCAST", [count(*shape, dtype=source)], None, [target])


def updates():
    base = count(3, 4)
    for begin in ((1, 1), (2, 3), (-5, 100)):
        yield record("DYNAMIC_UPDATE_SLICE", [base, -count(2, 2), i32(*begin)], fed=(0, 1, 2))
    yield record("DYNAMIC_UPDATE_SLICE", [base, -count(3, 4), i32(0, 0)])
    yield record("DYNAMIC_UPDATE_SLICE", [base, np.zeros((0, 2), np.float32), i32(1, 1)])
    yield record("DYNAMIC_UPDATE_SLICE", [base, -count(1, 3), np.array([2, 0], np.int64)], version=2)
    for dtype in (np.int8, np.int16, np.int32, np.int64, np.bool_):
        yield record("DYNAMIC_UPDATE_SLICE", [np.zeros((2, 3), dtype), count(1, 2, dtype=dtype), i32(1, 1)])
    for dtype in (np.int32, np.int64):
        for a, b in (((3, 1), (2, 1, 5)), ((4,), (4,)), ((1,), (0,)), ((2, 1), (2, 7))):
            yield record("BROADCAST_ARGS", [np.array(a, dtype), np.array(b, dtype)], fed=(0, 1))
    for dtype in (np.float32, np.int32, np.int64):
        for boundaries in ([-0.5, 0.5, 3.0], [2.0], []):
            yield record("BUCKETIZE", [np.array([-3, -1, 0, 1, 2, 3, 9], dtype)],
                         ("BucketizeOptions", {"boundaries": boundaries}), ["int32"])


def elementwise():
    y = np.concatenate([spread(20), f32(0, -0.0, 1, -1, 2)])
    x = np.concatenate([spread(20, seed=2), f32(-1, -1, 0, 0, -3)])
    for dtype in (np.float32, np.float64):
        yield record("ATAN2", [y.astype(dtype).reshape(5, 5), x.astype(dtype).reshape(5, 5)], fed=(0, 1))
        yield record("SIGN", [np.array([-2, -0.0, 0, 3.5, np.nan], dtype)])
    yield record("SIGN", [i32(-7, 0, 9)])


def windows():
    def options(padding, stride=(1, 1, 1), dilation=(1, 1, 1), activation=0):
        steps = {"stride_" + axis: step for axis, step in zip("dhw", stride)}
        steps.update({f"dilation_{axis}_factor": step for axis, step in zip("dhw", dilation)})
        return ("Conv3DOptions", {"padding": padding, **steps, "fused_activation_function": activation})
    whole = np.random.default_rng(4)  # small whole numbers, whose sums are exact in any order

    def small(*shape):
        return whole.integers(-4, 5, shape).astype(np.float32)
    volume, kernel = small(2, 4, 5, 6, 3), small(2, 3, 2, 3, 4)
    for padding in (0, 1):
        for stride in ((1, 1, 1), (1, 2, 3)):
            for activation in (0, 1):
                yield record("CONV_3D", [volume, kernel, small(4)], options(padding, stride, (1, 1, 1), activation))
        yield record("CONV_3D", [volume, kernel, None], options(padding, dilation=(2, 1, 3)))
    for padding, stride, shape, source in ((0, (2, 2, 2), (2, 8, 10, 12, 3), (2, 4, 5, 6, 4)),
                                           (0, (1, 2, 3), (1, 4, 5, 7, 3), (1, 4, 3, 3, 4)),
                                           (1, (1, 1, 1), (1, 5, 7, 7, 3), (1, 4, 5, 6, 4)),
                                           (1, (2, 1, 3), (1, 8, 7, 17, 3), (1, 4, 5, 6, 4))):
        for bias in (small(3), None):
            yield record("CONV_3D_TRANSPOSE", [i32(*shape), small(2, 3, 2, 3, 4), small(*source), bias],
                         options(padding, stride), ["float32"], fed=(2,))
    for dtype in (np.float32, np.int8, np.int32, np.int64):
        yield record("DILATE", [count(2, 3, dtype=dtype), i32(2, 3), scalar(9, dtype)], ("DilateOptions", {}),
                     second=True)
    yield record("DILATE", [count(2, 1, 3), i32(1, 4, 2), scalar(0, np.float32)], ("DilateOptions", {}), second=True)
    for function in range(1, 7):
        for dtype in (np.float32, np.int8, np.int16, np.int32, np.int64, np.bool_):
            start = {1: 0, 2: 1, 3: 99, 4: -99, 5: 1, 6: 0}[function]
            area = (np.arange(12).reshape(3, 4) % 5).astype(dtype)
            for size, stride, dilation in (((2, 2), (1, 2), (1, 2)), ((1, 3), (2, 1), (1, 1))):
                yield record("REDUCE_WINDOW", [area, scalar(start, dtype)] +
                             [np.array(v, np.int64) for v in (size, stride, dilation)],
                             ("ReduceWindowOptions", {"reduce_function": function}), second=True)


def tables():
    table = count(4, 2, 3)
    for combiner in (0, 1, 2):
        yield record("EMBEDDING_LOOKUP_SPARSE",
                     [i32(1, 3, 0), i32(0, 0, 2, 0, 2, 1, shape=(3, 2)), i32(3, 2), f32(1, 2, 4), table],
                     ("EmbeddingLookupSparseOptions", {"combiner": combiner}), ["float32"], fed=(0, 3))
    yield record("EMBEDDING_LOOKUP_SPARSE",
                 [i32(1, 3), i32(0, 0, 1, 1, 1, 0, shape=(2, 3)), i32(2, 2, 2), f32(.5, 2), count(4, 3)],
                 ("EmbeddingLookupSparseOptions", {"combiner": 0}), ["float32"], fed=(0, 1, 2, 3, 4))
    for wanted, rows in ((i32(7, 2, 9, 3), count(3, 2)), (i32(5), count(3, dtype=np.int32))):
        yield record("HASHTABLE_LOOKUP", [wanted, i32(2, 5, 7), rows], None, [str(rows.dtype), "uint8"], fed=(0, 2))


def cases():
    for family in (top_k, boxes, indices, bool_reductions, reversals, float_ops, matrices, scatters, segments, bits,
                   updates, elementwise, windows, tables):
        yield from family()


def main():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "selection_golden.json")
    with open(path, "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases()) + "\n]\n")


if __name__ == "__main__":
    main()
