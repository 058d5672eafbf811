#!/usr/bin/env python3
"""Which ops TFLM and XNNPACK run on which types, as lib/targets/data/tflm.json and xnnpack.json.

  probe_types.py build FOLDER            one .tflite for each op and combination of types
  probe_types.py run FOLDER TARGET       runs them all there; writes FOLDER/TARGET.found
  probe_types.py merge FOLDER TARGET     lib/targets/data/TARGET.json from that

`build` needs what probe_kernels.py needs, `run` numpy and the package tflite-micro or ai-edge-litert. A combination is said to
run in TFLM when that allocates and invokes the model, and in XNNPACK when LiteRT's default delegate takes the op. What a
kernel computes is not compared. target_rules.json adds what types do not tell.
"""
import collections
import importlib.metadata
import json
import pathlib
import sys

import numpy as np

import probe_kernels as kernels
from probe_kernels import Operand, a, ints, unary, y

PROJECT = pathlib.Path(__file__).resolve().parents[2]
# Beside the forms of probe_kernels: every real tensor has this type.
PLAIN = ("int32", "int64", "bool", "uint8")


def of(kind, *shape):
    return Operand(kind, shape or kernels.MAIN)


NUMBERS = ("float32", "int8", "int16", "int32", "uint8", "bool")
EXTRA = {
    **{f"QUANTIZE:{x}:{r}": ([of(f"typed {x}")], [y(kind=f"typed {r}")], ("QuantizeOptions", {}))
       for x in ("float32", "int8", "int16", "int32", "uint8") for r in ("int8", "int16", "int32", "uint8") if x != r or x == "int8"},
    **{f"DEQUANTIZE:{x}": ([of(f"typed {x}")], [y(kind="typed float32")], ("DequantizeOptions", {}))
       for x in ("int8", "int16", "uint8", "float16")},
    **{f"CAST:{x}:{r}": ([of(f"bare {x}")], [y(kind=f"bare {r}")], ("CastOptions", {}))
       for x in NUMBERS for r in NUMBERS if x != r},
    "LOGICAL_AND": ([of("bool"), of("bool")], [y(kind="bool")], None),
    "LOGICAL_OR": ([of("bool"), of("bool")], [y(kind="bool")], None),
    "LOGICAL_NOT": ([of("bool")], [y(kind="bool")], None),
    "REDUCE_ALL": ([of("bool"), ints(3)], [y(1, 4, 4, kind="bool")], ("ReducerOptions", {})),
    "REDUCE_ANY": ([of("bool"), ints(3)], [y(1, 4, 4, kind="bool")], ("ReducerOptions", {})),
    "L2_POOL_2D": ([a()], [y(1, 2, 2, 8)], ("Pool2DOptions", kernels.POOL)),
    "SHAPE": ([a()], [y(4, kind="int32")], ("ShapeOptions", dict(outType=2))),
    "RANGE": ([ints(0, shape=[]), ints(4, shape=[]), ints(1, shape=[])], [y(4, kind="int32")], None),
    "BROADCAST_ARGS": ([ints(1, 4), ints(2, 1)], [y(2, kind="int32")], None),
}

# What the probe cannot build alone, from the source of the kernels.
BY_SOURCE = {
    "IF": ["bool, any -> any"], "WHILE": ["any -> any"], "CALL_ONCE": [" -> "],
    "VAR_HANDLE": [" -> resource"], "READ_VARIABLE": ["resource -> any"], "ASSIGN_VARIABLE": ["resource, any -> "],
    "UNIDIRECTIONAL_SEQUENCE_LSTM": [
        "float32 -> float32",
        "int8, int8, int8, int8, int8, int8, int8, int8, int8, any, any, any, int32, int32, int32, int32, any, any, int8, "
        "int16, any -> int8",
        "int16, int8, int8, int8, int8, int8, int8, int8, int8, any, any, any, int64, int64, int64, int64, any, any, int16, "
        "int16, any -> int16"],
    "SVDF": ["float32, float32, float32, float32, float32 -> float32", "int8, int8, int16, int32, int16|int8 -> int8"],
}


class Builder(kernels.Builder):
    def __init__(self, schema, form):
        super().__init__(schema, form)
        self.plain = form if form in PLAIN else None

    def tensor(self, shape, dtype, data=None, *rest, **more):
        if self.plain and dtype == "float32":
            dtype = self.plain
            data = None if data is None else np.asarray(data).astype(self.plain)
        return super().tensor(shape, dtype, data, *rest, **more)

    def place(self, kind, shape):
        how, dtype = kind.split()
        quantized = how == "typed" and dtype not in ("float32", "float16")
        return super().tensor(shape, dtype, None, *((self.SCALE, 0) if quantized else ()))

    def operand(self, o):
        if o.kind.split()[0] in ("typed", "bare"):
            index = self.place(o.kind, o.shape)
            self.graph.inputs.append(index)
            return index
        return super().operand(o)

    def result(self, o):
        if o.kind.split()[0] in ("typed", "bare"):
            index = self.place(o.kind, o.shape)
            self.graph.outputs.append(index)
            return index
        return super().result(o)

    def types(self):
        """"int8, int8, int32 -> int8" of the node that was built."""
        names = {value: name.lower() for name, value in vars(self.schema.TensorType).items() if isinstance(value, int)}
        node = self.graph.operators[0]

        def text(indices):
            return ", ".join(names[self.graph.tensors[i].type] if i >= 0 else "any" for i in indices)
        return f"{text(node.inputs)} -> {text(node.outputs)}"


def build(folder):
    from ai_edge_litert import schema_py_generated as schema
    folder.mkdir(parents=True, exist_ok=True)
    index = []
    for name, spec in {**kernels.OPS, **EXTRA}.items():
        op = name.split(":")[0]
        has_weights = any(o.kind in ("weight", "matrix") for o in spec[0])
        typed = ":" in name or not any(o.kind in ("activation", "weight", "constant") for o in [*spec[0], *spec[1]])
        for form in ("real",) if typed else (*kernels.FORMS, *PLAIN):
            if has_weights and form in PLAIN or form == "hybrid" and not has_weights:
                continue
            builder = Builder(schema, form)
            file = f"{name.replace(':', '-')}.{form}.tflite"
            (folder / file).write_bytes(builder.build(op, spec))
            index.append([op, form, builder.types(), file])
    (folder / "index.json").write_text(json.dumps(index))


def in_tflm(path):
    from tflite_micro import runtime
    interpreter = runtime.Interpreter.from_bytes(path.read_bytes(), arena_size=1 << 20)
    i = 0
    while True:
        try:
            details = interpreter.get_input_details(i)
        except (IndexError, ValueError, RuntimeError):
            break
        kind = details["dtype"]
        interpreter.set_input(np.full(details["shape"], 20 if np.issubdtype(kind, np.integer) else 1).astype(kind), i)
        i += 1
    interpreter.invoke()
    return b""


def in_xnnpack(path):
    from ai_edge_litert.interpreter import Interpreter
    interpreter = Interpreter(model_path=str(path), num_threads=1)
    interpreter.allocate_tensors()
    if not any(op["op_name"] == "DELEGATE" for op in interpreter._get_ops_details()):
        raise ValueError("not delegated")
    return b""


# How a model is tried, and the package whose version counts.
RUNTIMES = {"tflm": (in_tflm, "tflite-micro"), "xnnpack": (in_xnnpack, "ai-edge-litert")}
HEADS = {
    "tflm": {
        "title": "LiteRT for Microcontrollers",
        "note": "TFLM's kernels look at no op version. An application links the kernels of the ops that its model has.",
        "integer_only_rewrite": True,
        "sources": {
            "probe": "found by running each op on each combination of types in the package tflite-micro {version} "
                     "(tests/data/probe_types.py)",
            "kernels": "kernel sources in tensorflow/lite/micro/kernels of the repository tensorflow/tflite-micro, August 2026"}},
    "xnnpack": {
        "title": "XNNPACK",
        "note": "What LiteRT's default delegate takes on x86-64; ARM differs in a few ops.",
        "rest": "litert-2.3",
        "fallback": "the others run in LiteRT's own kernels",
        "sources": {
            "probe": "found by asking LiteRT {version} which op on which types its default delegate takes "
                     "(tests/data/probe_types.py)",
            "readme": "README of tflite/delegates/xnnpack in the repository google-ai-edge/LiteRT, August 2026"}}}


def run(folder, target):
    invoke, package = RUNTIMES[target]
    __import__(package.replace("-", "_"))  # once, before the children are made
    if target == "xnnpack":
        import ai_edge_litert.interpreter  # noqa: F401
    found = []
    for op, form, types, file in json.loads((folder / "index.json").read_text()):
        _, error = kernels.in_child(lambda file=file: invoke(folder / file))
        found.append([op, form, types, error])
    version = importlib.metadata.version(package)
    (folder / f"{target}.found").write_text(json.dumps({"version": version, "found": found}, indent=1))


def merge(folder, target):
    answer = json.loads((folder / f"{target}.found").read_text())
    rules = json.loads((pathlib.Path(__file__).with_name("target_rules.json")).read_text())[target]
    by_source = BY_SOURCE if target == "tflm" else {}
    forms = collections.defaultdict(list)
    for op, form, types, error in answer["found"]:
        if error is None and types not in forms[op]:
            forms[op].append(types)
    ops = {}
    for op in sorted({op for op in forms if forms[op]} | set(by_source)):
        entry = {"forms": by_source.get(op, forms[op]), "source": ["kernels"] if op in by_source else ["probe"]}
        extra = rules.get(op, {})
        entry["source"] += extra.pop("source", [])
        ops[op] = {**entry, **extra}
    head = HEADS[target]
    head["sources"]["probe"] = head["sources"]["probe"].format(version=answer["version"])
    rows = ",\n".join(f"  {json.dumps(op)}: {json.dumps(entry)}" for op, entry in ops.items())
    text = json.dumps(head, indent=1)[:-2] + ',\n "ops": {\n' + rows + "\n }\n}\n"
    (PROJECT / f"lib/targets/data/{target}.json").write_text(text)


if __name__ == "__main__":
    {"build": build, "run": run, "merge": merge}[sys.argv[1]](pathlib.Path(sys.argv[2]), *sys.argv[3:])
