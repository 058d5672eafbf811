#!/usr/bin/env python3
"""A model of more than two gigabytes: conversion in a small part of its weights' memory, and LiteRT's word on the result.

    large_model.py [--gigabytes N] [--source tflite|saved_model ...] [--mode dynamic|float|float16 ...] [--output build/bench/large_model.jsonl]

Generates a chain of dense layers of 256 MB each, one layer in memory at a time: as a `.tflite` whose weights lie behind the
flatbuffer (with LiteRT's own schema classes), or as a SavedModel (needs tensorflow; its checkpoint is written in shards that
are merged). Each is converted, the process's own memory being watched; then the result is loaded and run in LiteRT, and compared
with numpy's product of the weights as they were generated. One JSON line a measurement. Takes some three times the model's size
of disk in --folder, where everything is removed at the end.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile

import numpy as np

import own_memory

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
UNITS = 8192
LAYER_BYTES = UNITS * UNITS * 4
ALIGNMENT = 16  # of constants in a .tflite


def weights(layer):
    """float32 [outputs, inputs], of variance 2 / inputs: the activations of a chain with RELU keep their size."""
    random = np.random.default_rng(layer)
    return (random.random((UNITS, UNITS), dtype=np.float32) - np.float32(0.5)) * np.float32(np.sqrt(24 / UNITS))


def sample():
    return np.random.default_rng(12345).random((1, UNITS), dtype=np.float32)


def reference(layers):
    """What the chain delivers, by numpy."""
    x = sample()
    for layer in range(layers):
        x = np.maximum(x @ weights(layer).T, 0)
    return x


def write_tflite(path, layers):
    """By the classes that LiteRT generates of its schema; offsets are patched by serializing twice."""
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    def tensor(name, shape, buffer=0):
        t = schema.TensorT()
        t.name, t.shape, t.buffer, t.type = name, shape, buffer, schema.TensorType.FLOAT32
        return t

    graph = schema.SubGraphT()
    graph.name, graph.inputs, graph.outputs, graph.operators = 'main', [0], [2 * layers], []
    graph.tensors = [tensor('x', [1, UNITS])]
    for layer in range(layers):
        graph.tensors += [tensor(f'w{layer}', [UNITS, UNITS], layer + 1), tensor(f'y{layer}', [1, UNITS])]
        op = schema.OperatorT()
        op.opcodeIndex, op.inputs, op.outputs = 0, [2 * layer, 2 * layer + 1, -1], [2 * layer + 2]
        op.builtinOptionsType = schema.BuiltinOptions.FullyConnectedOptions
        op.builtinOptions = schema.FullyConnectedOptionsT()
        op.builtinOptions.fusedActivationFunction = schema.ActivationFunctionType.RELU
        graph.operators.append(op)
    code = schema.OperatorCodeT()
    code.deprecatedBuiltinCode = code.builtinCode = schema.BuiltinOperator.FULLY_CONNECTED
    code.version = 1
    model = schema.ModelT()
    model.version, model.subgraphs, model.operatorCodes = 3, [graph], [code]

    def serialize(first):
        model.buffers = [schema.BufferT()]
        for layer in range(layers):
            buffer = schema.BufferT()
            buffer.offset, buffer.size = first + layer * LAYER_BYTES, LAYER_BYTES
            model.buffers.append(buffer)
        builder = flatbuffers.Builder(1 << 16)
        builder.Finish(model.Pack(builder), b'TFL3')
        return bytes(builder.Output())

    size = len(serialize(2))
    first = -(-size // ALIGNMENT) * ALIGNMENT
    with open(path, 'wb') as file:
        file.write(serialize(first).ljust(first, b'\0'))
        for layer in range(layers):
            weights(layer).tofile(file)


def write_saved_model(path, layers):
    """As TensorFlow would, but never with more than one layer's values in memory."""
    os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
    import tensorflow as tf
    from tensorflow.core.protobuf import saved_model_pb2
    v1 = tf.compat.v1
    names = [f'w{layer}' for layer in range(layers)]
    with tf.Graph().as_default():
        x = v1.placeholder(tf.float32, [1, UNITS], 'x')
        y = x
        for name in names:
            y = tf.nn.relu(tf.matmul(y, v1.get_variable(name, [UNITS, UNITS], use_resource=True,
                                                        initializer=v1.zeros_initializer())))
        y = tf.identity(y, 'y')
        saver = v1.train.Saver()
        meta = v1.train.export_meta_graph(saver_def=saver.as_saver_def(), clear_devices=True)
        signature = v1.saved_model.predict_signature_def({'x': x}, {'y': y})
    meta.signature_def['serving_default'].CopyFrom(signature)
    meta.meta_info_def.tags.append('serve')
    model = saved_model_pb2.SavedModel(saved_model_schema_version=1, meta_graphs=[meta])
    os.makedirs(os.path.join(path, 'variables'))
    with open(os.path.join(path, 'saved_model.pb'), 'wb') as file:
        file.write(model.SerializeToString())
    shards = []
    for layer, name in enumerate(names):
        shards.append(os.path.join(path, f'shard{layer}'))
        tf.raw_ops.SaveV2(prefix=shards[-1], tensor_names=[name], shape_and_slices=[''], tensors=[weights(layer).T.copy()])
    tf.raw_ops.MergeV2Checkpoints(checkpoint_prefixes=shards, destination_prefix=os.path.join(path, 'variables', 'variables'))


def run_in_litert(path):
    from ai_edge_litert.interpreter import Interpreter
    interpreter = Interpreter(model_path=path, num_threads=os.cpu_count())
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]['index'], sample())
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]['index'])


def in_child(*arguments):
    """A step of its own process, so that its memory is given back before the next begins."""
    done = subprocess.run([sys.executable, os.path.abspath(__file__), *arguments], check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f'{arguments[0]} failed ({done.returncode}): {done.stderr[-2000:]}')
    return done.stdout


def signal_to_noise(exact, got):
    noise = float(np.sum((exact.astype(np.float64) - got) ** 2))
    return float('inf') if noise == 0 else 10 * np.log10(float(np.sum(exact.astype(np.float64) ** 2)) / noise)


def size_of(path):
    if os.path.isfile(path):
        return os.path.getsize(path)
    return sum(os.path.getsize(os.path.join(folder, name)) for folder, _, names in os.walk(path) for name in names)


def measure(options, folder, results):
    layers = max(1, round(options.gigabytes * 2**30 / LAYER_BYTES))
    exact = reference(layers)
    failed = False
    for source in options.source:
        path = os.path.join(folder, 'source.tflite' if source == 'tflite' else 'source')
        in_child('--generate', source, path, str(layers))
        for mode in options.mode:
            result = os.path.join(folder, 'result.tflite')
            log = os.path.join(folder, 'log')
            environment = {**os.environ, 'TMPDIR': folder}
            row = own_memory.run([options.zeropoint, 'convert', path, '-o', result, '--mode', mode], log, environment)
            if row['status'] != 0:
                with open(log, encoding='utf-8', errors='replace') as file:
                    print(f'{source} {mode}: FAILED: {file.read()[-2000:]}', flush=True)
                failed = True
                continue
            in_child('--run', result, os.path.join(folder, 'result.npy'))
            snr = signal_to_noise(exact, np.load(os.path.join(folder, 'result.npy')))
            figures = [('source_size', size_of(path) / 2**20, 'MB'), ('result_size', size_of(result) / 2**20, 'MB'),
                       ('time', row['seconds'], 's'), ('own_memory', row['own_mb'], 'MB'), ('litert_snr', snr, 'dB')]
            for metric, value, unit in figures:
                results.write(json.dumps({'benchmark': 'large_model', 'model': f'dense_chain_{options.gigabytes:g}gb_{source}',
                                          'mode': mode, 'peer': 'zeropoint', 'metric': metric, 'value': round(value, 3),
                                          'unit': unit, 'round': 1}) + '\n')
            results.flush()
            print(source, mode, ', '.join(f'{metric} {value:.1f} {unit}' for metric, value, unit in figures), flush=True)
            os.remove(result)
        if os.path.isdir(path):
            shutil.rmtree(path)
        else:
            os.remove(path)
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--gigabytes', type=float, default=4)
    parser.add_argument('--source', nargs='+', choices=['tflite', 'saved_model'], default=['tflite', 'saved_model'])
    parser.add_argument('--mode', nargs='+', default=['dynamic', 'float16', 'float'])
    parser.add_argument('--folder', help='where the models are made; default: a new one beside --output')
    parser.add_argument('--zeropoint', default=os.path.join(ROOT, 'build/release/bin/zeropoint'))
    parser.add_argument('--output', default=os.path.join(ROOT, 'build/bench/large_model.jsonl'))
    parser.add_argument('--generate', nargs=3, metavar=('SOURCE', 'PATH', 'LAYERS'), help='only make a model')
    parser.add_argument('--run', nargs=2, metavar=('MODEL', 'NPY'), help='only run a model in LiteRT')
    options = parser.parse_args()
    if options.generate:
        source, path, layers = options.generate
        {'tflite': write_tflite, 'saved_model': write_saved_model}[source](path, int(layers))
        return
    if options.run:
        np.save(options.run[1], run_in_litert(options.run[0]))
        return
    os.makedirs(os.path.dirname(os.path.abspath(options.output)), exist_ok=True)
    options.zeropoint = os.path.abspath(options.zeropoint)
    with tempfile.TemporaryDirectory(dir=options.folder or os.path.dirname(os.path.abspath(options.output))) as folder:
        with open(options.output, 'w', encoding='utf-8') as results:
            if measure(options, folder, results):
                sys.exit(1)


if __name__ == '__main__':
    main()
