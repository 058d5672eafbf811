"""The comparison itself: what it must notice, and what it must let pass."""
import json
import os
import signal

import numpy as np
import pytest

import conformance
from conformance import Difference


def constants(kind, expected, actual, quantized=True):
    return conformance.compare_constants(kind, quantized, np.asarray(expected).view(np.uint8), np.asarray(actual).view(np.uint8))


def test_one_step_in_one_int8_weight_is_a_difference():
    weights = np.arange(-4, 4, dtype=np.int8)
    changed = weights.copy()
    changed[3] += 1
    assert constants('INT8', weights, weights) is None
    assert constants('INT8', weights, changed)[0] == 'weights'


def test_a_weight_between_two_integers_is_a_tie():
    scales = (np.array([0.5, 0.25]), None, 0)
    expected, actual = np.int8([1, 2, 3, 4]), np.int8([1, 3, 3, 4])
    assert conformance.only_ties(expected, actual, scales, (2, 2), np.float32([0.5, 1.25 - 1e-7, 0.75, 1.0]))
    assert not conformance.only_ties(expected, actual, scales, (2, 2), np.float32([0.5, 1.24, 0.75, 1.0]))
    assert not conformance.only_ties(expected, np.int8([1, 4, 3, 4]), scales, (2, 2), np.float32([0.5, 1.5, 0.75, 1.0]))
    assert not conformance.only_ties(expected, actual, scales, (2, 2), None)


def test_a_bias_may_differ_by_the_rounding_of_its_scale_only():
    assert constants('INT32', np.int32([100000, 5]), np.int32([100020, 6])) is None
    assert constants('INT32', np.int32([100000, 5]), np.int32([100030, 5]))[0] == 'biases'
    assert constants('INT32', np.int32([7]), np.int32([8]), quantized=False)[0] == 'constants'


def test_float_constants_may_differ_by_rounding_only():
    assert constants('FLOAT32', np.float32([1.0, 0.5]), np.float32([1.0, 0.500001]), False) is None
    assert constants('FLOAT32', np.float32([1.0, 0.5]), np.float32([1.0, 0.5001]), False)[0] == 'float constants'


def test_a_zero_point_between_two_integers_is_a_tie():
    scale = 1.0 / 128.0
    assert conformance.is_tie((-0.5 * scale - 1.0, 1.0), scale, (0, 1))  # exactly 0.5
    assert not conformance.is_tie((-0.3 * scale - 1.0, 1.0), scale, (0, 1))
    assert not conformance.is_tie(None, scale, (0, 1))


def test_outputs_are_compared_relative_to_their_largest_magnitude():
    expected = [[np.array([100.0, 0.0])], [np.array([0.0, 1.0])]]
    actual = [[np.array([100.0, 0.01])], [np.array([0.0, 1.0])]]
    assert conformance.relative_error(expected, actual) == pytest.approx(1e-4)
    assert conformance.relative_error(expected, [[np.array([np.nan, 0.0])], actual[1]]) == float('inf')


def test_a_crash_of_the_interpreter_is_an_answer_and_not_the_end():
    assert conformance.isolated(lambda: 3) == (True, 3)
    assert conformance.isolated(lambda: os.kill(os.getpid(), signal.SIGKILL)) == (False, 'crashed with SIGKILL')
    ok, why = conformance.isolated(json.loads, '{')
    assert not ok and why.startswith('JSONDecodeError')


@pytest.fixture
def explained(tmp_path):
    def make(**entry):
        path = tmp_path / 'explained.json'
        path.write_text(json.dumps({'differences': [{'model': 'm', 'modes': ['int8'], 'what': 'shapes', 'why': 'because', **entry}]}))
        return conformance.Explained(path)
    return make


def test_an_explained_difference_passes_in_its_model_and_mode_only(explained):
    shapes, weights = Difference('shapes', 'x'), Difference('weights', 'w')
    assert explained().judge('m', 'int8', [shapes, weights]) == ([weights], [shapes], [])
    assert explained().judge('m', 'dynamic', [shapes])[0] == [shapes]


def test_an_explanation_without_its_difference_is_stale(explained):
    assert explained().judge('m', 'int8', [])[2]
    assert explained(count=2).judge('m', 'int8', [Difference('shapes', 'x')])[2]
    assert explained(contains='y').judge('m', 'int8', [Difference('shapes', 'x')])[2]


def test_an_explanation_covers_the_differences_it_describes_only(explained):
    x, y = Difference('shapes', 'x'), Difference('shapes', 'y')
    assert explained(contains='x').judge('m', 'int8', [x, y]) == ([y], [x], [])
