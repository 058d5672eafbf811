"""Lookup tables of SavedModels compute in LiteRT what they compute in TensorFlow.

The models are recorded by tests/data/make_tables_reference.py.
"""
import os
import subprocess

import numpy as np
import pytest

import conformance

Interpreter = pytest.importorskip('ai_edge_litert.interpreter').Interpreter

ZEROPOINT = os.environ.get('ZEROPOINT', os.path.join(conformance.ROOT, 'build/release/bin/zeropoint'))
FOLDER = os.path.join(conformance.ROOT, 'tests', 'data', 'tables')


@pytest.mark.parametrize('name', sorted(os.listdir(FOLDER)))
def test_lookups_are_tensorflows(name, tmp_path):
    output = str(tmp_path / 'out.tflite')
    done = subprocess.run([ZEROPOINT, 'convert', os.path.join(FOLDER, name, 'saved_model'), '-o', output, '--mode', 'float'],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    run = np.load(os.path.join(FOLDER, name, 'run.npz'))
    x = run['in/x']
    runner = Interpreter(output).get_signature_runner('serving_default')
    results = runner(x=x.astype(object) if x.dtype.kind == 'S' else x)
    for key in ('y', 'n'):
        expected, got = run['out/' + key], results[key]
        got = np.array([bytes(element) for element in got.ravel()]).reshape(got.shape) if expected.dtype.kind == 'S' else got
        np.testing.assert_array_equal(got, expected)
