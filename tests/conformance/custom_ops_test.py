"""Ops without a LiteRT form: refused with a list of all of them, or custom ops that TensorFlow's converter would write.

The models and TensorFlow's options are recorded by tests/data/make_custom_golden.py.
"""
import json
import os
import subprocess

import numpy as np
import pytest

import conformance

interpreter = pytest.importorskip('ai_edge_litert.interpreter')
schema = pytest.importorskip('ai_edge_litert.schema_py_generated')

ZEROPOINT = os.environ.get('ZEROPOINT', os.path.join(conformance.ROOT, 'build/release/bin/zeropoint'))
FOLDER = os.path.join(conformance.ROOT, 'tests', 'data', 'custom')
with open(os.path.join(FOLDER, 'golden.json'), encoding='utf-8') as file:
    GOLDEN = json.load(file)


def convert(name, output, *options):
    return subprocess.run([ZEROPOINT, 'convert', os.path.join(FOLDER, name), '-o', output, '--mode', 'float', *options],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)


def custom_ops(path):
    with open(path, 'rb') as file:
        model = schema.ModelT.InitFromPackedBuf(file.read(), 0)
    rows = []
    for graph in model.subgraphs:
        for op in graph.operators:
            code = model.operatorCodes[op.opcodeIndex].customCode
            if code:
                options = bytes(op.customOptions) if op.customOptions is not None else b''
                rows.append([code.decode(), options.hex(), [int(graph.tensors[i].type) for i in op.outputs]])
    return sorted(rows)


@pytest.mark.parametrize('name', sorted(GOLDEN))
def test_each_op_without_a_form_is_listed(name, tmp_path):
    done = convert(name, str(tmp_path / 'out.tflite'))
    assert done.returncode != 0
    for op, _, _ in GOLDEN[name]['ops']:
        assert 'tf.%s (' % op in done.stderr, done.stderr
    assert 'allow_custom_ops' in done.stderr
    assert not os.path.exists(tmp_path / 'out.tflite')


@pytest.mark.parametrize('name', sorted(GOLDEN))
def test_custom_ops_are_spelled_as_tensorflow_spells_them(name, tmp_path):
    output = str(tmp_path / 'out.tflite')
    done = convert(name, output, '--allow-custom-ops')
    assert done.returncode == 0, done.stderr
    assert custom_ops(output) == GOLDEN[name]['ops']


def test_litert_loads_the_file_and_misses_the_kernel_only(tmp_path):
    output = str(tmp_path / 'out.tflite')
    assert convert('numbers', output, '--allow-custom-ops').returncode == 0
    with pytest.raises(RuntimeError, match='unresolved custom op'):
        interpreter.Interpreter(output).allocate_tensors()


def test_custom_ops_with_kernels_run_in_litert(tmp_path):
    output = str(tmp_path / 'out.tflite')
    assert convert('audio', output, '--allow-custom-ops').returncode == 0
    runner = interpreter.Interpreter(output).get_signature_runner('serving_default')
    y = runner(x=np.array(GOLDEN['audio']['x'], np.float32).reshape(800, 1))['y']
    np.testing.assert_allclose(y.ravel(), GOLDEN['audio']['y'], rtol=1e-4, atol=1e-3)
