#!/usr/bin/env python3
"""Records what TensorFlow's converter makes of three small models with IF, WHILE and a variable, in folder control_flow
beside this file: each model in float and int8, and the samples that calibrated it.

Needs tensorflow; the tests need only the recorded files. Run without arguments to record anew.
"""
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "control_flow")
SIGNATURE = [tf.TensorSpec([1, 8], tf.float32, name="x")]
random = np.random.RandomState(3)


def weights(factor=1.0):
    return tf.constant((random.randn(8, 8) * factor).astype(np.float32))


class Branch(tf.Module):
    def __init__(self):
        self.first, self.second = weights(), weights()

    @tf.function(input_signature=SIGNATURE)
    def __call__(self, x):
        h = tf.nn.relu(x)
        y = tf.cond(tf.reduce_sum(x) > 0.0, lambda: tf.tanh(tf.matmul(h, self.first)) + 1.0,
                    lambda: tf.matmul(h, self.second) * 2.0)
        return {"y": tf.nn.relu(y)}


class Loop(tf.Module):
    def __init__(self):
        self.kernel, self.bias = weights(0.3), tf.constant(random.randn(8).astype(np.float32))

    @tf.function(input_signature=SIGNATURE)
    def __call__(self, x):
        turn = lambda i, h: (i + 1, tf.tanh(tf.matmul(h, self.kernel) + self.bias))
        _, h = tf.while_loop(lambda i, h: i < 4, turn, [tf.constant(0), x * 2.0])
        return {"y": tf.nn.softmax(h)}


class Memory(tf.Module):
    def __init__(self):
        self.kernel, self.state = weights(), tf.Variable(np.zeros([1, 8], np.float32), name="state")

    @tf.function(input_signature=SIGNATURE)
    def __call__(self, x):
        new = self.state.read_value() * 0.5 + tf.matmul(x, self.kernel)
        self.state.assign(new)
        return {"y": tf.nn.relu(new)}


def main():
    os.makedirs(FOLDER, exist_ok=True)
    samples = [(random.randn(1, 8) * (1 + i)).astype(np.float32) for i in range(6)]
    np.save(os.path.join(FOLDER, "x.npy"), np.concatenate(samples))
    for name, model in (("branch", Branch()), ("loop", Loop()), ("memory", Memory())):
        for mode in ("float", "int8"):
            converter = tf.lite.TFLiteConverter.from_concrete_functions([model.__call__.get_concrete_function()], model)
            if mode == "int8":
                converter.optimizations = [tf.lite.Optimize.DEFAULT]
                converter.representative_dataset = lambda: ([sample] for sample in samples)
            with open(os.path.join(FOLDER, f"{name}_{mode}.tflite"), "wb") as file:
                file.write(converter.convert())


if __name__ == "__main__":
    main()
