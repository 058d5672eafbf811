"""Samples that are steps of sequences."""

import numpy as np
import pytest
import zeropoint as tf


def total_range(model, state, samples):
    converter = tf.lite.TFLiteConverter.from_tflite(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: iter(samples)
    converter.sample_state = state
    converter.convert()
    ranges = [tensor for tensor in converter.report["tensors"] if tensor.get("max")]
    return max(max(np.atleast_1d(tensor["max"])) for tensor in ranges)


def test_variables_carry_over_within_a_sequence(accumulator):
    step = [np.ones(2, np.float32)]
    sequences = [tf.Sequence([step] * 3) for _ in range(4)]
    assert total_range(accumulator, "reset", sequences) == pytest.approx(23)
    assert total_range(accumulator, "reset", [step] * 12) == pytest.approx(21)
    assert total_range(accumulator, "carry", sequences) == pytest.approx(32)


def test_steps_are_counted_as_samples(accumulator):
    step, wrong = [np.ones(2, np.float32)], [np.ones(3, np.float32)]
    with pytest.raises(tf.DataError) as raised:
        total_range(accumulator, "reset", [step, tf.Sequence([step, wrong])])
    assert raised.value.sample == 2
