#!/usr/bin/env python3
"""Which forms of which ops LiteRT's built-in kernels run, release by release, as kernel_forms.json beside this file.

Two steps, because each release wants an environment of its own:

  probe_kernels.py build FOLDER [ZEROPOINT]    one .tflite for each op and form; the command sets the ops' versions
  probe_kernels.py run FOLDER RELEASE          runs them all; writes FOLDER/RELEASE.json
  probe_kernels.py merge FOLDER                kernel_forms.json from those

`build` needs flatbuffers, numpy and ai-edge-litert (for the schema), `run` numpy and the ai-edge-litert of that release.
A form is said to run when the default interpreter runs it; what the other two resolvers say is recorded when it differs.
"""
import json
import os
import pathlib
import subprocess
import sys

import numpy as np

FORMS = ("real", "hybrid", "int8", "int16")
MAIN = [1, 4, 4, 8]


class Operand:
    """What stands in one operand's place, in every form."""

    def __init__(self, kind, shape, values=None, axis=0, scale=None):
        self.kind, self.shape, self.values, self.axis, self.scale = kind, list(shape), values, axis, scale


def a(*shape, scale=None):
    return Operand("activation", shape or MAIN, scale=scale)


def c(*shape):
    return Operand("constant", shape)


def w(*shape, axis=0):
    return Operand("weight", shape, axis=axis)


def b(n):
    return Operand("bias", [n])


def ints(*values, shape=None):
    return Operand("int32", [len(values)] if shape is None else shape, list(values))


def bools(*shape):
    return Operand("bool", shape or MAIN)


def y(*shape, scale=None, kind="activation"):
    return Operand(kind, shape or MAIN, scale=scale)


CONV = dict(stride_w=1, stride_h=1, padding=0, dilation_w_factor=1, dilation_h_factor=1)
POOL = dict(stride_w=2, stride_h=2, filter_width=2, filter_height=2, padding=1)
# Scale and zero point that a result has by definition: (int8, int16).
UNIT = ((1 / 256, -128), (1 / 32768, 0))
SIGNED = ((1 / 128, 0), (1 / 32768, 0))
LOGS = ((16 / 256, 127), (16 / 65536, 0))
T_LSTM = 3


def binary(options=None, out=None):
    return ([a(), a()], [out or y()], options)


def unary(options=None, out=None):
    return ([a()], [out or y()], options)


def reduction(out=None):
    return ([a(), ints(3)], [out or y(1, 4, 4)], ("ReducerOptions", {}))


def activation_options(name, **fields):
    return (name, dict(fields))


def lstm_operands():
    gates = 4
    n, cells = 8, 4
    absent = Operand("absent", [])
    state16 = Operand("state_cell", [1, cells])
    return ([a(1, T_LSTM, n)] + [w(cells, n) for _ in range(gates)] + [w(cells, cells) for _ in range(gates)] +
            [absent] * 3 + [b(cells) for _ in range(gates)] + [absent] * 2 +
            [Operand("state", [1, cells]), state16])


OPS = {
    "ABS": unary(), "CEIL": unary(), "COS": unary(), "ELU": unary(), "EXP": unary(("ExpOptions", {})),
    "FLOOR": unary(), "GELU": unary(("GeluOptions", {})), "HARD_SWISH": unary(),
    "L2_NORMALIZATION": unary(("L2NormOptions", {}), y(scale=SIGNED)),
    "LEAKY_RELU": unary(("LeakyReluOptions", dict(alpha=0.1))), "LOG": unary(),
    "LOGISTIC": unary(None, y(scale=UNIT)), "LOG_SOFTMAX": unary(None, y(scale=LOGS)), "NEG": unary(),
    "RELU": unary(), "RELU6": unary(), "RELU_0_TO_1": unary(), "RELU_N1_TO_1": unary(), "ROUND": unary(),
    "RSQRT": unary(), "SIGN": unary(), "SIN": unary(),
    "SOFTMAX": unary(("SoftmaxOptions", dict(beta=1.0)), y(scale=UNIT)), "SQRT": unary(), "SQUARE": unary(),
    "TANH": unary(None, y(scale=SIGNED)), "ZEROS_LIKE": unary(),
    "ADD": binary(("AddOptions", dict(pot_scale_int16=False))), "DIV": binary(("DivOptions", {})),
    "SUB": binary(("SubOptions", dict(pot_scale_int16=False))), "MUL": binary(("MulOptions", {})),
    "MAXIMUM": binary(), "MINIMUM": binary(), "POW": binary(), "SQUARED_DIFFERENCE": binary(),
    "FLOOR_DIV": binary(), "FLOOR_MOD": binary(), "ATAN2": binary(),
    "ADD_N": ([a(), a(), a()], [y()], ("AddNOptions", {})),
    "PRELU": ([a(), c(8)], [y()], None),
    **{op: binary(None, y(kind="bool"))
       for op in ("EQUAL", "NOT_EQUAL", "GREATER", "GREATER_EQUAL", "LESS", "LESS_EQUAL")},
    "MEAN": reduction(), "SUM": reduction(), "REDUCE_MAX": reduction(), "REDUCE_MIN": reduction(),
    "REDUCE_PROD": reduction(),
    "ARG_MAX": ([a(), ints(3)], [y(1, 4, 4, kind="int32")], ("ArgMaxOptions", dict(output_type=2))),
    "ARG_MIN": ([a(), ints(3)], [y(1, 4, 4, kind="int32")], ("ArgMinOptions", dict(output_type=2))),
    "AVERAGE_POOL_2D": ([a()], [y(1, 2, 2, 8)], ("Pool2DOptions", POOL)),
    "MAX_POOL_2D": ([a()], [y(1, 2, 2, 8)], ("Pool2DOptions", POOL)),
    "CONV_2D": ([a(), w(4, 1, 1, 8), b(4)], [y(1, 4, 4, 4)], ("Conv2DOptions", CONV)),
    "DEPTHWISE_CONV_2D": ([a(), w(1, 3, 3, 8, axis=3), b(8)], [y()],
                          ("DepthwiseConv2DOptions", dict(CONV, depth_multiplier=1))),
    "TRANSPOSE_CONV": ([ints(1, 8, 8, 4), w(4, 2, 2, 8), a(), b(4)], [y(1, 8, 8, 4)],
                       ("TransposeConvOptions", dict(stride_w=2, stride_h=2))),
    "CONV_3D": ([a(1, 2, 4, 4, 8), w(1, 1, 1, 8, 4, axis=4), b(4)], [y(1, 2, 4, 4, 4)],
                ("Conv3DOptions", dict(stride_d=1, stride_w=1, stride_h=1, dilation_d_factor=1, dilation_w_factor=1,
                                       dilation_h_factor=1))),
    "FULLY_CONNECTED": ([a(2, 8), w(4, 8), b(4)], [y(2, 4)], ("FullyConnectedOptions", {})),
    "BATCH_MATMUL": ([a(2, 4, 8), Operand("matrix", [2, 8, 4])], [y(2, 4, 4)], ("BatchMatMulOptions", {})),
    "EMBEDDING_LOOKUP": ([ints(1, 0), w(4, 8)], [y(2, 8)], None),
    "GATHER": ([a(4, 8), ints(1, 0)], [y(2, 8)], ("GatherOptions", {})),
    "GATHER_ND": ([a(4, 8), ints(1, 0, shape=[2, 1])], [y(2, 8)], None),
    "SCATTER_ND": ([ints(1, 0, shape=[2, 1]), a(2, 8), ints(4, 8)], [y(4, 8)], None),
    "CONCATENATION": ([a(), a()], [y(1, 4, 4, 16)], ("ConcatenationOptions", dict(axis=3))),
    "PACK": ([a(), a()], [y(2, *MAIN)], ("PackOptions", dict(axis=0, values_count=2))),
    "UNPACK": ([a(2, 8)], [y(8), y(8)], ("UnpackOptions", dict(axis=0, num=2))),
    "SPLIT": ([ints(1, shape=[]), a(2, 8)], [y(2, 4), y(2, 4)], ("SplitOptions", dict(num_splits=2))),
    "SPLIT_V": ([a(2, 8), ints(3, 5), ints(1, shape=[])], [y(2, 3), y(2, 5)], ("SplitVOptions", dict(num_splits=2))),
    "PAD": ([a(2, 8), ints(1, 1, 0, 2, shape=[2, 2])], [y(4, 10)], None),
    "PADV2": ([a(2, 8), ints(1, 1, 0, 2, shape=[2, 2]), c(1)], [y(4, 10)], None),
    "MIRROR_PAD": ([a(2, 8), ints(1, 1, 0, 2, shape=[2, 2])], [y(4, 10)], ("MirrorPadOptions", dict(mode=0))),
    "RESHAPE": ([a(), ints(16, 8)], [y(16, 8)], ("ReshapeOptions", dict(new_shape=[16, 8]))),
    "EXPAND_DIMS": ([a(), ints(0, shape=[])], [y(1, *MAIN)], None),
    "SQUEEZE": ([a()], [y(4, 4, 8)], ("SqueezeOptions", dict(squeeze_dims=[0]))),
    "TRANSPOSE": ([a(), ints(0, 3, 1, 2)], [y(1, 8, 4, 4)], None),
    "SLICE": ([a(), ints(0, 1, 1, 0), ints(1, 2, 2, 8)], [y(1, 2, 2, 8)], None),
    "STRIDED_SLICE": ([a(), ints(0, 0, 0, 0), ints(1, 4, 4, 8), ints(1, 2, 2, 1)], [y(1, 2, 2, 8)],
                      ("StridedSliceOptions", {})),
    "TILE": ([a(), ints(1, 2, 1, 1)], [y(1, 8, 4, 8)], None),
    "BROADCAST_TO": ([a(1, 8), ints(4, 8)], [y(4, 8)], None),
    "FILL": ([ints(2, 2), Operand("activation", [])], [y(2, 2)], None),
    "REVERSE_V2": ([a(), ints(1)], [y()], None),
    "REVERSE_SEQUENCE": ([a(2, 4, 8), ints(2, 3)], [y(2, 4, 8)],
                         ("ReverseSequenceOptions", dict(seq_dim=1, batch_dim=0))),
    "RESIZE_BILINEAR": ([a(), ints(8, 8)], [y(1, 8, 8, 8)], ("ResizeBilinearOptions", dict(half_pixel_centers=True))),
    "RESIZE_NEAREST_NEIGHBOR": ([a(), ints(8, 8)], [y(1, 8, 8, 8)],
                                ("ResizeNearestNeighborOptions", dict(half_pixel_centers=True))),
    "SPACE_TO_DEPTH": ([a()], [y(1, 2, 2, 32)], ("SpaceToDepthOptions", dict(block_size=2))),
    "DEPTH_TO_SPACE": ([a()], [y(1, 8, 8, 2)], ("DepthToSpaceOptions", dict(block_size=2))),
    "SPACE_TO_BATCH_ND": ([a(), ints(2, 2), ints(0, 0, 0, 0, shape=[2, 2])], [y(4, 2, 2, 8)], None),
    "BATCH_TO_SPACE_ND": ([a(4, 2, 2, 8), ints(2, 2), ints(0, 0, 0, 0, shape=[2, 2])], [y(1, 4, 4, 8)], None),
    "CUMSUM": ([a(), ints(1, shape=[])], [y()], ("CumsumOptions", {})),
    "SELECT": ([bools(), a(), a()], [y()], None),
    "SELECT_V2": ([bools(), a(), a()], [y()], None),
    "WHERE": ([a()], [y(kind="int64")], None),
    "TOPK_V2": ([a(2, 8), ints(3, shape=[])], [y(2, 3), y(2, 3, kind="int32")], ("TopKV2Options", {})),
    "ONE_HOT": ([ints(1, 0, 3), ints(4, shape=[]), c(), c()], [y(3, 4)], ("OneHotOptions", dict(axis=-1))),
    "DYNAMIC_UPDATE_SLICE": ([a(4, 8), a(2, 8), ints(1, 0)], [y(4, 8)], None),
    "LOCAL_RESPONSE_NORMALIZATION": ([a()], [y()], ("LocalResponseNormalizationOptions",
                                                    dict(radius=2, bias=1.0, alpha=1.0, beta=0.5))),
    "MATRIX_DIAG": ([a(2, 4)], [y(2, 4, 4)], None),
    "MATRIX_SET_DIAG": ([a(2, 4, 4), a(2, 4)], [y(2, 4, 4)], None),
    "SEGMENT_SUM": ([a(2, 8), ints(0, 1)], [y(2, 8)], None),
    "UNIQUE": ([a(8)], [y(8), y(8, kind="int32")], ("UniqueOptions", dict(idx_out_type=2))),
    "UNIDIRECTIONAL_SEQUENCE_LSTM": (lstm_operands(), [y(1, T_LSTM, 4)],
                                     ("UnidirectionalSequenceLSTMOptions", dict(fused_activation_function=4))),
}


# They run, and their results are wrong by more than rounding (`steps` of a run): they compute with the integers as if those
# were the numbers, or fill with the integer 0, which is not the real 0; PRELU gives 0 for
# some negative values, DIV overflows for large divisors. The other large `steps` are rounding: EXP, LOG and
# RSQRT interpolate between 512 values of int16; the constants of PADV2 and ONE_HOT are not those of the float model.
WRONG = {"NEG": ("int8", "int16"), "FLOOR_DIV": ("int8", "int16"), "FLOOR_MOD": ("int8", "int16"),
         "MATRIX_DIAG": ("int8",), "SCATTER_ND": ("int8",), "PRELU": ("int16",),
         "DIV": ("int16",)}


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


class Builder:
    """One op in one form."""

    SCALE, ZERO_POINT = 0.05, {"int8": 3, "int16": 0}

    def __init__(self, schema, form):
        self.schema, self.form, self.random = schema, form, np.random.default_rng(1)
        self.model, self.graph = schema.ModelT(), schema.SubGraphT()
        self.model.version, self.model.buffers, self.model.subgraphs = 3, [schema.BufferT()], [self.graph]
        self.graph.tensors, self.graph.inputs, self.graph.outputs = [], [], []

    def tensor(self, shape, dtype, data=None, scale=None, zero_point=None, axis=0, variable=False):
        t = self.schema.TensorT()
        t.name, t.shape, t.isVariable = f"t{len(self.graph.tensors)}", list(shape), variable
        t.type = getattr(self.schema.TensorType, dtype.upper())
        t.buffer = 0
        if data is not None:
            buffer = self.schema.BufferT()
            buffer.data = np.frombuffer(np.asarray(data).tobytes(), np.uint8)
            self.model.buffers.append(buffer)
            t.buffer = len(self.model.buffers) - 1
        if scale is not None:
            q = self.schema.QuantizationParametersT()
            q.scale, q.quantizedDimension = list(np.float32(np.atleast_1d(scale))), axis
            q.zeroPoint = [int(zero_point or 0)] * len(q.scale)
            t.quantization = q
        self.graph.tensors.append(t)
        return len(self.graph.tensors) - 1

    def integer(self):
        return self.form in ("int8", "int16")

    def quant(self, operand):
        if operand.scale is not None:
            return operand.scale[0 if self.form == "int8" else 1]
        return self.SCALE, self.ZERO_POINT[self.form]

    def operand(self, o):
        kind = o.kind
        if kind == "absent":
            return -1
        if kind == "activation":
            if not self.integer():
                index = self.tensor(o.shape, "float32")
            else:
                index = self.tensor(o.shape, self.form, None, *self.quant(o))
            self.graph.inputs.append(index)
            return index
        if kind == "matrix":  # a constant matrix when hybrid, else an activation
            o = Operand("weight" if self.form == "hybrid" else "activation", o.shape, axis=-1)
            return self.operand(o)
        if kind == "constant":
            values = np.full(o.shape, 20) if o.values is None else np.reshape(o.values, o.shape)
            if not self.integer():
                return self.tensor(o.shape, "float32", values.astype(np.float32))
            return self.tensor(o.shape, self.form, values.astype(self.form), *self.quant(o))
        if kind == "weight":
            if self.form == "real":
                return self.tensor(o.shape, "float32", self.random.normal(size=o.shape).astype(np.float32))
            channels = o.shape[o.axis] if o.axis >= 0 else 1
            scales = [0.01] if channels == 1 or self.per_tensor else [0.01] * channels
            data = self.random.integers(-127, 128, o.shape).astype(np.int8)
            return self.tensor(o.shape, "int8", data, scales, 0, max(o.axis, 0))
        if kind == "bias":
            n = o.shape[0]
            if not self.integer():
                return self.tensor(o.shape, "float32", np.zeros(n, np.float32))
            scales = [self.SCALE * 0.01] * (1 if self.per_tensor else n)
            if self.form == "int16":
                return self.tensor(o.shape, "int64", np.zeros(n, np.int64), scales, 0)
            return self.tensor(o.shape, "int32", np.zeros(n, np.int32), scales, 0)
        if kind == "state":
            if not self.integer():
                return self.tensor(o.shape, "float32", variable=True)
            return self.tensor(o.shape, self.form, None, *self.quant(o), variable=True)
        if kind == "state_cell":
            if not self.integer():
                return self.tensor(o.shape, "float32", variable=True)
            return self.tensor(o.shape, "int16", None, 2.0 ** -11, 0, variable=True)
        if kind == "int32":
            return self.tensor(o.shape, "int32", np.array(o.values, np.int32))
        if kind == "bool":
            index = self.tensor(o.shape, "bool")
            self.graph.inputs.append(index)
            return index
        raise ValueError(kind)

    def result(self, o):
        if o.kind != "activation":
            index = self.tensor(o.shape, o.kind)
        elif not self.integer():
            index = self.tensor(o.shape, "float32")
        else:
            index = self.tensor(o.shape, self.form, None, *self.quant(o))
        self.graph.outputs.append(index)
        return index

    def build(self, op, spec):
        import flatbuffers
        inputs, outputs, options = spec
        self.per_tensor = op in ("UNIDIRECTIONAL_SEQUENCE_LSTM",)
        code, node = self.schema.OperatorCodeT(), self.schema.OperatorT()
        code.builtinCode = getattr(self.schema.BuiltinOperator, op)
        code.deprecatedBuiltinCode, code.version = min(code.builtinCode, 127), 1
        node.inputs = [self.operand(o) for o in inputs]
        node.outputs = [self.result(o) for o in outputs]
        if options:
            table = getattr(self.schema, options[0] + "T")()
            for name, value in options[1].items():
                assert hasattr(table, camel(name)), (op, name)
                setattr(table, camel(name), value)
            if hasattr(table, "quantizedBiasType") and self.form == "int16":
                table.quantizedBiasType = self.schema.TensorType.INT64
            if hasattr(table, "asymmetricQuantizeInputs") and self.form == "hybrid":
                table.asymmetricQuantizeInputs = True
            node.builtinOptionsType, node.builtinOptions = getattr(self.schema.BuiltinOptions, options[0]), table
        if op == "UNIDIRECTIONAL_SEQUENCE_LSTM" and self.integer():
            node.intermediates = [self.tensor([], "int16", None, 2.0 ** -12, 0) for _ in range(4)]
            node.intermediates.append(self.tensor([], "int8" if self.form == "int8" else "int16", None, 0.05, 0))
        self.model.operatorCodes, self.graph.operators = [code], [node]
        builder = flatbuffers.Builder(1024)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


def build(folder, command):
    from ai_edge_litert import schema_py_generated as schema
    folder.mkdir(parents=True, exist_ok=True)
    for op, spec in OPS.items():
        has_weights = any(o.kind in ("weight", "matrix") for o in spec[0])
        for form in FORMS:
            if form == "hybrid" and not has_weights:
                continue
            path = folder / f"{op}.{form}.tflite"
            path.write_bytes(Builder(schema, form).build(op, spec))
            # Mode float changes nothing but the versions, which it raises to what the records say.
            done = subprocess.run([command, "convert", path, "-o", path, "--mode", "float", "-q"], capture_output=True)
            if done.returncode != 0:
                print(f"{op} {form}: version 1 kept: {done.stderr.decode().strip()}")


def in_child(work):
    """What `work` returns as bytes, or the text of what went wrong; kernels may crash, so a process of its own."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        try:
            answer = b"+" + work()
        except Exception as error:  # whatever the release raises is the finding
            answer = b"-" + (str(error).strip().replace("\n", " ") or repr(error)).encode()
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(answer)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        answer = pipe.read()
    _, status = os.waitpid(child, 0)
    if status != 0 or not answer:
        return None, f"crash ({status})"
    return (answer[1:], None) if answer[:1] == b"+" else (None, answer[1:].decode())


def invoke(path, resolver, feed):
    from ai_edge_litert import interpreter as litert
    kind = getattr(litert.OpResolverType, resolver)
    runner = litert.Interpreter(model_path=str(path), experimental_op_resolver_type=kind, num_threads=1)
    runner.allocate_tensors()
    for index, detail in enumerate(runner.get_input_details()):
        runner.set_tensor(detail["index"], feed(index, detail))
    runner.invoke()
    return runner


def any_value(_, detail):
    if detail["dtype"] == np.bool_:
        return np.zeros(detail["shape"], np.bool_)
    return np.full(detail["shape"], 20 if np.issubdtype(detail["dtype"], np.integer) else 1, detail["dtype"])


def attempt(path, resolver):
    """None when the model runs, else why not."""
    def work():
        invoke(path, resolver, any_value)
        return b""
    return in_child(work)[1]


def quantized_results(path, real_path):
    """How far the integer kernel's real results are from the float kernel's, in steps of the result's scale."""
    def work():
        random = np.random.default_rng(5)
        reals = {}

        def draw(index, detail):
            if detail["dtype"] == np.bool_:
                reals[index] = random.integers(0, 2, detail["shape"]).astype(np.bool_)
                return reals[index]
            scale, zero = detail["quantization"]
            q = random.integers(20, 60, detail["shape"])  # positive reals; results stay in range
            reals[index] = ((q - zero) * np.float32(scale)).astype(np.float32)
            return q.astype(detail["dtype"])

        mine = invoke(path, "AUTO", draw)
        real = invoke(real_path, "AUTO", lambda index, _: reals[index])
        worst = 0.0
        for ours, theirs in zip(mine.get_output_details(), real.get_output_details()):
            got, wanted = mine.get_tensor(ours["index"]), real.get_tensor(theirs["index"])
            scale, zero = ours["quantization"]
            if scale == 0:
                worst = max(worst, float(np.max(got != wanted)) * 1000)
                continue
            limits = np.iinfo(ours["dtype"])
            steps = np.clip(np.round(wanted / scale) + zero, limits.min, limits.max) - got.astype(np.float64)
            worst = max(worst, float(np.abs(steps).max()))
        return str(worst).encode()
    answer, error = in_child(work)
    return float(answer) if error is None else None


RESOLVERS = ("AUTO", "BUILTIN_REF", "BUILTIN_WITHOUT_DEFAULT_DELEGATES")


def run(folder, release):
    import ai_edge_litert.interpreter  # noqa: F401  once, before the children are made
    found = {}
    for path in sorted(folder.glob("*.tflite")):
        op, form, _ = path.name.rsplit(".", 2)
        entry = {r: attempt(path, r) for r in RESOLVERS}
        comparable = not any(o.kind in ("weight", "bias", "state") for o in OPS[op][0])
        if form in ("int8", "int16") and comparable and entry["AUTO"] is None:
            entry["steps"] = quantized_results(path, folder / f"{op}.real.tflite")
        found.setdefault(op, {})[form] = entry
    (folder / f"{release}.json").write_text(json.dumps(found, indent=1))


def merge(folder):
    runs = {p.stem: json.loads(p.read_text()) for p in folder.glob("*.json")}
    releases = sorted(runs, key=lambda r: tuple(map(int, r.split("."))))
    lines = []
    for op in sorted(runs[releases[-1]]):
        forms = {}
        for form in runs[releases[-1]][op]:
            ran = [r for r in releases if runs[r][op][form]["AUTO"] is None]
            entry = {"since": ran[0] if ran else None}
            if ran and ran != releases[releases.index(ran[0]):]:
                entry["not"] = [r for r in releases[releases.index(ran[0]):] if r not in ran]
            newest = runs[releases[-1]][op][form]
            if form in WRONG.get(op, ()):
                entry["wrong"] = True
            if newest["AUTO"] is None and newest["BUILTIN_REF"] is not None:
                entry["reference_kernels"] = False
            forms[form] = entry
        lines.append(f"  {json.dumps(op)}: {json.dumps(forms)}")
    head = json.dumps({"releases": releases})[1:-1]
    target = pathlib.Path(__file__).with_name("kernel_forms.json")
    target.write_text("{\n " + head + ",\n \"ops\": {\n" + ",\n".join(lines) + "\n }\n}\n")


if __name__ == "__main__":
    where = pathlib.Path(sys.argv[2])
    if sys.argv[1] == "build":
        build(where, sys.argv[3] if len(sys.argv) > 3 else "zeropoint")
    elif sys.argv[1] == "run":
        run(where, sys.argv[3])
    else:
        merge(where)
