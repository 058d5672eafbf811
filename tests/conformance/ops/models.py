"""Writes the SavedModel of a conformance case from its expression, without TensorFlow.

A case is an expression of In (an input of the model), Const and Op (a node of TensorFlow's graph). write() turns it into a frozen
GraphDef with one signature: inputs by their names, outputs y0, y1 ... The field numbers are those of TensorFlow's public .proto files.
"""
import os
import struct
import zlib

import numpy as np

# DataType of types.proto.
TYPES = {'float32': 1, 'float64': 2, 'int32': 3, 'uint8': 4, 'int16': 5, 'int8': 6, 'int64': 9, 'bool': 10, 'complex64': 8}


class In:
    """An input: shape (-1: unknown), and the interval of its samples' values; `batch` stands for -1 in the samples."""

    def __init__(self, *shape, low=-1.0, high=1.0, dtype='float32', batch=2):
        self.shape, self.low, self.high, self.dtype, self.batch = list(shape), low, high, dtype, batch
        self.name = None


class Const:
    """A constant; the values are drawn when they are not given, differently for each constant of a case."""

    def __init__(self, *shape, low=-1.0, high=1.0, dtype='float32', value=None):
        self.low, self.high = low, high
        self.value = None if value is None else np.asarray(value, dtype)
        self.shape = list(shape) if value is None else list(self.value.shape)
        self.dtype = str(np.dtype(dtype))
        self.name = None


def ints(*values, dtype='int32'):
    """A constant vector of integers."""
    return Const(value=list(values), dtype=dtype)


def scalar(value, dtype='int32'):
    return Const(value=value, dtype=dtype)


def full(*shape, value):
    """A constant tensor of one value."""
    return Const(value=np.full(shape, value, np.float32), dtype='float32')


class Op:
    """A node: TensorFlow's op, its operands in order and its attributes; result(k) is another result than the first."""

    def __init__(self, op, *args, **attrs):
        self.op, self.attrs = op, attrs
        self.args = [scalar(a, 'float32') if isinstance(a, float) else a for a in args]
        self.name = None

    def result(self, k):
        return Result(self, k)


class Result:
    def __init__(self, node, k):
        self.node, self.k = node, k


# Attributes that name types: {attribute: the operand whose type it is}; the rest have {'T': 0}.
_T01 = {'T': 0, 'Tidx': 1}
TYPE_ATTRS = {
    'Sum': _T01, 'Mean': _T01, 'Max': _T01, 'Min': _T01, 'Prod': _T01, 'Cumsum': _T01, 'ArgMax': _T01, 'ArgMin': _T01,
    'BroadcastTo': _T01, 'Any': {'Tidx': 1}, 'All': {'Tidx': 1}, 'ReverseV2': {'T': 0, 'Tidx': 1},
    'Reshape': {'T': 0, 'Tshape': 1}, 'ExpandDims': {'T': 0, 'Tdim': 1}, 'Transpose': {'T': 0, 'Tperm': 1},
    'Tile': {'T': 0, 'Tmultiples': 1}, 'Pad': {'T': 0, 'Tpaddings': 1}, 'PadV2': {'T': 0, 'Tpaddings': 1},
    'MirrorPad': {'T': 0, 'Tpaddings': 1}, 'Slice': {'T': 0, 'Index': 1}, 'StridedSlice': {'T': 0, 'Index': 1},
    'Split': {'T': 1}, 'SplitV': {'T': 0, 'Tlen': 1}, 'GatherV2': {'Tparams': 0, 'Tindices': 1, 'Taxis': 2},
    'GatherNd': {'Tparams': 0, 'Tindices': 1}, 'ScatterNd': {'Tindices': 0, 'T': 1},
    'Select': {'T': 1}, 'SelectV2': {'T': 1}, 'Fill': {'T': 1, 'index_type': 0},
    'OneHot': {'TI': 0, 'T': 2}, 'TopKV2': {'T': 0, 'Tk': 1}, 'Cast': {'SrcT': 0},
    'SpaceToBatchND': {'T': 0, 'Tblock_shape': 1, 'Tpaddings': 2}, 'BatchToSpaceND': {'T': 0, 'Tblock_shape': 1, 'Tcrops': 2},
    'Conv2DBackpropInput': {'T': 1}, 'ReverseSequence': {'T': 0, 'Tlen': 1}, 'Range': {'Tidx': 0},
    'SegmentSum': {'T': 0, 'Tindices': 1}, 'LogicalAnd': {}, 'LogicalOr': {}, 'LogicalNot': {}, 'ComplexAbs': {'T': 0},
    'FusedBatchNormV3': {'T': 0, 'U': 1}, 'UnsortedSegmentSum': {'T': 0, 'Tindices': 1, 'Tnumsegments': 2},
    'UnsortedSegmentMax': {'T': 0, 'Tindices': 1, 'Tnumsegments': 2}, 'UnsortedSegmentMin': {'T': 0, 'Tindices': 1, 'Tnumsegments': 2},
    'UnsortedSegmentProd': {'T': 0, 'Tindices': 1, 'Tnumsegments': 2}, 'RFFT': {'Treal': 0}, 'RFFT2D': {'Treal': 0},
    'Einsum': {'T': 0}, 'Where': {'T': 0}, 'MatrixSetDiagV3': {'T': 0}, 'Conv3DBackpropInputV2': {'T': 1, 'Tshape': 0},
    'TensorScatterUpdate': {'T': 0, 'Tindices': 1}, 'TensorScatterAdd': {'T': 0, 'Tindices': 1}, 'Roll': {'T': 0, 'Tshift': 1, 'Taxis': 2},
    'FakeQuantWithMinMaxVars': {}, 'FakeQuantWithMinMaxArgs': {}, 'FakeQuantWithMinMaxVarsPerChannel': {}, 'MatMul': {'T': 0},
    'NonMaxSuppression': {}, 'NonMaxSuppressionV2': {'T': 0}, 'NonMaxSuppressionV3': {'T': 0}, 'CombinedNonMaxSuppression': {},
    'NonMaxSuppressionV4': {'T': 0}, 'NonMaxSuppressionV5': {'T': 0}, 'Concat': {'T': 1}, 'TensorScatterSub': {'T': 0, 'Tindices': 1},
    'MatrixBandPart': {'T': 0, 'Tindex': 1}, 'Cumprod': _T01, 'DynamicStitch': {'T': -1}, 'UniqueV2': {'T': 0, 'Taxis': 1},
    'LinSpace': {'T': 0, 'Tidx': 2}, 'SpaceToBatch': {'T': 0, 'Tpaddings': 1}, 'BatchToSpace': {'T': 0, 'Tidx': 1},
    'SegmentMean': {'T': 0, 'Tindices': 1}, 'DenseBincount': {'Tidx': 0, 'T': 2}, 'Complex': {'T': 0}, 'Real': {'T': 0}, 'Imag': {'T': 0},
    'SoftmaxCrossEntropyWithLogits': {'T': 0}, 'SparseSoftmaxCrossEntropyWithLogits': {'T': 0, 'Tlabels': 1},
    'Angle': {'T': 0}, 'IRFFT': {'Tcomplex': 0}, 'ResizeBilinear': {'T': 0}, 'ResizeNearestNeighbor': {'T': 0},
}
# Ops with a list of operands: the operands beside it.
LISTS = {'Pack': 0, 'AddN': 0, 'ConcatV2': 1, 'Einsum': 0, 'Concat': 1, 'ShapeN': 0}
BOOLEAN = {'Greater', 'GreaterEqual', 'Less', 'LessEqual', 'Equal', 'NotEqual', 'LogicalAnd', 'LogicalOr', 'LogicalNot', 'IsNan', 'IsInf', 'IsFinite',
           'Any', 'All'}
# Attributes that are strings rather than shapes, types or functions are given as str, types as np.dtype.


def type_of(x, k=0):
    """The element type of an expression's result."""
    if isinstance(x, Result):
        return type_of(x.node, x.k)
    if not isinstance(x, Op):
        return x.dtype
    if x.op in BOOLEAN:
        return 'bool'
    if x.op in ('ArgMax', 'ArgMin'):
        return x.attrs.get('output_type', np.dtype('int64')).name
    if x.op in ('Shape', 'ShapeN', 'Rank', 'Size', 'NonMaxSuppression', 'NonMaxSuppressionV2', 'NonMaxSuppressionV3') or (
            x.op in ('TopK', 'TopKV2', 'UniqueV2') and k == 1) or (x.op == 'CombinedNonMaxSuppression' and k == 3):
        return 'int32'
    if x.op in ('LowerBound', 'UpperBound'):
        return x.attrs.get('out_type', np.dtype('int32')).name
    if x.op in ('Real', 'Imag', 'Angle', 'IRFFT', 'CombinedNonMaxSuppression', 'ResizeBilinear'):
        return 'float32'
    if x.op == 'Complex':
        return 'complex64'
    if x.op == 'Where':
        return 'int64'
    if x.op == 'Cast':
        return x.attrs['DstT'].name
    if x.op in ('RFFT', 'RFFT2D'):
        return 'complex64'
    if x.op == 'ComplexAbs':
        return 'float32'
    if x.op in ('NonMaxSuppressionV4', 'NonMaxSuppressionV5'):
        return 'float32' if x.op[-1] == '5' and k == 1 else 'int32'
    attrs = TYPE_ATTRS.get(x.op, {'T': 0})
    return type_of(x.args[attrs.get('T', attrs.get('Tparams', 0))])


# --- protobuf ---------------------------------------------------------------------------------------------------------------


def varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7f:
        out.append(value & 0x7f | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def number(field, value):
    return varint(field << 3) + varint(int(value))


def data(field, value):
    value = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(value)) + value


def shape_proto(dims):
    if dims is None:
        return number(3, 1)  # unknown_rank
    return b''.join(data(2, number(1, d)) for d in dims)


def tensor_proto(array):
    return number(1, TYPES[array.dtype.name]) + data(2, shape_proto(array.shape)) + data(4, array.tobytes())


def attr_value(value):
    """AttrValue of a Python value: bool, int, float, str, np.dtype, np.ndarray (tensor), list of ints, tuple (shape)."""
    if isinstance(value, bool):
        return number(5, value)
    if isinstance(value, int):
        return number(3, value)
    if isinstance(value, float):
        return varint(4 << 3 | 5) + struct.pack('<f', value)
    if isinstance(value, str):
        return data(2, value)
    if isinstance(value, np.dtype):
        return number(6, TYPES[value.name])
    if isinstance(value, np.ndarray):
        return data(8, tensor_proto(value))
    if isinstance(value, tuple):
        return data(7, shape_proto(value))
    return data(1, data(3, b''.join(varint(v) for v in value)))


def node_proto(name, op, inputs, attrs):
    out = data(1, name) + data(2, op) + b''.join(data(3, i) for i in inputs)
    for key in sorted(attrs):
        out += data(5, data(1, key) + data(2, attr_value(attrs[key])))
    return out


# --- cases ------------------------------------------------------------------------------------------------------------------


class Case:
    """op/variant, the expressions of its outputs, and how it is to be converted.

    options: per_tensor, per_tensor_dense: as the command's; io: the type of inputs and outputs in the modes that have it
    (uint8: int8 and int8-only, int16: the 16x8 modes).
    """

    is_lite = False

    def __init__(self, name, *outputs, samples=4, **options):
        self.name, self.samples, self.options = name, samples, options
        self.outputs = outputs
        self.nodes, self.inputs, self.constants = [], [], []
        for output in outputs:
            self._visit(output)

    def _visit(self, x):
        x = x.node if isinstance(x, Result) else x
        if any(x is y for y in self.nodes + self.inputs + self.constants):
            return
        if isinstance(x, In):
            self.inputs.append(x)
            x.name = 'x%d' % (len(self.inputs) - 1)
        elif isinstance(x, Const):
            self.constants.append(x)
            x.name = 'c%d' % (len(self.constants) - 1)
            if x.value is None:
                x.value = self._draw(x.name, x.shape, x.low, x.high, x.dtype)
        else:
            for arg in x.args:
                self._visit(arg)
            self.nodes.append(x)
            x.name = '%s_%d' % (x.op.lower(), len(self.nodes) - 1)

    def _draw(self, key, shape, low, high, dtype):
        # RandomState's streams are frozen: the same values on every machine.
        random = np.random.RandomState(zlib.crc32(('%s %s' % (self.name, key)).encode()))
        if dtype == 'bool':
            return random.randint(0, 2, shape).astype(bool)
        if dtype.startswith('float'):
            return np.asarray(random.uniform(low, high, shape), dtype)
        return np.asarray(random.randint(int(low), int(high) + 1, shape), dtype)

    def sample(self, k):
        """Sample k: {input: array}."""
        return {i.name: self._draw('%s sample %d' % (i.name, k), [i.batch if d < 0 else d for d in i.shape], i.low, i.high, i.dtype)
                for i in self.inputs}

    def calibration(self):
        """All calibration samples, stacked: {input: array}."""
        samples = [self.sample(k) for k in range(self.samples)]
        return {name: np.stack([s[name] for s in samples]) for name in samples[0]}

    def graph(self):
        out = b''
        for i in self.inputs:
            out += data(1, node_proto(i.name, 'Placeholder', [], {'dtype': np.dtype(i.dtype), 'shape': tuple(i.shape)}))
        for c in self.constants:
            out += data(1, node_proto(c.name, 'Const', [], {'dtype': np.dtype(c.dtype), 'value': c.value}))
        for node in self.nodes:
            attrs = dict(node.attrs)
            for key, k in TYPE_ATTRS.get(node.op, {'T': 0}).items():
                attrs.setdefault(key, np.dtype(type_of(node.args[k])))
            if node.op in LISTS:
                attrs['N'] = len(node.args) - LISTS[node.op]
            if node.op == 'DynamicStitch':
                attrs['N'] = len(node.args) // 2
            out += data(1, node_proto(node.name, node.op, [reference(a) for a in node.args], attrs))
        return out + data(4, number(1, 1882))  # GraphDef.versions: the producer of TensorFlow 2.x

    def saved_model(self):
        def info(name, dtype, dims):
            return data(1, name) + number(2, TYPES[dtype]) + data(3, shape_proto(dims))

        signature = b''
        for i in self.inputs:
            signature += data(1, data(1, i.name) + data(2, info(i.name + ':0', i.dtype, i.shape)))
        for k, output in enumerate(self.outputs):
            name = reference(output)
            signature += data(2, data(1, 'y%d' % k) + data(2, info(name if ':' in name else name + ':0', type_of(output), None)))
        signature += data(3, 'tensorflow/serving/predict')
        meta = data(1, data(4, 'serve')) + data(2, self.graph()) + data(5, data(1, 'serving_default') + data(2, signature))
        return number(1, 1) + data(2, meta)

    def write(self, folder):
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, 'saved_model.pb'), 'wb') as file:
            file.write(self.saved_model())

    def source(self, folder):
        """What a converter is given of a folder that write() was called for."""
        return folder

    def fingerprint(self):
        """Changes when the model, its samples or its options do."""
        crc = zlib.crc32(self.saved_model())
        for name, values in sorted(self.calibration().items()):
            crc = zlib.crc32(values.tobytes(), zlib.crc32(name.encode(), crc))
        return '%08x' % zlib.crc32(repr(sorted(self.options.items())).encode(), crc)


def reference(x):
    """How a node names this operand."""
    if isinstance(x, Result):
        return x.node.name if x.k == 0 else '%s:%d' % (x.node.name, x.k)
    return x.name
