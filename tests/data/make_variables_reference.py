#!/usr/bin/env python3
"""Records what TensorFlow makes of small models whose variables change at run time, in folder variables beside this file:

<name>/saved_model      the SavedModel
<name>/<mode>.tflite    TensorFlow's conversions: float, int8 (with _experimental_variable_quantization) and int16x8, where it
                        makes one
<name>/run.npz          <signature>/in/<name>, <signature>/out/<name>: a sequence of steps, one signature after the other, run
                        by TensorFlow; the inputs calibrated the integer files

Needs tensorflow; the tests need only the recorded files. Run without arguments to record anew.
"""
import os
import shutil

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import numpy as np
import tensorflow as tf

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'variables')
STEPS = 12
random = np.random.RandomState(11)


def normal(*shape, by=1.0):
    return (random.randn(*shape) * by).astype(np.float32)


def spec(*shape, name='x'):
    return tf.TensorSpec(shape, tf.float32, name)


class Cache(tf.Module):
    """The last four keys: a window that moves by one each step."""

    def __init__(self):
        self.keys = tf.Variable(tf.zeros([1, 4, 8]), name='keys')
        self.project, self.output = tf.constant(normal(6, 8, by=0.4)), tf.constant(normal(32, 5, by=0.3))

    @tf.function(input_signature=[spec(1, 6)])
    def serving_default(self, x):
        keys = tf.concat([self.keys[:, 1:], tf.matmul(x, self.project)[:, None]], 1)
        self.keys.assign(keys)
        return {'y': tf.nn.relu(tf.matmul(tf.reshape(keys, [1, 32]), self.output))}


class Decay(tf.Module):
    """A sum that decays, from a start that is not zero, and a counter of integers."""

    def __init__(self):
        self.sum, self.count = tf.Variable(normal(1, 6), name='sum'), tf.Variable(0, name='count')
        self.kernel = tf.constant(normal(6, 6, by=0.4))

    @tf.function(input_signature=[spec(1, 6)])
    def serving_default(self, x):
        new = self.sum * 0.7 + tf.tanh(tf.matmul(x, self.kernel))
        self.sum.assign(new)
        self.count.assign_add(1)
        return {'y': tf.matmul(new, self.kernel), 'n': self.count.read_value()}


class Add(tf.Module):
    """Added to and subtracted from in place; a variable that is written and never read, and one that is only read."""

    def __init__(self):
        self.up, self.down = tf.Variable(normal(1, 6), name='up'), tf.Variable(normal(1, 6), name='down')
        self.unread, self.fixed = tf.Variable(normal(1, 6), name='unread'), tf.Variable(normal(1, 6), name='fixed')

    @tf.function(input_signature=[spec(1, 6)])
    def serving_default(self, x):
        self.up.assign_add(x)
        self.down.assign_sub(x)
        self.unread.assign(x)
        return {'y': self.up.read_value() * self.down.read_value() + self.fixed}


class Between(tf.Module):
    """Read before and after it is written, by convolutions."""

    def __init__(self):
        self.image, self.filters = tf.Variable(tf.zeros([1, 4, 4, 2]), name='image'), tf.constant(normal(3, 3, 2, 2, by=0.3))

    @tf.function(input_signature=[spec(1, 4, 4, 2)])
    def serving_default(self, x):
        convolve = lambda value: tf.nn.conv2d(value, self.filters, 1, 'SAME')
        before = convolve(self.image.read_value())
        self.image.assign(convolve(x) + before * 0.5)
        return {'y': tf.concat([before, convolve(self.image.read_value())], -1)}


class Shared(tf.Module):
    """One signature writes what another reads; both use the same weights."""

    def __init__(self):
        self.state, self.kernel = tf.Variable(normal(1, 6), name='state'), tf.Variable(normal(6, 6, by=0.4), name='kernel')

    @tf.function(input_signature=[spec(1, 6)])
    def advance(self, x):
        new = self.state * 0.5 + tf.matmul(x, self.kernel)
        self.state.assign(new)
        return {'y': new}

    @tf.function(input_signature=[spec(1, 6)])
    def peek(self, x):
        return {'y': tf.matmul(self.state + x, self.kernel)}


MODELS = {'cache': (Cache, ['serving_default']), 'decay': (Decay, ['serving_default']), 'add': (Add, ['serving_default']),
          'between': (Between, ['serving_default']), 'shared': (Shared, ['advance', 'peek'])}


def run_of(model, signatures):
    arrays = {}
    shape = [int(d) for d in model.signatures[signatures[0]].structured_input_signature[1]['x'].shape]
    for key in signatures:
        for _ in range(STEPS):
            x = normal(*shape)
            arrays.setdefault(key + '/in/x', []).append(x)
            for name, value in model.signatures[key](x=tf.constant(x)).items():
                arrays.setdefault(key + '/out/' + name, []).append(value.numpy())
    return {name: np.stack(values) for name, values in arrays.items()}


def convert(folder, signatures, mode, arrays):
    converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=signatures)
    if mode == 'float':
        return converter.convert()
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    samples = [(key, {'x': arrays[key + '/in/x'][step]}) for key in signatures for step in range(STEPS)]
    converter.representative_dataset = lambda: (s if len(signatures) > 1 else s[1] for s in samples)
    converter._experimental_variable_quantization = mode == 'int8'
    if mode == 'int16x8':
        converter.target_spec.supported_ops = [
            tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8]
    return converter.convert()


def main():
    for name, (make, signatures) in MODELS.items():
        folder = os.path.join(FOLDER, name)
        shutil.rmtree(folder, ignore_errors=True)
        saved = os.path.join(folder, 'saved_model')
        model = make()
        tf.saved_model.save(model, saved, {key: getattr(model, key) for key in signatures})
        os.remove(os.path.join(saved, 'fingerprint.pb'))
        shutil.rmtree(os.path.join(saved, 'assets'), ignore_errors=True)
        arrays = run_of(tf.saved_model.load(saved), signatures)
        np.savez(os.path.join(folder, 'run.npz'), **arrays)
        for mode in ('float', 'int8', 'int16x8'):
            try:
                file = convert(saved, signatures, mode, arrays)
            except Exception as error:  # TensorFlow's converter raises what its parts raise
                print(name, mode, 'is refused:', (str(error).splitlines() or [repr(error)])[0][:120])
                continue
            with open(os.path.join(folder, mode + '.tflite'), 'wb') as out:
                out.write(file)


if __name__ == '__main__':
    main()
