#!/usr/bin/env python3
"""Quantizes a SavedModel with one input to int8, and says which operators stay float.

    quantize.py MODEL SAMPLES.npz OUT.tflite

SAMPLES.npz holds an array named as the model's input, whose first axis counts the samples.
"""

import sys

import numpy as np
import zeropoint as tf  # a script for TensorFlow's converter changes in this line


def main() -> None:
    model_path, samples_path, output = sys.argv[1:]
    converter = tf.lite.TFLiteConverter.from_saved_model(model_path)
    signature = next(iter(converter.signatures.values()))
    name = next(iter(signature["inputs"]))
    samples = np.load(samples_path)[name]

    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ({name: sample[np.newaxis]} for sample in samples)
    model = converter.convert()
    with open(output, "wb") as file:
        file.write(model)

    print(f"{len(model)} bytes, {converter.report['samples']} samples")
    for op in converter.report["ops"]:
        if not op["quantized"]:
            print(f"{op['op']} '{op['name']}' stays float: {op.get('reason', '')}")


if __name__ == "__main__":
    main()
