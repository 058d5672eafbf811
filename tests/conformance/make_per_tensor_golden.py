#!/usr/bin/env python3
"""Records in per_tensor_golden.json what TensorFlow's converter stores when weights per channel are switched off.

    make_per_tensor_golden.py

For a few models of ../shared/zoo, with one scale for all weights and with one scale for those of dense layers only: of each constant
operand its op, its place, how many scales it has, the first of them and the SHA-1 of its bytes. per_tensor_test.py holds our
files against it. Needs ../shared (or ZEROPOINT_SHARED) and tensorflow 2.21.
"""
import hashlib
import json
import os
import sys

import conformance

# The .tflite among them show the parts of the converter that come after the float file; these have no dynamic mode.
MODELS = ('kws_dscnn', 'resnet8_cifar10', 'mnist_conv_fc', 'mobilenet_v1_025_224')
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


def convert(zoo, entry, mode, attribute):
    import tensorflow as tf
    samples = zoo.calibration(entry)
    if entry['kind'] == 'tflite':
        return quantize(tf, zoo, entry, samples, mode, attribute)
    converter = tf.lite.TFLiteConverter.from_saved_model(zoo.path(entry), signature_keys=['serving_default'])
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    setattr(converter, attribute, True)
    if mode != 'dynamic':
        converter.representative_dataset = lambda: iter(samples)
    if mode == 'int16x8':
        converter.target_spec.supported_ops = [tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8]
    return converter.convert()


def quantize(tf, zoo, entry, samples, mode, attribute):
    from tensorflow.lite.python import convert as parts
    from tensorflow.lite.python.optimize import calibrator
    with open(zoo.path(entry), 'rb') as file:
        calibration = calibrator.Calibrator(calibrator.add_intermediate_tensors(file.read()))
    names = [name for name, _, _ in zoo.input_specs(entry)]
    dense = attribute.endswith('dense_layers')

    def feed():
        return ([sample[name] for name in names] for sample in samples)

    if mode == 'int8':
        return parts.mlir_quantize(calibration.calibrate(feed), not dense, disable_per_channel_for_dense_layers=dense)
    return calibration.calibrate_and_quantize(feed, tf.float32, tf.float32, False, tf.int16, tf.int64, True, not dense, dense)


def record(zoo, oracle, name, folder):
    """{option: {mode: constants, or the error}} of a model."""
    entry = next(e for e in zoo.entries() if e['name'] == name)
    path, golden = os.path.join(folder, 'per_tensor.tflite'), {}
    for option, attribute in VARIANTS.items():
        for mode in MODES:
            if mode == 'dynamic' and entry['kind'] == 'tflite':
                continue
            try:
                content = convert(zoo, entry, mode, attribute)
            except RuntimeError as failure:  # its 16x8 quantizer refuses a depthwise convolution with one scale
                golden.setdefault(option, {})[mode] = {'error': str(failure).strip()}
                continue
            with open(path, 'wb') as file:
                file.write(content)
            golden.setdefault(option, {})[mode] = constants(oracle, path)
    return golden


def main():
    os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
    zoo, oracle = conformance.load_oracle()
    folder = os.path.join(conformance.ROOT, 'build/conformance')
    os.makedirs(folder, exist_ok=True)
    golden = {name: record(zoo, oracle, name, folder) for name in MODELS}
    with open(GOLDEN, 'w', encoding='utf-8') as file:
        file.write('{"how": "Written by make_per_tensor_golden.py: op, operand, type, number of scales, first scale, SHA-1.",\n "constants": {\n')
        rows = ['%s: %s' % (json.dumps('%s %s %s' % (name, option, mode)), json.dumps(rows).replace('], [', '],\n  ['))
                for name in golden for option in golden[name] for mode, rows in golden[name][option].items()]
        file.write(',\n'.join(rows) + '}}\n')


if __name__ == '__main__':
    sys.exit(main())
