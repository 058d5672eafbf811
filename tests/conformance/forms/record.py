#!/usr/bin/env python3
"""Records what TensorFlow computes of the forms and what its converter makes of them, as golden.json. Needs TensorFlow.

    record.py [--only PREFIX]

A form whose record is up to date is not recorded again.
"""
import argparse
import base64
import json
import os
import subprocess
import sys
import tempfile

import forms

GOLDEN = os.path.join(forms.HERE, 'golden.json')
FORMS_PER_PROCESS = 15


def encode(array):
    return [array.dtype.name, list(array.shape), base64.b64encode(array.tobytes()).decode()]


def ops_of(content):
    import summary
    return [op[0] for op in summary.summarize(content)['ops']]


def record(form):
    """The row, first without what the converter makes of it, which may take the process with it."""
    import tensorflow as tf
    row = {'form': form.fingerprint(), 'results': {}, 'ops': None}
    with tempfile.TemporaryDirectory() as folder:
        form.case.write(folder)
        signature = tf.saved_model.load(folder).signatures['serving_default']
        for key, sample in form.samples().items():
            results = signature(**{name: tf.constant(values) for name, values in sample.items()})
            row['results'][key] = {name: encode(value.numpy()) for name, value in sorted(results.items())}
        yield row
        try:
            row['ops'] = ops_of(tf.lite.TFLiteConverter.from_saved_model(folder).convert())
        except Exception:
            return  # the converter refuses it, or needs Flex
    yield row


def write(golden):
    with open(GOLDEN, 'w', encoding='utf-8') as file:
        lines = ['%s:%s' % (json.dumps(f.name), json.dumps(golden[f.name], separators=(',', ':'))) for f in forms.FORMS if f.name in golden]
        file.write('{%s}\n' % ',\n'.join(lines))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--only', default='', help='forms whose names begin so')
    parser.add_argument('--names', nargs='*', help=argparse.SUPPRESS)
    options = parser.parse_args()
    by_name = {f.name: f for f in forms.FORMS}
    if options.names:
        os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
        for name in options.names:
            for row in record(by_name[name]):
                print('ROW ' + json.dumps([name, row]), flush=True)
        return
    golden = {}
    if os.path.exists(GOLDEN):
        with open(GOLDEN, encoding='utf-8') as file:
            golden = json.load(file)
    golden = {name: row for name, row in golden.items() if name in by_name and row['form'] == by_name[name].fingerprint()}
    todo = [f.name for f in forms.FORMS if f.name.startswith(options.only) and f.name not in golden]
    while todo:
        batch = todo[:FORMS_PER_PROCESS]
        done = subprocess.run([sys.executable, os.path.abspath(__file__), '--names', *batch], capture_output=True, text=True, check=False)
        rows = dict(json.loads(line[4:]) for line in done.stdout.splitlines() if line.startswith('ROW '))
        golden.update(rows)
        write(golden)
        failed = next((name for name in batch if name not in rows), None)  # the process ends with the first
        if failed:
            print('%s: %s' % (failed, ' '.join(done.stderr.splitlines()[-1:])))
        todo = [name for name in todo if name not in rows and name != failed]


if __name__ == '__main__':
    main()
