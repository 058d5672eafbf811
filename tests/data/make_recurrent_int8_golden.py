#!/usr/bin/env python3
"""Records what TensorFlow's quantizer makes of one-op LSTM and SVDF models, as recurrent_int8/*.tflite beside this file.

Its converter has no way from a SavedModel to most variants of these ops, so its parts are called one by one: the tensors for
values inside the op are added, samples are run, the calibrated file is quantized. Needs tensorflow and ai-edge-litert; the tests
need only the recorded files. Run without arguments to record anew.
"""
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

from tensorflow.lite.python import convert
from tensorflow.lite.python.optimize import calibrator

import recurrent_models


def quantize(case, samples):
    float_model = calibrator.add_intermediate_tensors(case.model())
    calibrated = calibrator.Calibrator(float_model).calibrate(lambda: iter(samples))
    return convert.mlir_quantize(calibrated)


def main():
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "recurrent_int8")
    os.makedirs(folder, exist_ok=True)
    for name, (case, samples) in recurrent_models.int8_cases().items():
        with open(os.path.join(folder, name + ".tflite"), "wb") as out:
            out.write(quantize(case, samples))
        print(name)


if __name__ == "__main__":
    main()
