#!/usr/bin/env python3
"""The checks of run_zoo.py for Keras' MobileNetV2 and EfficientNetB0 with random weights of a fixed seed.

    run_keras.py [--model NAME ...] [--mode MODE ...] [--verbose]

TensorFlow exports the models and converts them for reference, once: both are kept in the output folder. Needs tensorflow,
ai-edge-litert and ../shared, whose photos calibrate; says so and passes without. Run by hand: TensorFlow takes minutes.
"""
import importlib.util
import os
import subprocess
import sys

import conformance

SEED = 11
CALIBRATION_PHOTOS = 6
# Name -> (Keras' application, factor and offset from bytes to what the network takes).
NETWORKS = {
    'mobilenet_v2': ('MobileNetV2', 1 / 127.5, -1.0),
    'efficientnet_b0': ('EfficientNetB0', 1.0, 0.0),  # normalizes inside
}


def photos(name):
    import numpy as np
    _, factor, offset = NETWORKS[name]
    path = os.path.join(conformance.shared_folder(), 'zoo', 'data', 'photos_224x224.npz')
    return np.load(path)['x'].astype(np.float32) * np.float32(factor) + np.float32(offset)


def export(name, folder):
    """Random weights, but batch normalization that knows the photos: without, activations fade to nothing layer by layer."""
    import keras
    keras.utils.set_random_seed(SEED)
    model = getattr(keras.applications, NETWORKS[name][0])(weights=None)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.0
    model(photos(name), training=True)
    model.export(folder, verbose=False)


def convert_by_tensorflow(name, folder, mode, output):
    import tensorflow as tf
    lite = tf.lite
    converter = lite.TFLiteConverter.from_saved_model(folder)
    if mode != 'float':
        converter.optimizations = [lite.Optimize.DEFAULT]
    if mode in conformance.CALIBRATED:
        converter.representative_dataset = lambda: ([image[None]] for image in photos(name)[:CALIBRATION_PHOTOS])
    if mode == 'int8-only':
        converter.target_spec.supported_ops = [lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
    if mode == 'float16':
        converter.target_spec.supported_types = [tf.float16]
    if mode.startswith('int16x8'):
        converter.target_spec.supported_ops = [lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8]
        if mode == 'int16x8-fallback':
            converter.target_spec.supported_ops.append(lite.OpsSet.TFLITE_BUILTINS)
    content = converter.convert()
    with open(output, 'wb') as file:
        file.write(content)


def by_tensorflow(*arguments):
    """Runs this file in a process of its own: the checks fork, which TensorFlow's threads would not survive."""
    done = subprocess.run([sys.executable, os.path.abspath(__file__), '--tensorflow', *arguments], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, env={**os.environ, 'TF_CPP_MIN_LOG_LEVEL': '3'})
    if done.returncode != 0:
        print('TensorFlow on %s: %s' % (' '.join(arguments), ' '.join(done.stderr.strip().splitlines()[-2:])), file=sys.stderr)
    return done.returncode == 0


class KerasModel(conformance.ModelCheck):
    def __init__(self, name, options):
        import numpy as np
        super().__init__(options, conformance.load_oracle()[1])
        self.name = name
        self.folder = os.path.join(options.output, name)
        os.makedirs(os.path.join(self.folder, 'reference'), exist_ok=True)
        self.path = os.path.join(self.folder, 'saved_model')
        if not os.path.exists(os.path.join(self.path, 'saved_model.pb')) and not by_tensorflow('export', name, self.path):
            sys.exit('no export of %s' % name)
        self.photos = photos(name)
        self.input = self.input_name()
        self.data = os.path.join(self.folder, 'samples.npz')
        np.savez(self.data, **{self.input: self.photos[:CALIBRATION_PHOTOS]})
        self.float_model = self.reference('float')

    def input_name(self):
        from ai_edge_litert.interpreter import Interpreter
        signatures = Interpreter(self.reference('float')).get_signature_list()
        return signatures['serving_default']['inputs'][0]

    def reference(self, mode):
        path = os.path.join(self.folder, 'reference', mode + '.tflite')
        if not os.path.exists(path):
            by_tensorflow('convert', self.name, self.path, mode, path)
        return path if os.path.exists(path) else None

    def check_samples(self, count):
        return [{self.input: photo[None]} for photo in self.photos[CALIBRATION_PHOTOS:CALIBRATION_PHOTOS + count]]


def check_model(name, options):
    model = KerasModel(name, options)
    return [model.check(mode) for mode in options.mode]


def main():
    if sys.argv[1:2] == ['--tensorflow']:
        return {'export': export, 'convert': convert_by_tensorflow}[sys.argv[2]](*sys.argv[3:])
    parser = conformance.parser(__doc__, list(NETWORKS))
    parser.set_defaults(output=os.path.join(conformance.ROOT, 'build/conformance_keras'))
    options = parser.parse_args()
    conformance.load_oracle()
    if importlib.util.find_spec('tensorflow') is None:
        print('conformance SKIPPED: tensorflow is not installed')
        return 0
    return conformance.run_checks(options, list(NETWORKS), check_model)


if __name__ == '__main__':
    sys.exit(main())
