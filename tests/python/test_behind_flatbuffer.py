"""Files whose weights lie behind the flatbuffer, as those over 2 GB have them: LiteRT and the converter take them.

The file is the one that tests/formats/tflite/behind_flatbuffer_test.cpp holds the writer to.
"""

import os

import numpy as np
import pytest

import zeropoint as tf

Interpreter = pytest.importorskip("ai_edge_litert.interpreter").Interpreter
MODEL = os.path.join(os.path.dirname(__file__), "..", "data", "large", "behind_flatbuffer.tflite")
INPUTS, UNITS = 64, 72


def pattern(size, step):
    return ((np.arange(size) * step % 101 - 50) / 64).astype(np.float32)


def expected(x):
    for units, inputs in ((UNITS, INPUTS), (INPUTS, UNITS)):
        weights = pattern(units * inputs, 30 + units).reshape(units, inputs)
        x = x @ weights.T + pattern(units, 7)
    return x


def run(path, x):
    interpreter = Interpreter(path)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x)
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])


@pytest.fixture
def x():
    return np.random.default_rng(3).normal(size=(1, INPUTS)).astype(np.float32)


def test_litert_runs_the_file(x):
    np.testing.assert_allclose(run(MODEL, x), expected(x), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("optimizations", [[], [tf.lite.Optimize.DEFAULT]])
def test_the_file_converts_as_others_do(x, tmp_path, optimizations):
    converter = tf.lite.TFLiteConverter.from_tflite(MODEL)
    converter.optimizations = optimizations
    output = str(tmp_path / "out.tflite")
    with open(output, "wb") as file:
        file.write(converter.convert())
    exact = expected(x)
    noise = np.sum((run(output, x) - exact) ** 2)
    assert noise < 1e-3 * np.sum(exact**2)
