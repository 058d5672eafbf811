#!/usr/bin/env python3
"""Records what LiteRT computes for small models whose graphs call each other or keep state, as control_flow_golden.json
beside this file: the models themselves, the inputs of some runs in a row, and the results of each.

Needs numpy and ai-edge-litert; the tests need only the recorded file. Run without arguments to record anew.
"""
import base64
import json
import os

import flatbuffers
import numpy as np
from ai_edge_litert import interpreter as litert
from ai_edge_litert import schema_py_generated as schema

TYPES = {"float32": schema.TensorType.FLOAT32, "int32": schema.TensorType.INT32, "int64": schema.TensorType.INT64,
         "bool": schema.TensorType.BOOL, "string": schema.TensorType.STRING, "resource": schema.TensorType.RESOURCE}


def pack_strings(strings):
    offset, head = 4 * (len(strings) + 2), [len(strings)]
    for string in strings:
        head.append(offset)
        offset += len(string)
    return np.array(head + [offset], np.int32).tobytes() + b"".join(strings)


class Model:
    def __init__(self):
        self.model = schema.ModelT()
        self.model.version, self.model.buffers = 3, [schema.BufferT()]
        self.model.operatorCodes, self.model.subgraphs = [], []

    def graph(self, name):
        graph = schema.SubGraphT()
        graph.name, graph.tensors, graph.operators, graph.inputs, graph.outputs = name, [], [], [], []
        self.model.subgraphs.append(graph)
        return Graph(self.model, graph)

    def bytes(self):
        builder = flatbuffers.Builder(1024)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


class Graph:
    def __init__(self, model, graph):
        self.model, self.graph = model, graph

    def tensor(self, name, type_name, shape, buffer=0):
        t = schema.TensorT()
        t.name, t.type, t.buffer = name, TYPES[type_name], buffer
        t.shape = [1 if size < 0 else size for size in shape]
        if -1 in shape:
            t.shapeSignature = list(shape)
        self.graph.tensors.append(t)
        return len(self.graph.tensors) - 1

    def input(self, name, type_name, shape):
        self.graph.inputs.append(self.tensor(name, type_name, shape))
        return self.graph.inputs[-1]

    def constant(self, name, values, type_name=None):
        buffer = schema.BufferT()
        if type_name == "string":
            shape, data = [len(values)], pack_strings(values)
        else:
            array = np.asarray(values)
            shape, data, type_name = list(array.shape), array.tobytes(), str(array.dtype)
        buffer.data = np.frombuffer(data, np.uint8)
        self.model.buffers.append(buffer)
        return self.tensor(name, type_name, shape, len(self.model.buffers) - 1)

    def node(self, op, inputs, results, table=None, second=False, **attrs):
        code = schema.OperatorCodeT()
        code.builtinCode, code.version = getattr(schema.BuiltinOperator, op), 1
        code.deprecatedBuiltinCode = min(code.builtinCode, 127)
        self.model.operatorCodes.append(code)
        node = schema.OperatorT()
        node.opcodeIndex = len(self.model.operatorCodes) - 1
        node.inputs = inputs
        node.outputs = [self.tensor(*result) for result in results]
        if table:
            options = getattr(schema, table + "T")()
            for name, value in attrs.items():
                setattr(options, name, value)
            if second:
                node.builtinOptions2Type = getattr(schema.BuiltinOptions2, table)
                node.builtinOptions2 = options
            else:
                node.builtinOptionsType, node.builtinOptions = getattr(schema.BuiltinOptions, table), options
        self.graph.operators.append(node)
        return node.outputs[0] if len(node.outputs) == 1 else node.outputs

    def add(self, a, b, type_name, shape):
        return self.node("ADD", [a, b], [("sum%d" % len(self.graph.tensors), type_name, shape)], "AddOptions")

    def outputs(self, *values):
        self.graph.outputs = list(values)


def unary_graph(model, name, op, shape):
    graph = model.graph(name)
    graph.outputs(graph.node(op, [graph.input("a", "float32", shape)], [("b", "float32", shape)]))


def branches(op, table, second, selector, **attrs):
    """A model of one node that runs graph 1 or graph 2 on its second operand."""
    model = Model()
    main = model.graph("main")
    chosen = main.input("which", selector, [])
    x = main.input("x", "float32", [2, 3])
    main.outputs(main.node(op, [chosen, x], [("y", "float32", [2, 3])], table, second, **attrs))
    unary_graph(model, "negated", "NEG", [2, 3])
    unary_graph(model, "absolute", "ABS", [2, 3])
    return model


def counted_loop(shape, turns, step, condition_shape=()):
    """WHILE over (i, x); `step(graph, x)` makes the next x."""
    model = Model()
    main = model.graph("main")
    start = main.constant("start", np.int32(0))
    x = main.input("x", "float32", shape)
    _, y = main.node("WHILE", [start, x], [("n", "int32", []), ("y", "float32", shape)], "WhileOptions",
                     condSubgraphIndex=1, bodySubgraphIndex=2)
    main.outputs(y)
    condition = model.graph("condition")
    i = condition.input("i", "int32", [])
    condition.input("x", "float32", shape)
    limit = condition.constant("limit", np.full(condition_shape, turns, np.int32))
    condition.outputs(condition.node("LESS", [i, limit], [("again", "bool", list(condition_shape))]))
    body = model.graph("body")
    i, x = body.input("i", "int32", []), body.input("x", "float32", shape)
    j = body.add(i, body.constant("one", np.int32(1)), "int32", [])
    body.outputs(j, step(body, x))
    return model


def swapping_loop():
    model = Model()
    main = model.graph("main")
    start, x = main.constant("start", np.int32(0)), main.input("x", "float32", [3])
    z = main.input("z", "float32", [3])
    results = main.node("WHILE", [start, x, z],
                        [("n", "int32", []), ("p", "float32", [3]), ("q", "float32", [3])], "WhileOptions",
                        condSubgraphIndex=1, bodySubgraphIndex=2)
    main.outputs(*results)
    condition = model.graph("condition")
    i = condition.input("i", "int32", [])
    for name in ("x", "z"):
        condition.input(name, "float32", [3])
    condition.outputs(condition.node("LESS", [i, condition.constant("five", np.int32(5))], [("again", "bool", [])]))
    body = model.graph("body")
    i, x, z = body.input("i", "int32", []), body.input("x", "float32", [3]), body.input("z", "float32", [3])
    j = body.add(i, body.constant("one", np.int32(1)), "int32", [])
    body.outputs(j, z, body.add(x, z, "float32", [3]))
    return model


def loop_in_branch():
    """IF whose first graph is a loop."""
    model = Model()
    main = model.graph("main")
    chosen, x = main.input("which", "bool", []), main.input("x", "float32", [2])
    main.outputs(main.node("IF", [chosen, x], [("y", "float32", [2])], "IfOptions", thenSubgraphIndex=1,
                           elseSubgraphIndex=2))
    outer = model.graph("outer")
    x = outer.input("x", "float32", [2])
    start = outer.constant("start", np.int32(0))
    _, y = outer.node("WHILE", [start, x], [("n", "int32", []), ("y", "float32", [2])], "WhileOptions",
                      condSubgraphIndex=3, bodySubgraphIndex=4)
    outer.outputs(y)
    unary_graph(model, "negated", "NEG", [2])
    condition = model.graph("condition")
    i = condition.input("i", "int32", [])
    condition.input("x", "float32", [2])
    condition.outputs(condition.node("LESS", [i, condition.constant("two", np.int32(2))], [("again", "bool", [])]))
    body = model.graph("body")
    i, x = body.input("i", "int32", []), body.input("x", "float32", [2])
    j = body.add(i, body.constant("one", np.int32(1)), "int32", [])
    body.outputs(j, body.add(x, x, "float32", [2]))
    return model


def composite():
    model = Model()
    main = model.graph("main")
    main.outputs(main.node("STABLEHLO_COMPOSITE", [main.input("x", "float32", [2, 2])], [("y", "float32", [2, 2])],
                           "StableHLOCompositeOptions", True, name="test.negated", decompositionSubgraphIndex=1,
                           compositeAttributes=np.zeros(0, np.uint8)))
    unary_graph(model, "negated", "NEG", [2, 2])
    return model


def accumulator():
    """A variable that starts from (10, 20) and grows by x in each run."""
    model = Model()
    main, setup = model.graph("main"), model.graph("setup")
    for graph in (main, setup):
        if graph is main:
            x = graph.input("x", "float32", [2])
            graph.node("CALL_ONCE", [], [], "CallOnceOptions", initSubgraphIndex=1)
        handle = graph.node("VAR_HANDLE", [], [("handle", "resource", [])], "VarHandleOptions", container="",
                            sharedName="total")
        if graph is main:
            old = graph.node("READ_VARIABLE", [handle], [("old", "float32", [2])], "ReadVariableOptions")
            value = graph.add(old, x, "float32", [2])
            graph.outputs(value)
        else:
            value = graph.constant("start", np.array([10, 20], np.float32))
        graph.node("ASSIGN_VARIABLE", [handle, value], [], "AssignVariableOptions")
    return model


def names():
    """Numbers to strings."""
    model = Model()
    main, setup = model.graph("main"), model.graph("setup")
    query = main.input("query", "int64", [3])
    main.node("CALL_ONCE", [], [], "CallOnceOptions", initSubgraphIndex=1)
    handles = [graph.node("HASHTABLE", [], [("table", "resource", [1])], "HashtableOptions", tableId=2,
                          keyDtype=schema.TensorType.INT64, valueDtype=schema.TensorType.STRING)
               for graph in (main, setup)]
    otherwise = main.constant("otherwise", [b"nothing"], "string")
    main.outputs(main.node("HASHTABLE_FIND", [handles[0], query, otherwise], [("found", "string", [3])],
                           "HashtableFindOptions"))
    keys = setup.constant("keys", np.array([4, 2, 9], np.int64))
    values = setup.constant("values", [b"four", b"", b"nine"], "string")
    setup.node("HASHTABLE_IMPORT", [handles[1], keys, values], [], "HashtableImportOptions")
    return model


def table():
    """Strings to numbers."""
    model = Model()
    main, setup = model.graph("main"), model.graph("setup")
    query = main.input("query", "string", [3])
    main.node("CALL_ONCE", [], [], "CallOnceOptions", initSubgraphIndex=1)
    handles = [graph.node("HASHTABLE", [], [("table", "resource", [1])], "HashtableOptions", tableId=7,
                          keyDtype=schema.TensorType.STRING, valueDtype=schema.TensorType.INT64)
               for graph in (main, setup)]
    otherwise = main.constant("otherwise", np.array([-1], np.int64))
    found = main.node("HASHTABLE_FIND", [handles[0], query, otherwise], [("found", "int64", [3])],
                      "HashtableFindOptions")
    size = main.node("HASHTABLE_SIZE", [handles[0]], [("size", "int64", [1])], "HashtableSizeOptions")
    main.outputs(found, size)
    keys = setup.constant("keys", [b"one", b"", b"three"], "string")
    values = setup.constant("values", np.array([1, 0, 3], np.int64))
    setup.node("HASHTABLE_IMPORT", [handles[1], keys, values], [], "HashtableImportOptions")
    return model


def tensor_json(array):
    if array.dtype.kind in "OSU":
        strings = [item.decode() for item in array.ravel().tolist()]
        return {"type": "string", "shape": list(array.shape), "data": strings}
    return {"type": str(array.dtype), "shape": list(array.shape), "data": array.ravel().tolist()}


def record(name, model, runs):
    content = model.bytes()
    interpreter = litert.Interpreter(
        model_content=content, experimental_op_resolver_type=litert.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    recorded, allocated = [], None
    for inputs in runs:
        shapes = [array.shape for array in inputs]
        if shapes != allocated:
            for detail, shape in zip(interpreter.get_input_details(), shapes):
                interpreter.resize_tensor_input(detail["index"], shape)
            interpreter.allocate_tensors()
            allocated = shapes
        for detail, array in zip(interpreter.get_input_details(), inputs):
            interpreter.set_tensor(detail["index"], array)
        interpreter.invoke()
        results = [np.asarray(interpreter.get_tensor(d["index"])) for d in interpreter.get_output_details()]
        recorded.append({"inputs": [tensor_json(a) for a in inputs], "outputs": [tensor_json(a) for a in results]})
    return {"name": name, "model": base64.b64encode(content).decode(), "runs": recorded}


def main():
    f = lambda *values: np.array(values, np.float32)
    x = f([1, -2, 3], [-4, 5, -6])
    flags = [np.array(True), np.array(False)]
    double = lambda graph, value: graph.add(value, value, "float32", [3])
    grow = lambda graph, value: graph.node("CONCATENATION", [value, value], [("twice", "float32", [-1])],
                                           "ConcatenationOptions")
    cases = [
        record("IF", branches("IF", "IfOptions", False, "bool", thenSubgraphIndex=1, elseSubgraphIndex=2),
               [[flag, x] for flag in flags]),
        record("STABLEHLO_CASE", branches("STABLEHLO_CASE", "StablehloCaseOptions", True, "int32",
                                          branchSubgraphIndices=[1, 2]),
               [[np.array(i, np.int32), x] for i in (0, 1, 2, -1)]),
        record("WHILE", counted_loop([3], 4, double), [[f(1, 2, 3)], [f(-1, 0, 0.5)]]),
        record("WHILE with a condition of shape [1]", counted_loop([3], 2, double, (1,)), [[f(1, 2, 3)]]),
        record("WHILE that never turns", counted_loop([3], 0, double), [[f(1, 2, 3)]]),
        record("WHILE that grows", counted_loop([-1], 3, grow), [[f(1, 2)], [f(3)]]),
        record("WHILE that swaps", swapping_loop(), [[f(1, 2, 3), f(4, 5, 6)]]),
        record("WHILE in IF", loop_in_branch(), [[flag, f(1, -2)] for flag in flags]),
        record("STABLEHLO_COMPOSITE", composite(), [[f([1, 2], [3, -4])]]),
        record("CALL_ONCE VAR_HANDLE READ_VARIABLE ASSIGN_VARIABLE", accumulator(), [[f(1, 2)], [f(1, 2)], [f(-5, 0)]]),
        record("HASHTABLE of names", names(), [[np.array([9, 3, 2], np.int64)], [np.array([2, 2, 4], np.int64)]]),
        record("HASHTABLE HASHTABLE_IMPORT HASHTABLE_FIND HASHTABLE_SIZE", table(),
               [[np.array([b"three", b"two", b""], object)], [np.array([b"one", b"one", b"one "], object)]]),
    ]
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "control_flow_golden.json")
    with open(path, "w") as file:
        json.dump(cases, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
