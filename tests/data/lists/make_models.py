#!/usr/bin/env python3
"""Makes small SavedModels with lists of tensors, TensorFlow 2's and TensorFlow 1's, most of them recurrent, and records what
TensorFlow computes of them as golden.json.

    make_models.py

Needs TensorFlow and Keras 3; the tests need only what is recorded.
"""
import base64
import json
import os
import shutil

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
os.environ['CUDA_VISIBLE_DEVICES'] = ''

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
TIME, DEPTH, UNITS = 4, 3, 2


def weights(shape, seed=0):
    return (np.random.default_rng(seed).standard_normal(shape) * 0.5).astype(np.float32)


def write_keras(folder, layer, batch):
    keras.utils.set_random_seed(1)
    x = keras.Input((TIME, DEPTH), batch_size=batch, name='x')
    model = keras.Model(x, layer(x))
    model.export(folder, verbose=False, input_signature=[keras.InputSpec(shape=(batch, TIME, DEPTH), dtype='float32', name='x')])


def write_function(folder, function, shape):
    module = tf.Module()
    concrete = tf.function(function).get_concrete_function(tf.TensorSpec(shape, tf.float32, name='x'))
    tf.saved_model.save(module, folder, signatures=concrete, options=tf.saved_model.SaveOptions(save_debug_info=False))


def lstm_step(x, h, c):
    z = tf.nn.bias_add(tf.matmul(x, weights((DEPTH, 4 * UNITS))) + tf.matmul(h, weights((UNITS, 4 * UNITS), 1)),
                       weights((4 * UNITS,), 2))
    i, f, g, o = tf.split(z, 4, axis=1)
    c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(g)
    return tf.sigmoid(o) * tf.tanh(c), c


def lstm_of_tf_keras(x):
    """A loop in a function that says of itself that it is an LSTM, as tf_keras' layer has it."""
    def layer(x):
        sequence = tf.TensorArray(tf.float32, TIME).unstack(tf.transpose(x, [1, 0, 2]))
        zeros = tf.zeros((1, UNITS))

        def body(time, outputs, h, c):
            h, c = lstm_step(sequence.read(time), h, c)
            return time + 1, outputs.write(time, h), h, c
        outputs = tf.TensorArray(tf.float32, TIME, element_shape=(1, UNITS))
        _, outputs, _, _ = tf.while_loop(lambda time, *_: time < TIME, body, (0, outputs, zeros, zeros))
        return tf.transpose(outputs.stack(), [1, 0, 2])
    return {'y': tf.function(layer, autograph=False, experimental_attributes={'api_implements': 'lstm_test'})(x)}


def map_rows(x):
    return {'y': tf.map_fn(lambda row: tf.reduce_sum(row * row, axis=-1) * row, x)}


def growing_list(x):
    outputs = tf.TensorArray(tf.float32, size=0, dynamic_size=True)
    h = tf.zeros_like(x[:, 0])
    for time in tf.range(TIME):
        h = tf.tanh(h + x[:, time])
        outputs = outputs.write(time, h)
    return {'y': outputs.stack()}


def choosing_branch(x):
    def body(i, outputs):
        return i + 1, outputs.write(i, tf.cond(tf.reduce_sum(x) > 0, lambda: x * 2.0, lambda: x - 1.0))
    _, outputs = tf.while_loop(lambda i, _: i < 4, body, (0, tf.TensorArray(tf.float32, 4)))
    return {'y': outputs.gather([3, 1])}


def write_array(folder, batch):
    """TensorFlow 1's arrays in its dataflow loop, as dynamic_rnn has them."""
    tf1 = tf.compat.v1
    tf1.disable_control_flow_v2()
    with tf.Graph().as_default(), tf1.Session() as session:
        x = tf1.placeholder(tf.float32, (batch, TIME, DEPTH), name='x')
        sequence = tf.TensorArray(tf.float32, TIME).unstack(tf.transpose(x, [1, 0, 2]))
        kernel = tf.constant(weights((DEPTH + UNITS, UNITS)))

        def body(time, outputs, h):
            h = tf.tanh(tf.matmul(tf.concat([sequence.read(time), h], 1), kernel))
            return time + 1, outputs.write(time, h), h
        zeros = tf.zeros((tf.shape(x)[0], UNITS))
        _, outputs, _ = tf1.while_loop(lambda time, *_: time < TIME, body, (0, tf.TensorArray(tf.float32, TIME), zeros),
                                       shape_invariants=(tf.TensorShape(()), tf.TensorShape(()),
                                                         tf.TensorShape((batch, UNITS))))
        y = tf.transpose(outputs.stack(), [1, 0, 2], name='y')
        tf1.saved_model.simple_save(session, folder, {'x': x}, {'y': y})


LAYERS = keras.layers
SEQUENCE = (None, TIME, DEPTH)
MODELS = {  # name: (how it is written, the shape of x)
    'keras_lstm': (lambda folder: write_keras(folder, LAYERS.LSTM(UNITS), None), SEQUENCE),
    'keras_gru_steps': (lambda folder: write_keras(folder, LAYERS.GRU(UNITS, return_sequences=True, reset_after=False), None),
                        SEQUENCE),
    'keras_lstm_fixed_batch': (lambda folder: write_keras(folder, LAYERS.LSTM(UNITS, return_sequences=True), 1),
                               (1, TIME, DEPTH)),
    'lstm_of_tf_keras': (lambda folder: write_function(folder, lstm_of_tf_keras, (1, TIME, DEPTH)), (1, TIME, DEPTH)),
    'map_rows': (lambda folder: write_function(folder, map_rows, (None, DEPTH)), (None, DEPTH)),
    'growing_list': (lambda folder: write_function(folder, growing_list, (None, TIME, DEPTH)), SEQUENCE),
    'choosing_branch': (lambda folder: write_function(folder, choosing_branch, (None, DEPTH)), (None, DEPTH)),
    'array': (lambda folder: write_array(folder, 2), (2, TIME, DEPTH)),
    'array_any_batch': (lambda folder: write_array(folder, None), SEQUENCE),
}


def tensor(array):
    return {'type': array.dtype.name, 'shape': list(array.shape), 'data': base64.b64encode(array.tobytes()).decode()}


def run(folder, shape):
    function = tf.saved_model.load(folder).signatures['serving_default']
    random, runs = np.random.default_rng(3), []
    for batch in (1, 3):
        x = random.standard_normal([batch if dim is None else dim for dim in shape]).astype(np.float32)
        outputs = function(**{name: tf.constant(x) for name in function.structured_input_signature[1]})
        runs.append({'inputs': {'x': tensor(x)}, 'outputs': {name: tensor(y.numpy()) for name, y in sorted(outputs.items())}})
    return runs


def main():
    golden = []
    for name, (write, shape) in MODELS.items():
        folder = os.path.join(HERE, name)
        shutil.rmtree(folder, ignore_errors=True)
        write(folder)
        for extra in ('fingerprint.pb', 'assets'):
            path = os.path.join(folder, extra)
            shutil.rmtree(path, ignore_errors=True) if os.path.isdir(path) else os.path.exists(path) and os.remove(path)
        golden.append('"%s":%s' % (name, json.dumps(run(folder, shape), separators=(',', ':'))))
    with open(os.path.join(HERE, 'golden.json'), 'w', encoding='utf-8') as file:
        file.write('{%s}\n' % ',\n'.join(golden))


if __name__ == '__main__':
    main()
