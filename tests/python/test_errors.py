"""Bad input: one clear exception that names the thing."""

import os
import signal
import threading
import time

import numpy as np
import pytest
import zeropoint as tf


def int8_converter(model, dataset):
    converter = tf.lite.TFLiteConverter.from_saved_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = dataset
    return converter


def endless(images):
    def dataset():
        while True:
            yield [images[0][None]]

    return dataset


def test_a_missing_folder(tmp_path):
    with pytest.raises(tf.FileError, match="nowhere") as caught:
        tf.lite.TFLiteConverter.from_saved_model(tmp_path / "nowhere")
    assert isinstance(caught.value, OSError)
    assert caught.value.file.endswith("nowhere")
    assert caught.value.code == 20


def test_a_missing_tflite(tmp_path):
    with pytest.raises(tf.FileError, match="none.tflite") as caught:
        tf.lite.TFLiteConverter.from_tflite(tmp_path / "none.tflite")
    assert caught.value.stage == "import"


def test_an_empty_folder(tmp_path):
    with pytest.raises((tf.FileError, tf.ModelError), match="saved_model.pb"):
        tf.lite.TFLiteConverter.from_saved_model(tmp_path)


def test_a_signature_that_is_not_there(classifier):
    with pytest.raises(tf.ModelError, match="absent") as caught:
        tf.lite.TFLiteConverter.from_saved_model(classifier, signature_keys=["absent"])
    assert isinstance(caught.value, ValueError)


def test_a_truncated_variables_file(writable_classifier):
    data = writable_classifier / "variables" / "variables.data-00000-of-00001"
    data.write_bytes(data.read_bytes()[:100])
    with pytest.raises(tf.ModelError, match="variables"):
        tf.lite.TFLiteConverter.from_saved_model(writable_classifier)


def test_an_altered_variables_file(writable_classifier):
    data = writable_classifier / "variables" / "variables.data-00000-of-00001"
    content = bytearray(data.read_bytes())
    content[40] ^= 1
    data.write_bytes(content)
    with pytest.raises(tf.ModelError, match="(?i)crc|checksum"):
        tf.lite.TFLiteConverter.from_saved_model(writable_classifier)


def test_a_text_file_named_tflite(tmp_path):
    path = tmp_path / "text.tflite"
    path.write_text("not a model, whatever its name says\n")
    with pytest.raises(tf.ModelError, match="text.tflite"):
        tf.lite.TFLiteConverter.from_tflite(path)
    with pytest.raises(tf.ModelError):
        tf.lite.TFLiteConverter.from_tflite(path.read_bytes())
    with pytest.raises(tf.ModelError, match="from_tflite"):
        tf.lite.TFLiteConverter.from_saved_model(path)
    with pytest.raises(tf.ModelError):
        tf.inspect(path)


def test_an_unknown_op(unknown_op):
    with pytest.raises(tf.UnsupportedError, match="Cholesky") as caught:
        tf.lite.TFLiteConverter.from_saved_model(unknown_op).convert()
    assert "Cholesky" in caught.value.op + caught.value.message
    assert "allow_custom_ops" in caught.value.message


def test_an_unknown_op_becomes_custom_where_that_is_allowed(unknown_op):
    converter = tf.lite.TFLiteConverter.from_saved_model(unknown_op)
    converter.allow_custom_ops = True
    assert b"Cholesky" in converter.convert()


@pytest.mark.parametrize("sample, part", [
    ([np.zeros((1, 7, 8, 1), np.float32)], "image"),
    ([np.zeros((8, 8), np.float32)], "image"),
    ([np.zeros((1, 8, 8, 1), np.int32)], "int32"),
    ([np.zeros((1, 8, 8, 1), np.float64)], "float64"),
    ({"imgae": np.zeros((1, 8, 8, 1), np.float32)}, "imgae"),
    ([np.zeros((1, 8, 8, 1), np.float32)] * 2, "2"),
    (("no_such_key", {"image": np.zeros((1, 8, 8, 1), np.float32)}), "no_such_key"),
    (("serving_default", [np.zeros((1, 8, 8, 1), np.float32)]), "dictionary"),
    ([np.array(["text"])], "sample 0"),
    (3, "a int is no sample"),
    ([], "without arrays"),
])
def test_samples_that_do_not_fit(classifier, sample, part):
    with pytest.raises(tf.DataError, match=part) as caught:
        int8_converter(classifier, lambda: iter([sample])).convert()
    assert caught.value.sample == 0
    assert caught.value.stage == "calibrate"


def test_nan_in_sample_17(classifier, images):
    images = images.copy()
    images[17, 3, 3, 0] = np.nan
    with pytest.raises(tf.DataError, match="17") as caught:
        int8_converter(classifier, lambda: ([image[None]] for image in images)).convert()
    assert caught.value.sample == 17
    assert "image" in caught.value.tensor


def test_no_samples_at_all(classifier):
    with pytest.raises(tf.DataError):
        int8_converter(classifier, lambda: iter([])).convert()


def test_what_the_generator_raises_passes_through(classifier, images):
    class Trouble(Exception):
        pass

    trouble = Trouble("disk on fire")

    def dataset():
        yield [images[0][None]]
        raise trouble

    converter = int8_converter(classifier, dataset)
    with pytest.raises(Trouble) as caught:
        converter.convert()
    assert caught.value is trouble
    assert any("dataset" in str(entry.name) for entry in caught.traceback)

    def not_even_an_iterator():
        raise trouble

    converter.representative_dataset = not_even_an_iterator
    with pytest.raises(Trouble):
        converter.convert()
    converter.representative_dataset = lambda: 3
    with pytest.raises(TypeError):
        converter.convert()
    converter.representative_dataset = lambda: ([image[None]] for image in images)
    assert converter.convert()  # none of it stays


def test_what_progress_raises_passes_through(classifier):
    converter = tf.lite.TFLiteConverter.from_saved_model(classifier)

    def progress(stage, done, total):
        raise KeyError(stage)

    converter.progress = progress
    with pytest.raises(KeyError):
        converter.convert()


def test_progress_is_told_about_every_stage(classifier, representative_dataset):
    converter = int8_converter(classifier, representative_dataset)
    stages = []
    converter.progress = lambda stage, done, total: stages.append(stage)
    converter.convert()
    assert list(dict.fromkeys(stages))[-4:] == ["calibrate", "quantize", "write", "prove"]


def test_another_thread_cancels(classifier, images):
    converter = int8_converter(classifier, endless(images))
    timer = threading.Timer(0.05, converter.cancel)
    timer.start()
    with pytest.raises(tf.CancelledError):
        converter.convert()
    timer.join()


@pytest.fixture
def control_c_heard():
    """A shell starts what runs in the background with SIGINT ignored, and Python leaves that so."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_control_c_ends_a_conversion(classifier, images, control_c_heard):
    converter = int8_converter(classifier, endless(images))
    timer = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        converter.convert()
    timer.join()


def test_other_threads_run_during_a_conversion(classifier, images):
    """The lock is released: a thread counts on while the library works."""
    converter = int8_converter(classifier, endless(images))
    counted = 0

    def count():
        nonlocal counted
        for _ in range(20):
            counted += 1
            time.sleep(0.001)
        converter.cancel()

    thread = threading.Thread(target=count)
    thread.start()
    with pytest.raises(tf.CancelledError):
        converter.convert()
    thread.join()
    assert counted == 20


def test_a_converter_does_not_convert_while_it_converts(classifier, images):
    converter = int8_converter(classifier, None)

    def dataset():
        converter.convert()
        yield [images[0][None]]

    converter.representative_dataset = dataset
    with pytest.raises(RuntimeError, match="converting already"):
        converter.convert()


def test_arrays_in_any_order_and_array_likes_are_read(classifier, images):
    def contiguous():
        for image in images:
            yield [image[None]]

    def strided():
        wide = np.zeros((20, 8, 16, 1), np.float32)
        wide[:, :, ::2] = images
        for image in wide[:, :, ::2]:
            yield [image[None]]

    def fortran():
        for image in images:
            yield [np.asfortranarray(image[None])]

    class Holder:
        def __init__(self, array):
            self._array = array

        def __array__(self, dtype=None, copy=None):
            return self._array

    def held():
        for image in images:
            yield [Holder(image[None])]

    results = [int8_converter(classifier, dataset).convert() for dataset in (contiguous, strided, fortran, held)]
    assert results.count(results[0]) == len(results)


@pytest.mark.parametrize("name", ["model.keras", "model.h5"])
@pytest.mark.parametrize("opens", [tf.lite.TFLiteConverter.from_saved_model, tf.lite.TFLiteConverter.from_tflite])
def test_a_file_of_keras_is_refused_with_the_line_that_exports_it(name, opens, tmp_path):
    path = tmp_path / name
    path.write_bytes(b"PK")
    with pytest.raises(tf.ModelError, match=r"keras\.models\.load_model\('.*" + name + r"'\)\.export\('saved_model'\)"):
        opens(path)
