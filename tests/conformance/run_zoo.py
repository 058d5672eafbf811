#!/usr/bin/env python3
"""Converts the models beside the project in every mode and holds the results against TensorFlow's converter's files.

    run_zoo.py [--model NAME ...] [--mode MODE ...] [--verbose]

For each model and mode: the file loads and runs in the LiteRT interpreter; where TensorFlow's converter wrote a file from the
same samples, operators, versions, types, integer weights, scales and zero points agree, and the outputs are as near to the
float model's; float outputs agree within 1e-4; keyword spotting is at least as accurate. What differs and is not listed in
explained.json fails, and so does a listed difference that no longer occurs. Needs ../shared (or ZEROPOINT_SHARED) and
ai-edge-litert; says so and passes without.
"""
import os
import sys

import conformance

MODELS = ['kws_dscnn', 'resnet8_cifar10', 'esrgan_slim_x2', 'selfie_tf1', 'half_plus_two_tf2', 'kws_dscnn_f32', 'resnet8_f32',
          'resnet_large_f32', 'mnist_conv_fc', 'mobilenet_v1_025_224', 'face_detection_short_f16', 'face_landmark_f32',
          'speech_embedding', 'movie_review', 'planestrike', 'mnist_lstm', 'dtln_1', 'dtln_2']
# Their labelled samples are enough, and their runs short enough, to compare accuracy.
ACCURACY_MODELS = ('kws_dscnn', 'kws_dscnn_f32')
ACCURACY_SAMPLES = 1000


class ZooModel(conformance.ModelCheck):
    """A model of ../shared/zoo."""

    def __init__(self, name, options):
        import numpy as np
        self.zoo, oracle = conformance.load_oracle()
        super().__init__(options, oracle)
        self.name = name
        self.entry = next(e for e in self.zoo.entries() if e['name'] == name)
        self.path = self.zoo.path(self.entry)
        folder = os.path.join(options.output, name)
        os.makedirs(folder, exist_ok=True)
        self.data = os.path.join(folder, 'samples.npz')
        self.write_samples(np)
        self.float_model = self.reference('float')
        if name in ACCURACY_MODELS:
            labels = np.load(os.path.join(self.zoo.ZOO, self.entry['data']['file']))[self.entry['data']['y']]
            self.labels = labels[:ACCURACY_SAMPLES]

    def write_samples(self, np):
        """The calibration samples, keyed by the names of the model's inputs, first axis = samples."""
        samples = self.zoo.calibration(self.entry)
        names = keys = list(samples[0])
        signatures = self.entry.get('signature_list') or {}
        if len(signatures) == 1 and len(names) == 1:  # a .tflite with a signature: its name for the input, not the tensor's
            keys = next(iter(signatures.values()))['inputs']
        np.savez(self.data, **{key: np.stack([sample[name] for sample in samples]) for key, name in zip(keys, names)})

    def reference(self, mode):
        if mode == 'float' and self.entry['kind'] == 'tflite':  # its float conversion should be the file itself
            return self.path
        path = os.path.join(self.zoo.ZOO, 'reference', self.name, conformance.MODES[mode][0] + '.tflite')
        return path if os.path.exists(path) else None

    def check_samples(self, count):
        calibrated = len(self.zoo.calibration(self.entry))
        return (self.zoo.samples(self.entry, calibrated, calibrated + count) or self.zoo.samples(self.entry, 0, count))[:count]

    def labelled_samples(self):
        return self.zoo.samples(self.entry, 0, len(self.labels))


def check_model(name, options):
    model = ZooModel(name, options)
    return [model.check(mode) for mode in options.mode]


def main():
    options = conformance.parser(__doc__, MODELS).parse_args()
    conformance.load_oracle()
    return conformance.run_checks(options, MODELS, check_model)


if __name__ == '__main__':
    sys.exit(main())
