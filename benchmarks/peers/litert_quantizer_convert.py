#!/usr/bin/env python3
"""litert-quantizer with the arguments of `zeropoint convert`: a peer of calibration.py and conversion_time.py. Takes a float .tflite.

    litert_quantizer_convert.py MODEL.tflite -o OUT [--mode int8|dynamic|int16x8-fallback] [--data samples.npz]

Prints how long the calibration took, as `zeropoint convert --verbose` does.
"""
import argparse
import contextlib
import io
import time

import numpy as np
from litert_quantizer import quantizer, recipe

RECIPES = {'int8': recipe.static_wi8_ai8, 'int16x8-fallback': recipe.static_wi8_ai16, 'dynamic': recipe.dynamic_wi8_afp32}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('model')
    parser.add_argument('-o', '--output', required=True)
    parser.add_argument('--mode', choices=list(RECIPES), default='int8')
    parser.add_argument('--data', help='samples; not for dynamic')
    options = parser.parse_args()
    seconds, calibration = 0.0, None
    with contextlib.redirect_stdout(io.StringIO()):
        tool = quantizer.Quantizer(options.model, RECIPES[options.mode]())
        if options.mode != 'dynamic':
            arrays = dict(np.load(options.data))
            count = len(next(iter(arrays.values())))
            samples = [{name: array[k] for name, array in arrays.items()} for k in range(count)]
            start = time.perf_counter()
            calibration = tool.calibrate({'serving_default': samples})
            seconds = time.perf_counter() - start
        content = tool.quantize(calibration).quantized_model
    with open(options.output, 'wb') as file:
        file.write(content)
    print('  calibrate  %.3f s' % seconds)


if __name__ == '__main__':
    main()
