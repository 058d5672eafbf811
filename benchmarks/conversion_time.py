#!/usr/bin/env python3
"""Whole-process wall time and peak memory of `zeropoint convert` against TensorFlow's converter, in one run.

    conversion_time.py [--model NAME ...] [--mode MODE ...] [--repeat N] [--peer-repeat N] [--output results.jsonl]

Both are processes that read the same model and the same samples and write one file. A round runs every model and mode once with
each of the two, alternating, so that a disturbance of the machine meets both; the first round is thrown away (cold file
cache). One JSON line a measurement; conversion_table.py makes docs/performance.md's table of them. Needs ../shared for models
and samples; the peer needs tensorflow (and
tf_keras, for SavedModels of Keras 2) in the Python that runs this and is left out without.
"""
import argparse
import importlib.metadata
import json
import os
import platform
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path.insert(0, os.path.join(ROOT, 'tests', 'conformance'))

import conformance
import run_zoo

PEER = os.path.join(HERE, 'peers', 'tensorflow_convert.py')
# TensorFlow's converter takes seconds a conversion; these cover small and large, TF1 and TF2, convolution and dense.
DEFAULT_MODELS = ['kws_dscnn', 'resnet8_cifar10', 'esrgan_slim_x2', 'selfie_tf1', 'half_plus_two_tf2', 'resnet_large_f32',
                  'mobilenet_v1_025_224', 'face_landmark_f32', 'speech_embedding']


def machine():
    model = platform.processor()
    with open('/proc/cpuinfo', encoding='utf-8') as file:
        model = next((line.split(':', 1)[1].strip() for line in file if line.startswith('model name')), model)
    return {'cpu': model, 'cores': os.cpu_count(), 'memory_mb': os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') >> 20,
            'kernel': platform.release()}


def versions(zeropoint):
    def output(*command):
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()

    def installed(package):
        try:
            return importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            return None

    changed = '+' if output('git', 'status', '--porcelain') else ''
    return {'zeropoint': output(zeropoint, '--version'), 'commit': output('git', 'rev-parse', '--short=12', 'HEAD') + changed,
            'compiler': output('c++', '--version').splitlines()[0], 'python': platform.python_version(),
            'tensorflow': installed('tensorflow-cpu') or installed('tensorflow')}


def measure(command, log):
    """Exit status, wall time and processor time in seconds, and peak memory in MB of a command."""
    done = subprocess.run([sys.executable, '-I', '-S', os.path.join(HERE, 'measure.py'), log, *command], capture_output=True,
                          text=True, check=True)
    return json.loads(done.stdout)


def commands(options, folder, path, mode, data, kind):
    """{tool: command} for one model and mode."""
    samples = ['--data', data] if mode in conformance.CALIBRATED else []
    result = {'zeropoint': [options.zeropoint, 'convert', path, '-o', os.path.join(folder, 'zeropoint.tflite'), '--mode', mode,
                            *conformance.MODES[mode][1], *samples]}
    if options.peer and (kind == 'saved_model' or mode in conformance.CALIBRATED):
        result['tensorflow'] = [sys.executable, PEER, path, '-o', os.path.join(folder, 'tensorflow.tflite'), '--mode', mode, *samples]
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--model', action='append', choices=run_zoo.MODELS)
    parser.add_argument('--mode', action='append', choices=list(conformance.MODES))
    parser.add_argument('--repeat', type=int, default=5, help='measured rounds of zeropoint')
    parser.add_argument('--peer-repeat', type=int, default=2, help='measured rounds of the peer')
    parser.add_argument('--no-peer', dest='peer', action='store_false')
    parser.add_argument('--zeropoint', default=os.path.join(ROOT, 'build/release/bin/zeropoint'))
    parser.add_argument('--output', default=os.path.join(ROOT, 'build/bench/conversion_time.jsonl'))
    options = parser.parse_args()
    options.zeropoint = os.path.abspath(options.zeropoint)
    if conformance.shared_folder() is None:
        sys.exit('no ../shared with models and samples (ZEROPOINT_SHARED names another place)')
    folder = os.path.dirname(os.path.abspath(options.output))
    os.makedirs(folder, exist_ok=True)
    about = {'machine': machine(), 'versions': versions(options.zeropoint)}
    if options.peer and not about['versions']['tensorflow']:
        print('tensorflow is not installed here; measuring zeropoint alone', file=sys.stderr)
        options.peer = False

    work = []
    for name in options.model or DEFAULT_MODELS:
        model = run_zoo.ZooModel(name, argparse.Namespace(output=folder))
        for mode in options.mode or conformance.MODES:
            work.append((name, mode, commands(options, os.path.join(folder, name), model.path, mode, model.data,
                                              model.entry['kind'])))
    with open(options.output, 'w', encoding='utf-8') as results:
        for turn in range(1 + max(options.repeat, options.peer_repeat)):
            for name, mode, tools in work:
                for tool, command in tools.items():
                    if turn > (options.repeat if tool == 'zeropoint' else options.peer_repeat):
                        continue
                    if turn == 0 and tool != 'zeropoint' and (name, mode) != work[0][:2]:
                        continue  # one warm-up is enough for the peer: what its runs share is TensorFlow itself
                    row = measure(command, options.output + '.log')
                    if turn == 0:
                        continue
                    row = {'benchmark': 'conversion_time', 'model': name, 'mode': mode, 'tool': tool, 'round': turn, **row, **about}
                    results.write(json.dumps(row) + '\n')
                    results.flush()
                    print('%-22s %-17s %-10s %8.3f s %8.1f MB%s' % (name, mode, tool, row['seconds'], row['peak_mb'],
                                                                    '' if row['status'] == 0 else '  FAILED'), flush=True)


if __name__ == '__main__':
    main()
