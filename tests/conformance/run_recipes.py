#!/usr/bin/env python3
"""Gives the same recipe to litert-quantizer and to the command, and holds the two files against each other.

    run_recipes.py [--model NAME ...] [--zeropoint COMMAND] [--output FOLDER]

For each model and recipe: the same operators with the same types of operands and results, and outputs as near to the float
model's, up to 1 dB of signal to noise. Where litert-quantizer's file does not run, ours does. Needs ../shared (or ZEROPOINT_SHARED), ai-edge-litert and litert-quantizer;
says so and passes without.
"""
import collections
import contextlib
import io
import json
import os
import subprocess
import sys

import conformance

MODELS = ['resnet8_f32', 'kws_dscnn_f32', 'mnist_conv_fc', 'kws_dscnn', 'resnet8_cifar10']
CALIBRATION_SAMPLES = 20
CHECK_SAMPLES = 64
# Files with int8 weights, which litert-quantizer leaves as they are or makes unrunnable: ours is held against the float model.
PARTLY_QUANTIZED = ('kws_dscnn_f32',)
PARTLY_QUANTIZED_FLOOR = 20  # dB; notices what is broken


def entry(config, regex='.*', operation='*', algorithm='min_max_uniform_quantize'):
    return {'regex': regex, 'operation': operation, 'algorithm_key': algorithm, 'op_config': config}


def tensor(bits, symmetric=True, granularity='TENSORWISE', dtype='INT'):
    return {'num_bits': bits, 'symmetric': symmetric, 'granularity': granularity, 'dtype': dtype}


def config(weight, activation=None, precision='INTEGER', dequantize=False, least=0):
    result = {'weight_tensor_config': weight, 'compute_precision': precision, 'explicit_dequantize': dequantize,
              'skip_checks': False, 'min_weight_elements': least}
    if activation:
        result['activation_tensor_config'] = activation
    return result


CHANNELS = tensor(8, granularity='CHANNELWISE')
STATIC8 = config(CHANNELS, tensor(8, symmetric=False))
STATIC16 = config(CHANNELS, tensor(16))
DYNAMIC = config(CHANNELS)
WEIGHT_ONLY = config(CHANNELS, precision='FLOAT', dequantize=True)
HALF = config(tensor(16, dtype='FLOAT'), precision='FLOAT', dequantize=True)

RECIPES = {
    'int8': [entry(STATIC8)],
    'int16x8': [entry(STATIC16)],
    'dynamic': [entry(DYNAMIC)],
    'dynamic, 1024': [entry(config(CHANNELS, least=1024))],
    'weight only': [entry(WEIGHT_ONLY)],
    'weight only, tensorwise': [entry(config(tensor(8), precision='FLOAT', dequantize=True))],
    'float16': [entry(HALF, algorithm='float_casting')],
    'int8, dense float': [entry(STATIC8), entry(None, operation='FULLY_CONNECTED', algorithm='no_quantize')],
    'int8, softmax float': [entry(STATIC8), entry(None, operation='SOFTMAX', algorithm='no_quantize')],
    'int8, conv dynamic': [entry(STATIC8), entry(DYNAMIC, operation='CONV_2D')],
    'int8 but for its ends': [entry(STATIC8), entry(None, operation='INPUT', algorithm='no_quantize'),
                              entry(None, operation='OUTPUT', algorithm='no_quantize')],
}
for recipe in RECIPES.values():
    for item in recipe:
        if item['op_config'] is None:
            del item['op_config']


def float_file(item, path, options, folder):
    """The model as a float .tflite."""
    if item['kind'] == 'tflite':
        return path
    output = os.path.join(folder, 'converted.tflite')
    subprocess.run([options.zeropoint, 'convert', path, '-o', output, '--mode', 'float', '-q'], check=True)
    return output


def with_signature(path, output):
    """Writes the model with a signature, by which litert-quantizer feeds samples; returns the names of its inputs."""
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema
    with open(path, 'rb') as file:
        model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(file.read(), 0))
    graph = model.subgraphs[0]
    signature = schema.SignatureDefT()
    signature.signatureKey, signature.subgraphIndex = 'serving_default', 0

    def mapped(prefix, indices):
        maps = []
        for k, index in enumerate(indices):
            maps.append(schema.TensorMapT())
            maps[-1].name, maps[-1].tensorIndex = '%s%d' % (prefix, k), index
        return maps

    signature.inputs, signature.outputs = mapped('input', graph.inputs), mapped('output', graph.outputs)
    model.signatureDefs = [signature]
    builder = flatbuffers.Builder(0)
    builder.Finish(model.Pack(builder), b'TFL3')
    with open(output, 'wb') as file:
        file.write(bytes(builder.Output()))
    return [item.name for item in signature.inputs]


def by_litert(path, recipe, samples, output):
    from litert_quantizer import quantizer
    with contextlib.redirect_stdout(io.StringIO()):
        tool = quantizer.Quantizer(path, recipe)
        calibration = tool.calibrate({'serving_default': samples}) if tool.need_calibration else None
        model = tool.quantize(calibration).quantized_model
    with open(output, 'wb') as file:
        file.write(model)


def by_zeropoint(zeropoint, path, recipe, data, output):
    recipe_file = output + '.recipe.json'
    with open(recipe_file, 'w', encoding='utf-8') as file:
        json.dump(recipe, file)
    done = subprocess.run([zeropoint, 'convert', path, '-o', output, '--recipe', recipe_file, '--data', data, '-q'],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())


def operators(path):
    """How often each (op, types of operands, types of results) occurs."""
    from ai_edge_litert import schema_py_generated as schema
    with open(path, 'rb') as file:
        model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(file.read(), 0))
    ops = {code: name for name, code in vars(schema.BuiltinOperator).items() if isinstance(code, int)}
    types = {code: name for name, code in vars(schema.TensorType).items() if isinstance(code, int)}
    found = collections.Counter()
    for graph in model.subgraphs:
        for operator in graph.operators:
            code = model.operatorCodes[operator.opcodeIndex]
            kinds = [tuple(types[graph.tensors[i].type] for i in ids if i >= 0) for ids in (operator.inputs, operator.outputs)]
            found[ops[max(code.builtinCode, code.deprecatedBuiltinCode)], *kinds] += 1
    return found


def check_model(name, options):
    import numpy as np
    zoo, oracle = conformance.load_oracle()
    item = next(e for e in zoo.entries() if e['name'] == name)
    folder = os.path.join(options.output, 'recipes', name)
    os.makedirs(folder, exist_ok=True)
    model = os.path.join(folder, 'float.tflite')
    inputs = with_signature(float_file(item, zoo.path(item), options, folder), model)
    samples = [dict(zip(inputs, sample.values())) for sample in zoo.calibration(item)[:CALIBRATION_SAMPLES]]
    data = os.path.join(folder, 'samples.npz')
    np.savez(data, **{key: np.stack([sample[key] for sample in samples]) for key in inputs})
    checked = conformance.Samples(zoo.samples(item, CALIBRATION_SAMPLES, CALIBRATION_SAMPLES + CHECK_SAMPLES))
    exact = oracle.run(model, checked, delegates=False)
    failures = []

    def decibels(path):
        """The least signal to noise of the file's outputs, or None and why it does not run."""
        runs, results = conformance.isolated(oracle.run, path, checked, False)
        return (min(oracle.sqnr(exact, results)), '') if runs else (None, results)

    for title, wanted in RECIPES.items():
        stem = os.path.join(folder, title.replace(' ', '_').replace(',', ''))
        theirs, ours = stem + '.litert.tflite', stem + '.ours.tflite'
        by_litert(model, wanted, samples, theirs)
        try:
            by_zeropoint(options.zeropoint, model, wanted, data, ours)
        except RuntimeError as failure:
            failures.append('%s, %s: %s' % (name, title, failure))
            continue
        (their_decibels, their_failure), (our_decibels, our_failure) = decibels(theirs), decibels(ours)
        if our_failure:
            failures.append('%s, %s: our file does not run: %s' % (name, title, our_failure))
            continue
        if name in PARTLY_QUANTIZED and our_decibels < PARTLY_QUANTIZED_FLOOR:
            failures.append('%s, %s: %.1f dB' % (name, title, our_decibels))
        if name in PARTLY_QUANTIZED or their_failure:
            print('%-16s %-26s zeropoint %5.1f dB; litert-quantizer: %s' % (name, title, our_decibels, their_failure[:60] or 'unchanged'))
            continue
        a, b = operators(theirs), operators(ours)
        verdict = 'same ops' if a == b else 'DIFFERS'
        print('%-16s %-26s %-8s litert-quantizer %5.1f dB, zeropoint %5.1f dB' % (name, title, verdict, their_decibels, our_decibels))
        failures += ['%s, %s: only there: %s' % (name, title, line) for line in sorted((a - b).items())]
        failures += ['%s, %s: only here: %s' % (name, title, line) for line in sorted((b - a).items())]
        if our_decibels < their_decibels - conformance.SQNR_TOLERANCE:
            failures.append('%s, %s: %.1f dB instead of %.1f' % (name, title, our_decibels, their_decibels))
    return failures


def main():
    options = conformance.parser(__doc__, MODELS).parse_args()
    conformance.load_oracle()
    try:
        import litert_quantizer  # noqa: F401
    except ImportError as missing:
        print('recipes SKIPPED: %s' % missing)
        return 0
    failures = [failure for name in options.model or MODELS for failure in check_model(name, options)]
    print('\n'.join(failures + ['recipes: %d differences' % len(failures)]))
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
