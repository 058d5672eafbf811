#!/usr/bin/env python3
"""litert-quantizer with the arguments of `zeropoint convert`: a peer of calibration.py. Takes a float .tflite, writes int8.

    litert_quantizer_convert.py MODEL.tflite -o OUT --data samples.npz

Prints how long the calibration took, as `zeropoint convert --verbose` does.
"""
import argparse
import contextlib
import io
import time

import numpy as np
from litert_quantizer import quantizer, recipe


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('model')
    parser.add_argument('-o', '--output', required=True)
    parser.add_argument('--data', required=True)
    options = parser.parse_args()
    arrays = dict(np.load(options.data))
    count = len(next(iter(arrays.values())))
    samples = [{name: array[k] for name, array in arrays.items()} for k in range(count)]
    with contextlib.redirect_stdout(io.StringIO()):
        tool = quantizer.Quantizer(options.model, recipe.static_wi8_ai8())
        start = time.perf_counter()
        calibration = tool.calibrate({'serving_default': samples})
        seconds = time.perf_counter() - start
        content = tool.quantize(calibration).quantized_model
    with open(options.output, 'wb') as file:
        file.write(content)
    print('  calibrate  %.3f s' % seconds)


if __name__ == '__main__':
    main()
