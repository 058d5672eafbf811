"""Makes the models and samples of this folder; needs TensorFlow, which the tests do not.

    python make_models.py

classifier/        SavedModel: image [-1,8,8,1] -> scores [-1,3]; convolution, ReLU, mean, dense, softmax
classifier.tflite  the same by TensorFlow's converter, float
two_signatures/    SavedModel: encode(image, bias) -> code, decode(image, hint) -> picture; all [1,4]
unknown_op/        SavedModel with a Cholesky decomposition, which LiteRT has no operator for
samples.npz        20 deflated images for the classifier, with labels, which are no input of it
images.f32         the images again, as bare float32 numbers
two_signatures.npz arrays named signature/input
"""

import os

import numpy as np
import tensorflow as tf

HERE = os.path.dirname(os.path.abspath(__file__))
RNG = np.random.default_rng(20)


def normal(*shape):
    return tf.Variable(RNG.normal(0.0, 0.5, shape).astype(np.float32))


class Classifier(tf.Module):
    def __init__(self):
        super().__init__()
        self.filters, self.filter_bias = normal(3, 3, 1, 4), normal(4)
        self.dense, self.dense_bias = normal(4, 3), normal(3)

    @tf.function(input_signature=[tf.TensorSpec([None, 8, 8, 1], tf.float32, "image")])
    def __call__(self, image):
        x = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(image, self.filters, 1, "SAME"), self.filter_bias))
        x = tf.reduce_mean(x, [1, 2])
        return {"scores": tf.nn.softmax(tf.matmul(x, self.dense) + self.dense_bias)}


class TwoSignatures(tf.Module):
    def __init__(self):
        super().__init__()
        self.weights = normal(4, 4)

    @tf.function(input_signature=[tf.TensorSpec([1, 4], tf.float32, "image"), tf.TensorSpec([1, 4], tf.float32, "bias")])
    def encode(self, image, bias):
        return {"code": tf.matmul(image, self.weights) + bias}

    @tf.function(input_signature=[tf.TensorSpec([1, 4], tf.float32, "image"), tf.TensorSpec([1, 4], tf.float32, "hint")])
    def decode(self, image, hint):
        return {"picture": tf.matmul(image, self.weights) * hint}


class UnknownOp(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([1, 4, 4], tf.float32, "matrix")])
    def __call__(self, matrix):
        return {"root": tf.linalg.cholesky(matrix)}


def main():
    classifier = Classifier()
    tf.saved_model.save(classifier, os.path.join(HERE, "classifier"), signatures=classifier.__call__)
    model = tf.lite.TFLiteConverter.from_saved_model(os.path.join(HERE, "classifier")).convert()
    with open(os.path.join(HERE, "classifier.tflite"), "wb") as file:
        file.write(model)
    two = TwoSignatures()
    tf.saved_model.save(two, os.path.join(HERE, "two_signatures"),
                        signatures={"encode": two.encode, "decode": two.decode})
    unknown = UnknownOp()
    tf.saved_model.save(unknown, os.path.join(HERE, "unknown_op"), signatures=unknown.__call__)
    images = RNG.normal(size=(20, 8, 8, 1)).astype(np.float32)
    np.savez_compressed(os.path.join(HERE, "samples.npz"), image=images, label=RNG.integers(0, 3, 20))
    images.tofile(os.path.join(HERE, "images.f32"))
    uniform = lambda: RNG.uniform(-1, 1, (8, 4)).astype(np.float32)
    np.savez(os.path.join(HERE, "two_signatures.npz"), **{
        "encode/image": uniform(), "encode/bias": uniform(), "decode/image": uniform(), "decode/hint": uniform()})


if __name__ == "__main__":
    main()
