#!/usr/bin/env python3
"""Records what LiteRT's kernels of signals and random numbers compute, as signal_golden.json beside this file.

Random ops are recorded with seeds that are not both zero: then LiteRT draws the same numbers in the first run of every
process. Needs numpy and ai-edge-litert; the tests need only the recorded file. Run without arguments to record anew.
"""
import json
import os

import flatbuffers
import numpy as np
from ai_edge_litert import interpreter as litert
from ai_edge_litert import schema_py_generated as schema

TYPES = {"float32": schema.TensorType.FLOAT32, "int32": schema.TensorType.INT32, "int64": schema.TensorType.INT64,
         "complex64": schema.TensorType.COMPLEX64}
random = np.random.default_rng(20240813)


def tensor(model, graph, name, array, constant):
    t = schema.TensorT()
    t.name, t.shape, t.type, t.buffer = name, list(array.shape), TYPES[str(array.dtype)], 0
    if constant:
        buffer = schema.BufferT()
        buffer.data = np.frombuffer(array.tobytes(), np.uint8)
        model.buffers.append(buffer)
        t.buffer = len(model.buffers) - 1
    graph.tensors.append(t)
    return len(graph.tensors) - 1


def record(op, table, attrs, inputs, constants, output_type):
    model, graph, code, node = schema.ModelT(), schema.SubGraphT(), schema.OperatorCodeT(), schema.OperatorT()
    model.version, model.buffers, model.operatorCodes, model.subgraphs = 3, [schema.BufferT()], [code], [graph]
    code.builtinCode, code.version = getattr(schema.BuiltinOperator, op), 1
    code.deprecatedBuiltinCode = min(code.builtinCode, 127)
    graph.tensors, graph.operators = [], [node]
    node.inputs = [tensor(model, graph, f"x{i}", a, i in constants) for i, a in enumerate(inputs)]
    graph.inputs = [i for i in node.inputs if i not in constants]
    result = schema.TensorT()
    result.name, result.shape, result.type, result.buffer = "y", [], TYPES[output_type], 0
    graph.tensors.append(result)
    node.outputs = graph.outputs = [len(graph.tensors) - 1]
    if table:
        options = getattr(schema, table + "T")()
        for name, value in attrs.items():
            setattr(options, name, value)
        node.builtinOptionsType, node.builtinOptions = getattr(schema.BuiltinOptions, table), options
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    run = litert.Interpreter(model_content=bytes(builder.Output()),
                             experimental_op_resolver_type=litert.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    run.allocate_tensors()
    free = [a for i, a in enumerate(inputs) if i not in constants]
    for detail, array in zip(run.get_input_details(), free):
        run.set_tensor(detail["index"], array)
    run.invoke()
    return run.get_tensor(run.get_output_details()[0]["index"])


def floats(*shape):
    return random.uniform(-2, 2, shape).astype(np.float32)


def ints(*elements):
    return np.array(elements, np.int32)


def cases():
    # Not a length of 1 in the last dimension: LiteRT's numbers are wrong there.
    for shape, lengths in [((4, 8), (4, 8)), ((2, 3, 5), (4, 8)), ((1, 9, 9), (8, 4)), ((2, 1, 16), (1, 16)),
                           ((64, 32), (64, 32))]:
        yield "RFFT2D", "Rfft2dOptions", {}, [floats(*shape), ints(*lengths)], [1], "complex64"
    z = (floats(3, 4) + 1j * floats(3, 4)).astype(np.complex64)
    for op in ["REAL", "IMAG", "COMPLEX_ABS"]:
        yield op, None, {}, [z], [], "float32"
    for seed, seed2 in [(5, 7), (0, 9), (1 << 40, -3), (87654321, 0)]:
        seeds = {"seed": seed, "seed2": seed2}
        yield "RANDOM_UNIFORM", "RandomOptions", seeds, [ints(3, 7)], [0], "float32"
        yield "RANDOM_STANDARD_NORMAL", "RandomOptions", seeds, [ints(5, 5)], [0], "float32"
        for kind in ["int32", "int64"]:
            yield "MULTINOMIAL", "RandomOptions", seeds, [floats(3, 6), np.array(7, np.int32)], [1], kind
    for start, limit, delta in [(0.0, 3.0, 0.5), (1.0, 2.0, 0.3), (5.0, -1.0, -0.7), (0.1, 1.1, 0.1)]:
        yield "RANGE", "RangeOptions", {}, [np.array(v, np.float32) for v in (start, limit, delta)], [], "float32"


def plain(array, constant=False):
    flat = array.ravel()
    if array.dtype == np.complex64:
        flat = flat.view(np.float32)
    data = [float(np.format_float_scientific(v, unique=True)) for v in flat] if flat.dtype == np.float32 else flat.tolist()
    return {"type": str(array.dtype), "shape": list(array.shape), "constant": constant, "data": data}


if __name__ == "__main__":
    recorded = []
    for op, table, attrs, inputs, constants, kind in cases():
        result = record(op, table, attrs, inputs, constants, kind)
        recorded.append({"op": op, "attrs": attrs, "inputs": [plain(a, i in constants) for i, a in enumerate(inputs)],
                         "output": plain(result)})
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "signal_golden.json")
    with open(path, "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(r) for r in recorded) + "\n]\n")
