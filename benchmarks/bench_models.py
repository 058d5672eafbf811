#!/usr/bin/env python3
"""Makes the models that the benchmarks run, once: SavedModels with a batch of 1, their float .tflite, and 100 samples each.

    bench_models.py [--model NAME ...] [--folder build/bench/models]

Keras applications with random weights from a fixed seed (speed does not depend on what was learned), and a transformer encoder
written here. Needs tensorflow and keras; what exists already is kept.
"""
import argparse
import os

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FOLDER = os.path.join(ROOT, 'build', 'bench', 'models')
SEED = 20240607
SAMPLES = 100
SIGNATURE = 'serving_default'

# Input shape without the batch.
SHAPES = {
    'mobilenet_v2': (224, 224, 3),
    'efficientnet_b0': (224, 224, 3),
    'resnet50': (224, 224, 3),
    'inception_v3': (299, 299, 3),
    'transformer': (128, 256),
}


def paths(name, folder=FOLDER):
    """SavedModel, float .tflite and samples of a model."""
    return tuple(os.path.join(folder, name + suffix) for suffix in ('', '.tflite', '.npz'))


def transformer_encoder(shape, layers=4, heads=4, hidden=1024):
    """A post-norm encoder without embedding: `layers` blocks of self-attention and a GELU network of `hidden` units."""
    import keras
    length, width = shape
    x = inputs = keras.Input((length, width), name='tokens')
    for _ in range(layers):
        attention = keras.layers.MultiHeadAttention(heads, width // heads)(x, x)
        x = keras.layers.LayerNormalization(epsilon=1e-6)(x + attention)
        inner = keras.layers.Dense(width)(keras.layers.Dense(hidden, activation='gelu')(x))
        x = keras.layers.LayerNormalization(epsilon=1e-6)(x + inner)
    return keras.Model(inputs, keras.layers.Dense(10)(keras.layers.GlobalAveragePooling1D()(x)))


def build(name):
    import keras
    keras.utils.set_random_seed(SEED)
    if name == 'transformer':
        return transformer_encoder(SHAPES[name])
    make = {'mobilenet_v2': keras.applications.MobileNetV2, 'efficientnet_b0': keras.applications.EfficientNetB0,
            'resnet50': keras.applications.ResNet50, 'inception_v3': keras.applications.InceptionV3}[name]
    return make(weights=None, input_shape=SHAPES[name])


def make(name, folder=FOLDER):
    """Writes what is missing of a model; returns its paths."""
    saved_model, tflite, samples = paths(name, folder)
    if all(map(os.path.exists, (saved_model, tflite, samples))):
        return saved_model, tflite, samples
    os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
    import keras
    import numpy as np
    import tensorflow as tf
    model = build(name)
    archive = keras.export.ExportArchive()
    archive.track(model)
    archive.add_endpoint(SIGNATURE, lambda x: model(x, training=False),
                         input_signature=[tf.TensorSpec((1,) + SHAPES[name], tf.float32, name='x')])
    archive.write_out(saved_model, verbose=False)
    converted = tf.lite.TFLiteConverter.from_saved_model(saved_model, signature_keys=[SIGNATURE]).convert()
    with open(tflite, 'wb') as file:
        file.write(converted)
    data = np.random.default_rng(SEED).uniform(-1, 1, (SAMPLES, 1) + SHAPES[name]).astype(np.float32)
    np.savez(samples, x=data)
    return saved_model, tflite, samples


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--model', action='append', choices=list(SHAPES))
    parser.add_argument('--folder', default=FOLDER)
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    for name in options.model or SHAPES:
        print(*make(name, options.folder))


if __name__ == '__main__':
    main()
