#!/usr/bin/env python3
"""Records what LiteRT computes for the StableHLO ops it has kernels for, as stablehlo_golden.json beside this file.

Needs numpy and ai-edge-litert; the tests need only the recorded file. Run without arguments to record anew.
"""
import json
import os

import flatbuffers
import numpy as np
from ai_edge_litert import interpreter as litert
from ai_edge_litert import schema_py_generated as schema

TYPES = {"float32": schema.TensorType.FLOAT32, "int32": schema.TensorType.INT32, "int64": schema.TensorType.INT64,
         "bool": schema.TensorType.BOOL, "int8": schema.TensorType.INT8, "int16": schema.TensorType.INT16}
random = np.random.default_rng(20240711)


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def tensor(graph, name, shape, kind):
    t = schema.TensorT()
    t.name, t.shape, t.type, t.buffer = name, list(shape), TYPES[kind], 0
    graph.tensors.append(t)
    return len(graph.tensors) - 1


def graph_of(model, op, inputs, results):
    """A graph of one node; inputs and results are (shape, type)."""
    graph, node, code = schema.SubGraphT(), schema.OperatorT(), schema.OperatorCodeT()
    graph.tensors, graph.operators = [], [node]
    graph.inputs = node.inputs = [tensor(graph, f"x{i}", *t) for i, t in enumerate(inputs)]
    graph.outputs = node.outputs = [tensor(graph, f"y{i}", *t) for i, t in enumerate(results)]
    code.builtinCode, code.version = getattr(schema.BuiltinOperator, op), 1
    code.deprecatedBuiltinCode = min(code.builtinCode, 127)
    node.opcodeIndex = len(model.operatorCodes)
    model.operatorCodes.append(code)
    model.subgraphs.append(graph)
    return node


def record(case):
    model = schema.ModelT()
    model.version, model.buffers, model.operatorCodes, model.subgraphs = 3, [schema.BufferT()], [], []
    kind = str(case["inputs"][0].dtype)
    node = graph_of(model, case["op"], [(a.shape, str(a.dtype)) for a in case["inputs"]], [(case["shape"], kind)])
    if case["table"]:
        options = getattr(schema, case["table"] + "T")()
        for name, value in case["attrs"].items():
            setattr(options, camel(name), value)
        node.builtinOptions2Type = getattr(schema.BuiltinOptions2, case["table"])
        node.builtinOptions2 = options
    if case["body"]:
        graph_of(model, case["body"], [([], kind)] * 2, [([], kind)])
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    run = litert.Interpreter(model_content=bytes(builder.Output()),
                             experimental_op_resolver_type=litert.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    run.allocate_tensors()
    for detail, array in zip(run.get_input_details(), case["inputs"]):
        run.set_tensor(detail["index"], array)
    run.invoke()
    return run.get_tensor(run.get_output_details()[0]["index"])


def floats(*shape):
    return random.uniform(-2, 2, shape).astype(np.float32)


def ints(*shape, low=-9, high=10, kind=np.int32):
    return random.integers(low, high, shape).astype(kind)


CASES = []


def case(op, table, attrs, inputs, shape, body=None):
    CASES.append(dict(op=op, table=table, attrs=attrs, inputs=inputs, shape=list(shape), body=body))


for op in ["STABLEHLO_ADD", "STABLEHLO_MULTIPLY", "STABLEHLO_MAXIMUM", "STABLEHLO_MINIMUM"]:
    case(op, None, {}, [floats(2, 3, 5), floats(2, 3, 5)], (2, 3, 5))
    case(op, None, {}, [ints(7), ints(7)], (7,))
case("STABLEHLO_AND", None, {}, [random.random(9) < 0.5, random.random(9) < 0.5], (9,))
case("STABLEHLO_SHIFT_LEFT", "StablehloShiftLeftOptions", {}, [ints(9), ints(9, low=0, high=8)], (9,))
case("STABLEHLO_SHIFT_LEFT", "StablehloShiftLeftOptions", {}, [ints(9, kind=np.int8), ints(9, low=0, high=8, kind=np.int8)],
     (9,))

PAD = "StablehloPadOptions"
for low, high, interior, shape in [([1, 0], [2, 1], [0, 0], (6, 5)), ([0, 0], [0, 0], [1, 2], (5, 10)),
                                   ([2, 1], [0, 3], [1, 0], (7, 8)), ([-1, 1], [0, -2], [0, 0], (2, 3)),
                                   ([-1, -2], [1, -1], [2, 1], (7, 4))]:
    case("STABLEHLO_PAD", PAD, {"edge_padding_low": low, "edge_padding_high": high, "interior_padding": interior},
         [floats(3, 4), floats()], shape)

GATHER = "StablehloGatherOptions"
case("STABLEHLO_GATHER", GATHER,
     {"offset_dims": [2, 3], "collapsed_slice_dims": [0], "start_index_map": [1, 0], "index_vector_dim": 2,
      "slice_sizes": [1, 2, 2], "indices_are_sorted": False},
     [floats(3, 4, 2), np.array([[[0, 0], [1, 0], [2, 1]], [[0, 1], [1, 1], [0, 2]]], np.int64)], (2, 3, 2, 2))
case("STABLEHLO_GATHER", GATHER,
     {"offset_dims": [1], "collapsed_slice_dims": [0], "start_index_map": [0], "index_vector_dim": 1,
      "slice_sizes": [1, 5], "indices_are_sorted": True}, [floats(6, 5), np.array([[0], [2], [9], [-3]], np.int32)], (4, 5))

SCATTER = "StablehloScatterOptions"
for body in ["STABLEHLO_ADD", "STABLEHLO_MULTIPLY", "STABLEHLO_MAXIMUM", "STABLEHLO_MINIMUM"]:
    case("STABLEHLO_SCATTER", SCATTER,
         {"update_window_dims": [2, 3], "inserted_window_dims": [0], "scatter_dims_to_operand_dims": [1, 0],
          "index_vector_dim": 2, "indices_are_sorted": False, "unique_indices": False,
          "update_computation_subgraph_index": 1},
         [floats(3, 4, 2), np.array([[[0, 2], [1, 0], [2, 1]], [[0, 1], [1, 0], [0, 9]]], np.int64), floats(2, 3, 2, 2)],
         (3, 4, 2), body)

WINDOW = "StablehloReduceWindowOptions"
for body, initial in [("STABLEHLO_ADD", 0.0), ("STABLEHLO_MAXIMUM", -1e9), ("STABLEHLO_MINIMUM", 1e9),
                      ("STABLEHLO_MULTIPLY", 1.0)]:
    for sizes, strides, base, dilations, padding, shape in [
            ([1, 2, 3], [1, 1, 1], [1, 1, 1], [1, 1, 1], [0] * 6, (2, 5, 5)),
            ([1, 3, 2], [1, 2, 1], [1, 1, 1], [1, 1, 2], [0, 0, 1, 0, 2, 1], (2, 3, 8)),
            ([2, 2, 2], [1, 3, 2], [1, 2, 1], [1, 2, 1], [1, 1, 0, 2, 0, 0], (3, 4, 3))]:
        case("STABLEHLO_REDUCE_WINDOW", WINDOW,
             {"window_dimensions": sizes, "window_strides": strides, "base_dilations": base,
              "window_dilations": dilations, "padding": padding, "body_subgraph_index": 1},
             [floats(2, 6, 7), np.array(initial, np.float32)], shape, body)


def plain(array):
    return {"type": str(array.dtype), "shape": list(array.shape),
            "data": [v.item() if array.dtype != np.float32 else float(np.format_float_scientific(v, unique=True))
                     for v in array.ravel()]}


if __name__ == "__main__":
    recorded = []
    for c in CASES:
        recorded.append({"op": c["op"], "attrs": c["attrs"], "body": c["body"] or "",
                         "inputs": [plain(a) for a in c["inputs"]], "output": plain(record(c))})
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "stablehlo_golden.json")
    with open(path, "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(r) for r in recorded) + "\n]\n")
