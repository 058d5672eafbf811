#!/usr/bin/env python3
"""Records what TensorFlow's QuantizationDebugger says of two small models: golden.json, samples.npz, and a SavedModel each.

    make_golden.py            (needs TensorFlow; 2.21 recorded what is here)

tests/python/test_quantization_debugger.py holds Zeropoint's QuantizationDebugger against it.
"""
import csv
import io
import json
import os

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import numpy as np
import tensorflow as tf
from tensorflow.lite.tools.optimize.debugging.python import debugger as tf_debugger

HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLES = 8
RANDOM = np.random.default_rng(11)


class ReferenceInterpreter(tf.lite.Interpreter):
    """With reference kernels, which Zeropoint's equal: others round integers elsewhere, and few elements make a mean."""

    def __init__(self, model_path=None, model_content=None, **more):
        super().__init__(model_path, model_content, experimental_op_resolver_type=tf.lite.experimental.OpResolverType.BUILTIN_REF, **more)


tf_debugger._interpreter.Interpreter = ReferenceInterpreter


def weights(*shape):
    return tf.constant(RANDOM.normal(0, 0.4, shape).astype(np.float32))


class Images(tf.Module):
    """Convolution, depthwise convolution, a residual addition, pooling, a dense layer, softmax."""

    def __init__(self):
        super().__init__()
        self.first, self.depth, self.point, self.dense = weights(3, 3, 3, 8), weights(3, 3, 8, 1), weights(1, 1, 8, 8), weights(8, 5)
        self.bias = [weights(8), weights(8), weights(8), weights(5)]

    @tf.function(input_signature=[tf.TensorSpec((1, 12, 12, 3), tf.float32, name='x')])
    def __call__(self, x):
        one = tf.nn.relu(tf.nn.conv2d(x, self.first, 1, 'SAME') + self.bias[0])
        two = tf.nn.relu6(tf.nn.depthwise_conv2d(one, self.depth, [1, 1, 1, 1], 'SAME') + self.bias[1])
        three = tf.nn.relu(one + tf.nn.conv2d(two, self.point, 1, 'SAME') + self.bias[2])
        pooled = tf.reduce_mean(tf.nn.avg_pool2d(three, 2, 2, 'VALID'), [1, 2])
        return tf.nn.softmax(tf.matmul(pooled, self.dense) + self.bias[3])


class Signals(tf.Module):
    """Dense layers with sigmoid and tanh, a product, a difference, a concatenation."""

    def __init__(self):
        super().__init__()
        self.left, self.right, self.last = weights(10, 6), weights(10, 6), weights(18, 3)

    @tf.function(input_signature=[tf.TensorSpec((1, 10), tf.float32, name='x')])
    def __call__(self, x):
        left, right = tf.matmul(x, self.left), tf.matmul(x, self.right)
        gate, value = tf.sigmoid(left), tf.tanh(right)
        return tf.matmul(tf.concat([gate * value, value, left - right], -1), self.last)


MODELS = {'images': (Images, {'x': (1, 12, 12, 3)}), 'signals': (Signals, {'x': (1, 10)})}
OPTIONS = {
    'plain': {},
    'fully_quantize': {'fully_quantize': True},
    'denylisted_ops': {'denylisted_ops': ['CONV_2D', 'SUB']},
}


def converter_of(folder, names, samples):
    converter = tf.lite.TFLiteConverter.from_saved_model(folder)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([samples[name][i] for name in names] for i in range(SAMPLES))
    return converter


def dump(debugger):
    text = io.StringIO()
    debugger.layer_statistics_dump(text)
    return list(csv.DictReader(io.StringIO(text.getvalue())))


def main():
    golden, stored = {}, {}
    for name, (kind, inputs) in MODELS.items():
        module = kind()
        folder = os.path.join(HERE, name)
        tf.saved_model.save(module, folder)
        samples = {key: RANDOM.uniform(-1, 2, (SAMPLES, *shape)).astype(np.float32) for key, shape in inputs.items()}
        stored.update({f'{name}/{key}': array for key, array in samples.items()})
        golden[name] = {}
        for case, options in OPTIONS.items():
            converter = converter_of(folder, sorted(inputs), samples)
            debug_options = tf.lite.experimental.QuantizationDebugOptions(
                model_debug_metrics={'mae': lambda real, quantized: np.mean(np.abs(real[0] - quantized[0]))},
                layer_debug_metrics={'l1': lambda diffs: np.mean(np.abs(diffs))}, **options)
            debugger = tf.lite.experimental.QuantizationDebugger(
                converter=converter, debug_dataset=converter.representative_dataset, debug_options=debug_options)
            debugger.run()
            golden[name][case] = {'layers': dump(debugger), 'model': {k: float(v) for k, v in debugger.model_statistics.items()}}
            if os.environ.get('KEEP'):
                for kind_of, content in (('debug', debugger.get_debug_quantized_model()), ('plain', debugger.get_nondebug_quantized_model())):
                    with open(os.path.join(os.environ['KEEP'], f'{name}_{case}_{kind_of}.tflite'), 'wb') as file:
                        file.write(content)
    np.savez_compressed(os.path.join(HERE, 'samples.npz'), **stored)
    with open(os.path.join(HERE, 'golden.json'), 'w') as file:
        json.dump({'tensorflow': tf.__version__, 'cases': golden}, file, indent=1)
        file.write('\n')


if __name__ == '__main__':
    main()
