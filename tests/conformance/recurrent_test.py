"""LSTM, RNN and SVDF: int8 files equal TensorFlow's (tests/data/recurrent_int8) but where those do not run right; all modes run."""
import os
import subprocess
import sys

import numpy as np
import pytest

import conformance

schema = pytest.importorskip('ai_edge_litert.schema_py_generated')
sys.path.insert(0, os.path.join(conformance.ROOT, 'tests', 'data'))
import recurrent_models  # noqa: E402

ZEROPOINT = os.environ.get('ZEROPOINT', os.path.join(conformance.ROOT, 'build/release/bin/zeropoint'))
GOLDEN = os.path.join(conformance.ROOT, 'tests', 'data', 'recurrent_int8')
INT8, WEIGHTS = recurrent_models.int8_cases(), recurrent_models.weight_cases()
TYPES = {schema.TensorType.INT8: np.int8, schema.TensorType.INT16: np.int16, schema.TensorType.INT32: np.int32,
         schema.TensorType.FLOAT32: np.float32}
SCALE_TOLERANCE = 2e-6         # relative; sums of another order
BIAS_TOLERANCE = 2 * SCALE_TOLERANCE
LEAST_INT8 = 15                # dB; the most delicate variant, three matrices one behind the other, keeps 18
LEAST_DYNAMIC, LEAST_FLOAT16 = 35, 60

# Where ours differs from TensorFlow's file: what TensorFlow's file does in LiteRT instead of computing the model.
STAYS_FLOAT = {'lstm_relu': 'computes TANH', 'coupled_norm': 'crashes, or computes noise', 'svdf_linear': 'is refused'}
CELL_STATE, SMALLEST_CELL_SCALE = 19, 2.0**-15
FINER_CELLS = ('small_cells',)  # LiteRT has no function for TensorFlow's scale


def stays_float(name):
    return any(name.endswith(suffix) for suffix in STAYS_FLOAT)


def convert(case, mode, folder, samples=None):
    model, output = str(folder / 'model.tflite'), str(folder / 'out.tflite')
    with open(model, 'wb') as file:
        file.write(case.model())
    command = [ZEROPOINT, 'convert', model, '-o', output, '--mode', mode]
    if samples:
        data = str(folder / 'samples.npz')
        names = ['x%d' % i for i, o in enumerate(case.operands) if isinstance(o, tuple) and o[0] == 'input']
        np.savez(data, **{name: np.stack(arrays) for name, arrays in zip(names, zip(*samples))})
        command += ['--data', data]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return model, output


class File:
    """The ops of a file with their tensors, by place."""

    def __init__(self, path):
        with open(path, 'rb') as file:
            self.model = schema.ModelT.InitFromPackedBuf(file.read(), 0)
        self.graph = self.model.subgraphs[0]

    def ops(self):
        for node in self.graph.operators:
            code = self.model.operatorCodes[node.opcodeIndex]
            yield node, (max(code.builtinCode, code.deprecatedBuiltinCode), code.version)

    def tensors(self, node):
        for place, indices in (('operand', node.inputs), ('result', node.outputs), ('intermediate', node.intermediates)):
            for i, index in enumerate([] if indices is None else indices):
                yield (place, i), None if index < 0 else self.graph.tensors[index]

    def elements(self, tensor):
        data = self.model.buffers[tensor.buffer].data
        return None if data is None or len(data) == 0 else np.asarray(data, np.uint8).view(TYPES[tensor.type])


def check_tensor(name, place, ours, our_file, golden, golden_file):
    assert (ours is None) == (golden is None), place
    if ours is None:
        return
    assert ours.type == golden.type and ours.isVariable == golden.isVariable, place
    assert list(ours.shape) == list(golden.shape), place
    ours_q, golden_q = ours.quantization, golden.quantization
    is_quantized = golden_q is not None and golden_q.scale is not None
    assert is_quantized == (ours_q is not None and ours_q.scale is not None), place
    if is_quantized:
        wanted = golden_q.scale
        if name.endswith(FINER_CELLS) and place == ('operand', CELL_STATE):
            assert wanted[0] < SMALLEST_CELL_SCALE
            wanted = np.float32([SMALLEST_CELL_SCALE])
        np.testing.assert_allclose(ours_q.scale, wanted, rtol=SCALE_TOLERANCE, err_msg=str(place))
        assert list(ours_q.zeroPoint) == list(golden_q.zeroPoint), place
    a, b = our_file.elements(ours), golden_file.elements(golden)
    assert (a is None) == (b is None), place
    if a is None:
        return
    if ours.type == schema.TensorType.INT32:
        np.testing.assert_allclose(a, b, rtol=BIAS_TOLERANCE, atol=1, err_msg=str(place))
    else:
        np.testing.assert_array_equal(a, b, err_msg=str(place))


def run(path, samples):
    from ai_edge_litert import interpreter as litert
    interpreter = litert.Interpreter(model_path=path)
    interpreter.allocate_tensors()
    results = []
    for sample in samples:
        for detail, array in zip(interpreter.get_input_details(), sample):
            interpreter.set_tensor(detail['index'], array)
        interpreter.invoke()
        results += [interpreter.get_tensor(detail['index']).ravel() for detail in interpreter.get_output_details()]
    return np.concatenate(results)


def decibels(model, output, samples):
    runs, exact = conformance.isolated(run, model, samples)
    assert runs, exact
    runs, result = conformance.isolated(run, output, samples)
    assert runs, result
    return 10 * np.log10(np.square(exact).sum() / max(np.square(exact - result).sum(), 1e-30))


@pytest.mark.parametrize('name', [name for name in INT8 if not stays_float(name)])
def test_int8_files_equal_tensorflows_and_compute_the_model(name, tmp_path):
    case, samples = INT8[name]
    model, output = convert(case, 'int8', tmp_path, samples)
    ours, golden = File(output), File(os.path.join(GOLDEN, name + '.tflite'))
    assert [op for _, op in ours.ops()] == [op for _, op in golden.ops()]
    for (our_node, _), (golden_node, _) in zip(ours.ops(), golden.ops()):
        pairs = list(zip(ours.tensors(our_node), golden.tensors(golden_node)))
        assert len(list(ours.tensors(our_node))) == len(list(golden.tensors(golden_node)))
        for (place, a), (_, b) in pairs:
            check_tensor(name, place, a, ours, b, golden)
    assert decibels(model, output, samples) > LEAST_INT8


@pytest.mark.parametrize('name', [name for name in INT8 if stays_float(name) or name.endswith(FINER_CELLS)])
def test_tensorflows_files_that_ours_differ_from_do_not_compute_the_model(name, tmp_path):
    case, samples = INT8[name]
    model, output = convert(case, 'int8', tmp_path, samples)
    golden = os.path.join(GOLDEN, name + '.tflite')
    runs, result = conformance.isolated(run, golden, samples)
    if runs:
        assert decibels(model, golden, samples) < LEAST_INT8
    if stays_float(name):
        np.testing.assert_array_equal(run(model, samples), run(output, samples))


@pytest.mark.parametrize('mode', ['dynamic', 'float16', 'int16x8-fallback'])
@pytest.mark.parametrize('name', list(WEIGHTS))
def test_modes_that_leave_activations_float_run(name, mode, tmp_path):
    case = WEIGHTS[name]
    make = recurrent_models.Maker(5)
    samples = [[make.floats(*shape, scale=1.0) for shape in case.input_shapes()] for _ in range(3)]
    model, output = convert(case, mode, tmp_path, samples if mode.startswith('int') else None)
    least = {'dynamic': LEAST_DYNAMIC, 'float16': LEAST_FLOAT16}.get(mode, 100)
    assert decibels(model, output, samples) > least
    mixed = name.endswith(('_mixed', '_peephole')) or name == 'bidirectional_rnn'
    if mode == 'dynamic':  # LiteRT runs no mixture of int8 and float weights
        assert (os.path.getsize(output) < 0.6 * os.path.getsize(model)) != mixed
