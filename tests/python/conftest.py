"""Models and samples for the tests of the package; none of them needs TensorFlow."""

import base64
import json
import os
import shutil

import numpy as np
import pytest

TINY = os.path.join(os.path.dirname(__file__), "..", "data", "tiny")

try:
    import zeropoint  # noqa: F401
except ImportError as error:
    collect_ignore_glob = ["test_*.py"]
    print(f"tests of the Python package SKIPPED: {error}")


@pytest.fixture
def classifier():
    """SavedModel, image [-1,8,8,1] -> scores [-1,3]."""
    return os.path.join(TINY, "classifier")


@pytest.fixture
def classifier_tflite():
    return os.path.join(TINY, "classifier.tflite")


@pytest.fixture
def two_signatures():
    """SavedModel, encode(image, bias), decode(image, hint); all [1,4]."""
    return os.path.join(TINY, "two_signatures")


@pytest.fixture
def unknown_op():
    return os.path.join(TINY, "unknown_op")


@pytest.fixture
def writable_classifier(classifier, tmp_path):
    return shutil.copytree(classifier, tmp_path / "classifier")


@pytest.fixture
def images():
    return np.load(os.path.join(TINY, "samples.npz"))["image"]


@pytest.fixture
def representative_dataset(images):
    def generate():
        for image in images:
            yield [image[None]]

    return generate


@pytest.fixture
def accumulator():
    """A .tflite whose one variable starts from (10, 20) and grows by the input x, [2], in each run."""
    with open(os.path.join(TINY, "..", "control_flow_golden.json")) as file:
        cases = json.load(file)
    return base64.b64decode(next(case["model"] for case in cases if "VAR_HANDLE" in case["name"]))
