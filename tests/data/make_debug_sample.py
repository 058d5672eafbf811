#!/usr/bin/env python3
"""Records debug_sample.json: what `zeropoint debug` says of a small model with an outlier channel, for the tests of the report's page.

    make_debug_sample.py [ZEROPOINT]     (the command; default: the release build's. Needs ai-edge-litert.)

The model is debugger/images with one channel of the first convolution a hundred times larger and what weighs it a hundred times smaller.
"""
import os
import subprocess
import sys
import tempfile

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

HERE = os.path.dirname(os.path.abspath(__file__))
CHANNEL, FACTOR = 2, np.float32(100)


def plant(path):
    with open(path, 'rb') as file:
        model = schema.ModelT.InitFromPackedBuf(file.read(), 0)
    graph = model.subgraphs[0]

    def first(code):
        return next(op for op in graph.operators if model.operatorCodes[op.opcodeIndex].builtinCode == code)

    def scale(tensor, at, factor):
        one = graph.tensors[tensor]
        values = np.frombuffer(bytes(model.buffers[one.buffer].data), np.float32).reshape(one.shape).copy()
        values[at] *= factor
        model.buffers[one.buffer].data = np.frombuffer(values.tobytes(), np.uint8)

    codes = schema.BuiltinOperator
    convolution = first(codes.CONV_2D)
    scale(convolution.inputs[1], CHANNEL, FACTOR)
    scale(convolution.inputs[2], CHANNEL, FACTOR)
    for code in (codes.DEPTHWISE_CONV_2D, codes.FULLY_CONNECTED):
        scale(first(code).inputs[1], (..., CHANNEL), 1 / FACTOR)
    builder = flatbuffers.Builder(0)
    builder.Finish(model.Pack(builder), file_identifier=b'TFL3')
    with open(path, 'wb') as file:
        file.write(builder.Output())


def main():
    command = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, '../../build/release/bin/zeropoint'))
    with np.load(os.path.join(HERE, 'debugger', 'samples.npz')) as arrays:
        samples = arrays['images/x'][:, 0]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'images.tflite')
        subprocess.run([command, 'convert', os.path.join(HERE, 'debugger', 'images'), '-o', path, '--mode', 'float', '-q'], check=True)
        plant(path)
        np.save(os.path.join(folder, 'x.npy'), samples)
        subprocess.run([command, 'debug', 'images.tflite', '--mode', 'int8', '--data', 'x.npy', '--json', 'debug.json', '-q'], check=True,
                       cwd=folder, stdout=subprocess.DEVNULL)
        with open(os.path.join(folder, 'debug.json')) as file:
            text = file.read()
    with open(os.path.join(HERE, 'debug_sample.json'), 'w') as file:
        file.write(text.rstrip() + '\n')


if __name__ == '__main__':
    main()
