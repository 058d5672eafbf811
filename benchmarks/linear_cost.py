#!/usr/bin/env python3
"""How conversion's time grows: ten times more nodes, samples or elements against one time.

    linear_cost.py [--rounds N] [--output build/bench/linear_cost.jsonl]

Models are made here with LiteRT's own schema classes: a chain of small operators (nodes), the same chain, shorter, calibrated on more
samples (samples), dense layers of larger weights (elements). A round runs the small and the large case in turn; whole processes,
processor time. The least that a process takes (an empty chain) is taken off both, as a constant is no growth. A ratio of 10 is
linear. One JSON line a measurement, the last ones are the ratios of the medians. Needs ai-edge-litert and numpy.
"""
import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
NAME = 'linear_cost'
TIMES = 10
NODES, SAMPLES, WIDTH = 2000, 100, 1024  # of the small cases


class Model:
    """One graph, under construction."""

    def __init__(self, width):
        self.model = schema.ModelT()
        self.model.version = 3
        self.model.buffers, self.model.operatorCodes, self.codes = [schema.BufferT()], [], {}
        self.graph = schema.SubGraphT()
        self.graph.name, self.graph.tensors, self.graph.operators = b'main', [], []
        self.model.subgraphs = [self.graph]
        self.last = self.tensor('x', [1, width])
        self.graph.inputs = [self.last]

    def tensor(self, name, shape, data=None):
        tensor = schema.TensorT()
        tensor.name, tensor.shape, tensor.buffer = name.encode(), list(shape), 0
        tensor.type = schema.TensorType.INT32 if data is not None and data.dtype == np.int32 else schema.TensorType.FLOAT32
        if data is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(data.tobytes(), np.uint8)
            self.model.buffers.append(buffer)
            tensor.buffer = len(self.model.buffers) - 1
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def add(self, code, constants, width, options=None, kind=0):
        """An operator on the last result and constants."""
        if code not in self.codes:
            row = schema.OperatorCodeT()
            row.builtinCode, row.deprecatedBuiltinCode, row.version = code, min(code, 127), 1
            self.model.operatorCodes.append(row)
            self.codes[code] = len(self.model.operatorCodes) - 1
        number = len(self.graph.operators)
        inputs = [self.tensor('c%d_%d' % (number, k), data.shape, data) for k, data in enumerate(constants)]
        result = self.tensor('t%d' % number, [1, width])
        operator = schema.OperatorT()
        operator.opcodeIndex, operator.inputs, operator.outputs = self.codes[code], [self.last, *inputs], [result]
        operator.builtinOptionsType, operator.builtinOptions = kind, options
        self.graph.operators.append(operator)
        self.last = result

    def dense(self, random, width):
        weights = random.normal(0, 1 / math.sqrt(width), (width, width)).astype(np.float32)
        self.add(schema.BuiltinOperator.FULLY_CONNECTED, [weights, np.zeros(width, np.float32)], width,
                 schema.FullyConnectedOptionsT(), schema.BuiltinOptions.FullyConnectedOptions)

    def write(self, path):
        self.graph.outputs = [self.last]
        builder = flatbuffers.Builder(1 << 20)
        builder.Finish(self.model.Pack(builder), b'TFL3')
        with open(path, 'wb') as file:
            file.write(builder.Output())


def chain(path, nodes, width=4):
    """Dense layer, sigmoid, addition, reshape, and again; of `width` numbers."""
    random, model, code = np.random.default_rng(1), Model(width), schema.BuiltinOperator
    for k in range(nodes):
        if k % 4 == 0:
            model.dense(random, width)
        elif k % 4 == 1:
            model.add(code.LOGISTIC, [], width)
        elif k % 4 == 2:
            model.add(code.ADD, [random.random(width).astype(np.float32)], width, schema.AddOptionsT(), schema.BuiltinOptions.AddOptions)
        else:
            options = schema.ReshapeOptionsT()
            options.newShape = [1, width]
            model.add(code.RESHAPE, [np.array([1, width], np.int32)], width, options, schema.BuiltinOptions.ReshapeOptions)
    model.write(path)


def layers(path, width, count=4):
    random, model = np.random.default_rng(2), Model(width)
    for _ in range(count):
        model.dense(random, width)
    model.write(path)


def samples(path, count, width):
    np.savez(path, x=np.random.default_rng(3).uniform(-1, 1, (count, 1, width)).astype(np.float32))


def make(folder):
    """[(case, mode, small model, its samples, large model, its samples)] and the model that does nothing."""
    def at(name):
        return os.path.join(folder, name)

    wide = round(WIDTH * math.sqrt(TIMES))  # weights are quadratic in it
    chain(at('chain.tflite'), NODES)
    chain(at('chain_large.tflite'), NODES * TIMES)
    chain(at('chain_short.tflite'), NODES // TIMES, width=64)
    layers(at('layers.tflite'), WIDTH)
    layers(at('layers_large.tflite'), wide)
    chain(at('nothing.tflite'), 1)
    for name, count, width in [('few4', 4, 4), ('few', SAMPLES, 64), ('many', SAMPLES * TIMES, 64), ('layers', 4, WIDTH),
                               ('layers_large', 4, wide)]:
        samples(at(name + '.npz'), count, width)
    cases = [('nodes', mode, at('chain.tflite'), at('few4.npz'), at('chain_large.tflite'), at('few4.npz')) for mode in ('float', 'dynamic', 'int8', 'int16x8')]
    cases += [('elements', mode, at('layers.tflite'), at('layers.npz'), at('layers_large.tflite'), at('layers_large.npz'))
              for mode in ('dynamic', 'float16', 'int8')]
    cases += [('samples', 'int8', at('chain_short.tflite'), at('few.npz'), at('chain_short.tflite'), at('many.npz'))]
    return cases, at('nothing.tflite')


def measure(options, model, mode, data):
    """Processor seconds of one conversion."""
    calibrated = ['--data', data] if mode in ('int8', 'int16x8') else []
    command = [options.zeropoint, 'convert', model, '-o', model + '.out', '--mode', mode, '--quiet', '--threads', '1', *calibrated]
    done = subprocess.run([sys.executable, '-I', '-S', os.path.join(HERE, 'measure.py'), os.devnull, *command], capture_output=True,
                          text=True, check=True)
    row = json.loads(done.stdout)
    if row['status'] != 0:
        sys.exit('%s failed' % ' '.join(command))
    return row['cpu_seconds']


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--zeropoint', default=os.path.join(ROOT, 'build/release/bin/zeropoint'))
    parser.add_argument('--output', default=os.path.join(ROOT, 'build/bench/%s.jsonl' % NAME))
    options = parser.parse_args()
    options.zeropoint = os.path.abspath(options.zeropoint)
    os.makedirs(os.path.dirname(os.path.abspath(options.output)), exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, open(options.output, 'w', encoding='utf-8') as results:
        def write(case, mode, metric, value, unit, turn=None):
            results.write(json.dumps({'benchmark': NAME, 'model': case, 'mode': mode, 'peer': 'zeropoint', 'metric': metric, 'value': value,
                                      'unit': unit, 'round': turn}) + '\n')

        cases, nothing = make(folder)
        for case, mode, *pair in cases:
            found = {'nothing': [], 'one': [], 'ten': []}
            for turn in range(options.rounds):
                for size, model, data in [('nothing', nothing, os.path.join(folder, 'few4.npz')), ('one', *pair[:2]), ('ten', *pair[2:])]:
                    seconds = measure(options, model, mode, data)
                    found[size].append(seconds)
                    write(case, mode, size + '_seconds', seconds, 's', turn)
            least, one, ten = (statistics.median(found[size]) for size in ('nothing', 'one', 'ten'))
            growth = (ten - least) / (one - least)
            write(case, mode, 'growth', growth, 'ratio')
            print('%-9s %-8s %7.3f s, ten times as many %7.3f s: growth %.1f' % (case, mode, one, ten, growth), flush=True)


if __name__ == '__main__':
    main()
