"""Models of one op: what the scripts that record LiteRT's kernels share. Needs numpy, flatbuffers and ai-edge-litert."""
import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

TYPES = {"float32": schema.TensorType.FLOAT32, "int32": schema.TensorType.INT32, "int64": schema.TensorType.INT64,
         "bool": schema.TensorType.BOOL, "int4": schema.TensorType.INT4, "int8": schema.TensorType.INT8,
         "int16": schema.TensorType.INT16, "uint8": schema.TensorType.UINT8}


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def tensor(model, graph, name, kind, shape, data=None):
    """Adds a tensor, a constant where there is data (bytes)."""
    t = schema.TensorT()
    t.name, t.shape, t.type, t.buffer = name, list(shape), TYPES[kind], 0
    if data is not None:
        buffer = schema.BufferT()
        buffer.data = np.frombuffer(data, np.uint8)
        model.buffers.append(buffer)
        t.buffer = len(model.buffers) - 1
    graph.tensors.append(t)
    return t


def frame(op, version):
    """(model, graph, node) without tensors and options."""
    model, graph, code, node = schema.ModelT(), schema.SubGraphT(), schema.OperatorCodeT(), schema.OperatorT()
    model.version, model.buffers, model.operatorCodes, model.subgraphs = 3, [schema.BufferT()], [code], [graph]
    code.builtinCode = getattr(schema.BuiltinOperator, op)
    code.deprecatedBuiltinCode, code.version = min(code.builtinCode, 127), version
    graph.tensors, graph.operators = [], [node]
    return model, graph, node


def set_options(node, table, attrs):
    """`table`: the name of the options table; empty: none."""
    if not table:
        return
    options = getattr(schema, table + "T")()
    for name, value in attrs.items():
        setattr(options, camel(name), value)
    node.builtinOptionsType, node.builtinOptions = getattr(schema.BuiltinOptions, table), options


def pack(model):
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())
