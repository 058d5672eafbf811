"""evaluate() and recommend(), held against NumPy and LiteRT's interpreter."""

import json
import pathlib

import numpy as np
import pytest
import zeropoint

TINY = pathlib.Path(__file__).resolve().parents[1] / "data" / "tiny"
FLOAT = TINY / "classifier.tflite"


@pytest.fixture(scope="module")
def samples():
    return np.load(TINY / "samples.npz")


def data_of(samples):
    return {"image": samples["image"]}


@pytest.fixture(scope="module")
def int8(samples):
    converter = zeropoint.lite.TFLiteConverter.from_tflite(FLOAT)
    converter.optimizations = [zeropoint.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([image[None]] for image in samples["image"])
    return converter.convert()


def scores(model, samples):
    interpreter = pytest.importorskip("ai_edge_litert.interpreter")
    types = interpreter.OpResolverType
    runner = interpreter.Interpreter(model_content=model, experimental_op_resolver_type=types.BUILTIN_REF)
    runner.allocate_tensors()
    results = []
    for image in samples["image"]:
        runner.set_tensor(runner.get_input_details()[0]["index"], image[None])
        runner.invoke()
        results.append(runner.get_tensor(runner.get_output_details()[0]["index"])[0])
    return np.array(results)


def test_accuracy_and_distance_are_those_of_litert_and_numpy(samples, int8):
    wanted, found = scores(FLOAT.read_bytes(), samples), scores(int8, samples)
    labels = samples["label"]
    result = zeropoint.evaluate(int8, data_of(samples), labels, "top1", float_model=FLOAT)
    assert result.value == pytest.approx(np.mean(found.argmax(1) == labels))
    assert result.float_value == pytest.approx(np.mean(wanted.argmax(1) == labels))
    assert result.samples == len(labels)
    assert result.outputs[0].mse == pytest.approx(np.mean((found - wanted) ** 2.0), rel=1e-4)
    sqnr = zeropoint.evaluate(int8, data_of(samples), float_model=FLOAT)
    assert sqnr.metric == "sqnr"
    assert sqnr.value == pytest.approx(10 * np.log10(np.sum(wanted**2.0) / np.sum((found - wanted) ** 2.0)), rel=1e-4)


def test_every_form_of_data_and_labels_gives_the_same(samples, int8):
    labels = samples["label"]
    forms = [samples["image"], data_of(samples), [[image[None]] for image in samples["image"]],
             lambda: ({"image": image[None]} for image in samples["image"])]
    values = {zeropoint.evaluate(int8, form, labels).value for form in forms}
    assert len(values) == 1
    assert zeropoint.evaluate(int8, samples["image"], np.eye(3)[labels]).value in values


def test_expected_tensors_are_labels(samples, int8):
    wanted = scores(FLOAT.read_bytes(), samples)
    result = zeropoint.evaluate(int8, samples["image"], wanted, "mse", float_model=FLOAT)
    assert result.value == pytest.approx(result.outputs[0].mse, rel=1e-3)
    assert result.float_value == pytest.approx(0.0, abs=1e-10)


def test_a_metric_of_ones_own_is_the_mean_over_samples(samples, int8):
    labels = samples["label"]
    seen = []

    def likelihood(outputs, label):
        seen.append(label)
        return outputs["scores"][0, int(label)]

    result = zeropoint.evaluate(int8, samples["image"], labels, likelihood)
    found = scores(int8, samples)
    assert seen == [float(label) for label in labels]
    assert result.metric == "custom"
    assert result.value == pytest.approx(np.mean(found[np.arange(len(labels)), labels]), rel=1e-6)

    def broken(outputs, label):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        zeropoint.evaluate(int8, samples["image"], labels, broken)


def test_max_drop_is_a_gate_that_does_not_raise(samples, int8):
    loose = zeropoint.evaluate(int8, samples["image"], metric="cosine", float_model=FLOAT, max_drop="5%")
    strict = zeropoint.evaluate(int8, samples["image"], metric="cosine", float_model=FLOAT, max_drop=1e-12)
    assert loose.passed and loose.max_drop == pytest.approx(0.05)
    assert not strict.passed and strict.drop > 0
    assert json.loads(loose.to_json())["metric"] == "cosine"


def test_the_litert_engine_agrees_with_ours(samples, int8):
    pytest.importorskip("ai_edge_litert.interpreter")
    ours = zeropoint.evaluate(int8, samples["image"], float_model=FLOAT, metric="cosine")
    theirs = zeropoint.evaluate(int8, samples["image"], float_model=FLOAT, metric="cosine", engine="litert")
    assert theirs.value == pytest.approx(ours.value, abs=1e-3)  # XNNPACK rounds in its own way


def test_recommend_measures_every_mode(samples):
    advice = zeropoint.recommend(FLOAT, samples["image"], metric="cosine", max_drop="1%")
    assert {mode.mode for mode in advice.modes if mode.tried} >= {"float", "int8", "float16", "dynamic", "int16x8"}
    choice = next(mode for mode in advice.modes if mode.mode == advice.recommended)
    assert choice.good_enough and choice.behind <= 0.01
    assert advice.calibration_samples + advice.judging_samples == len(samples["image"])
    assert advice.recommended in repr(advice)


def test_recommend_measures_with_litert(samples):
    pytest.importorskip("ai_edge_litert.interpreter")
    advice = zeropoint.recommend(TINY / "classifier", samples["image"], engine="litert", modes=["int8"], prefer="latency")
    assert "LiteRT" in advice.latency_source
    assert [mode.mode for mode in advice.modes] == ["float", "int8"]
    assert all(mode.seconds > 0 for mode in advice.modes)


def test_mistakes_are_errors(samples, int8):
    images = samples["image"]
    with pytest.raises(zeropoint.OptionError, match="no metric 'best'"):
        zeropoint.evaluate(int8, images, samples["label"], "best")
    with pytest.raises(zeropoint.DataError, match="more samples than labels"):
        zeropoint.evaluate(int8, images, samples["label"][:3])
    with pytest.raises(zeropoint.DataError, match="labels, and 3 samples"):
        zeropoint.evaluate(int8, images[:3], samples["label"])
    spoilt = images.copy()
    spoilt[4, 0, 0, 0] = np.nan
    with pytest.raises(zeropoint.DataError, match="NaN") as error:
        zeropoint.evaluate(int8, spoilt, samples["label"])
    assert error.value.sample == 4
    with pytest.raises(zeropoint.OptionError, match="engine"):
        zeropoint.evaluate(int8, images, samples["label"], engine="tpu")
    with pytest.raises(zeropoint.OptionError, match="data is"):
        zeropoint.evaluate(int8, 7)


def test_progress_may_cancel(samples, int8):
    def stop(stage, done, total):
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        zeropoint.evaluate(int8, samples["image"], samples["label"], progress=stop)
