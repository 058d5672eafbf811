#!/usr/bin/env python3
"""Converts each form of forms.py and holds LiteRT's results of our float file against TensorFlow's, and its ops against those that
TensorFlow's converter writes; converts it to int8 too, and runs that.

    run_forms.py [--zeropoint COMMAND] [--only PATTERN ...] [--verbose]

Needs numpy and ai-edge-litert; says so and passes without.
"""
import argparse
import base64
import fnmatch
import json
import os
import subprocess
import sys
import tempfile

import forms
import numpy as np

GOLDEN = os.path.join(forms.HERE, 'golden.json')
CONVERT_SECONDS = 60
MOST_BYTES = 1 << 20  # of a result: all


def convert(zeropoint, folder, mode):
    """The file's bytes, or the error as text."""
    output = os.path.join(folder, mode + '.tflite')
    command = [zeropoint, 'convert', folder, '-o', output, '--mode', mode, '-q', '--threads', '1']
    command += ['--data', os.path.join(folder, 'samples.npz')] if mode == 'int8' else []
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=CONVERT_SECONDS, check=False)
    if done.returncode != 0:
        return ' '.join(done.stderr.split()).replace(folder, 'MODEL')
    with open(output, 'rb') as file:
        return file.read()


def decode(row):
    kind, shape, data = row
    return np.frombuffer(base64.b64decode(data), kind).reshape(shape)


def compare(expected, got, tolerance):
    """What is wrong with a result; empty when nothing is."""
    if expected.dtype != got.dtype or expected.shape != got.shape:
        return '%s%s instead of %s%s' % (got.dtype, list(got.shape), expected.dtype, list(expected.shape))
    if expected.dtype.kind != 'f':
        return '' if np.array_equal(expected, got) else '%s instead of %s' % (got.ravel()[:8], expected.ravel()[:8])
    finite = np.isfinite(expected)
    if not np.array_equal(np.isnan(expected), np.isnan(got)) or np.any((expected != got) & ~finite & ~np.isnan(expected)):
        return '%s instead of %s' % (got[~finite][:8], expected[~finite][:8])
    largest = np.max(np.abs(expected[finite]), initial=0)
    off = np.max(np.abs(expected[finite].astype(np.float64) - got[finite]), initial=0)
    return '' if off <= tolerance * largest else 'off by %.3g of %.3g' % (off, largest)


def check(form, golden, zeropoint):
    """(problems, ops of our file)"""
    import summary
    summary.WHOLE_BYTES = MOST_BYTES
    with tempfile.TemporaryDirectory() as folder:
        form.case.write(folder)
        np.savez(os.path.join(folder, 'samples.npz'), **form.case.calibration())
        content = convert(zeropoint, folder, 'float')
        integers = convert(zeropoint, folder, 'int8') if form.int8 else None
    if isinstance(content, str):
        return [content], []
    problems = []
    samples = form.samples()
    for key, answer in zip(samples, summary.run_all([(content, sample) for sample in samples.values()])):
        if isinstance(answer, str):
            problems.append('%s: %s' % (key, answer))
            continue
        for name, row in golden['results'][key].items():
            problem = compare(decode(row), decode(answer[name]), form.tolerance) if name in answer else 'missing'
            problems += ['%s, %s: %s' % (key, name, problem)] if problem else []
    ops = [op[0] for op in summary.summarize(content)['ops']]
    theirs = golden['ops']
    if theirs is not None and (len(ops) > len(theirs)) != bool(form.why):
        problems.append('%s; TensorFlow: %s; a reason is %s' % (' '.join(ops), ' '.join(theirs), 'given' if form.why else 'missing'))
    if isinstance(integers, str):
        problems.append('int8: ' + integers)
    elif integers is not None:
        answer = summary.run_all([(integers, samples['0'])])[0]
        problems += ['int8: ' + answer] if isinstance(answer, str) else []
    return problems, ops


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--zeropoint', default=os.path.join(forms.ROOT, 'build/release/bin/zeropoint'), help='the command')
    parser.add_argument('--only', action='append', help='only forms of this name or pattern (may be repeated)')
    parser.add_argument('--verbose', action='store_true', help='the ops of each file')
    options = parser.parse_args()
    try:
        import summary  # noqa: F401: whether it can be had
    except ImportError as missing:
        print('forms SKIPPED: %s; scripts/venv.sh installs the interpreter' % missing)
        return 0
    with open(GOLDEN, encoding='utf-8') as file:
        golden = json.load(file)
    wanted = [f for f in forms.FORMS if not options.only or any(fnmatch.fnmatch(f.name, p) for p in options.only)]
    failed = unique = 0
    for form in wanted:
        row = golden.get(form.name)
        if row is None or row['form'] != form.fingerprint():
            problems, ops = ['changed or not recorded; run record.py'], []
        else:
            problems, ops = check(form, row, os.path.abspath(options.zeropoint))
            unique += row['ops'] is None
        failed += bool(problems)
        for problem in problems:
            print('%s: %s' % (form.name, problem))
        if options.verbose:
            print('%s: %s; TensorFlow: %s' % (form.name, ' '.join(ops), ' '.join(row['ops']) if row and row['ops'] is not None else 'refuses'))
    print('forms: %d, %d of them refused by TensorFlow\'s converter: %d fail' % (len(wanted), unique, failed))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
