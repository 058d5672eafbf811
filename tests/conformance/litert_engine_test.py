"""`--engine litert` runs models in LiteRT's interpreter, by way of a Python that has it."""
import json
import os
import subprocess
import sys

import pytest

import conformance

pytest.importorskip('ai_edge_litert')

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DEMO = os.path.join(ROOT, 'examples', 'demo')
DIGITS = os.path.join(DEMO, 'digits')
TEST, CALIBRATION = (os.path.join(DEMO, 'digits_%s.npz' % part) for part in ('test', 'calibration'))
ZEROPOINT = os.path.join(ROOT, 'build', 'release', 'bin', 'zeropoint')


def run(*arguments):
    return subprocess.run([ZEROPOINT, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


def result(*arguments):
    done = run(*arguments, '--json', '--quiet')
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope='module')
def digits_int8(tmp_path_factory):
    path = str(tmp_path_factory.mktemp('litert') / 'digits.tflite')
    assert 'error' not in conformance.convert(ZEROPOINT, DIGITS, 'int8', path, CALIBRATION)
    return path


def top1_in_the_interpreter(path):
    """What the interpreter says itself, without the command."""
    import numpy as np
    from ai_edge_litert.interpreter import Interpreter
    data = np.load(TEST)
    interpreter = Interpreter(model_path=path)
    [entry], [exit_] = interpreter.get_input_details(), interpreter.get_output_details()
    interpreter.allocate_tensors()
    hits = 0
    for image, label in zip(data['image'], data['label']):
        interpreter.set_tensor(entry['index'], image.reshape(entry['shape']).astype(np.float32))
        interpreter.invoke()
        hits += int(interpreter.get_tensor(exit_['index'])[0].argmax() == label)
    return hits / len(data['label'])


def test_evaluate_counts_what_the_interpreter_computes(digits_int8):
    said = result('evaluate', digits_int8, '--data', TEST, '--labels', 'label', '--metric', 'top1', '--engine', 'litert', '--python', sys.executable)
    assert said['value'] == top1_in_the_interpreter(digits_int8)


def test_recommend_names_the_interpreter_as_the_source_of_its_times():
    said = result('recommend', DIGITS, '--data', TEST, '--labels', 'label', '--mode', 'int8', '--engine', 'litert', '--python', sys.executable)
    assert said['latency_source'].startswith('LiteRT')
    assert said['recommended'] == 'int8'


def test_a_python_that_is_missing_or_has_no_litert_is_an_error(digits_int8, tmp_path):
    bare = tmp_path / 'python'
    bare.write_text('#!/bin/sh\nexec %s -S -I "$@"\n' % sys.executable)  # without its packages
    bare.chmod(0o755)
    for python, words in [('/no/such/python', 'cannot be started'), ('false', 'ended at once'), (str(bare), 'ai-edge-litert')]:
        done = run('evaluate', digits_int8, '--data', TEST, '--labels', 'label', '--engine', 'litert', '--python', python)
        assert done.returncode not in (0, 9)
        assert words in done.stderr
