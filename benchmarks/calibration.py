#!/usr/bin/env python3
"""int8 with 100 samples: `zeropoint convert` against TensorFlow's converter and litert-quantizer, all cores for all.

    calibration.py [--model NAME ...] [--rounds N] [--peer-rounds N] [--output build/bench/calibration.jsonl]

Each is a process that reads the same model (a SavedModel; litert-quantizer takes the .tflite that TensorFlow makes of it) and the
same samples and writes one file. Rounds alternate between them. Written down are wall time and processor time of the process, its
peak memory, and the wall time of the calibration alone as each tells it. One JSON line a measurement; the last lines are the
ratios of the medians and their geometric mean. Models come from bench_models.py.
"""
import argparse
import json
import math
import os
import re
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)

import bench_models

NAME = 'calibration'
CALIBRATED = re.compile(r'^\s*calibrate\s+([0-9.]+) s', re.MULTILINE)


def commands(options, name, folder):
    """{tool: command}."""
    saved_model, tflite, samples = bench_models.paths(name)
    peers = os.path.join(HERE, 'peers')

    def output(tool):
        return ['-o', os.path.join(folder, '%s.%s.tflite' % (name, tool))]

    result = {'zeropoint': [options.zeropoint, 'convert', saved_model, *output('zeropoint'), '--mode', 'int8', '--data', samples, '-v']}
    if 'tensorflow' in options.peer:
        result['tensorflow'] = [sys.executable, os.path.join(peers, 'tensorflow_convert.py'), saved_model, *output('tensorflow'),
                                '--mode', 'int8', '--data', samples]
    if 'litert-quantizer' in options.peer:
        result['litert-quantizer'] = [sys.executable, os.path.join(peers, 'litert_quantizer_convert.py'), tflite,
                                      *output('litert-quantizer'), '--data', samples]
    return result


def measure(command, log):
    """{metric: value} of one process."""
    if os.path.exists(log):
        os.remove(log)
    done = subprocess.run([sys.executable, '-I', '-S', os.path.join(HERE, 'measure.py'), log, *command], capture_output=True, text=True,
                          check=True)
    row = json.loads(done.stdout)
    with open(log, encoding='utf-8', errors='replace') as file:
        text = file.read()
    if row['status'] != 0:
        sys.exit('%s failed:\n%s' % (' '.join(command), text[-2000:]))
    # TensorFlow walks its samples more than once; the calibration is the longest walk.
    return {'seconds': row['seconds'], 'cpu_seconds': row['cpu_seconds'], 'peak_mb': row['peak_mb'],
            'calibration_seconds': max(map(float, CALIBRATED.findall(text)))}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--model', action='append', choices=list(bench_models.SHAPES))
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--peer-rounds', type=int, default=1)
    parser.add_argument('--peer', action='append', choices=['tensorflow', 'litert-quantizer', 'none'])
    parser.add_argument('--zeropoint', default=os.path.join(ROOT, 'build/release/bin/zeropoint'))
    parser.add_argument('--output', default=os.path.join(ROOT, 'build/bench/%s.jsonl' % NAME))
    options = parser.parse_args()
    options.peer = options.peer or ['tensorflow', 'litert-quantizer']
    options.zeropoint = os.path.abspath(options.zeropoint)
    names = options.model or list(bench_models.SHAPES)
    missing = [name for name in names if not all(map(os.path.exists, bench_models.paths(name)))]
    if missing:
        sys.exit('bench_models.py makes the models first; missing: ' + ', '.join(missing))
    folder = os.path.dirname(os.path.abspath(options.output))
    os.makedirs(folder, exist_ok=True)
    units = {'peak_mb': 'MB'}
    ratios = {}
    with open(options.output, 'w', encoding='utf-8') as results:
        def write(model, peer, metric, value, unit, turn=None):
            results.write(json.dumps({'benchmark': NAME, 'model': model, 'mode': 'int8', 'peer': peer, 'metric': metric, 'value': value,
                                      'unit': unit, 'round': turn}) + '\n')
            results.flush()

        for name in names:
            found = {}
            for turn in range(max(options.rounds, options.peer_rounds)):
                for tool, command in commands(options, name, folder).items():
                    if turn >= (options.rounds if tool == 'zeropoint' else options.peer_rounds):
                        continue
                    for metric, value in measure(command, options.output + '.log').items():
                        write(name, tool, metric, value, units.get(metric, 's'), turn)
                        found.setdefault((tool, metric), []).append(value)
            middle = {key: statistics.median(values) for key, values in found.items()}
            text = '%-16s zeropoint %6.2f s (calibration %6.2f s, %4.0f MB)' % (
                name, middle['zeropoint', 'seconds'], middle['zeropoint', 'calibration_seconds'], middle['zeropoint', 'peak_mb'])
            for tool in options.peer:
                if (tool, 'seconds') not in middle:
                    continue
                pair = []
                for metric in ('seconds', 'calibration_seconds'):
                    ratio = middle[tool, metric] / middle['zeropoint', metric]
                    ratios.setdefault((tool, metric), []).append(ratio)
                    write(name, tool, 'times_faster_' + metric, ratio, 'ratio')
                    pair.append(ratio)
                text += '   %s %6.2f s (%6.2f s): %.1f x, calibration alone %.1f x' % (
                    tool, middle[tool, 'seconds'], middle[tool, 'calibration_seconds'], *pair)
            print(text, flush=True)
        for (tool, metric), values in ratios.items():
            mean = math.exp(statistics.fmean(map(math.log, values)))
            write('geometric mean', tool, 'times_faster_' + metric, mean, 'ratio')
            print('geometric mean, %s of %s: %.1f times faster' % (metric.replace('_', ' '), tool, mean))


if __name__ == '__main__':
    main()
