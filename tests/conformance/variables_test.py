"""Variables that change: integer files hold what TensorFlow's hold, and every mode computes the model, step after step.

The files are recorded by tests/data/make_variables_reference.py.
"""
import os
import subprocess

import numpy as np
import pytest

import conformance

Interpreter = pytest.importorskip('ai_edge_litert.interpreter').Interpreter
schema = pytest.importorskip('ai_edge_litert.schema_py_generated')

ZEROPOINT = os.environ.get('ZEROPOINT', os.path.join(conformance.ROOT, 'build/release/bin/zeropoint'))
FOLDER = os.path.join(conformance.ROOT, 'tests', 'data', 'variables')
MODELS = sorted(os.listdir(FOLDER))
SCALE_TOLERANCE = 2e-6  # relative; sums of another order
# In decibels; a state that comes back step after step keeps the errors of all steps.
LEAST = {'float': 100, 'dynamic': 25, 'float16': 50, 'int8': 20, 'int8-variables': 20, 'int8-only': 20, 'int16x8': 35,
         'int16x8-fallback': 35}
# Where ours differs from TensorFlow's: the last step assigns the largest value, which TensorFlow's calibrator never sees read.
DIFFERS = {('decay', 'int8')}
# TensorFlow's 16x8 calibrates with all samples twice, one time after the other.
TIMES = {'int16x8': 2}


def path_of(model, file):
    return os.path.join(FOLDER, model, file)


def run_of(model):
    """signature -> (inputs, outputs), name -> array by step."""
    arrays, run = np.load(path_of(model, 'run.npz')), {}
    for key in arrays.files:
        signature, way, name = key.split('/')
        run.setdefault(signature, ({}, {}))[way == 'out'][name] = arrays[key]
    return run


def convert(model, source, mode, folder, times=1):
    """A run of the command; the result's path."""
    run, output = run_of(model), str(folder / 'out.tflite')
    command = [ZEROPOINT, 'convert', path_of(model, source), '-o', output, '--mode', mode.replace('int8-variables', 'int8')]
    if mode == 'int8-variables':
        command.append('--variable-quantization')
    if mode.startswith('int'):
        data = {(f'{key}/{name}' if len(run) > 1 else name): np.concatenate([array] * times)
                for key, (inputs, _) in run.items() for name, array in inputs.items()}
        np.savez(folder / 'data.npz', **data)
        command += ['--data', str(folder / 'data.npz')]
    if source == 'saved_model' and len(run) > 1:
        command += [part for key in run for part in ('--signature', key)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return output


def decibels(reference, ours):
    reference, ours = reference.astype(np.float64), ours.astype(np.float64)
    noise = np.square(reference - ours).sum()
    return np.inf if noise == 0 else 10 * np.log10(np.square(reference).sum() / noise)


def check_run(file, model, least):
    """All steps of one signature after the other in one interpreter, as TensorFlow ran them."""
    run, interpreter = run_of(model), Interpreter(file)
    runners = {key: interpreter.get_signature_runner(key) for key in run}
    results = {}
    for key, (inputs, _) in run.items():
        for step in range(len(next(iter(inputs.values())))):
            for name, value in runners[key](**{name: array[step] for name, array in inputs.items()}).items():
                results.setdefault((key, name), []).append(value.copy())
    for key, (_, outputs) in run.items():
        for name, expected in outputs.items():
            got = np.stack(results[key, name])
            if expected.dtype.kind in 'iu':
                np.testing.assert_array_equal(got, expected)
            else:
                assert decibels(expected, got) >= least, (key, name, decibels(expected, got))


class File:
    def __init__(self, path):
        with open(path, 'rb') as file:
            self.model = schema.ModelT.InitFromPackedBuf(file.read(), 0)

    def variables(self):
        """Name -> the set of types and parameters in which it is read and assigned, first value included."""
        forms = {}
        read, assign, handle = (schema.BuiltinOperator.READ_VARIABLE, schema.BuiltinOperator.ASSIGN_VARIABLE,
                                schema.BuiltinOperator.VAR_HANDLE)
        for graph in self.model.subgraphs:
            names = {}
            for node in graph.operators:
                code = self.model.operatorCodes[node.opcodeIndex].builtinCode
                if code == handle:
                    names[node.outputs[0]] = node.builtinOptions.sharedName.decode()
                if code in (read, assign):
                    tensor = graph.tensors[node.outputs[0] if code == read else node.inputs[1]]
                    quant = tensor.quantization
                    quantized = quant is not None and quant.scale is not None
                    zero = quant.zeroPoint if quantized and quant.zeroPoint is not None else [0]
                    forms.setdefault(names[node.inputs[0]], set()).add(
                        (tensor.type, float('%.5g' % quant.scale[0]) if quantized else 0.0, int(zero[0])))
        return forms

    def values(self):
        """Name -> the first value's bytes."""
        values = {}
        for graph in self.model.subgraphs:
            names = {}
            for node in graph.operators:
                code = self.model.operatorCodes[node.opcodeIndex].builtinCode
                if code == schema.BuiltinOperator.VAR_HANDLE:
                    names[node.outputs[0]] = node.builtinOptions.sharedName.decode()
                if code == schema.BuiltinOperator.ASSIGN_VARIABLE:
                    data = self.model.buffers[graph.tensors[node.inputs[1]].buffer].data
                    if data is not None and len(data) > 0:
                        values[names[node.inputs[0]]] = bytes(bytearray(data))
        return values

    def count(self, op):
        codes = [i for i, code in enumerate(self.model.operatorCodes) if code.builtinCode == op]
        return sum(node.opcodeIndex in codes for graph in self.model.subgraphs for node in graph.operators)


RECORDED = [(model, mode) for model in MODELS for mode in ('int8', 'int16x8') if os.path.exists(path_of(model, mode + '.tflite'))]


@pytest.mark.parametrize('model,mode', RECORDED)
def test_variables_are_tensorflows(model, mode, tmp_path):
    theirs = File(path_of(model, mode + '.tflite'))
    ours = File(convert(model, 'float.tflite', 'int8-variables' if mode == 'int8' else mode, tmp_path, TIMES.get(mode, 1)))
    same = (model, mode) not in DIFFERS
    assert (ours.variables() == theirs.variables()) == same
    assert (ours.values() == theirs.values()) == same


@pytest.mark.parametrize('model', MODELS)
@pytest.mark.parametrize('mode', LEAST)
def test_every_mode_computes_every_step(model, mode, tmp_path):
    if mode == 'float':
        check_run(path_of(model, 'float.tflite'), model, LEAST[mode])
    check_run(convert(model, 'float.tflite', mode, tmp_path), model, LEAST[mode])


@pytest.mark.parametrize('model', MODELS)
@pytest.mark.parametrize('mode', ('float', 'int8', 'int8-only', 'int16x8'))
def test_a_saved_model_computes_every_step(model, mode, tmp_path):
    check_run(convert(model, 'saved_model', mode, tmp_path), model, LEAST[mode])


@pytest.mark.parametrize('model', MODELS)
def test_a_saved_model_has_tensorflows_variables(model, tmp_path):
    theirs, ours = File(path_of(model, 'float.tflite')), File(convert(model, 'saved_model', 'float', tmp_path))
    dropped = {'unread'}  # TensorFlow keeps what is assigned and never read
    assert ours.values() == {name: value for name, value in theirs.values().items() if name not in dropped}
    for op in (schema.BuiltinOperator.CALL_ONCE, schema.BuiltinOperator.READ_VARIABLE):
        assert ours.count(op) == theirs.count(op)


@pytest.mark.parametrize('model', MODELS)
@pytest.mark.parametrize('mode', ('int8-variables', 'int8-only', 'int16x8'))
def test_a_variable_has_one_integer_form(model, mode, tmp_path):
    integer = schema.TensorType.INT16 if mode == 'int16x8' else schema.TensorType.INT8
    for name, forms in File(convert(model, 'float.tflite', mode, tmp_path)).variables().items():
        assert len(forms) == 1, name
        assert next(iter(forms))[0] == (schema.TensorType.INT32 if name == 'count' else integer)
