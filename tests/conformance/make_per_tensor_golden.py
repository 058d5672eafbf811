#!/usr/bin/env python3
"""Records in per_tensor_golden.json what TensorFlow's converter stores when weights per channel are switched off.

    make_per_tensor_golden.py

For kws_dscnn of ../shared/zoo, with one scale for all weights and with one scale for those of dense layers only: of each constant
operand its op, its place, how many scales it has, the first of them and the SHA-1 of its bytes. per_tensor_test.py holds our
files against it. Needs ../shared (or ZEROPOINT_SHARED) and tensorflow 2.21.
"""
import hashlib
import json
import os
import sys

import conformance

MODEL = 'kws_dscnn'
GOLDEN = os.path.join(conformance.HERE, 'per_tensor_golden.json')
# Option of the command -> attribute of TensorFlow's converter.
VARIANTS = {'--per-tensor': '_experimental_disable_per_channel',
            '--per-tensor-dense': '_experimental_disable_per_channel_quantization_for_dense_layers'}
MODES = ('dynamic', 'int8', 'int16x8')


def constants(oracle, path):
    """The quantized constant operands of a file, sorted."""
    model = oracle.Model(path)
    rows = []
    for op in model.g.operators:
        for place, index in enumerate(op.inputs):
            data = model.const(index) if index >= 0 else None
            quantization = None if data is None else conformance.quantization(model.g.tensors[index])
            if quantization is None:
                continue
            scales = quantization[0]
            rows.append([model.op_name(op), place, model.kind(index), len(scales), float(scales[0]),
                         hashlib.sha1(data.tobytes()).hexdigest()])
    return sorted(rows, key=lambda row: (row[0], row[1], row[4]))


def convert(zoo, mode, attribute, path):
    os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
    import tensorflow as tf
    entry = next(e for e in zoo.entries() if e['name'] == MODEL)
    converter = tf.lite.TFLiteConverter.from_saved_model(zoo.path(entry), signature_keys=['serving_default'])
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    setattr(converter, attribute, True)
    if mode != 'dynamic':
        samples = zoo.calibration(entry)
        converter.representative_dataset = lambda: iter(samples)
    if mode == 'int16x8':
        converter.target_spec.supported_ops = [tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8]
    with open(path, 'wb') as file:
        file.write(converter.convert())


def main():
    zoo, oracle = conformance.load_oracle()
    folder = os.path.join(conformance.ROOT, 'build/conformance')
    os.makedirs(folder, exist_ok=True)
    golden = {}
    for option, attribute in VARIANTS.items():
        for mode in MODES:
            path = os.path.join(folder, 'per_tensor.tflite')
            try:
                convert(zoo, mode, attribute, path)
                golden.setdefault(option, {})[mode] = constants(oracle, path)
            except RuntimeError as failure:  # its 16x8 quantizer refuses a depthwise convolution with one scale
                golden.setdefault(option, {})[mode] = {'error': str(failure).strip()}
    with open(GOLDEN, 'w', encoding='utf-8') as file:
        json.dump({'how': 'Written by make_per_tensor_golden.py: op, operand, type, number of scales, first scale, SHA-1.',
                   'model': MODEL, 'constants': golden}, file, indent=1)
        file.write('\n')


if __name__ == '__main__':
    sys.exit(main())
