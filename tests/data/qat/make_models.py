"""Makes the models of this folder; needs TensorFlow, which the tests do not.

    python make_models.py

trained/       SavedModel with FakeQuant nodes, as quantization-aware training leaves them: image [1,8,8,2] -> y [1,3];
               a convolution (a range per channel), RELU6, RESHAPE, a dense layer (one range)
int8.tflite    what TensorFlow's converter makes of it in int8; its representative samples are wider than the trained ranges
float.tflite   and in float: QUANTIZE and DEQUANTIZE pairs in the place of FakeQuant
"""

import os

import numpy as np
import tensorflow as tf

HERE = os.path.dirname(os.path.abspath(__file__))
RNG = np.random.default_rng(1)
FILTERS = (RNG.normal(size=(3, 3, 2, 4)) * [0.1, 0.5, 1.0, 2.0]).astype(np.float32)
# Ranges wider than the weights and narrower: what training leaves is neither of the two exactly.
FILTER_BOUND = np.abs(FILTERS).max((0, 1, 2)) * np.array([1.0, 0.9, 1.1, 1.2], np.float32)
DENSE = RNG.normal(size=(64, 3)).astype(np.float32)
DENSE_BOUND = 2.4


class Trained(tf.Module):
    def __init__(self):
        super().__init__()
        self.filters, self.filter_bias = tf.Variable(FILTERS), tf.Variable(RNG.normal(size=4).astype(np.float32))
        self.dense, self.dense_bias = tf.Variable(DENSE), tf.Variable(RNG.normal(size=3).astype(np.float32))
        self.low, self.high = tf.Variable(-FILTER_BOUND), tf.Variable(FILTER_BOUND)
        self.ranges = {name: (tf.Variable(np.float32(low)), tf.Variable(np.float32(high)))
                       for name, low, high in (("image", -1, 0.8), ("hidden", 0, 6), ("y", -11, 13))}

    def trained(self, name, x):
        return tf.quantization.fake_quant_with_min_max_vars(x, *self.ranges[name])

    @tf.function(input_signature=[tf.TensorSpec([1, 8, 8, 2], tf.float32, "image")])
    def __call__(self, image):
        filters = tf.quantization.fake_quant_with_min_max_vars_per_channel(self.filters, self.low, self.high,
                                                                          narrow_range=True)
        x = tf.nn.conv2d(self.trained("image", image), filters, 2, "SAME")
        x = self.trained("hidden", tf.nn.relu6(tf.nn.bias_add(x, self.filter_bias)))
        dense = tf.quantization.fake_quant_with_min_max_args(self.dense, -DENSE_BOUND, DENSE_BOUND, narrow_range=True)
        return {"y": self.trained("y", tf.matmul(tf.reshape(x, [1, 64]), dense) + self.dense_bias)}


def samples():
    rng = np.random.default_rng(5)
    for _ in range(10):
        yield [rng.uniform(-1.5, 1.5, size=(1, 8, 8, 2)).astype(np.float32)]


def convert(int8):
    converter = tf.lite.TFLiteConverter.from_saved_model(os.path.join(HERE, "trained"))
    if int8:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = samples
    return converter.convert()


def main():
    module = Trained()
    options = tf.saved_model.SaveOptions(experimental_debug_stripper=True)
    tf.saved_model.save(module, os.path.join(HERE, "trained"), signatures=module.__call__, options=options)
    for name, int8 in (("float.tflite", False), ("int8.tflite", True)):
        with open(os.path.join(HERE, name), "wb") as file:
            file.write(convert(int8))


if __name__ == "__main__":
    main()
