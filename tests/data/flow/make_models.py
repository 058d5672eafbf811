#!/usr/bin/env python3
"""Makes small SavedModels with branches and loops, in TensorFlow 2's functional forms and in TensorFlow 1's dataflow, and
records what TensorFlow computes of them as golden.json.

    make_models.py [NAME ...]

Needs TensorFlow; the tests need only what is recorded. Each model is made in a process of its own.
"""
import base64
import json
import os
import shutil
import subprocess
import sys

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLES = 4


def weights(shape, seed=0, scale=0.3):
    import numpy as np
    return (np.random.default_rng(seed).standard_normal(shape) * scale).astype(np.float32)


# --- TensorFlow 2: a module, a function and its arguments


class Two:
    def __init__(self, make):
        self.make = make

    def write(self, folder):
        import tensorflow as tf
        module = tf.Module()
        function, arguments = self.make(tf, module)
        function = tf.function(function).get_concrete_function(*arguments)
        tf.saved_model.save(module, folder, signatures=function,
                            options=tf.saved_model.SaveOptions(save_debug_info=False))


def branch_and_loop(tf, m):
    m.w, m.b = tf.Variable(weights((8, 8))), tf.Variable(weights((8,), 1))
    m.v = tf.Variable(weights((8, 4), 2))

    def f(x):
        _, h = tf.while_loop(lambda i, h: i < 4, lambda i, h: (i + 1, tf.tanh(tf.matmul(h, m.w) + m.b)), (0, x))
        return {'y': tf.cond(tf.reduce_sum(h) > 0, lambda: tf.nn.relu(tf.matmul(h, m.v)), lambda: tf.matmul(-h, m.v))}
    return f, [tf.TensorSpec((1, 8), tf.float32, name='x')]


def nested_loops(tf, m):
    m.w = tf.Variable(weights((4, 4)))

    def f(x, n):
        def body(i, h):
            h = tf.cond(tf.reduce_mean(h) > 0.1, lambda: tf.tanh(tf.matmul(h, m.w)), lambda: tf.sigmoid(h) + x)
            _, h = tf.while_loop(lambda j, g: j < i, lambda j, g: (j + 1, g * 0.9 + 0.01), (0, h))
            return i + 1, h
        i, h = tf.while_loop(lambda i, h: i < tf.reduce_sum(n), body, (0, x))
        return {'y': h, 'i': i}
    return f, [tf.TensorSpec((2, 4), tf.float32, name='x'), tf.TensorSpec((2,), tf.int32, name='n')]


def growing_variable(tf, m):
    def f(x):
        _, h = tf.while_loop(lambda i, h: i < 3, lambda i, h: (i + 1, tf.concat([h, x * tf.cast(i, tf.float32)], 0)),
                             (tf.constant(0), x), shape_invariants=(tf.TensorShape([]), tf.TensorShape([None, 4])))
        return {'y': h * 2.0}
    return f, [tf.TensorSpec((2, 4), tf.float32, name='x')]


def switch_case(tf, m):
    m.w = tf.Variable(weights((4, 4)))

    def f(x, n):
        branches = {0: lambda: tf.matmul(x, m.w), 1: lambda: x * 2.0, 2: lambda: -x}
        return {'y': tf.switch_case(n[0], branches, default=lambda: x + 100.0)}
    return f, [tf.TensorSpec((2, 4), tf.float32, name='x'), tf.TensorSpec((1,), tf.int32, name='n')]


def known_conditions(tf, m):
    m.w = tf.Variable(weights((4, 4)))

    def f(x):
        y = tf.cond(tf.shape(x)[1] > 3, lambda: tf.matmul(x, m.w), lambda: tf.linalg.inv(x))
        return {'y': tf.cond(tf.constant(False) | (tf.rank(y) < 1), lambda: tf.linalg.logdet(y) + x, lambda: y + 2.0)}
    return f, [tf.TensorSpec((4, 4), tf.float32, name='x')]


def dynamic_batch(tf, m):
    m.w = tf.Variable(weights((6, 6)))

    def f(x):
        _, h = tf.while_loop(lambda i, h: i < 3, lambda i, h: (i + 1, tf.tanh(tf.matmul(h, m.w) + x)),
                             (0, tf.zeros([tf.shape(x)[0], 6])))
        return {'y': h}
    return f, [tf.TensorSpec((None, 6), tf.float32, name='x')]


def constant_results(tf, m):
    def f(x):
        a, b, c = tf.cond(tf.reduce_sum(x) > 0, lambda: (x, tf.constant([1., 2.]), tf.constant(3)),
                          lambda: (x * 2.0, tf.constant([3., 4.]), tf.constant(5)))
        return {'a': a, 'b': b, 'c': c}
    return f, [tf.TensorSpec((2, 2), tf.float32, name='x')]


def read_variables(tf, m):
    m.v = tf.Variable(weights((4,), 3))

    def f(x):
        i = 0
        while i < 3:
            x = x + m.v
            i += 1
        if tf.reduce_sum(x) > 0:
            y = x * m.v
        else:
            y = x - m.v
        return {'y': y}
    return f, [tf.TensorSpec((4,), tf.float32, name='x')]


# --- TensorFlow 1: a function of tf.compat.v1 that makes a graph, and returns its inputs and outputs


class One:
    def __init__(self, make, resource=False, in_function=False):
        self.make, self.resource, self.in_function = make, resource, in_function

    def write(self, folder):
        import tensorflow as tf
        tf1 = tf.compat.v1
        tf1.disable_control_flow_v2()
        if self.in_function:
            return self.write_function(tf, folder)
        with tf.Graph().as_default(), tf1.Session() as session:
            (tf1.enable_resource_variables if self.resource else tf1.disable_resource_variables)()
            inputs, outputs = self.make(tf, tf1)
            session.run(tf1.global_variables_initializer())
            tf1.saved_model.simple_save(session, folder, inputs, outputs)

    def write_function(self, tf, folder):
        tf1 = tf.compat.v1
        module = tf.Module()

        def build(x):
            _, outputs = self.make(tf, tf1, x)
            return outputs
        wrapped = tf1.wrap_function(build, [tf.TensorSpec((1, 4), tf.float32, name='x')])
        module.wrapped = wrapped
        module.f = tf.function(lambda x: {key: value + 1.0 for key, value in wrapped(x).items()},
                               input_signature=[tf.TensorSpec((1, 4), tf.float32, name='x')])
        tf.saved_model.save(module, folder, signatures=module.f)


def variable(tf1, name, shape, seed=0):
    return tf1.get_variable(name, initializer=weights(shape, seed))


def v1_cond(tf, tf1):
    x = tf1.placeholder(tf.float32, (1, 4), name='x')
    w, v = variable(tf1, 'w', (4, 4)), variable(tf1, 'v', (4, 4), 1)
    a, b, c = tf1.cond(tf.reduce_sum(x) > 0, lambda: (tf.matmul(x, w), tf.constant([1., 2.]), x),
                       lambda: (tf.nn.relu(tf.matmul(x, v)), tf.constant([3., 4.]), x - 1.0))
    d = tf1.cond(a[0, 0] > b[0], lambda: a * 2.0, lambda: c)
    return {'x': x}, {'a': a, 'b': b, 'd': d}


def v1_nested_cond(tf, tf1):
    x = tf1.placeholder(tf.float32, (1, 4), name='x')
    w = variable(tf1, 'w', (4, 4))
    p, q = tf.reduce_sum(x) > 0, x[0, 0] > 0

    def inner(y):
        return tf1.cond(q, lambda: (tf.tanh(y), x), lambda: (y + 1.0, y))
    a, b = tf1.cond(p, lambda: inner(tf.matmul(x, w)), lambda: (x * 3.0, tf1.cond(q, lambda: x, lambda: -x)))
    return {'x': x}, {'a': a, 'b': b}


def v1_while(tf, tf1):
    x = tf1.placeholder(tf.float32, (None, 4), name='x')
    w, b = variable(tf1, 'w', (4, 4)), variable(tf1, 'b', (4,), 1)
    i, h, previous = tf1.while_loop(lambda i, h, g: i < 4, lambda i, h, g: (i + 1, tf.tanh(tf.matmul(h, w) + b + g), h),
                                    (tf.constant(0), x, tf.zeros_like(x)))
    return {'x': x}, {'i': i, 'h': h, 'previous': previous}


def v1_nested_while(tf, tf1):
    x = tf1.placeholder(tf.float32, (2, 4), name='x')
    n = tf1.placeholder(tf.int32, (1,), name='n')
    w = variable(tf1, 'w', (4, 4))

    def body(i, h):
        h = tf1.cond(tf.reduce_mean(h) > 0.1, lambda: tf.tanh(tf.matmul(h, w)), lambda: tf.sigmoid(h) + x)
        _, h = tf1.while_loop(lambda j, g: j < i, lambda j, g: (j + 1, g * 0.9 + 0.01 * x), (0, h))
        return i + 1, h
    i, h = tf1.while_loop(lambda i, h: i < n[0], body, (0, x))
    y = tf1.cond(h[0, 0] > 0, lambda: tf1.while_loop(lambda g: tf.reduce_sum(g) < 9.0, lambda g: g + 1.0, [h]), lambda: -h)
    return {'x': x, 'n': n}, {'i': i, 'y': y}


def v1_phase(tf, tf1):
    x = tf1.placeholder(tf.float32, (None, 6, 6, 3), name='x')
    training = tf1.placeholder_with_default(False, (), name='training')
    k = variable(tf1, 'k', (3, 3, 3, 4))
    gamma, beta = variable(tf1, 'gamma', (4,), 1), variable(tf1, 'beta', (4,), 2)
    h = tf.nn.conv2d(x, k, 1, 'SAME')

    def normalized(is_training):
        mean, variance = (None, None) if is_training else (tf.constant([.1, .2, .3, .4]), tf.constant([1., 2., 3., 4.]))
        return tf1.nn.fused_batch_norm(h, gamma, beta, mean, variance, is_training=is_training)[0]
    h = tf.nn.relu(tf1.cond(training, lambda: normalized(True), lambda: normalized(False)))
    h = tf1.cond(tf.logical_not(training), lambda: tf.identity(h), lambda: tf1.nn.dropout(h, rate=0.5))
    return {'x': x}, {'y': tf.reduce_mean(h, [1, 2])}


def v1_case(tf, tf1):
    x = tf1.placeholder(tf.float32, (1, 4), name='x')
    y = tf1.case([(x[0, 0] > 1.0, lambda: x * 2.0), (x[0, 0] > 0.0, lambda: tf.constant([[1., 2., 3., 4.]]))],
                 default=lambda: x - 1.0)
    return {'x': x}, {'y': y}


def v1_wrapped(tf, tf1, x):
    w = tf.constant(weights((4, 4)))
    _, h = tf1.while_loop(lambda i, h: i < 3, lambda i, h: (i + 1, tf.tanh(tf.matmul(h, w))), (tf.constant(0), x))
    return {}, {'y': tf1.cond(tf.reduce_sum(h) > 0, lambda: h * 2.0, lambda: tf.zeros((1, 4)))}


MODELS = {
    'branch_and_loop': Two(branch_and_loop), 'nested_loops': Two(nested_loops), 'growing_variable': Two(growing_variable),
    'switch_case': Two(switch_case), 'known_conditions': Two(known_conditions), 'dynamic_batch': Two(dynamic_batch),
    'constant_results': Two(constant_results), 'read_variables': Two(read_variables),
    'v1_cond': One(v1_cond), 'v1_cond_resource': One(v1_cond, resource=True), 'v1_nested_cond': One(v1_nested_cond),
    'v1_while': One(v1_while), 'v1_while_resource': One(v1_while, resource=True), 'v1_nested_while': One(v1_nested_while),
    'v1_phase': One(v1_phase), 'v1_case': One(v1_case), 'v1_wrapped': One(v1_wrapped, in_function=True),
}


def encode(array):
    return {'type': array.dtype.name, 'shape': list(array.shape),
            'data': base64.b64encode(array.tobytes()).decode()}


def sample(spec, rng):
    shape = [2 if size is None else size for size in spec.shape]
    if spec.dtype.is_floating:
        return (rng.standard_normal(shape) * 1.5).astype(spec.dtype.as_numpy_dtype)
    return rng.integers(0, 4, shape).astype(spec.dtype.as_numpy_dtype)


def make(name):
    import numpy as np
    folder = os.path.join(HERE, name)
    shutil.rmtree(folder, ignore_errors=True)
    MODELS[name].write(folder)
    for unneeded in ('assets', 'fingerprint.pb', 'debug'):
        path = os.path.join(folder, unneeded)
        shutil.rmtree(path, ignore_errors=True) if os.path.isdir(path) else os.path.exists(path) and os.remove(path)
    code = 'import make_models, sys; make_models.run(sys.argv[1])'
    output = subprocess.run([sys.executable, '-c', code, name], cwd=HERE, check=True, capture_output=True, text=True).stdout
    return json.loads(output.splitlines()[-1])


def run(name):
    import numpy as np
    import tensorflow as tf
    signature = tf.saved_model.load(os.path.join(HERE, name)).signatures['serving_default']
    rng = np.random.default_rng(7)
    rows = []
    for _ in range(SAMPLES):
        inputs = {key: sample(spec, rng) for key, spec in sorted(signature.structured_input_signature[1].items())}
        outputs = signature(**{key: tf.constant(value) for key, value in inputs.items()})
        rows.append({'inputs': {key: encode(value) for key, value in inputs.items()},
                     'outputs': {key: encode(value.numpy()) for key, value in sorted(outputs.items())}})
    print(json.dumps(rows))


def in_own_process(name):
    code = 'import json, make_models, sys; print(json.dumps(make_models.make(sys.argv[1])))'
    output = subprocess.run([sys.executable, '-c', code, name], cwd=HERE, check=True, capture_output=True, text=True).stdout
    return json.loads(output.splitlines()[-1])


def main():
    path = os.path.join(HERE, 'golden.json')
    golden = json.load(open(path, encoding='utf-8')) if os.path.exists(path) else {}
    for name in sys.argv[1:] or MODELS:
        golden[name] = in_own_process(name)
        rows = ('"%s":%s' % (name, json.dumps(golden[name], separators=(',', ':'))) for name in MODELS if name in golden)
        with open(path, 'w', encoding='utf-8') as file:
            file.write('{%s}\n' % ',\n'.join(rows))
        print(name, flush=True)


if __name__ == '__main__':
    main()
