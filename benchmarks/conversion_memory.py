#!/usr/bin/env python3
"""Peak memory of conversions of large models, mode by mode, against TensorFlow's converter.

    conversion_memory.py [--model NAME ...] [--mode MODE ...] [--repeat N] [--no-peer] [--output build/bench/conversion_memory.jsonl]

Keras applications with random weights, exported once; calibration takes four random images. What counts is the process's own
memory (own_memory.py): pages of mapped files are the system's to move out. One JSON line a measurement. Needs tensorflow in the
Python that runs this, to export and as the peer.
"""
import argparse
import json
import os
import subprocess
import sys

import own_memory

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
PEER = os.path.join(HERE, 'peers', 'tensorflow_convert.py')
MODELS = ['MobileNetV2', 'EfficientNetB0', 'ResNet50', 'VGG16']
MODES = ['float', 'dynamic', 'float16', 'int8', 'int16x8']
CALIBRATED = ['int8', 'int16x8']
SAMPLES = 4
SEED = 11


def export(name, folder):
    os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
    import keras
    import numpy as np
    keras.utils.set_random_seed(SEED)
    model = getattr(keras.applications, name)(weights=None)
    images = np.random.default_rng(SEED).random((SAMPLES, 1, *model.input_shape[1:]), dtype=np.float32)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.0  # knows the images: without, activations fade to nothing layer by layer
    model(images[:, 0], training=True)
    model.export(folder, verbose=False)
    np.savez(folder + '.npz', **{model.inputs[0].name: images})


def size_of(folder):
    return sum(os.path.getsize(os.path.join(path, name)) for path, _, names in os.walk(folder) for name in names)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--model', action='append', choices=MODELS)
    parser.add_argument('--mode', action='append', choices=MODES)
    parser.add_argument('--repeat', type=int, default=3, help='rounds of zeropoint')
    parser.add_argument('--no-peer', dest='peer', action='store_false')
    parser.add_argument('--zeropoint', default=os.path.join(ROOT, 'build/release/bin/zeropoint'))
    parser.add_argument('--output', default=os.path.join(ROOT, 'build/bench/conversion_memory.jsonl'))
    parser.add_argument('--export', nargs=2, metavar=('NAME', 'FOLDER'), help='only export a model')
    options = parser.parse_args()
    if options.export:
        export(*options.export)
        return
    here = os.path.dirname(os.path.abspath(options.output))
    os.makedirs(here, exist_ok=True)
    log = options.output + '.log'
    with open(options.output, 'w', encoding='utf-8') as results:
        for name in options.model or MODELS:
            folder = os.path.join(here, name)
            if not os.path.isfile(folder + '.npz'):
                subprocess.run([sys.executable, os.path.abspath(__file__), '--export', name, folder], check=True)
            for mode in options.mode or MODES:
                data = ['--data', folder + '.npz'] if mode in CALIBRATED else []
                tools = {'zeropoint': ([os.path.abspath(options.zeropoint)], ['convert'], options.repeat)}
                if options.peer:
                    tools['tensorflow'] = ([sys.executable, PEER], [], 1)
                for tool, (command, verb, rounds) in tools.items():
                    output = os.path.join(here, f'{tool}.tflite')
                    for turn in range(1, rounds + 1):
                        row = own_memory.run([*command, *verb, folder, '-o', output, '--mode', mode, *data], log)
                        if row['status'] != 0:
                            print(f'{name} {mode} {tool}: FAILED, see {log}', flush=True)
                            break
                        for metric, value, unit in (('own_memory', row['own_mb'], 'MB'), ('peak_memory', row['peak_mb'], 'MB'),
                                                    ('time', row['seconds'], 's'), ('source_size', size_of(folder) / 2**20, 'MB')):
                            results.write(json.dumps({'benchmark': 'conversion_memory', 'model': name, 'mode': mode, 'peer': tool,
                                                      'metric': metric, 'value': round(value, 3), 'unit': unit, 'round': turn}) + '\n')
                        results.flush()
                        print('%-15s %-8s %-10s %8.1f MB own %8.1f MB in all %7.2f s' % (
                            name, mode, tool, row['own_mb'], row['peak_mb'], row['seconds']), flush=True)


if __name__ == '__main__':
    main()
