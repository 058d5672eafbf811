#!/usr/bin/env python3
"""TensorFlow's converter with the arguments of `zeropoint convert`: the peer of conversion_time.py.

    tensorflow_convert.py MODEL -o OUT --mode MODE [--data samples.npz]

A float .tflite goes through the calibrator and the quantizers inside TensorFlow, which have no public entrance for it; the
modes float, dynamic and float16 do not exist there. Prints how long the samples of a SavedModel took, as `zeropoint convert
--verbose` does.
"""
import argparse
import os
import sys
import time

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')

import numpy as np
import tensorflow as tf


def samples(path):
    """One dictionary a sample; the command reads the same file."""
    arrays = dict(np.load(path)) if path else {}
    count = len(next(iter(arrays.values()))) if arrays else 0
    return [{name: array[k] for name, array in arrays.items()} for k in range(count)]


def timed(data):
    """The samples one by one; at their end, prints the time since the first was asked for."""
    start = time.perf_counter()
    yield from data
    print('  calibrate  %.3f s' % (time.perf_counter() - start))


def convert_saved_model(path, mode, data):
    lite = tf.lite
    converter = lite.TFLiteConverter.from_saved_model(path, signature_keys=['serving_default'])
    if mode != 'float':
        converter.optimizations = [lite.Optimize.DEFAULT]
    if data:
        converter.representative_dataset = lambda: timed(data)
    if mode == 'int8-only':
        converter.target_spec.supported_ops = [lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
    if mode == 'float16':
        converter.target_spec.supported_types = [tf.float16]
    if mode.startswith('int16x8'):
        converter.target_spec.supported_ops = [lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8]
        if mode == 'int16x8-fallback':
            converter.target_spec.supported_ops.append(lite.OpsSet.TFLITE_BUILTINS)
    return converter.convert()


def convert_tflite(path, mode, data):
    from tensorflow.lite.python import convert
    from tensorflow.lite.python.optimize import calibrator
    with open(path, 'rb') as file:
        content = calibrator.add_intermediate_tensors(file.read())
    quantizer = calibrator.Calibrator(content)

    def feed():
        return iter([list(sample.values()) for sample in data])

    if mode.startswith('int16x8'):
        return quantizer.calibrate_and_quantize(feed, tf.float32, tf.float32, mode == 'int16x8-fallback', tf.int16, tf.int64)
    if mode not in ('int8', 'int8-only'):
        sys.exit('TensorFlow does not convert a .tflite to ' + mode)
    io = tf.int8 if mode == 'int8-only' else tf.float32
    return convert.mlir_quantize(quantizer.calibrate(feed), False, input_data_type=io, output_data_type=io)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('model')
    parser.add_argument('-o', '--output', required=True)
    parser.add_argument('--mode', required=True)
    parser.add_argument('--data')
    options = parser.parse_args()
    convert = convert_saved_model if os.path.isdir(options.model) else convert_tflite
    content = convert(options.model, options.mode, samples(options.data))
    with open(options.output, 'wb') as file:
        file.write(content)


if __name__ == '__main__':
    main()
