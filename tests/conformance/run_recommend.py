#!/usr/bin/env python3
"""Holds what `zeropoint recommend` says of the models beside the project against the LiteRT interpreter, on samples it never saw.

    run_recommend.py [--model NAME ...] [--verbose]

The command gets one part of a model's samples (labels, where the model has some) and recommends a mode. Here every mode is converted
from the same samples and run by the interpreter on the other part. Fails where the choice is further behind the best mode than
the command says it may be: more than `max_drop` of a fraction, or below `limit` decibels. A fraction of few samples is itself uncertain:
what counts is by how much the excess is beyond two standard errors of the difference between two modes on the same samples (a
paired comparison). For models without samples of their own, inputs are drawn.

Needs ../shared (or ZEROPOINT_SHARED) and ai-edge-litert; says so and passes without.
"""
import concurrent.futures
import json
import math
import multiprocessing
import os
import subprocess
import sys

import conformance
import run_zoo

# The others take minutes each, or cannot be judged so: two signatures (toy_kv_cache_two_sigs), an op without kernel (selfie_segmentation_f16), a
# state that goes from sample to sample (dtln_full), one number in, one out (half_plus_two).
MODELS = ['kws_dscnn', 'kws_dscnn_f32', 'resnet8_cifar10', 'resnet8_f32', 'resnet_large_f32', 'mnist_conv_fc', 'mnist_lstm',
          'mobilenet_v1_025_224', 'movie_review', 'speech_embedding', 'dtln_1', 'dtln_2', 'selfie_tf1', 'face_landmark_f32',
          'face_detection_short_f16', 'palm_detection_lite_f16', 'planestrike', 'sdpa_composite', 'hand_landmark_lite_f16',
          'face_landmark_f16', 'face_detection_back_f16', 'esrgan_slim_x2', 'torchaudio_conformer']
LABELLED = 500       # samples of a labelled set for the command, and as many for the interpreter
HELD_OUT = 20        # samples without labels for the interpreter
STANDARD_ERRORS = 2  # of a paired difference: what chance alone exceeds once in forty models


class Recommended(run_zoo.ZooModel):
    """A model of ../shared/zoo, its samples cut in a part for the command and one for the interpreter."""

    def __init__(self, name, options):
        self.classes = None
        super().__init__(name, options)

    def write_samples(self, np):
        data = self.entry.get('data') or {}
        if self.entry['metric'] == 'top1' and data.get('y'):
            self.classes = np.load(os.path.join(self.zoo.ZOO, data['file']))[data['y']]
        super().write_samples(np)

    def split(self):
        """How many samples the command gets: half, where there are labels."""
        return min(LABELLED, len(self.classes) // 2)

    def calibration_samples(self):
        if self.classes is None:
            return super().calibration_samples()
        return self.zoo.samples(self.entry, 0, self.split())

    def held_out(self):
        if self.classes is None:
            return self.check_samples(HELD_OUT)
        return self.zoo.samples(self.entry, self.split(), 2 * self.split())

    def recommendation(self):
        """The command's JSON, or its error."""
        command = [self.options.zeropoint, 'recommend', self.path, '--data', self.data, '--json', '--quiet']
        if self.classes is not None:
            import numpy as np
            labels = os.path.join(os.path.dirname(self.data), 'labels.npy')
            np.save(labels, self.classes[:self.split()])
            command += ['--labels', labels]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=10 * conformance.RUN_SECONDS, check=False)
        if done.returncode != 0:
            raise RuntimeError('%s: %s' % (' '.join(command), done.stderr.strip()))
        return json.loads(done.stdout)

    def results(self, mode, samples):
        """[outputs of each sample] of the mode's file in the interpreter; None where it is refused or does not run."""
        path = os.path.join(os.path.dirname(self.data), mode + '.tflite')
        if 'error' in conformance.convert(self.options.zeropoint, self.path, mode, path, self.data):
            return None
        runs, outputs = conformance.isolated(self.oracle.run, path, conformance.Samples(samples), seconds=5 * conformance.RUN_SECONDS)
        return outputs if runs else None


def right(outputs, labels):
    """1 for each sample whose top class is its label, else 0."""
    return [int(int(row[0].argmax()) == int(label)) for row, label in zip(outputs, labels)]


def excess_of_fractions(hits, choice, allowed):
    """(the best mode, by how much the choice is behind it, its standard error) of {mode: [0 or 1]}."""
    best = max(hits, key=lambda mode: sum(hits[mode]))
    count = len(hits[best])
    differences = [a - b for a, b in zip(hits[best], hits[choice])]
    behind = sum(differences) / count
    variance = sum((d - behind) ** 2 for d in differences) / count
    error = math.sqrt(variance / count)
    return best, behind, error, behind - allowed > STANDARD_ERRORS * error


def check_model(name, options):
    """(name, the line to print, whether the choice keeps what it says)."""
    model = Recommended(name, options)
    said = model.recommendation()
    samples = model.held_out()
    tried = [row['mode'] for row in said['modes'] if row['tried']]
    outputs = {mode: model.results(mode, samples) for mode in tried}
    outputs = {mode: rows for mode, rows in outputs.items() if rows is not None}
    choice = said['recommended']
    if choice not in outputs:
        return name, '%s does not run in LiteRT' % choice, False
    row = next(row for row in said['modes'] if row['mode'] == choice)
    if model.classes is not None:
        labels = model.classes[model.split():]
        hits = {mode: right(rows, labels) for mode, rows in outputs.items()}
        best, behind, error, fails = excess_of_fractions(hits, choice, said['max_drop'])
        text = '%s: %.1f %% of %d, %.1f points (standard error %.1f) behind %s; said: at most %.1f, %.1f on its own samples' % (
            choice, 100 * sum(hits[choice]) / len(samples), len(samples), 100 * behind, 100 * error, best, 100 * said['max_drop'], 100 * row['behind'])
        return name, text, not fails
    exact = outputs['float']
    ratio = model.oracle.sqnr([[row[0]] for row in exact], [[row[0]] for row in outputs[choice]])[0]
    text = '%s: %.1f dB on %d others; said: at least %.1f, %s on its own samples' % (choice, ratio, len(samples), said['limit'], row['value'])
    return name, text, not ratio < said['limit']


def main():
    options = conformance.parser(__doc__, MODELS).parse_args()
    conformance.load_oracle()
    options.references = None  # TensorFlow's files are not needed here
    options.zeropoint = os.path.abspath(options.zeropoint)
    options.output = os.path.join(os.path.abspath(options.output), 'recommend')
    os.makedirs(options.output, exist_ok=True)
    failed, models = [], options.model or MODELS
    with concurrent.futures.ProcessPoolExecutor(options.jobs, multiprocessing.get_context('fork')) as pool:
        for job in [pool.submit(check_model, name, options) for name in models]:
            name, text, keeps = job.result()
            if not keeps:
                failed.append(name)
            if options.verbose or not keeps:
                print('%-5s %-25s %s' % ('ok' if keeps else 'FAILS', name, text))
    print('recommend: the choice keeps what it says on %d of %d models' % (len(models) - len(failed), len(models)))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
