#!/usr/bin/env python3
"""Quantizes the demo model in every mode with the zeropoint command and shows what each mode costs and gives.

    demo.py --zeropoint build/release/bin/zeropoint --output build/demo

Size and operators come from the command's own report. Accuracy and speed are measured in the LiteRT interpreter when the
Python package ai-edge-litert is there; nothing else here needs more than Python.
"""
import argparse
import contextlib
import json
import os
import subprocess
import sys
import time

try:
    import numpy as np
    from ai_edge_litert.interpreter import Interpreter
except ImportError:
    Interpreter = None

HERE = os.path.dirname(os.path.abspath(__file__))
MODEL = os.path.join(HERE, 'digits')
CALIBRATION = os.path.join(HERE, 'digits_calibration.npz')
TEST = os.path.join(HERE, 'digits_test.npz')
MODES = {
    'float': [],
    'dynamic': [],
    'int8': [],
    'int8-only': ['--input-type', 'int8', '--output-type', 'int8'],
    'float16': [],
    'int16x8': [],
    'int16x8-fallback': [],
}
CALIBRATED = ('int8', 'int8-only', 'int16x8', 'int16x8-fallback')
# A latency is the smallest of this many means over the test images: the least disturbed by other work on the machine.
LATENCY_RUNS = 3


def convert(zeropoint, mode, output):
    """Runs the command; returns its report and the seconds it took."""
    report = output + '.json'
    command = [zeropoint, 'convert', MODEL, '-o', output, '--mode', mode, '--report', report] + MODES[mode]
    if mode in CALIBRATED:
        command += ['--data', CALIBRATION]
    start = time.perf_counter()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    if done.returncode != 0:
        sys.exit('demo: %s\n%s' % (' '.join(command), done.stderr.strip()))
    with open(report, encoding='utf-8') as file:
        return json.load(file), seconds


@contextlib.contextmanager
def quiet():
    """Keeps the interpreter's notes about its delegates out of the table; it raises what goes wrong."""
    saved, sink = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 2)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(sink)


def run(path, images):
    """The model's answers as float probabilities, one row an image, and the seconds a call takes."""
    interpreter = Interpreter(model_path=path, num_threads=1)
    interpreter.allocate_tensors()
    given, answer = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    inputs = images
    if given['dtype'] != np.float32:
        scale, zero_point = given['quantization']
        limits = np.iinfo(given['dtype'])
        inputs = np.clip(np.round(images / scale) + zero_point, limits.min, limits.max).astype(given['dtype'])
    best, rows = float('inf'), []
    for _ in range(LATENCY_RUNS):
        rows, spent = [], 0.0
        for image in inputs:
            interpreter.set_tensor(given['index'], image[None])
            start = time.perf_counter()
            interpreter.invoke()
            spent += time.perf_counter() - start
            rows.append(interpreter.get_tensor(answer['index'])[0])
        best = min(best, spent / len(inputs))
    rows = np.array(rows)
    if answer['dtype'] != np.float32:
        scale, zero_point = answer['quantization']
        rows = (rows.astype(np.float32) - zero_point) * scale
    return rows, best


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--zeropoint', default='zeropoint', help='the command to run')
    parser.add_argument('--output', default='build/demo', help='folder for the converted models')
    options = parser.parse_args()
    os.makedirs(options.output, exist_ok=True)

    print('Model: handwritten digits, 8x8 pixels (a TensorFlow SavedModel), read without TensorFlow')
    print('Files: %s/<mode>.tflite, each with its report in <mode>.tflite.json\n' % options.output)
    columns = ['mode', 'bytes', 'smaller', 'convert', 'ops', 'quantized']
    if Interpreter:
        columns += ['accuracy', 'largest change', 'latency']
        test = np.load(TEST)
    layout = '%-17s %8s %8s %8s %4s %10s' + (' %9s %15s %9s' if Interpreter else '')
    print(layout % tuple(columns))
    float_bytes = float_answers = None
    for mode in MODES:
        path = os.path.join(options.output, mode + '.tflite')
        report, seconds = convert(options.zeropoint, mode, path)
        size = os.path.getsize(path)
        float_bytes = float_bytes or size
        row = [mode, size, '%.2fx' % (float_bytes / size), '%.0f ms' % (1e3 * seconds), len(report['ops']),
               sum(op['quantized'] for op in report['ops'])]
        if Interpreter:
            with quiet():
                answers, latency = run(path, test['image'])
            if float_answers is None:
                float_answers = answers
            row += ['%.2f%%' % (100 * np.mean(answers.argmax(1) == test['label'])),
                    '%.4f' % np.abs(answers - float_answers).max(), '%.1f us' % (1e6 * latency)]
        print(layout % tuple(row), flush=True)
    if Interpreter:
        print('\nAccuracy on %d labelled images; largest change: of any probability against the float model; latency: one image on '
              'one thread.' % len(test['label']))
        return
    print('\nAccuracy and latency need the LiteRT interpreter (numpy, ai-edge-litert): scripts/venv.sh installs it into .venv, '
          'and make demo uses that.')


if __name__ == '__main__':
    main()
