#!/usr/bin/env python3
"""Writes reference files that ../shared/zoo lacks, with TensorFlow's own quantizers; run_zoo.py --references compares with them.

    make_references.py [--output FOLDER] [MODEL ...]

TensorFlow's quantizer fails on a .tflite whose weights are float16 behind DEQUANTIZE. Here it gets the same model with those weights
widened to float32, which changes no value: <output>/<model>/<mode>.tflite, named as in ../shared/zoo/reference. Needs ../shared (or
ZEROPOINT_SHARED) and tensorflow 2.21; each file is made in a process of its own, so that a crash costs one file.
"""
import argparse
import os
import sys

import conformance

MODES = ('int8', 'int8_only', 'int16x8', 'int16x8_fallback')


def widen_float16(raw):
    """The same .tflite with float32 constants instead of float16 ones behind DEQUANTIZE."""
    import flatbuffers
    import numpy as np
    from ai_edge_litert import schema_py_generated as schema
    model = schema.ModelT.InitFromPackedBuf(raw, 0)
    codes = [max(c.builtinCode, c.deprecatedBuiltinCode) for c in model.operatorCodes]
    for graph in model.subgraphs:
        kept = []
        for op in graph.operators:
            half = graph.tensors[op.inputs[0]]
            if codes[op.opcodeIndex] != schema.BuiltinOperator.DEQUANTIZE or half.type != schema.TensorType.FLOAT16:
                kept.append(op)
                continue
            wide = schema.BufferT()
            wide.data = np.frombuffer(np.asarray(model.buffers[half.buffer].data, np.uint8).tobytes(), np.float16).astype(np.float32).view(np.uint8)
            model.buffers.append(wide)
            graph.tensors[op.outputs[0]].buffer = len(model.buffers) - 1
        graph.operators = kept
    drop_unused_codes(model)
    builder = flatbuffers.Builder(len(raw) * 2)
    builder.Finish(model.Pack(builder), b'TFL3')
    return bytes(builder.Output())


def drop_unused_codes(model):
    """TensorFlow's calibrator registers the op codes that operators use, and no file may list others."""
    used = sorted({op.opcodeIndex for graph in model.subgraphs for op in graph.operators})
    model.operatorCodes = [model.operatorCodes[k] for k in used]
    for graph in model.subgraphs:
        for op in graph.operators:
            op.opcodeIndex = used.index(op.opcodeIndex)


def quantize(zoo, entry, mode):
    """What TensorFlow makes of the widened model, calibrated as the references in ../shared are."""
    os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
    import tensorflow as tf
    from tensorflow.lite.python import convert
    from tensorflow.lite.python.optimize import calibrator
    with open(zoo.path(entry), 'rb') as file:
        raw = calibrator.add_intermediate_tensors(widen_float16(file.read()))
    names = [name for name, _, _ in zoo.input_specs(entry)]
    samples = zoo.calibration(entry)

    def feed():
        return iter([[sample[name] for name in names] for sample in samples])

    quantizer = calibrator.Calibrator(raw)
    if mode.startswith('int8'):
        kind = tf.int8 if mode == 'int8_only' else tf.float32
        return convert.mlir_quantize(quantizer.calibrate(feed), False, input_data_type=kind, output_data_type=kind)
    return quantizer.calibrate_and_quantize(feed, tf.float32, tf.float32, mode.endswith('fallback'), tf.int16, tf.int64)


def write(zoo, entry, mode, path):
    data = bytes(quantize(zoo, entry, mode))
    with open(path, 'wb') as file:
        file.write(data)
    return len(data)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--output', default=os.path.join(conformance.ROOT, 'build/references'))
    parser.add_argument('model', nargs='*')
    options = parser.parse_args()
    zoo, _ = conformance.load_oracle()
    for entry in zoo.entries():
        if not entry.get('has_f16_weights') or options.model and entry['name'] not in options.model:
            continue
        folder = os.path.join(options.output, entry['name'])
        os.makedirs(folder, exist_ok=True)
        for mode in MODES:
            done, answer = conformance.isolated(write, zoo, entry, mode, os.path.join(folder, mode + '.tflite'))
            print(entry['name'], mode, '%d bytes' % answer if done else answer, flush=True)


if __name__ == '__main__':
    sys.exit(main())
