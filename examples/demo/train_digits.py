#!/usr/bin/env python3
"""Trains the demo's model and writes what `make demo` uses: digits/ (a SavedModel), digits_calibration.npz and digits_test.npz.

    train_digits.py [--epochs N]      needs tensorflow and scikit-learn; the demo itself needs neither

The data are scikit-learn's digits: 1797 handwritten digits of 8x8 pixels, 0 to 16. One third trains and two thirds test, so
that enough tests lie near the border between two digits for the modes to differ; the first 200 training images calibrate.
The network holds what a mobile network holds: convolution, depthwise convolution, batch normalization, a residual sum,
pooling, a dense layer, softmax; and enough weights that they, not the file's fixed costs, make its size.
"""
import argparse
import os
import shutil

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

HERE = os.path.dirname(os.path.abspath(__file__))
SEED = 7
BATCH = 32
CALIBRATION_SAMPLES = 200


def normalized_relu(x, name):
    x = keras.layers.BatchNormalization(momentum=0.9, name=name + '_norm')(x)
    return keras.layers.ReLU(name=name + '_relu')(x)


def inverted_residual(x, channels, name):
    """Expand, filter each channel by itself, project back, add the input."""
    y = keras.layers.Conv2D(2 * channels, 1, use_bias=False, name=name + '_expand')(x)
    y = normalized_relu(y, name + '_expand')
    y = keras.layers.DepthwiseConv2D(3, padding='same', use_bias=False, name=name + '_depthwise')(y)
    y = normalized_relu(y, name + '_depthwise')
    y = keras.layers.Conv2D(channels, 1, use_bias=False, name=name + '_project')(y)
    y = keras.layers.BatchNormalization(momentum=0.9, name=name + '_project_norm')(y)
    return keras.layers.Add(name=name + '_sum')([x, y])


def build():
    image = keras.Input((8, 8, 1), name='image')
    x = keras.layers.Conv2D(32, 3, padding='same', use_bias=False, name='stem')(image)
    x = normalized_relu(x, 'stem')
    x = inverted_residual(x, 32, 'block1')
    x = keras.layers.MaxPooling2D(2, name='pool')(x)
    x = keras.layers.Conv2D(64, 3, padding='same', use_bias=False, name='widen')(x)
    x = normalized_relu(x, 'widen')
    x = inverted_residual(x, 64, 'block2')
    x = keras.layers.GlobalAveragePooling2D(name='average')(x)
    x = keras.layers.Dense(10, name='scores')(x)
    return keras.Model(image, keras.layers.Softmax(name='probabilities')(x), name='digits')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--epochs', type=int, default=15)
    options = parser.parse_args()
    keras.utils.set_random_seed(SEED)
    tf.config.experimental.enable_op_determinism()

    digits = load_digits()
    images = digits.images.astype(np.float32)[..., None]
    train_x, test_x, train_y, test_y = train_test_split(images, digits.target, test_size=2 / 3, random_state=SEED,
                                                        stratify=digits.target)
    model = build()
    model.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(2e-3, options.epochs * -(-len(train_x) // BATCH))),
                  'sparse_categorical_crossentropy', metrics=['accuracy'])
    model.fit(train_x, train_y, batch_size=BATCH, epochs=options.epochs, verbose=0)
    loss, accuracy = model.evaluate(test_x, test_y, verbose=0)
    print('%d parameters, test loss %.4f, accuracy %.4f' % (model.count_params(), loss, accuracy))

    folder = os.path.join(HERE, 'digits')
    shutil.rmtree(folder, ignore_errors=True)
    model.export(folder, verbose=False)
    np.savez_compressed(os.path.join(HERE, 'digits_calibration.npz'), image=train_x[:CALIBRATION_SAMPLES])
    np.savez_compressed(os.path.join(HERE, 'digits_test.npz'), image=test_x, label=test_y.astype(np.int32))


if __name__ == '__main__':
    main()
