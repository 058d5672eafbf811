"""debug(): figures held against LiteRT's interpreter and NumPy, JSON against its schema."""

import json
import os
import pathlib

import numpy as np
import pytest

import zeropoint

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = pathlib.Path(os.environ.get("ZEROPOINT_SHARED", ROOT.parent / "shared"))
ZOO = SHARED / "zoo"
SAMPLES = 10

needs_zoo = pytest.mark.skipif(not ZOO.is_dir(), reason="needs ../shared/zoo (ZEROPOINT_SHARED)")


def converter_of(path, generate):
    from_path = zeropoint.lite.TFLiteConverter
    converter = from_path.from_saved_model(path) if os.path.isdir(path) else from_path.from_tflite(path)
    converter.optimizations = [zeropoint.lite.Optimize.DEFAULT]
    converter.representative_dataset = generate
    converter.progress = False
    return converter


@pytest.fixture
def converter(classifier_tflite, representative_dataset):
    return converter_of(classifier_tflite, representative_dataset)


def results(model, images):
    interpreter = pytest.importorskip("ai_edge_litert.interpreter")
    types = interpreter.OpResolverType
    runner = interpreter.Interpreter(model_content=model, experimental_op_resolver_type=types.BUILTIN_REF)
    runner.allocate_tensors()
    found = []
    for image in images:
        runner.set_tensor(runner.get_input_details()[0]["index"], image[None])
        runner.invoke()
        found.append(runner.get_tensor(runner.get_output_details()[0]["index"])[0])
    return np.array(found, np.float64)


def validate(report):
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.validate(json.loads(report.to_json()), json.loads((ROOT / "docs" / "debug.schema.json").read_text()))


@needs_zoo
def test_a_model_of_the_zoo_has_the_figures_of_litert(tmp_path):
    path = ZOO / "models" / "resnet8_f32.tflite"
    with np.load(ZOO / "data" / "ic01_cifar10.npz") as cifar:
        images = cifar["x"][:SAMPLES].astype(np.float32)
    converter = converter_of(path, lambda: ([image[None]] for image in images))
    report = zeropoint.debug(converter, top=3, mended=1)
    validate(report)
    assert (report.model.mode, report.model.samples, report.model.calibration_samples) == ("int8", SAMPLES, SAMPLES)
    assert [op.rank for op in sorted((op for op in report.ops if "rank" in op), key=lambda op: op.rank)] == [1, 2, 3]
    assert all(tensor.codes in (256, 65536) for tensor in report.tensors if "codes" in tensor)
    assert report.weights and all(len(weights.channels) >= 1 for weights in report.weights)

    wanted, found = results(path.read_bytes(), images), results(converter.convert(), images)
    assert report.outputs[0].mse == pytest.approx(np.mean((found - wanted) ** 2), rel=1e-3)
    assert report.outputs[0].sqnr_db == pytest.approx(10 * np.log10(np.sum(wanted**2) / np.sum((found - wanted) ** 2)), abs=0.01)
    page = tmp_path / "page.html"
    try:
        report.to_html(page)
    except zeropoint.UnsupportedError:
        pytest.skip("this build has no page")
    assert page.read_text().startswith("<!DOCTYPE html>")


def test_every_form_of_samples_gives_the_same(converter, images, representative_dataset):
    forms = [images, {"image": images}, [[image[None]] for image in images], representative_dataset,
             zeropoint.lite.RepresentativeDataset(representative_dataset)]
    reports = [zeropoint.debug(converter, form) for form in forms]
    assert all(report == reports[0] for report in reports)
    validate(reports[0])
    assert reports[0].model.samples == len(images)
    assert zeropoint.DebugReport.from_json(reports[0].to_json()) == reports[0]
    assert "dB" in repr(reports[0]) or "exact" in repr(reports[0])


def test_samples_and_costs_are_limited(converter, images):
    report = zeropoint.debug(converter, images, max_samples=4, top=0, mended=0)
    assert report.model.samples == 4
    assert report.model.calibration_samples == len(images)
    assert report.model.costed_ops == 0 and report.findings == []
    assert not any("cost" in op for op in report.ops)


def test_a_quantized_file_is_looked_at(converter, images, tmp_path):
    converted = zeropoint.debug(converter, mended=0)
    model = converter.convert()
    decisions = converter.report
    (tmp_path / "int8.tflite").write_bytes(model)
    for quantized in (model, tmp_path / "int8.tflite"):
        report = zeropoint.debug(converter, images, quantized=quantized)
        validate(report)
        assert report.findings == []
        assert report.outputs[0].sqnr_db == pytest.approx(converted.outputs[0].sqnr_db)
    assert converter.report is decisions


def test_what_is_wrong_is_told(converter, images):
    for wrong in ({"max_samples": 0}, {"max_samples": True}, {"top": -1}, {"mended": 1.5}, {"top": 2**31}, {"data": 3}):
        with pytest.raises(zeropoint.OptionError):
            zeropoint.debug(converter, **wrong)
    with pytest.raises(zeropoint.DataError):
        zeropoint.debug(converter, images[:, :4])
    with pytest.raises(zeropoint.DataError):
        zeropoint.debug(converter, [])
    with pytest.raises(zeropoint.FileError):
        zeropoint.debug(converter, images, quantized="none.tflite")
    with pytest.raises(zeropoint.ModelError):
        zeropoint.debug(converter, images, quantized=b"no model at all, only text")

    def broken():
        yield [images[0][None]]
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        zeropoint.debug(converter, broken)
    converter.representative_dataset = None
    assert zeropoint.debug(converter, images).model.mode == "dynamic"
    with pytest.raises(zeropoint.OptionError, match="no samples"):
        zeropoint.debug(converter)
    converter.target_spec.supported_ops = [zeropoint.lite.OpsSet.TFLITE_BUILTINS_INT8]
    with pytest.raises(zeropoint.OptionError, match="representative_dataset"):
        zeropoint.debug(converter, images)
    converter.target_spec.supported_ops = [zeropoint.lite.OpsSet.TFLITE_BUILTINS]
    converter.representative_dataset = broken
    with pytest.raises(KeyError, match="mine"):
        zeropoint.debug(converter, images)
