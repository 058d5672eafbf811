#!/usr/bin/env python3
"""Records what LiteRT computes for one-op models of ops that move data, as data_op_golden.json beside this file.

Needs numpy and ai-edge-litert; the tests need only the recorded file. Run without arguments to record anew.
"""
import json
import os

import flatbuffers
import numpy as np
from ai_edge_litert import interpreter as litert
from ai_edge_litert import schema_py_generated as schema

TYPES = {"float32": schema.TensorType.FLOAT32, "int32": schema.TensorType.INT32, "int64": schema.TensorType.INT64,
         "bool": schema.TensorType.BOOL, "float16": schema.TensorType.FLOAT16}


def add_tensor(model, graph, name, dtype, shape, data=None):
    tensor = schema.TensorT()
    tensor.name, tensor.shape, tensor.type, tensor.buffer = name, list(shape), TYPES[dtype], 0
    if data is not None:
        buffer = schema.BufferT()
        buffer.data = np.frombuffer(data.tobytes(), np.uint8)
        model.buffers.append(buffer)
        tensor.buffer = len(model.buffers) - 1
    graph.tensors.append(tensor)
    return len(graph.tensors) - 1


def record(op, inputs, options=None, results=1, result_type=None, fed=(0,), version=1):
    """Runs `op`; the inputs in `fed` are graph inputs, the others constants."""
    model, graph, code, node = schema.ModelT(), schema.SubGraphT(), schema.OperatorCodeT(), schema.OperatorT()
    model.version, model.buffers, model.operatorCodes, model.subgraphs = 3, [schema.BufferT()], [code], [graph]
    code.builtinCode = getattr(schema.BuiltinOperator, op)
    code.deprecatedBuiltinCode, code.version = min(code.builtinCode, 127), version
    graph.tensors, graph.operators = [], [node]
    node.inputs = [add_tensor(model, graph, f"x{i}", str(a.dtype), a.shape, None if i in fed else a)
                   for i, a in enumerate(inputs)]
    result_type = result_type or str(inputs[fed[0]].dtype)
    node.outputs = [add_tensor(model, graph, f"y{i}", result_type, []) for i in range(results)]
    graph.inputs, graph.outputs = [node.inputs[i] for i in fed], list(node.outputs)
    attrs = {}
    if options:
        table, attrs = options
        built = getattr(schema, table + "T")()
        for name, value in attrs.items():
            head, *rest = name.split("_")
            setattr(built, head + "".join(word.capitalize() for word in rest), value)
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
    return {"op": op, "attrs": attrs, "inputs": [plain(a) for a in inputs], "outputs": [plain(a) for a in outputs]}


def plain(array):
    data = array.view(np.uint16) if array.dtype == np.float16 else array
    numbers = [float(v) for v in data.ravel()] if data.dtype == np.float32 else data.ravel().astype(int).tolist()
    return {"type": str(array.dtype), "shape": list(array.shape), "data": numbers}


def count(*shape, dtype=np.float32):
    return (np.arange(np.prod(shape)).reshape(shape) + 1).astype(dtype)


def i32(*values, shape=None):
    array = np.array(values, np.int32)
    return array if shape is None else array.reshape(shape)


def scalar(value, dtype=np.int32):
    return np.array(value, dtype)


def cases():
    x = count(2, 3, 4)
    yield record("RESHAPE", [x, i32(4, -1)])
    yield record("SQUEEZE", [count(1, 3, 1, 2)], ("SqueezeOptions", {"squeeze_dims": [0, -2]}))
    yield record("SQUEEZE", [count(1, 3, 1, 2)], ("SqueezeOptions", {"squeeze_dims": []}))
    yield record("EXPAND_DIMS", [x, scalar(-2)])
    for axis in (0, 1, -1):
        yield record("CONCATENATION", [x, x + 100], ("ConcatenationOptions", {"axis": axis}), fed=(0, 1))
        yield record("PACK", [x, x + 100], ("PackOptions", {"axis": axis, "values_count": 2}), fed=(0, 1))
    yield record("UNPACK", [x], ("UnpackOptions", {"axis": 1, "num": 3}), results=3)
    yield record("UNPACK", [x], ("UnpackOptions", {"axis": -1, "num": 4}), results=4)
    yield record("SPLIT", [scalar(-1), x], ("SplitOptions", {"num_splits": 2}), results=2, fed=(1,))
    yield record("SPLIT", [scalar(1), x], ("SplitOptions", {"num_splits": 3}), results=3, fed=(1,))
    yield record("SPLIT_V", [x, i32(1, -1), scalar(2)], ("SplitVOptions", {"num_splits": 2}), results=2)
    yield record("PAD", [x, i32(0, 1, 2, 0, 1, 1, shape=(3, 2))])
    yield record("PADV2", [x, i32(0, 1, 2, 0, 1, 1, shape=(3, 2)), scalar(7.5, np.float32)])
    for mode in (0, 1):
        yield record("MIRROR_PAD", [count(3, 4), i32(2, 1, 1, 2, shape=(2, 2))], ("MirrorPadOptions", {"mode": mode}))
    for axis in (0, 1, -1):
        yield record("GATHER", [x, i32(1, 0, 1)], ("GatherOptions", {"axis": axis, "batch_dims": 0}))
    yield record("GATHER", [x, i32(1, 0, 2, 2, shape=(2, 2))], ("GatherOptions", {"axis": 1, "batch_dims": 1}))
    yield record("GATHER_ND", [x, i32(1, 2, 0, 0, shape=(2, 2))])
    yield record("GATHER_ND", [x, i32(1, 2, 3, shape=(1, 3))])
    yield record("SLICE", [x, i32(1, 0, 1), i32(1, -1, 2)])
    masks = {"begin_mask": 0, "end_mask": 0, "ellipsis_mask": 0, "new_axis_mask": 0, "shrink_axis_mask": 0,
             "offset": False}

    def strided(begin, end, stride, **changed):
        return record("STRIDED_SLICE", [x, i32(*begin), i32(*end), i32(*stride)],
                      ("StridedSliceOptions", {**masks, **changed}))
    yield strided((0, -2, 1), (2, 3, 4), (1, 1, 2))
    yield strided((1, 2, 3), (0, 0, 0), (-1, -1, -2), end_mask=7)
    yield strided((0, 1, 0), (0, 2, 4), (1, 1, 1), shrink_axis_mask=2, end_mask=1)
    yield strided((-1, -1, -1), (0, 0, 0), (1, 1, 1), shrink_axis_mask=7)
    yield strided((0, 0), (0, 2), (1, 1), ellipsis_mask=1)
    yield strided((0, 0, 1), (0, 0, 3), (1, 1, 1), new_axis_mask=1, end_mask=2)
    yield strided((0, 1, 1), (2, 2, 2), (1, 1, 1), offset=True)
    for perm in ((0, 2, 1), (2, 0, 1), (1, 0, 2)):
        yield record("TRANSPOSE", [x, i32(*perm)])
    yield record("TRANSPOSE", [count(2, 3, 2, 2), i32(0, 3, 1, 2)])
    yield record("TILE", [count(2, 3), i32(2, 3)])
    yield record("TILE", [count(2, 3), np.array([1, 2], np.int64)])
    yield record("FILL", [i32(2, 3), scalar(1.5, np.float32)], result_type="float32", fed=(1,))
    yield record("RANGE", [scalar(2), scalar(11), scalar(3)], fed=(0,))
    yield record("RANGE", [scalar(2), scalar(-3), scalar(-2)], fed=(0,))
    yield record("SHAPE", [x], ("ShapeOptions", {"out_type": 2}), result_type="int32")
    yield record("RANK", [x], result_type="int32")
    floats = np.array([-2.7, -0.5, 0.0, 0.4, 1.5, 300.9], np.float32)
    for to in ("int32", "int64", "bool", "float16"):
        yield record("CAST", [floats], result_type=to)
    yield record("CAST", [i32(-3, 0, 7)], result_type="float32")
    yield record("CAST", [np.array([True, False])], result_type="float32")
    yield record("DEQUANTIZE", [np.array([1.5, -0.25, 6e-8, 65504], np.float16)], result_type="float32")
    image = np.random.default_rng(1).uniform(-1, 1, (1, 3, 4, 2)).astype(np.float32)
    for size in ((6, 8), (5, 3), (1, 1), (2, 9)):
        for align, half in ((False, False), (True, False), (False, True)):
            options = {"align_corners": align, "half_pixel_centers": half}
            yield record("RESIZE_BILINEAR", [image, i32(*size)], ("ResizeBilinearOptions", options))
            yield record("RESIZE_NEAREST_NEIGHBOR", [image, i32(*size)], ("ResizeNearestNeighborOptions", options))
    yield record("SPACE_TO_DEPTH", [count(1, 4, 6, 2)], ("SpaceToDepthOptions", {"block_size": 2}))
    yield record("DEPTH_TO_SPACE", [count(1, 2, 3, 8)], ("DepthToSpaceOptions", {"block_size": 2}))
    yield record("SPACE_TO_BATCH_ND", [count(1, 3, 5, 2), i32(2, 3), i32(1, 0, 1, 3, shape=(2, 2))])
    yield record("SPACE_TO_BATCH_ND", [count(2, 6, 2), i32(3), i32(0, 0, shape=(1, 2))])
    yield record("BATCH_TO_SPACE_ND", [count(4, 2, 3, 1), i32(2, 2), i32(1, 0, 0, 2, shape=(2, 2))])
    yield record("BROADCAST_TO", [count(3, 1), i32(2, 3, 4)], version=2)
    yield record("REVERSE_V2", [x, i32(1)])
    yield record("REVERSE_V2", [x, i32(1, 2)])
    peaks = np.array([[1, 5, 5, 2], [9, 0, 0, 9]], np.float32)
    for op, table in (("ARG_MAX", "ArgMaxOptions"), ("ARG_MIN", "ArgMinOptions")):
        yield record(op, [peaks, scalar(-1)], (table, {"output_type": 2}), result_type="int32")
        yield record(op, [peaks, scalar(0)], (table, {"output_type": 4}), result_type="int64")
    on_off = [scalar(2.5, np.float32), scalar(-1, np.float32)]
    for axis in (-1, 0):
        yield record("ONE_HOT", [i32(1, -1, 3, 0), scalar(4), *on_off], ("OneHotOptions", {"axis": axis}),
                     result_type="float32")
    yield record("ZEROS_LIKE", [x])
    for exclusive in (False, True):
        for reverse in (False, True):
            yield record("CUMSUM", [x, scalar(1)], ("CumsumOptions", {"exclusive": exclusive, "reverse": reverse}))
    yield record("EMBEDDING_LOOKUP", [i32(2, 0, 2), count(3, 4)], result_type="float32")


def main():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data_op_golden.json")
    with open(path, "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases()) + "\n]\n")


if __name__ == "__main__":
    main()
