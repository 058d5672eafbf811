"""Weights with one scale instead of one a channel, against what TensorFlow's converter stores."""
import json
import os

import numpy as np
import pytest

import conformance
import make_per_tensor_golden as golden

COMMAND = os.environ.get('ZEROPOINT_COMMAND', os.path.join(conformance.ROOT, 'build/release/bin/zeropoint'))


def recorded():
    with open(golden.GOLDEN, encoding='utf-8') as file:
        return json.load(file)['constants']


@pytest.mark.parametrize('case', list(recorded()))
def test_weights_without_channels_equal_those_of_tensorflow(case, tmp_path):
    if conformance.shared_folder() is None or not os.path.exists(COMMAND):
        pytest.skip('needs ../shared (or ZEROPOINT_SHARED) and the command')
    name, option, mode = case.split(' ')
    zoo, oracle = conformance.load_oracle()
    entry = next(e for e in zoo.entries() if e['name'] == name)
    samples = zoo.calibration(entry)
    data, output = str(tmp_path / 'samples.npz'), str(tmp_path / 'model.tflite')
    np.savez(data, **{name: np.stack([sample[name] for sample in samples]) for name in samples[0]})
    done = conformance.convert(COMMAND, zoo.path(entry), mode, output, data, [option])
    assert 'error' not in done, done
    expected, actual = recorded()[case], golden.constants(oracle, output)
    if 'error' in expected:  # TensorFlow's converter fails: ours must run, with one scale a tensor
        assert all(row[3] == 1 for row in actual)
        oracle.run(output, conformance.Samples(samples[:1]))
        return
    assert [row[:4] for row in actual] == [row[:4] for row in expected]
    for mine, theirs in zip(actual, expected):
        assert mine[4] == pytest.approx(theirs[4], rel=conformance.SCALE_TOLERANCE)
        if mine[2] == 'INT8':  # a bias follows its scale, which may differ in its last bits
            assert mine[5] == theirs[5], mine
