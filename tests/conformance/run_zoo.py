#!/usr/bin/env python3
"""Converts the models beside the project in every mode and holds the results against TensorFlow's converter's files.

    run_zoo.py [--model NAME ...] [--mode MODE ...] [--verbose]

For each model and mode: the file loads and runs in the LiteRT interpreter; where TensorFlow's converter wrote a file from the
same samples, operators, versions, types, integer weights, scales and zero points agree, and the outputs are as near to the
float model's; float outputs agree within 1e-4; keyword spotting is at least as accurate. What differs and is not listed in
explained.json fails, and so does a listed difference that no longer occurs. Needs ../shared (or ZEROPOINT_SHARED) and
ai-edge-litert; says so and passes without.
"""
import argparse
import concurrent.futures
import json
import math
import multiprocessing
import os
import sys
import time

import conformance

MODELS = ['kws_dscnn', 'resnet8_cifar10', 'esrgan_slim_x2', 'selfie_tf1', 'half_plus_two_tf2', 'kws_dscnn_f32', 'resnet8_f32',
          'resnet_large_f32', 'mnist_conv_fc', 'mobilenet_v1_025_224', 'face_detection_short_f16', 'face_landmark_f32',
          'speech_embedding', 'movie_review', 'planestrike']
# Their labelled samples are enough, and their runs short enough, to compare accuracy.
ACCURACY_MODELS = ('kws_dscnn', 'kws_dscnn_f32')
ACCURACY_SAMPLES = 1000
# Samples whose outputs are compared; the interpreter's int16x8 kernels are plain loops, hence few.
OUTPUT_SAMPLES = {'int16x8': 2, 'int16x8-fallback': 2}
DEFAULT_OUTPUT_SAMPLES = 4


def write_samples(np, zoo, entry, path):
    """The calibration samples, keyed by the names of the model's inputs, first axis = samples."""
    samples = zoo.calibration(entry)
    names = list(samples[0])
    signatures = entry.get('signature_list') or {}
    if len(signatures) == 1 and len(names) == 1:  # a .tflite with a signature: its name for the input, not the tensor's
        keys = next(iter(signatures.values()))['inputs']
    else:
        keys = names
    np.savez(path, **{key: np.stack([sample[name] for sample in samples]) for key, name in zip(keys, names)})


def check_samples(zoo, entry, count):
    """Samples that did not calibrate, where there are such."""
    calibrated = len(zoo.calibration(entry))
    return zoo.samples(entry, calibrated, calibrated + count)[:count] or zoo.samples(entry, 0, count)[:count]


def accuracy(np, zoo, oracle, entry, path):
    """Share of the labelled samples that the model gets right. Single threaded, as run() is."""
    labels = np.load(os.path.join(zoo.ZOO, entry['data']['file']))[entry['data']['y']][:ACCURACY_SAMPLES]
    outputs = oracle.run(path, conformance.Samples(zoo.samples(entry, 0, len(labels))))
    return float(np.mean([int(np.argmax(row[0])) == int(label) for row, label in zip(outputs, labels)]))


class ModelCheck:
    """One model in all wanted modes; runs in a process of its own."""

    def __init__(self, name, options):
        import numpy as np
        self.np = np
        self.zoo, self.oracle = conformance.load_oracle()
        self.options = options
        self.entry = next(e for e in self.zoo.entries() if e['name'] == name)
        self.folder = os.path.join(options.output, name)
        os.makedirs(self.folder, exist_ok=True)
        self.data = os.path.join(self.folder, 'samples.npz')
        write_samples(np, self.zoo, self.entry, self.data)
        self.references = os.path.join(self.zoo.ZOO, 'reference', name)
        self.float_model = self.reference('float')
        self.measured = {}  # content of a file -> accuracy

    def reference(self, mode):
        """TensorFlow's file, or None. A .tflite's own float conversion should be the file itself."""
        if mode == 'float' and self.entry['kind'] == 'tflite':
            return self.zoo.path(self.entry)
        path = os.path.join(self.references, conformance.MODES[mode][0] + '.tflite')
        return path if os.path.exists(path) else None

    def run(self, path, count):
        samples = conformance.Samples(check_samples(self.zoo, self.entry, count))
        return conformance.isolated(self.oracle.run, path, samples)

    def accuracy(self, path):
        with open(path, 'rb') as file:
            content = file.read()
        if content not in self.measured:
            self.measured[content] = conformance.isolated(accuracy, self.np, self.zoo, self.oracle, self.entry, path)
        return self.measured[content]

    def check(self, mode):
        """The row of this mode: figures and differences."""
        started = time.perf_counter()
        output = os.path.join(self.folder, mode + '.tflite')
        row = {'model': self.entry['name'], 'mode': mode}
        done = conformance.convert(self.options.zeropoint, self.zoo.path(self.entry), mode, output, self.data)
        row['convert_seconds'] = round(done['seconds'], 3)
        row['command'] = ' '.join(done['command'])
        if 'error' in done:
            found = [conformance.Difference('conversion', done['error'])]
        else:
            found = self.compare(mode, output, done['report'], row)
        row['differences'] = [list(d) for d in found]
        row['seconds'] = round(time.perf_counter() - started, 1)
        return row

    def compare(self, mode, output, report, row):
        reference = self.reference(mode)
        found = []
        if reference:
            ranges = {t['name']: (t['min'], t['max']) for t in report['tensors'] if t.get('has_range')}
            found, figures = conformance.compare_files(self.oracle, reference, output, ranges)
            row.update(figures)
        else:
            row['bytes'] = os.path.getsize(output)
        found += self.compare_outputs(mode, output, reference, row)
        if self.entry['name'] in ACCURACY_MODELS:
            found += self.compare_accuracy(output, reference, row)
        return found

    def compare_outputs(self, mode, output, reference, row):
        count = OUTPUT_SAMPLES.get(mode, DEFAULT_OUTPUT_SAMPLES)
        runs, actual = self.run(output, count)
        if not runs:
            return [conformance.Difference('run', actual)]
        runs, exact = self.run(self.float_model, count)
        if not runs:
            return [conformance.Difference('run', 'the float model itself: ' + exact)]
        if mode == 'float':
            row['output_error'] = conformance.relative_error(exact, actual)
            if row['output_error'] > conformance.OUTPUT_TOLERANCE:
                return [conformance.Difference('float outputs', 'relative error %.3g' % row['output_error'])]
            return []
        row['sqnr'] = self.oracle.sqnr(exact, actual)
        floor = [conformance.SQNR_FLOOR[mode]] * len(row['sqnr'])
        if reference:
            runs, theirs = self.run(reference, count)
            if runs:
                row['reference_sqnr'] = self.oracle.sqnr(exact, theirs)
                floor = [value - conformance.SQNR_TOLERANCE for value in row['reference_sqnr']]
            else:
                row['reference_error'] = theirs
        return [conformance.Difference('outputs', 'output %d: %.1f dB against the float model, expected %.1f' % (k, value, least))
                for k, (value, least) in enumerate(zip(row['sqnr'], floor)) if math.isnan(value) or value < least]

    def compare_accuracy(self, output, reference, row):
        ok, value = self.accuracy(output)
        if not ok:
            return [conformance.Difference('accuracy', value)]
        row['accuracy'] = value
        if not reference:
            return []
        ok, expected = self.accuracy(reference)
        if not ok:
            return []
        row['reference_accuracy'] = expected
        return [] if value >= expected else [conformance.Difference('accuracy', '%.4f, the reference has %.4f' % (value, expected))]


def check_model(name, options):
    model = ModelCheck(name, options)
    return [model.check(mode) for mode in options.mode]


def decibels(values):
    return '/'.join('%.1f' % v for v in values) if values else '-'


def cells(row, verdict):
    weights = '%d/%d' % (row['weights_equal'], row['weights']) if 'weights' in row else '-'
    quality = '%.1e' % row['output_error'] if 'output_error' in row else decibels(row.get('sqnr'))
    theirs = 'does not run' if 'reference_error' in row else decibels(row.get('reference_sqnr'))
    if len(quality) > 20:  # models with many outputs: the worst tells enough
        quality, theirs = 'min %.1f' % min(row['sqnr']), 'min %.1f' % min(row.get('reference_sqnr') or [math.nan])
    right = '%.1f%%' % (100 * row['accuracy']) if 'accuracy' in row else ''
    if 'reference_accuracy' in row:
        right += ' (%.1f%%)' % (100 * row['reference_accuracy'])
    return [row['model'], row['mode'], verdict, str(row.get('bytes', '-')), str(row.get('reference_bytes', '-')), weights,
            '%.0e' % row['scale_error'] if row.get('scale_error') else '-', quality, theirs, right, '%.2f' % row['convert_seconds']]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--model', action='append', choices=MODELS, help='only this one (may be repeated)')
    parser.add_argument('--mode', action='append', choices=list(conformance.MODES), help='only this one (may be repeated)')
    parser.add_argument('--zeropoint', default=os.path.join(conformance.ROOT, 'build/release/bin/zeropoint'), help='the command')
    parser.add_argument('--output', default=os.path.join(conformance.ROOT, 'build/conformance'), help='folder for what is written')
    parser.add_argument('--jobs', type=int, default=os.cpu_count())
    parser.add_argument('--verbose', action='store_true', help='every difference in full')
    parser.add_argument('--quiet', action='store_true', help='only rows with unexplained differences')
    options = parser.parse_args()
    options.zeropoint = os.path.abspath(options.zeropoint)
    options.model, options.mode = options.model or MODELS, options.mode or list(conformance.MODES)
    conformance.load_oracle()
    os.makedirs(options.output, exist_ok=True)
    explained = conformance.Explained()

    started = time.perf_counter()
    rows, failed, lines, shown = [], 0, [], []
    with concurrent.futures.ProcessPoolExecutor(options.jobs, multiprocessing.get_context('fork')) as pool:
        for answers in pool.map(check_model, options.model, [options] * len(options.model)):
            rows += answers
    for row in rows:
        differences = [conformance.Difference(*d) for d in row['differences']]
        unexplained, known, stale = explained.judge(row['model'], row['mode'], differences)
        row['unexplained'] = [list(d) for d in unexplained]
        row['stale'] = [e['what'] for e in stale]
        failed += bool(unexplained or stale)
        verdict = 'DIFFERS' if unexplained else 'STALE' if stale else 'explained' if known else 'same' if row.get('reference_bytes') else 'ok'
        if not options.quiet or verdict in ('DIFFERS', 'STALE'):
            shown.append(cells(row, verdict))
        texts = ['%s: %s' % d for d in unexplained] + ['explained.json: %s no longer occurs' % e['what'] for e in stale]
        limit = len(texts) if options.verbose else 3
        lines += ['%s %s: %s' % (row['model'], row['mode'], text) for text in texts[:limit]]
        if len(texts) > limit:
            lines.append('%s %s: ... and %d more (--verbose)' % (row['model'], row['mode'], len(texts) - limit))
    columns = ['model', 'mode', 'verdict', 'bytes', 'reference', 'weights', 'scale err', 'error/SQNR dB', 'reference', 'accuracy',
               'seconds']
    if shown:
        print(conformance.table(shown, columns))
    for line in lines:
        print(line)
    with open(os.path.join(options.output, 'results.json'), 'w', encoding='utf-8') as file:
        json.dump(rows, file, indent=1, default=float)
    print('conformance: %d of %d passed in %.0f s' % (len(rows) - failed, len(rows), time.perf_counter() - started))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
