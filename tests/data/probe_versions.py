#!/usr/bin/env python3
"""Which op versions LiteRT's built-in kernels are registered for, release by release, as lib/targets/data/litert.json.

  probe_versions.py run FOLDER RELEASE    with the ai-edge-litert of that release; writes FOLDER/RELEASE.json
  probe_versions.py merge FOLDER          lib/targets/data/litert.json from those

Each op code and version is asked for alone, in a file that lists it and has no operators: the interpreter looks every listed
code up before it looks at operators. `run` needs numpy, flatbuffers and ai-edge-litert; the codes' numbers are taken from
lib/schema/schema.fbs.
"""
import json
import pathlib
import re
import sys

PROJECT = pathlib.Path(__file__).resolve().parents[2]
CUSTOM = ("CUSTOM", "DELEGATE", "PLACEHOLDER_FOR_GREATER_OP_CODES")
MOST_VERSIONS = 20


def op_codes():
    text = re.sub(r"//[^\n]*", "", (PROJECT / "lib/schema/schema.fbs").read_text())
    body = re.search(r"enum\s+BuiltinOperator\b[^{]*\{([^}]*)\}", text).group(1)
    codes, number = {}, -1
    for entry in filter(None, (part.strip() for part in body.split(","))):
        name, _, value = entry.partition("=")
        number = int(value) if value.strip() else number + 1
        codes[name.strip()] = number
    return {name: code for name, code in codes.items() if name not in CUSTOM}


def model(code, version):
    """A .tflite with one operator code, one empty buffer and one empty subgraph."""
    import flatbuffers
    b = flatbuffers.Builder(256)

    def vector(offsets):
        b.StartVector(4, len(offsets), 4)
        for offset in reversed(offsets):
            b.PrependUOffsetTRelative(offset)
        return b.EndVector()

    def ints():
        b.StartVector(4, 0, 4)
        return b.EndVector()

    b.StartObject(4)  # OperatorCode: deprecated_builtin_code, custom_code, version, builtin_code
    b.PrependInt32Slot(3, code, 0)
    b.PrependInt32Slot(2, version, 1)
    b.PrependInt8Slot(0, min(code, 127), 0)
    operator_code = b.EndObject()
    b.StartObject(3)  # Buffer
    buffer = b.EndObject()
    tensors, inputs, outputs, operators = vector([]), ints(), ints(), vector([])
    b.StartObject(5)  # SubGraph: tensors, inputs, outputs, operators, name
    for slot, offset in enumerate((tensors, inputs, outputs, operators)):
        b.PrependUOffsetTRelativeSlot(slot, offset, 0)
    subgraph = b.EndObject()
    codes, subgraphs, buffers = vector([operator_code]), vector([subgraph]), vector([buffer])
    b.StartObject(8)  # Model: version, operator_codes, subgraphs, description, buffers
    b.PrependUOffsetTRelativeSlot(4, buffers, 0)
    b.PrependUOffsetTRelativeSlot(2, subgraphs, 0)
    b.PrependUOffsetTRelativeSlot(1, codes, 0)
    b.PrependUint32Slot(0, 3, 0)
    b.Finish(b.EndObject(), b"TFL3")
    return bytes(b.Output())


def registered(code, version):
    from ai_edge_litert.interpreter import Interpreter
    try:
        Interpreter(model_content=model(code, version))
        return True
    except (ValueError, RuntimeError) as error:
        if "Didn't find op" in str(error) or "builtin_code out of range" in str(error):
            return False
        raise


def run(folder, release):
    newest = {}
    for name, code in op_codes().items():
        versions = [v for v in range(1, MOST_VERSIONS + 1) if registered(code, v)]
        if versions:
            assert versions == list(range(versions[0], versions[-1] + 1)), (name, versions)
            newest[name] = versions[-1]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{release}.json").write_text(json.dumps(newest, indent=1))


def merge(folder):
    runs = {path.stem: json.loads(path.read_text()) for path in folder.glob("*.json")}
    releases = sorted(runs, key=lambda r: tuple(map(int, r.split("."))))
    lines = []
    for op in sorted({op for one in runs.values() for op in one}):
        since, last = {}, 0
        for release in releases:
            version = runs[release].get(op, 0)
            assert version >= last, (op, release)
            if version > last:
                since[release] = version
            last = version
        lines.append(f'  {json.dumps(op)}: {json.dumps(since)}')
    head = {"title": "LiteRT",
            "note": "Since which release which op version has a kernel. Which types a kernel takes stands in the op "
                    "records (docs/op_coverage.md).",
            "sources": {"probe": "found by asking the interpreter of the packages ai-edge-litert "
                                 f"{releases[0]} to {releases[-1]} for every op code and version "
                                 "(tests/data/probe_versions.py)"}}
    text = json.dumps(head, indent=1)[:-2] + ',\n "versions": {\n' + ",\n".join(lines) + "\n }\n}\n"
    (PROJECT / "lib/targets/data/litert.json").write_text(text)


if __name__ == "__main__":
    where = pathlib.Path(sys.argv[2])
    if sys.argv[1] == "run":
        run(where, sys.argv[3])
    else:
        merge(where)
