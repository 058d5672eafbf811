"""Runs .tflite files with LiteRT's interpreter, from the package ai-edge-litert.

`zeropoint evaluate --engine litert` carries this file inside and runs it as a process of its own: see serve().
"""

from __future__ import annotations

import json
import sys
import time

_DTYPES = {0: "float32", 1: "float16", 2: "int32", 3: "uint8", 4: "int64", 6: "bool", 7: "int16", 9: "int8"}
_CODES = {name: code for code, name in _DTYPES.items()}

MISSING = "the engine 'litert' needs the Python package ai-edge-litert: python3 -m pip install ai-edge-litert"


class Model:
    """One file, run on one thread with the interpreter's default kernels."""

    def __init__(self, content: bytes) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self._interpreter = Interpreter(model_content=content, num_threads=1)
        self._signatures = self._interpreter.get_signature_list()
        self._allocated = False

    def run(self, signature: str, inputs: list) -> tuple:
        """`inputs`: (name or None, array). Returns [(name, array)] and the seconds of the inference alone."""
        if len(self._signatures) > 1:
            return self._run_signature(signature, inputs)
        interpreter = self._interpreter
        if self._signatures:
            runner = interpreter.get_signature_runner(next(iter(self._signatures)))
            wanted = runner.get_input_details()
            results = [(name, detail["index"]) for name, detail in runner.get_output_details().items()]
            del runner  # it refers to the interpreter, which would count that as a reason not to allocate
        else:
            wanted = {detail["name"]: detail for detail in interpreter.get_input_details()}
            results = [(detail["name"], detail["index"]) for detail in interpreter.get_output_details()]
        by_name = {detail["name"]: detail for detail in wanted.values()}
        bound = []
        for position, (name, array) in enumerate(inputs):
            detail = wanted.get(name) or by_name.get(name) or list(wanted.values())[position]
            bound.append((detail["index"], array))
        for index, array in bound:
            detail = next(d for d in interpreter.get_input_details() if d["index"] == index)
            if tuple(detail["shape"]) != array.shape:
                interpreter.resize_tensor_input(index, array.shape)
                self._allocated = False
        if not self._allocated:
            interpreter.allocate_tensors()
            self._allocated = True
        for index, array in bound:
            interpreter.set_tensor(index, array)
        began = time.perf_counter()
        interpreter.invoke()
        seconds = time.perf_counter() - began
        return [(name, interpreter.get_tensor(index)) for name, index in results], seconds

    def _run_signature(self, signature: str, inputs: list) -> tuple:
        runner = self._interpreter.get_signature_runner(signature or next(iter(self._signatures)))
        names = list(runner.get_input_details())
        named = {name or names[position]: array for position, (name, array) in enumerate(inputs)}
        began = time.perf_counter()
        results = runner(**named)
        return list(results.items()), time.perf_counter() - began


class Engine:
    """Keeps the interpreters of the models that it has seen; what the extension calls for each sample."""

    def __init__(self) -> None:
        import ai_edge_litert
        import numpy

        self._numpy = numpy
        self._models: dict[int, Model] = {}
        version = getattr(ai_edge_litert, "__version__", "")
        self.name = f"LiteRT {version}".strip() + " on this machine"

    def model(self, number: int, content) -> Model:
        if number not in self._models:
            self._models[number] = Model(bytes(content))
        return self._models[number]

    def array(self, code: int, shape: list, memory):
        return self._numpy.frombuffer(memory, dtype=_DTYPES[code]).reshape(shape)

    def __call__(self, number: int, content, signature: str, tensors: list) -> tuple:
        inputs = [(name, self.array(code, shape, memory)) for name, code, shape, memory in tensors]
        results, seconds = self.model(number, content).run(signature, inputs)
        listed = []
        for name, array in results:
            array = self._numpy.ascontiguousarray(array).reshape(array.shape)
            listed.append((name, _CODES[array.dtype.name], memoryview(array)))
        return listed, seconds


def _read(stream, count: int) -> bytes:
    data = stream.read(count)
    if len(data) != count:
        raise EOFError
    return data


def serve(requests, answers) -> None:
    """Answers requests: a line of JSON, then the bytes that it tells of, in both directions.

    First answer: {"engine": name}, or {"error": text}. Request: {"model": number, "content": bytes (0: known), "signature": key,
    "tensors": [{"name", "type", "shape", "bytes"}]}. Answer: {"seconds", "tensors": the same}, or {"error": text}.
    """

    def answer(header: dict, parts=()) -> None:
        answers.write(json.dumps(header).encode() + b"\n")
        for part in parts:
            answers.write(part)
        answers.flush()

    try:
        engine = Engine()
        from ai_edge_litert.interpreter import Interpreter  # noqa: F401  that it can be loaded
    except ImportError:
        answer({"error": MISSING})
        return
    answer({"engine": engine.name})
    while line := requests.readline():
        request = json.loads(line)
        content = _read(requests, request["content"])
        tensors = []
        for tensor in request["tensors"]:
            memory = _read(requests, tensor["bytes"])
            tensors.append((tensor["name"] or None, tensor["type"], tensor["shape"], memory))
        try:
            results, seconds = engine(request["model"], content, request["signature"], tensors)
        except Exception as error:  # whatever the interpreter raises is the answer
            answer({"error": f"LiteRT: {error}"})
            continue
        told = [{"name": name, "type": code, "shape": list(view.shape), "bytes": view.nbytes} for name, code, view in results]
        answer({"seconds": seconds, "tensors": told}, [view.tobytes() for _, _, view in results])


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
