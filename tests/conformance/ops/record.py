#!/usr/bin/env python3
"""Records what TensorFlow's converter makes of the cases, as golden/*.json. Needs TensorFlow, which the tests do not.

    record.py [--work FOLDER] [--jobs N] [--only PREFIX]

The folder keeps TensorFlow's files by the case's fingerprint, so that a second run converts only what is new. Each process converts
a number of cases; where TensorFlow crashes, the case is recorded as such and the rest goes on in a new process.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import subprocess
import sys

import suite

CASES_PER_PROCESS = 25
CRASH = 'TensorFlow crashes'
TEXT = 400  # characters of an error that are kept


def modes_of(case):
    return [mode for mode in suite.MODES if not (case.is_lite and mode in suite.WEIGHTS_ONLY)]


def folder_of(work, case):
    return os.path.join(work, case.name.replace('/', '.') + '.' + case.fingerprint())


# --- in a process with TensorFlow ---------------------------------------------------------------------------------------------


def convert(case, mode, model):
    import tensorflow as tf
    converter = tf.lite.TFLiteConverter.from_saved_model(model)
    if mode == 'float':
        return converter.convert()
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter._experimental_disable_per_channel = case.options.get('per_tensor', False)
    converter._experimental_disable_per_channel_quantization_for_dense_layers = case.options.get('per_tensor_dense', False)
    if mode == 'float16':
        converter.target_spec.supported_types = [tf.float16]
    if mode in suite.CALIBRATED:
        converter.representative_dataset = lambda: (case.sample(k) for k in range(case.samples))
    sets = {'int8-only': [tf.lite.OpsSet.TFLITE_BUILTINS_INT8],
            'int16x8': [tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8],
            'int16x8-fallback': [tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8,
                                 tf.lite.OpsSet.TFLITE_BUILTINS]}
    if mode in sets:
        converter.target_spec.supported_ops = sets[mode]
    converter.inference_input_type = converter.inference_output_type = tf.dtypes.as_dtype(suite.io_type(case, mode))
    return converter.convert()


def quantize(case, mode, model):
    """The same from a float .tflite: the parts of TensorFlow's converter that come after the float file."""
    import tensorflow as tf
    from tensorflow.lite.python import convert as parts
    from tensorflow.lite.python.optimize import calibrator
    with open(model, 'rb') as file:
        content = file.read()
    if mode == 'float':
        return parts.mlir_sparsify(content)  # finds nothing to do, and writes what it read
    kind = tf.dtypes.as_dtype(suite.io_type(case, mode))
    calibration = calibrator.Calibrator(calibrator.add_intermediate_tensors(content))

    def feed():
        return ([case.sample(k)[x.name] for x in case.inputs] for k in range(case.samples))

    if mode.startswith('int8'):
        return parts.mlir_quantize(calibration.calibrate(feed), case.options.get('per_tensor', False), input_data_type=kind, output_data_type=kind,
                                   disable_per_channel_for_dense_layers=case.options.get('per_tensor_dense', False))
    return calibration.calibrate_and_quantize(feed, kind, kind, mode.endswith('fallback'), tf.int16, tf.int64,
                                              disable_per_channel=case.options.get('per_tensor', False),
                                              disable_per_channel_quantization_for_dense_layers=case.options.get('per_tensor_dense', False))


def convert_cases(work, names):
    """Converts those cases; the files stand in the cases' folders when the process ends, errors in <mode>.error."""
    os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
    cases = {case.name: case for case in suite.cases()}
    for name in names:
        case = cases[name]
        folder = folder_of(work, case)
        case.write(os.path.join(folder, 'model'))
        for mode in modes_of(case):
            path = os.path.join(folder, mode)
            if os.path.exists(path + '.tflite'):
                continue
            if os.path.exists(path + '.error'):
                if os.path.getsize(path + '.error') == 0:
                    with open(path + '.error', 'w', encoding='utf-8') as file:
                        file.write(CRASH)
                continue
            open(path + '.error', 'w', encoding='utf-8').close()  # stays empty if TensorFlow takes the process with it
            try:
                # The fallback changes nothing where nothing falls back.
                strict = os.path.join(folder, 'int16x8.tflite')
                if mode == 'int16x8-fallback' and os.path.exists(strict):
                    os.link(strict, path + '.tflite')
                    os.remove(path + '.error')
                    continue
                content = (quantize if case.is_lite else convert)(case, mode, case.source(os.path.join(folder, 'model')))
                with open(path + '.tflite', 'wb') as file:
                    file.write(content)
                os.remove(path + '.error')
            except Exception as failure:
                with open(path + '.error', 'w', encoding='utf-8') as file:
                    file.write('%s: %s' % (type(failure).__name__, failure))


# --- the recorder -------------------------------------------------------------------------------------------------------------


def is_complete(work, case):
    path = os.path.join(folder_of(work, case), suite.MODES[-1])
    if os.path.exists(path + '.error'):
        return os.path.getsize(path + '.error') > 0
    return os.path.exists(path + '.tflite')


def convert_in_processes(work, names):
    """Until every case has its files; a process that crashes has left the reason, so the next one comes further."""
    cases = {case.name: case for case in suite.cases()}
    while names:
        subprocess.run([sys.executable, os.path.abspath(__file__), '--work', work, '--convert', *names], stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        names = [name for name in names if not is_complete(work, cases[name])]


def first_variants_first(names):
    """Sorted, so that an interrupted recording knows something of every op."""
    seen, ranked = collections.Counter(), []
    for name in names:
        op = name.split('/')[0]
        ranked.append((seen[op], name))
        seen[op] += 1
    return [name for _, name in sorted(ranked)]


def record_case(work, case):
    """{mode: row}: {'file', 'run'}, {'error'} or {'float': what the float model computes}; a row equal to an earlier one is that one's mode."""
    import summary
    rows, jobs = {}, []
    folder = folder_of(work, case)
    for mode in modes_of(case):
        path = os.path.join(folder, mode)
        if os.path.exists(path + '.error'):
            with open(path + '.error', encoding='utf-8') as file:
                rows[mode] = {'error': ' '.join(file.read().split())[:TEXT]}
        else:
            with open(path + '.tflite', 'rb') as file:
                content = file.read()
            rows[mode] = {'file': summary.summarize(content)}
            jobs.append((mode, content))
    answers = summary.run_all([(content, case.sample(0)) for _, content in jobs])
    for (mode, _), answer in zip(jobs, answers):
        rows[mode]['run'] = answer
    if case.is_lite:
        exact = summary.run_all([(case.model(), case.sample(0))])[0]
        rows.update((mode, {'float': exact}) for mode in suite.WEIGHTS_ONLY)
    return suite.fold(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--work', default=os.path.join(suite.ROOT, 'build/conformance/tensorflow'), help='folder for what is written')
    parser.add_argument('--jobs', type=int, default=1)
    parser.add_argument('--only', default='', help='cases whose names begin so')
    parser.add_argument('--summaries', action='store_true', help='write the golden files of what is converted already')
    parser.add_argument('--convert', nargs='*', help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    if options.convert:
        convert_cases(options.work, options.convert)
        return
    cases = suite.cases()
    todo = first_variants_first(c.name for c in cases if c.name.startswith(options.only) and not is_complete(options.work, c))
    if not options.summaries:
        batches = [todo[k:k + CASES_PER_PROCESS] for k in range(0, len(todo), CASES_PER_PROCESS)]
        print('%d cases to convert in %d batches' % (len(todo), len(batches)), flush=True)
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for k, _ in enumerate(pool.map(lambda batch: convert_in_processes(options.work, batch), batches)):
                print('batch %d of %d' % (k + 1, len(batches)), flush=True)
    suite.write_golden({c.name: {'case': c.fingerprint(), 'rows': record_case(options.work, c)} for c in cases if is_complete(options.work, c)})


if __name__ == '__main__':
    main()
