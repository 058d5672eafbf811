"""Writes the float .tflite of a conformance case from its expression, for what no SavedModel leads to.

A case is an expression of In, Const (of models.py), Variable and Lite, a node of LiteRT's graph. Graphs that a node calls are Body
expressions with inputs of their own. Every file has one signature, whose inputs are x0, x1 ... and whose outputs are y0, y1 ...
"""
import os
import zlib

import numpy as np

from models import Case, Const, In, Result

FEW_ACTIVATIONS = 'NONE', 'RELU', 'RELU_N1_TO_1', 'RELU6'
ACTIVATIONS = FEW_ACTIVATIONS + ('TANH', 'SIGN_BIT')


class Variable:
    """A tensor that an op keeps from run to run."""

    def __init__(self, *shape, dtype='float32'):
        self.shape, self.dtype, self.name = list(shape), dtype, None


class Strings:
    """A constant vector of strings."""

    def __init__(self, *values):
        self.value, self.shape, self.dtype, self.name = [v.encode() for v in values], [len(values)], 'string', None


class Lite:
    """A node: LiteRT's op, its operands in order (None: left out) and its options by the schema's names.

    results: (type, *shape) of each; the first operand's when not given. table: the options' table where the op's name does not tell
    it. graphs: {option: Body}, graphs that it calls. after: nodes without results that must come before it.
    """

    def __init__(self, op, *operands, results=None, table=None, graphs=None, after=(), **options):
        self.op, self.table, self.graphs, self.options, self.after = op, table, graphs or {}, options, after
        self.args = [Const(value=a, dtype='float32') if isinstance(a, float) else a for a in operands]
        self.results = results if results is not None else [(dtype_of(self.args[0]), *shape_of(self.args[0]))]
        self.name = None

    def result(self, k):
        return Result(self, k)


class Body:
    """A graph that a node calls. `effects`: nodes without results that it runs first."""

    def __init__(self, inputs, outputs, effects=()):
        self.inputs, self.outputs, self.effects = inputs, outputs, effects


def declared(x):
    return (x.node.results[x.k] if isinstance(x, Result) else x.results[0] if isinstance(x, Lite) else (x.dtype, *x.shape))


def dtype_of(x):
    return declared(x)[0]


def shape_of(x):
    return list(declared(x)[1:])


def bodies(nodes):
    return [(node, option, body) for node in nodes for option, body in sorted(node.graphs.items())]


class LiteCase(Case):
    """op/variant and the expressions of its outputs; options as in Case. `effects`: nodes without results that run first."""

    is_lite = True

    def __init__(self, name, *outputs, samples=4, effects=(), **options):
        self.name, self.samples, self.options, self.outputs, self.effects = name, samples, options, outputs, effects
        self.nodes, self.inputs, self.constants, self.number = [], [], [], 0
        for output in (*effects, *outputs):
            self._visit(output)

    def _visit(self, x, within=None):
        """`within`: the nodes of a Body that is walked, whose inputs are not the model's."""
        x = x.node if isinstance(x, Result) else x
        if x is None or x.name is not None:
            return
        if isinstance(x, In):
            self.inputs.append(x)
            x.name = 'x%d' % (len(self.inputs) - 1)
        elif isinstance(x, (Const, Variable, Strings)):
            self.number += 1
            x.name = 'c%d' % self.number
            if isinstance(x, Const) and x.value is None:
                x.value = self._draw(x.name, x.shape, x.low, x.high, x.dtype)
        else:
            for arg in (*x.after, *x.args):
                self._visit(arg, within)
            (self.nodes if within is None else within).append(x)
            self.number += 1
            x.name = '%s_%d' % (x.op.lower(), self.number)
            for _, _, body in bodies([x]):
                body.nodes = []
                for k, given in enumerate(body.inputs):
                    given.name = '%s_x%d' % (x.name, k)
                for part in (*body.effects, *body.outputs):
                    self._visit(part, body.nodes)

    def description(self):
        """The same text for the same model, whatever packs it."""
        def of(x):
            if isinstance(x, Result):
                return '%s:%d' % (x.node.name, x.k)
            if isinstance(x, Const):
                return '%s %s %s %d' % (x.name, x.dtype, x.shape, zlib.crc32(np.ascontiguousarray(x.value).tobytes()))
            if isinstance(x, Strings):
                return '%s %s' % (x.name, x.value)
            if isinstance(x, (In, Variable)):
                return '%s %s %s' % (x.name, x.dtype, x.shape)
            return 'none' if x is None else x.name

        def graph(nodes, inputs, outputs):
            lines = ['%s %s(%s) %s %s' % (n.name, n.op, ', '.join(map(of, n.args)), sorted(n.options.items()), n.results) for n in nodes]
            lines += [option + graph(body.nodes, body.inputs, body.outputs) for _, option, body in bodies(nodes)]
            return '\n'.join([', '.join(map(of, inputs)), *lines, ', '.join(map(of, outputs))])

        return graph(self.nodes, self.inputs, self.outputs)

    def fingerprint(self):
        crc = zlib.crc32(self.description().encode())
        for name, values in sorted(self.calibration().items()):
            crc = zlib.crc32(values.tobytes(), zlib.crc32(name.encode(), crc))
        return '%08x' % zlib.crc32(repr(sorted(self.options.items())).encode(), crc)

    def model(self):
        return Writer(self).content()

    def write(self, folder):
        os.makedirs(folder, exist_ok=True)
        with open(self.source(folder), 'wb') as file:
            file.write(self.model())

    def source(self, folder):
        return os.path.join(folder, 'model.tflite')


def camel(name):
    head, *rest = name.split('_')
    return head + ''.join(word.capitalize() for word in rest)


def pack_strings(strings):
    """LiteRT's layout: the count, the offsets of each and of the end, the characters."""
    offset, head = 4 * (len(strings) + 2), [len(strings)]
    for string in strings:
        head.append(offset)
        offset += len(string)
    return np.array(head + [offset], np.int32).tobytes() + b''.join(strings)


class Writer:
    def __init__(self, case):
        from ai_edge_litert import schema_py_generated as schema
        self.schema, self.case, self.model = schema, case, schema.ModelT()
        self.model.version, self.model.buffers, self.model.operatorCodes, self.model.subgraphs = 3, [schema.BufferT()], [], []
        inputs, outputs = self.graph('main', case.inputs, case.nodes, case.outputs)
        signature = schema.SignatureDefT()
        signature.signatureKey, signature.subgraphIndex = 'serving_default', 0
        signature.inputs, signature.outputs = self.names('x', inputs), self.names('y', outputs)
        self.model.signatureDefs = [signature]

    def content(self):
        import flatbuffers
        builder = flatbuffers.Builder(1024)
        builder.Finish(self.model.Pack(builder), b'TFL3')
        return bytes(builder.Output())

    def names(self, prefix, tensors):
        maps = []
        for k, t in enumerate(tensors):
            entry = self.schema.TensorMapT()
            entry.name, entry.tensorIndex = '%s%d' % (prefix, k), t
            maps.append(entry)
        return maps

    def graph(self, name, inputs, nodes, outputs):
        """Appends a graph, and behind it those that its nodes call; its inputs and outputs as tensor indices."""
        graph = self.schema.SubGraphT()
        graph.name, graph.tensors, graph.operators = name, [], []
        self.model.subgraphs.append(graph)
        tensors = {}
        graph.inputs = [self.tensor(graph, tensors, x) for x in inputs]
        for node in nodes:
            graph.operators.append(self.operator(graph, tensors, node))
        graph.outputs = [self.tensor(graph, tensors, x) for x in outputs]
        return graph.inputs, graph.outputs

    def tensor(self, graph, tensors, x, k=0):
        if x is None:
            return -1
        if isinstance(x, Result):
            x, k = x.node, x.k
        if (id(x), k) in tensors:
            return tensors[id(x), k]
        t = self.schema.TensorT()
        dtype, *shape = x.results[k] if isinstance(x, Lite) else declared(x)
        t.name, t.buffer = x.name if k == 0 else '%s:%d' % (x.name, k), 0
        t.type = getattr(self.schema.TensorType, dtype.upper())
        t.shape, t.isVariable = [1 if d < 0 else d for d in shape], isinstance(x, Variable)
        if -1 in shape:
            t.shapeSignature = shape
        if isinstance(x, (Const, Strings)):
            data = self.schema.BufferT()
            content = pack_strings(x.value) if isinstance(x, Strings) else np.ascontiguousarray(x.value).tobytes()
            data.data = np.frombuffer(content, np.uint8)
            self.model.buffers.append(data)
            t.buffer = len(self.model.buffers) - 1
        graph.tensors.append(t)
        tensors[id(x), k] = len(graph.tensors) - 1
        return tensors[id(x), k]

    def operator(self, graph, tensors, node):
        schema = self.schema
        operator, code = schema.OperatorT(), schema.OperatorCodeT()
        code.builtinCode, code.version = getattr(schema.BuiltinOperator, node.op), node.options.get('version', 1)
        code.deprecatedBuiltinCode = min(code.builtinCode, 127)
        self.model.operatorCodes.append(code)
        operator.opcodeIndex = len(self.model.operatorCodes) - 1
        operator.inputs = [self.tensor(graph, tensors, x) for x in node.args]
        operator.outputs = [self.tensor(graph, tensors, node, k) for k in range(len(node.results))]
        options = {key: value for key, value in node.options.items() if key != 'version'}
        for _, option, body in bodies([node]):
            options[option] = len(self.model.subgraphs)
            self.graph('%s_%s' % (node.name, option), body.inputs, body.nodes, body.outputs)
        wanted = (node.table or node.op.replace('_', '') + 'Options').lower()
        for union, field in ((schema.BuiltinOptions, 'builtinOptions'), (schema.BuiltinOptions2, 'builtinOptions2')):
            name = next((n for n in vars(union) if n.lower() == wanted), None)
            if name is None:
                continue
            table = getattr(schema, name + 'T')()
            for key, value in options.items():
                assert camel(key) in vars(table), (node.op, key)
                setattr(table, camel(key), self.value(key, value))
            setattr(operator, field + 'Type', getattr(union, name))
            setattr(operator, field, table)
            return operator
        assert not options, (node.op, options)
        return operator

    def value(self, key, value):
        if key == 'fused_activation_function':
            return getattr(self.schema.ActivationFunctionType, value)
        if key == 'padding' and isinstance(value, str):
            return getattr(self.schema.Padding, value)
        return value
