"""One-op float models of LiteRT's recurrent ops, in their variants. Needs numpy, flatbuffers and ai-edge-litert."""
import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

VARIABLE = "variable"  # a tensor that the op keeps: ("variable", shape)
GATES = range(4)
INPUT = 0


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


class Inputs:
    """Operands by position: None, an array (a constant), ("input", shape) or ("variable", shape)."""

    def __init__(self, count):
        self.operands = [None] * count

    def put(self, first, *operands):
        self.operands[first:first + len(operands)] = operands


def add_tensor(model, graph, name, operand):
    t = schema.TensorT()
    t.name, t.type, t.buffer = name, schema.TensorType.FLOAT32, 0
    if isinstance(operand, tuple):
        kind, t.shape = operand[0], list(operand[1])
        t.isVariable = kind == VARIABLE
    else:
        t.shape = list(operand.shape)
        buffer = schema.BufferT()
        buffer.data = np.frombuffer(operand.astype(np.float32).tobytes(), np.uint8)
        model.buffers.append(buffer)
        t.buffer = len(model.buffers) - 1
    graph.tensors.append(t)
    return len(graph.tensors) - 1


def one_op_model(op, table, attrs, operands, outputs):
    """`outputs`: shapes."""
    model, graph, code, node = schema.ModelT(), schema.SubGraphT(), schema.OperatorCodeT(), schema.OperatorT()
    model.version, model.buffers, model.operatorCodes, model.subgraphs = 3, [schema.BufferT()], [code], [graph]
    code.builtinCode = getattr(schema.BuiltinOperator, op)
    code.deprecatedBuiltinCode, code.version = min(code.builtinCode, 127), 1
    if attrs.get("kernel_type") == schema.LSTMKernelType.BASIC:
        code.version = 2
    if attrs.get("diagonal_recurrent_tensors"):
        code.version = 4
    graph.tensors, graph.operators, graph.name = [], [node], "main"
    node.inputs = [-1 if o is None else add_tensor(model, graph, f"x{i}", o) for i, o in enumerate(operands)]
    graph.inputs = [t for t, o in zip(node.inputs, operands) if isinstance(o, tuple) and o[0] == "input"]
    node.outputs = graph.outputs = [add_tensor(model, graph, f"y{i}", ("result", s)) for i, s in enumerate(outputs)]
    options = getattr(schema, table + "T")()
    for name, value in attrs.items():
        setattr(options, camel(name), value)
    node.builtinOptionsType, node.builtinOptions = getattr(schema.BuiltinOptions, table), options
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


class Case:
    def __init__(self, op, table, attrs, operands, outputs):
        self.op, self.table, self.attrs, self.operands, self.outputs = op, table, attrs, operands, outputs

    def model(self):
        return one_op_model(self.op, self.table, self.attrs, self.operands, self.outputs)

    def input_shapes(self):
        return [o[1] for o in self.operands if isinstance(o, tuple) and o[0] == "input"]


class Maker:
    """Random weights of one seed."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)

    def floats(self, *shape, scale=0.5):
        return self.random.uniform(-scale, scale, shape).astype(np.float32)

    def gates(self, *shape, first=0, scale=0.5):
        return [None if gate < first else self.floats(*shape, scale=scale) for gate in GATES]

    def lstm_weights(self, inputs, at, depth, cells, outputs, coupled=False, peephole=False, projection=False,
                     projection_bias=False, norm=False, diagonal=False, scale=0.5):
        """`at`: first positions of input weights, recurrent weights, peepholes, biases, projection, norms."""
        first = 1 if coupled else 0
        inputs.put(at[0], *self.gates(cells, depth, first=first, scale=scale))
        inputs.put(at[1], *(self.gates(outputs, first=first) if diagonal
                            else self.gates(cells, outputs, first=first, scale=scale)))
        if peephole:
            inputs.put(at[2], None if coupled else self.floats(cells), self.floats(cells), self.floats(cells))
        inputs.put(at[3], *self.gates(cells, first=first))
        if projection:
            inputs.put(at[4], self.floats(outputs, cells, scale=scale),
                       self.floats(outputs) if projection_bias else None)
        if norm:
            inputs.put(at[5], *[None if c is None else c + np.float32(1) for c in self.gates(cells, first=first)])

    def unidirectional_lstm(self, batch=2, time=3, depth=4, cells=5, time_major=False, activation=4, cell_clip=0.0,
                            proj_clip=0.0, outputs=None, sequence=True, **variant):
        outputs = outputs or (3 if variant.get("projection") else cells)
        inputs = Inputs(24)
        rows = ((time, batch) if time_major else (batch, time)) if sequence else (batch,)
        inputs.put(INPUT, ("input", rows + (depth,)))
        self.lstm_weights(inputs, (1, 5, 9, 12, 16, 20), depth, cells, outputs, **variant)
        inputs.put(18, (VARIABLE, (batch, outputs)), (VARIABLE, (batch, cells)))
        attrs = {"fused_activation_function": activation, "cell_clip": cell_clip, "proj_clip": proj_clip}
        if sequence:
            attrs["time_major"] = time_major
            if variant.get("diagonal"):
                attrs["diagonal_recurrent_tensors"] = True
        op, table = (("UNIDIRECTIONAL_SEQUENCE_LSTM", "UnidirectionalSequenceLSTMOptions") if sequence
                     else ("LSTM", "LSTMOptions"))
        return Case(op, table, attrs, inputs.operands, [rows + (outputs,)])

    def basic_lstm(self, batch=2, depth=4, cells=5):
        operands = [("input", (batch, depth)), (VARIABLE, (batch, cells)), self.floats(4 * cells, depth + cells),
                    self.floats(4 * cells), (VARIABLE, (batch, cells))]
        attrs = {"fused_activation_function": 4, "kernel_type": schema.LSTMKernelType.BASIC}
        results = [(batch, cells), (batch, cells), (batch, depth + cells), (batch, 4 * cells)]
        return Case("LSTM", "LSTMOptions", attrs, operands, results)

    def bidirectional_lstm(self, batch=2, time=3, depth=4, cells=5, time_major=True, merge_outputs=False, aux=None,
                           cell_clip=0.0, **variant):
        """aux: None, "input" (what the backward cell reads) or "weights" (read by both)."""
        outputs = 3 if variant.get("projection") else cells
        inputs = Inputs(48)
        rows = (time, batch) if time_major else (batch, time)
        inputs.put(INPUT, ("input", rows + (depth,)))
        self.lstm_weights(inputs, (1, 5, 9, 12, 16, None), depth, cells, outputs, **variant)
        self.lstm_weights(inputs, (18, 22, 26, 29, 33, None), depth, cells, outputs, **variant)
        for at in (35, 37):
            inputs.put(at, (VARIABLE, (batch, outputs)), (VARIABLE, (batch, cells)))
        if aux:
            inputs.put(39, ("input", rows + (depth,)))
        if aux == "weights":
            first = 1 if variant.get("coupled") else 0
            inputs.put(40, *self.gates(cells, depth, first=first), *self.gates(cells, depth, first=first))
        attrs = {"fused_activation_function": 4, "cell_clip": cell_clip, "proj_clip": 0.0, "merge_outputs": merge_outputs,
                 "time_major": time_major}
        results = [rows + (2 * outputs,)] if merge_outputs else [rows + (outputs,)] * 2
        return Case("BIDIRECTIONAL_SEQUENCE_LSTM", "BidirectionalSequenceLSTMOptions", attrs, inputs.operands, results)

    def rnn(self, batch=2, time=3, depth=4, units=5, time_major=False, activation=4, sequence=True, scale=0.5):
        rows = ((time, batch) if time_major else (batch, time)) if sequence else (batch,)
        operands = [("input", rows + (depth,)), self.floats(units, depth, scale=scale),
                    self.floats(units, units, scale=scale), self.floats(units), (VARIABLE, (batch, units))]
        attrs = {"fused_activation_function": activation}
        if sequence:
            attrs["time_major"] = time_major
        op, table = (("UNIDIRECTIONAL_SEQUENCE_RNN", "SequenceRNNOptions") if sequence else ("RNN", "RNNOptions"))
        return Case(op, table, attrs, operands, [rows + (units,)])

    def bidirectional_rnn(self, batch=2, time=3, depth=4, units=(5, 3), time_major=False, activation=4, merge_outputs=False,
                          aux=None):
        rows = (time, batch) if time_major else (batch, time)
        forward, backward = units
        inputs = Inputs(12)
        inputs.put(INPUT, ("input", rows + (depth,)))
        for at, n in ((1, forward), (5, backward)):
            inputs.put(at, self.floats(n, depth), self.floats(n, n), self.floats(n), (VARIABLE, (batch, n)))
        if aux:
            inputs.put(9, ("input", rows + (depth,)))
        if aux == "weights":
            inputs.put(10, self.floats(forward, depth), self.floats(backward, depth))
        attrs = {"fused_activation_function": activation, "time_major": time_major, "merge_outputs": merge_outputs}
        results = [rows + (forward + backward,)] if merge_outputs else [rows + (n,) for n in units]
        return Case("BIDIRECTIONAL_SEQUENCE_RNN", "BidirectionalSequenceRNNOptions", attrs, inputs.operands, results)

    def svdf(self, batch=2, depth=4, units=3, rank=2, memory=5, activation=0, bias=True, scale=0.5):
        filters = units * rank
        operands = [("input", (batch, depth)), self.floats(filters, depth, scale=scale),
                    self.floats(filters, memory, scale=scale), self.floats(units) if bias else None,
                    (VARIABLE, (batch, filters * memory))]
        attrs = {"rank": rank, "fused_activation_function": activation}
        return Case("SVDF", "SVDFOptions", attrs, operands, [(batch, units)])


def int8_cases():
    """{name: (case, samples)}: variants of the ops that have an int8 recipe. Samples are lists of inputs."""
    variants = {
        "plain": {}, "coupled": {"coupled": True}, "peephole": {"peephole": True}, "projection": {"projection": True},
        "projection_bias": {"projection": True, "projection_bias": True}, "norm": {"norm": True},
        "cell_clip": {"cell_clip": 0.8}, "proj_clip": {"projection": True, "proj_clip": 0.3},
        "coupled_peephole": {"coupled": True, "peephole": True}, "norm_peephole": {"norm": True, "peephole": True},
        "norm_projection": {"norm": True, "projection": True, "projection_bias": True},
        "coupled_peephole_projection": {"coupled": True, "peephole": True, "projection": True},
        "all": {"peephole": True, "norm": True, "projection": True, "projection_bias": True, "cell_clip": 0.8,
                "proj_clip": 0.4},
        "small_cells": {"cell_clip": 0.45}, "coupled_norm": {"coupled": True, "norm": True}, "relu": {"activation": 1}}
    make = Maker(77)
    cases = {}
    for name, variant in variants.items():
        cases["sequence_lstm_" + name] = make.unidirectional_lstm(time=6, depth=8, cells=12, **variant)
        cases["lstm_" + name] = make.unidirectional_lstm(depth=8, cells=12, sequence=False, **variant)
    cases["sequence_lstm_time_major"] = make.unidirectional_lstm(time=6, depth=8, cells=12, time_major=True)
    cases["svdf_relu"] = make.svdf(depth=8, units=4, rank=2, memory=6, activation=1)
    cases["svdf_rank_1"] = make.svdf(depth=8, units=4, rank=1, memory=6, activation=1, bias=False)
    cases["svdf_linear"] = make.svdf(depth=8, units=4, rank=2, memory=6)
    return {name: (case, [[make.floats(*shape, scale=2.0) for shape in case.input_shapes()] for _ in range(12)])
            for name, case in cases.items()}


def weight_cases():
    """{name: case}: with weights of 1024 elements and more, and beside them smaller ones."""
    make, scale = Maker(78), 0.1
    large = {"depth": 48, "scale": scale}
    return {
        "lstm": make.unidirectional_lstm(cells=40, sequence=False, **large),
        "lstm_mixed": make.unidirectional_lstm(cells=22, sequence=False, **large),
        "lstm_peephole": make.unidirectional_lstm(cells=40, sequence=False, peephole=True, **large),
        "sequence_lstm": make.unidirectional_lstm(cells=40, **large),
        "sequence_lstm_coupled_norm": make.unidirectional_lstm(cells=40, coupled=True, norm=True, **large),
        "bidirectional_lstm": make.bidirectional_lstm(cells=40, **large),
        "bidirectional_lstm_aux": make.bidirectional_lstm(cells=40, merge_outputs=True, aux="weights", **large),
        "bidirectional_lstm_mixed": make.bidirectional_lstm(cells=22, **large),
        "rnn": make.rnn(units=40, sequence=False, **large),
        "rnn_mixed": make.rnn(units=22, sequence=False, **large),
        "sequence_rnn": make.rnn(units=40, time_major=True, **large),
        "sequence_rnn_mixed": make.rnn(units=22, **large),
        "bidirectional_rnn": make.bidirectional_rnn(units=(40, 30)),
        "svdf": make.svdf(depth=32, units=64, rank=1, memory=20, scale=scale),
        "svdf_mixed": make.svdf(depth=8, units=64, rank=1, memory=20, scale=scale),
    }
