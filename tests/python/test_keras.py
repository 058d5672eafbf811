"""from_keras_model and from_concrete_functions with the Keras and TensorFlow that are installed, LiteRT judging."""

import importlib.util
import os
import subprocess
import sys
import tempfile
import types

import numpy as np
import pytest
import zeropoint
from zeropoint.lite import TFLiteConverter

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
MOST_DIFFERENCE = 1e-5  # of float32 results that other kernels sum in another order


def installed(package):
    return importlib.util.find_spec(package) is not None


needs_tensorflow = pytest.mark.skipif(
    not (installed("tensorflow") and installed("ai_edge_litert")), reason="tensorflow or ai-edge-litert is not installed")
both_kerases = pytest.mark.parametrize("kind", [
    pytest.param(name, marks=pytest.mark.skipif(
        not (installed("tensorflow") and installed("ai_edge_litert") and installed(name)),
        reason=f"tensorflow, ai-edge-litert or {name} is not installed"))
    for name in ("keras", "tf_keras")])


@pytest.fixture(autouse=True)
def temporary_folders(tmp_path, monkeypatch):
    """Where temporary folders are made; none may be left."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert [name for name in os.listdir(folder) if name.startswith("zeropoint_")] == []


def keras_of(kind):
    keras = importlib.import_module(kind)
    keras.utils.set_random_seed(5)
    return keras


def sequential(keras, batch=None):
    layers = keras.layers
    image = keras.Input((12, 12, 3), batch_size=batch)
    model = keras.Sequential([
        image, layers.Conv2D(4, 3, activation="relu"), layers.BatchNormalization(), layers.Dropout(0.5),
        layers.GlobalAveragePooling2D(), layers.Dense(5, activation="softmax")])
    model(random_input((4, 12, 12, 3)) * 3 + 1, training=True) if batch is None else None  # moves the moving averages
    return model


def functional(keras, batch=None):
    left = keras.Input((6,), batch_size=batch, name="left")
    right = keras.Input((6,), batch_size=batch, name="right")
    sums = keras.layers.Dense(6, activation="tanh", name="sums")(keras.layers.Add()([left, right]))
    scaled = keras.layers.Dense(2, name="scaled")(keras.layers.Concatenate()([left, sums]))
    return keras.Model([left, right], [sums, scaled])


def subclassed(keras):
    class Model(keras.Model):
        def __init__(self):
            super().__init__()
            self.first = keras.layers.Dense(7, activation="relu")
            self.second = keras.layers.Dense(3)

        def call(self, inputs):
            return self.second(self.first(inputs))

    return Model()


def recurrent(keras, batch=None):
    layers = keras.layers
    return keras.Sequential([keras.Input((5, 4), batch_size=batch), layers.LSTM(6), layers.Dense(2)])


def random_input(shape, seed=1):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def run(content, inputs):
    """Results of LiteRT by size, smallest first; `inputs` by name of the signature, or the only one."""
    from ai_edge_litert.interpreter import Interpreter
    interpreter = Interpreter(model_content=content)
    details = interpreter.get_signature_runner().get_input_details()
    values = inputs if isinstance(inputs, dict) else {name: inputs for name in details}
    assert sorted(values) == sorted(details)
    results = interpreter.get_signature_runner()(**values)
    return sorted(results.values(), key=lambda result: result.size)


def check_same(content, inputs, expected):
    results = run(content, inputs)
    expected = sorted((np.asarray(value) for value in expected), key=lambda value: value.size)
    assert len(results) == len(expected)
    for result, value in zip(results, expected):
        assert result.shape == value.shape
        np.testing.assert_allclose(result, value, rtol=MOST_DIFFERENCE, atol=MOST_DIFFERENCE)


def input_shapes(converter, key="serving_default"):
    return {name: shape for name, (_, shape) in converter.signatures[key]["inputs"].items()}


@both_kerases
@pytest.mark.parametrize("batch", [None, 1, 3])
@pytest.mark.parametrize("build, shape", [(sequential, (12, 12, 3)), (recurrent, (5, 4))])
def test_a_sequential_model_gives_what_keras_gives(kind, batch, build, shape):
    model = build(keras_of(kind), batch)
    converter = TFLiteConverter.from_keras_model(model)
    assert list(input_shapes(converter).values()) == [(batch or -1, *shape)]
    sample = random_input((batch or 2, *shape))
    check_same(converter.convert(), sample, [model(sample, training=False)])


@both_kerases
@pytest.mark.parametrize("batch", [None, 3])
def test_a_functional_model_keeps_the_names_of_its_inputs(kind, batch):
    model = functional(keras_of(kind), batch)
    converter = TFLiteConverter.from_keras_model(model)
    assert input_shapes(converter) == {"left": (batch or -1, 6), "right": (batch or -1, 6)}
    left, right = (random_input((3, 6), seed) for seed in (1, 2))
    check_same(converter.convert(), {"left": left, "right": right}, model([left, right], training=False))


@both_kerases
def test_a_subclassed_model_that_was_called_converts(kind):
    model = subclassed(keras_of(kind))
    with pytest.raises(zeropoint.OptionError, match="call it once on a sample"):
        TFLiteConverter.from_keras_model(model)
    sample = random_input((2, 6))
    expected = model(sample)
    converter = TFLiteConverter.from_keras_model(model)
    assert list(input_shapes(converter).values()) == [(-1, 6)]
    check_same(converter.convert(), sample, [expected])


@both_kerases
def test_an_input_signature_of_the_models_call_is_kept(kind):
    import tensorflow as tf
    keras = keras_of(kind)

    class Model(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(3)
            self.dense.build((None, 6))

        @tf.function(input_signature=[tf.TensorSpec([2, 6], tf.float32)])
        def call(self, inputs):
            return self.dense(inputs)

    model = Model()
    sample = random_input((2, 6))
    expected = model(sample)
    converter = TFLiteConverter.from_keras_model(model)
    assert list(input_shapes(converter).values()) == [(2, 6)]
    check_same(converter.convert(), sample, [expected])


@both_kerases
def test_the_temporary_folder_leaves_no_trace_in_the_result(kind):
    model = sequential(keras_of(kind))
    first, second = (TFLiteConverter.from_keras_model(model).convert() for _ in range(2))
    assert first == second
    assert b"zeropoint_" not in first


@both_kerases
def test_a_model_that_cannot_be_saved_says_why_and_leaves_no_folder(kind, monkeypatch):
    model = sequential(keras_of(kind))

    def fail(*arguments, **options):
        raise OSError("the disk is full")

    import tensorflow
    monkeypatch.setattr(tensorflow.saved_model, "save", fail)
    monkeypatch.setattr(type(model), "export", fail, raising=False)
    with pytest.raises(OSError, match="the disk is full"):
        TFLiteConverter.from_keras_model(model)


@needs_tensorflow
def test_a_concrete_function_keeps_its_shape():
    import tensorflow as tf
    weights = tf.Variable(random_input((4, 3)))

    @tf.function(input_signature=[tf.TensorSpec([2, 4], tf.float32, "x")])
    def product(x):
        return tf.nn.relu(tf.matmul(x, weights))

    sample = random_input((2, 4), 3)
    for holder in (None, tf.Module()):
        if holder is not None:
            holder.weights = weights
        converter = TFLiteConverter.from_concrete_functions([product.get_concrete_function()], holder)
        assert input_shapes(converter) == {"x": (2, 4)}
        check_same(converter.convert(), {"x": sample}, [product(sample)])


@needs_tensorflow
def test_several_concrete_functions_become_signatures_of_their_names():
    import tensorflow as tf

    class Codec(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None, 4], tf.float32)])
        def encode(self, x):
            return x * 2.0

        @tf.function(input_signature=[tf.TensorSpec([1, 4], tf.float32)])
        def decode(self, y):
            return y / 2.0

    codec = Codec()
    functions = [codec.encode.get_concrete_function(), codec.decode.get_concrete_function()]
    converter = TFLiteConverter.from_concrete_functions(functions, codec)
    assert input_shapes(converter, "encode") == {"x": (-1, 4)}
    assert input_shapes(converter, "decode") == {"y": (1, 4)}
    assert converter.convert()[4:8] == b"TFL3"
    with pytest.raises(zeropoint.OptionError, match="same name"):
        TFLiteConverter.from_concrete_functions([functions[0], functions[0]])


@needs_tensorflow
def test_what_are_no_concrete_functions():
    import tensorflow as tf
    with pytest.raises(zeropoint.OptionError, match="call its get_concrete_function"):
        TFLiteConverter.from_concrete_functions([tf.function(lambda x: x)])
    with pytest.raises(zeropoint.OptionError, match="not a int"):
        TFLiteConverter.from_concrete_functions([3])
    for none in ([], None, 3):
        with pytest.raises(zeropoint.OptionError, match="at least one"):
            TFLiteConverter.from_concrete_functions(none)


@needs_tensorflow
def test_a_function_with_a_table_asks_for_what_holds_it():
    import tensorflow as tf
    table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer([1, 2], [10, 20], tf.int64, tf.int64), -1)
    function = tf.function(table.lookup).get_concrete_function(tf.TensorSpec([3], tf.int64))
    with pytest.raises(zeropoint.OptionError, match="pass it as trackable_obj"):
        TFLiteConverter.from_concrete_functions([function])


class Layer:
    """Stands for Keras' base class where Keras itself may be missing."""

    name = "stand-in"
    built = True


def stand_in_keras(monkeypatch, version, backend):
    keras = types.ModuleType("keras")
    keras.__version__ = version
    keras.layers = types.SimpleNamespace(Layer=Layer)
    keras.backend = types.SimpleNamespace(backend=lambda: backend)
    monkeypatch.setitem(sys.modules, "keras", keras)


@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_keras_on_another_backend_is_told_what_to_type(backend, monkeypatch):
    stand_in_keras(monkeypatch, "3.15.1", backend)
    with pytest.raises(zeropoint.UnsupportedError, match=f"runs on {backend}.*KERAS_BACKEND=tensorflow python -c"):
        TFLiteConverter.from_keras_model(Layer())


@pytest.mark.parametrize("version", ["2.15.0", "3.15.1"])
def test_without_tensorflow_the_error_tells_what_to_type(version, monkeypatch):
    stand_in_keras(monkeypatch, version, "tensorflow")
    monkeypatch.setitem(sys.modules, "tensorflow", None)  # as if it were not installed
    with pytest.raises(zeropoint.UnsupportedError, match="from_keras_model needs TensorFlow.*pip install tensorflow-cpu"):
        TFLiteConverter.from_keras_model(Layer())
    with pytest.raises(zeropoint.UnsupportedError, match="from_concrete_functions needs TensorFlow.*pip install"):
        TFLiteConverter.from_concrete_functions([lambda: None])


def test_what_is_no_keras_model():
    for other in (3, None, object()):
        with pytest.raises(zeropoint.OptionError, match=f"{type(other).__name__} is no Keras model"):
            TFLiteConverter.from_keras_model(other)


def test_the_path_of_a_keras_file_is_refused_with_the_line_that_exports_it(tmp_path):
    path = tmp_path / "model.keras"
    path.write_bytes(b"PK")
    with pytest.raises(zeropoint.ModelError, match=r"load_model\('.*model\.keras'\)\.export\('saved_model'\)"):
        TFLiteConverter.from_keras_model(path)


def test_importing_the_package_imports_neither_keras_nor_tensorflow():
    lines = "import sys, zeropoint; print([name for name in ('keras', 'tensorflow') if name in sys.modules])"
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(path for path in sys.path if path))
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "[]"
