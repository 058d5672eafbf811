#!/usr/bin/env python3
"""Whole-process wall time and peak memory of `zeropoint convert` against TensorFlow's converter and litert-quantizer, in one run.

    conversion_time.py [--model NAME ...] [--mode MODE ...] [--repeat N] [--peer-repeat N] [--output results.jsonl]

Each is a process that reads the same model (a SavedModel; litert-quantizer takes the float .tflite that TensorFlow made of it) and the
same samples and writes one file. A round runs every model and mode once with each of them, alternating, so that a disturbance of the machine meets both; the first round is thrown away (cold file
cache). One JSON line a measurement; conversion_table.py makes docs/performance.md's table of them. Needs ../shared for models
and samples; the peers need tensorflow (and tf_keras, for SavedModels of Keras 2) and litert-quantizer in the Python that runs
this and are left out without.
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

TENSORFLOW, LITERT_QUANTIZER = (os.path.join(HERE, 'peers', name) for name in ('tensorflow_convert.py', 'litert_quantizer_convert.py'))
LITERT_QUANTIZER_MODES = ('dynamic', 'int8', 'int16x8-fallback')  # what it has a recipe for
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
            'tensorflow': installed('tensorflow-cpu') or installed('tensorflow'), 'litert-quantizer': installed('litert-quantizer')}


def measure(command, log):
    """Exit status, wall time and processor time in seconds, and peak memory in MB of a command."""
    done = subprocess.run([sys.executable, '-I', '-S', os.path.join(HERE, 'measure.py'), log, *command], capture_output=True,
                          text=True, check=True)
    return json.loads(done.stdout)


def commands(options, folder, model, mode):
    """{tool: command} for one model and mode."""
    path, data, kind = model.path, model.data, model.entry['kind']
    samples = ['--data', data] if mode in conformance.CALIBRATED else []
    result = {'zeropoint': [options.zeropoint, 'convert', path, '-o', os.path.join(folder, 'zeropoint.tflite'), '--mode', mode,
                            *conformance.MODES[mode][1], *samples]}
    if 'tensorflow' in options.peers and (kind == 'saved_model' or mode in conformance.CALIBRATED):
        result['tensorflow'] = [sys.executable, TENSORFLOW, path, '-o', os.path.join(folder, 'tensorflow.tflite'), '--mode', mode, *samples]
    if 'litert-quantizer' in options.peers and mode in LITERT_QUANTIZER_MODES:
        result['litert-quantizer'] = [sys.executable, LITERT_QUANTIZER, model.float_model, '-o',
                                      os.path.join(folder, 'litert_quantizer.tflite'), '--mode', mode, *samples]
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--model', action='append', choices=run_zoo.MODELS)
    parser.add_argument('--mode', action='append', choices=list(conformance.MODES))
    parser.add_argument('--repeat', type=int, default=5, help='measured rounds of zeropoint')
    parser.add_argument('--peer-repeat', type=int, default=2, help='measured rounds of each peer')
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
    options.peers = [peer for peer in ('tensorflow', 'litert-quantizer') if options.peer and about['versions'][peer]]
    if options.peer and len(options.peers) < 2:
        print('of the peers only %s can be had here' % (options.peers or 'none'), file=sys.stderr)

    work = []
    for name in options.model or DEFAULT_MODELS:
        model = run_zoo.ZooModel(name, argparse.Namespace(output=folder, references=None, zeropoint=options.zeropoint))
        for mode in options.mode or conformance.MODES:
            work.append((name, mode, commands(options, os.path.join(folder, name), model, mode)))
    with open(options.output, 'w', encoding='utf-8') as results:
        for turn in range(1 + max(options.repeat, options.peer_repeat)):
            for name, mode, tools in work:
                for tool, command in tools.items():
                    if turn > (options.repeat if tool == 'zeropoint' else options.peer_repeat):
                        continue
                    if turn == 0 and tool != 'zeropoint' and (name, mode) != next(row[:2] for row in work if tool in row[2]):
                        continue  # one warm-up is enough for a peer: what its runs share is its libraries
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
