"""The calls that LiteRT's users write, as they write them."""

import os
import re
import subprocess
import sys

import numpy as np
import pytest
import zeropoint as tf


def is_model(model):
    return isinstance(model, bytes) and model[4:8] == b"TFL3"


def test_float(classifier):
    converter = tf.lite.TFLiteConverter.from_saved_model(classifier)
    model = converter.convert()
    assert is_model(model)
    assert converter.report["mode"] == "float"


def test_dynamic_range(classifier):
    converter = tf.lite.TFLiteConverter.from_saved_model(classifier)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    model = converter.convert()
    assert is_model(model)
    assert converter.report["mode"] == "dynamic"


def test_integer_with_float_fallback_then_integer_only(classifier, representative_dataset):
    converter = tf.lite.TFLiteConverter.from_saved_model(classifier)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = representative_dataset
    model = converter.convert()
    assert is_model(model)
    assert converter.report["mode"] == "int8"
    assert converter.report["samples"] == 20

    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.int8
    converter.inference_output_type = tf.uint8
    model = converter.convert()
    assert converter.report["mode"] == "int8-only"
    graph = tf.inspect(model)["subgraphs"][0]
    tensors = graph["tensors"]
    assert [tensors[i]["type"].lower() for i in graph["inputs"]] == ["int8"]
    assert [tensors[i]["type"].lower() for i in graph["outputs"]] == ["uint8"]


def test_float16(classifier):
    converter = tf.lite.TFLiteConverter.from_saved_model(classifier)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]
    model = converter.convert()
    assert is_model(model)
    assert converter.report["mode"] == "float16"


def test_16x8_then_16x8_with_float_fallback(classifier, representative_dataset):
    converter = tf.lite.TFLiteConverter.from_saved_model(classifier)
    converter.representative_dataset = representative_dataset
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_ops = [
        tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8]
    assert is_model(converter.convert())
    assert converter.report["mode"] == "int16x8"
    converter.target_spec.supported_ops = [tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8,
                                           tf.lite.OpsSet.TFLITE_BUILTINS]
    assert is_model(converter.convert())
    assert converter.report["mode"] == "int16x8-fallback"


def test_the_three_forms_of_a_dataset_give_the_same_bytes(classifier, images):
    def by_position():
        for sample in images:
            yield [sample[None].astype(np.float32)]

    def by_name():
        for sample in images:
            yield {"image": sample[None]}

    def by_signature():
        for sample in images:
            yield ("serving_default", {"image": sample[None]})

    results = []
    for dataset in (by_position, by_name, by_signature, tf.lite.RepresentativeDataset(by_name)):
        converter = tf.lite.TFLiteConverter.from_saved_model(classifier)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = dataset
        results.append(converter.convert())
    assert results.count(results[0]) == len(results)


def test_signatures_are_fed_apart(two_signatures):
    rng = np.random.default_rng(0)

    def draw():
        return rng.uniform(-1, 1, (1, 4)).astype(np.float32)

    def representative_dataset():
        for _ in range(5):
            yield ("encode", {"image": draw(), "bias": draw()})
        for _ in range(5):
            yield ("decode", {"image": draw(), "hint": draw()})

    converter = tf.lite.TFLiteConverter.from_saved_model(two_signatures, signature_keys=["encode", "decode"])
    assert set(converter.signatures) == {"encode", "decode"}
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = representative_dataset
    model = converter.convert()
    assert {signature["key"] for signature in tf.inspect(model)["signatures"]} == {"encode", "decode"}


def test_a_tflite_enters_by_path_and_as_bytes(classifier_tflite, representative_dataset):
    results = []
    with open(classifier_tflite, "rb") as file:
        content = file.read()
    for source in (classifier_tflite, content, bytearray(content), memoryview(content)):
        converter = tf.lite.TFLiteConverter.from_tflite(source)
        converter.optimizations = {tf.lite.Optimize.DEFAULT}
        converter.representative_dataset = representative_dataset
        results.append(converter.convert())
    assert results.count(results[0]) == len(results)


def test_signatures_and_report_tell_names_types_and_reasons(classifier, representative_dataset):
    converter = tf.lite.TFLiteConverter.from_saved_model(classifier)
    assert converter.signatures == {
        "serving_default": {"inputs": {"image": ("float32", (-1, 8, 8, 1))}, "outputs": ["scores"]}}
    assert converter.report is None
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = representative_dataset
    converter.convert()
    assert all(op["quantized"] or op.get("reason") for op in converter.report["ops"])
    assert any(tensor.get("scale") for tensor in converter.report["tensors"])
    assert '"mode": "int8"' in converter.report.to_json()


def test_per_channel_can_be_turned_off(classifier, representative_dataset):
    converter = tf.lite.TFLiteConverter.from_saved_model(classifier)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = representative_dataset

    def most_scales():
        converter.convert()
        return max(len(tensor.get("scale", [])) for tensor in converter.report["tensors"])

    assert most_scales() > 1
    converter._experimental_disable_per_channel = True
    assert most_scales() == 1


def test_threads_do_not_change_the_bytes(classifier, representative_dataset):
    results = []
    for threads in (1, 5):
        converter = tf.lite.TFLiteConverter.from_saved_model(classifier)
        converter.threads = threads
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = representative_dataset
        results.append(converter.convert())
    assert results[0] == results[1]


def test_a_limit_of_memory_does_not_change_the_bytes(classifier, representative_dataset):
    results = []
    for limit in (0, 2**26):
        converter = tf.lite.TFLiteConverter.from_saved_model(classifier)
        converter.max_memory = limit
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = representative_dataset
        results.append(converter.convert())
    assert results[0] == results[1]
    converter.max_memory = 1
    with pytest.raises(tf.OutOfMemoryError, match="at least"):
        converter.convert()


def blocks_of_usage():
    """The collected calls of LiteRT's users, which stand outside of the project; no tests where they are absent."""
    root = os.path.join(os.path.dirname(__file__), "..", "..")
    path = os.path.join(os.environ.get("ZEROPOINT_SHARED", os.path.join(root, "..", "shared")), "facts", "usage.md")
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return re.findall(r"```python\n(.*?)```", file.read(), re.DOTALL)


@pytest.mark.parametrize("block", blocks_of_usage())
def test_the_collected_calls_run_as_they_stand(block, classifier, representative_dataset):
    names = {"tf": tf, "np": np, "saved_model_dir": classifier, "representative_dataset": representative_dataset}
    exec(block, names)
    assert is_model(names["model"])


def test_importing_brings_in_neither_numpy_nor_tensorflow():
    check = "import sys, zeropoint; sys.exit(any(m in sys.modules for m in ('numpy', 'tensorflow', 'tqdm', 'rich')))"
    subprocess.run([sys.executable, "-c", check], check=True)


def test_the_example_runs(classifier, tmp_path):
    root = os.path.join(os.path.dirname(__file__), "..", "..")
    samples = os.path.join(os.path.dirname(classifier), "samples.npz")
    done = subprocess.run([sys.executable, os.path.join(root, "examples", "python", "quantize.py"), classifier, samples,
                           tmp_path / "out.tflite"], check=True, capture_output=True, text=True)
    assert "20 samples" in done.stdout
    assert is_model((tmp_path / "out.tflite").read_bytes())
